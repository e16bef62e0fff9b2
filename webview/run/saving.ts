// The chart as a picture. The page makes the content, the host asks where it goes.
import type { Drawing } from '../shared/picture';
import type { Surface } from '../shared/surface';
import type { ChartColours } from '../shared/theme';
import type { ChartInput } from './chart';
import { drawFigure } from './draw';
import { figureOf, LEAST_HEIGHT } from './figure';
import { drawLegend, type LegendEntry } from '../shared/legend';

export interface Picture {
  input: ChartInput;
  legend: readonly LegendEntry[];
  title: string;
  colours: ChartColours;
  width: number;
  height: number;
}

/** Sizes that a picture has at least, however narrow the view is. */
const SMALLEST = { width: 640, height: LEAST_HEIGHT + 120 };
const MARGIN = 12;
const TITLE = 22;

/** The chart as a drawing. */
export function drawingOf(picture: Picture): Drawing {
  const size = sizeOf(picture);
  return { ...size, title: picture.title, draw: (surface) => drawPicture(surface, picture, size) };
}

function sizeOf({ width, height }: Picture): { width: number; height: number } {
  return { width: Math.max(SMALLEST.width, width), height: Math.max(SMALLEST.height, height) };
}

function drawPicture(
  surface: Surface,
  { input, legend, title, colours }: Picture,
  { width, height }: { width: number; height: number },
): void {
  surface.box({ x: 0, y: 0, width, height }, colours.background);
  surface.text(title, MARGIN, MARGIN + TITLE / 2, { colour: colours.foreground, align: 'start', bold: true });
  const place = { x: MARGIN, y: MARGIN + TITLE, width: width - 2 * MARGIN };
  const top = place.y + drawLegend(surface, legend, place, colours) + 6;
  const figure = figureOf({ ...input, width, height, top, measure: (text) => surface.measure(text) });
  if (figure) drawFigure(surface, figure, colours);
}
