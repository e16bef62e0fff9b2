// A drawing as a file: an SVG document, or the bytes of a PNG.
import { makeCanvasSurface } from './canvasSurface';
import type { Surface } from './surface';
import { makeSvgSurface } from './svgSurface';

export interface Drawing {
  /** Pixels. */
  width: number;
  height: number;
  title: string;
  draw(surface: Surface): void;
}

/** Pixels of a PNG per pixel of the page. */
const SCALE = 2;

/** The drawing as an SVG document; `measure` gives the width of a text. */
export function svgPicture(drawing: Drawing, font: string, measure: (text: string) => number): string {
  const surface = makeSvgSurface(drawing, font, measure);
  drawing.draw(surface);
  return surface.document();
}

/** The drawing as the bytes of a PNG. */
export async function pngPicture({ width, height, draw }: Drawing, font: string): Promise<Uint8Array> {
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  draw(makeCanvasSurface(context, font));
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  return new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
}
