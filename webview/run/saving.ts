// The chart as a picture. The page makes the content, the host asks where it goes.
import { makeCanvasSurface } from './canvasSurface';
import type { ChartInput } from './chart';
import { drawFigure, type ChartColours } from './draw';
import { figureOf, LEAST_HEIGHT } from './figure';
import { drawLegend, type LegendEntry } from './legend';
import type { Surface } from './surface';
import { makeSvgSurface } from './svgSurface';

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
/** Pixels of a PNG per pixel of the page. */
const SCALE = 2;

/** The chart as an SVG document. */
export function svgOf(picture: Picture, font: string, measure: (text: string) => number): string {
  const size = sizeOf(picture);
  const surface = makeSvgSurface({ ...size, title: picture.title }, font, measure);
  drawPicture(surface, picture, size);
  return surface.document();
}

/** The chart as the bytes of a PNG. */
export async function pngOf(picture: Picture, font: string): Promise<Uint8Array> {
  const size = sizeOf(picture);
  const canvas = document.createElement('canvas');
  canvas.width = size.width * SCALE;
  canvas.height = size.height * SCALE;
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  drawPicture(makeCanvasSurface(context, font), picture, size);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
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
