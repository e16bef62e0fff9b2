// What tells the lines of a chart apart: colours, and dashes and marks that say the same without colour.
import { hues } from './hues';
import type { Shape } from './surface';

export interface LineStyle {
  colour: string;
  /** Lengths of dashes and gaps in pixels; empty for a solid line. */
  dash: readonly number[];
  shape: Shape;
}

const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [10, 3, 2, 3], [14, 4]];
const shapes: readonly Shape[] = ['circle', 'square', 'triangle', 'diamond', 'cross'];

/** The style of the line with this number. Colours come again after six, with other dashes and marks. */
export function lineStyle(number: number, kind: keyof typeof hues): LineStyle {
  const colours = hues[kind];
  return {
    colour: colours[number % colours.length],
    dash: dashes[number % dashes.length],
    shape: shapes[number % shapes.length],
  };
}
