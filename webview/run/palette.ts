// What tells runs apart: colours for light and dark backgrounds that people with the common kinds of colour blindness
// can tell apart (after Okabe and Ito, made lighter or darker until they stand out from the background), and dashes
// and marks that say the same without colour.

export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross';

export interface RunStyle {
  colour: string;
  /** Lengths of dashes and gaps in pixels; empty for a solid line. */
  dash: readonly number[];
  shape: Shape;
}

export const palettes = {
  dark: ['#56b4e9', '#e69f00', '#26ec8b', '#f3fa2b', '#cea9be', '#e0693a'],
  light: ['#0072b2', '#b87400', '#08604a', '#74742e', '#b73d80', '#ba1d00'],
} as const;

const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [10, 3, 2, 3], [14, 4]];
const shapes: readonly Shape[] = ['circle', 'square', 'triangle', 'diamond', 'cross'];

/** The style of the run with this number. Colours come again after six, with other dashes and marks. */
export function runStyle(number: number, kind: keyof typeof palettes): RunStyle {
  const colours = palettes[kind];
  return {
    colour: colours[number % colours.length],
    dash: dashes[number % dashes.length],
    shape: shapes[number % shapes.length],
  };
}
