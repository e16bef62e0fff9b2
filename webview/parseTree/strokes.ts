// The small shapes that the figure is made of.
import { cutMiddle } from '../shared/pieces';
import type { Box, Surface } from '../shared/surface';

/** The edges of a box, inside it. */
export function frame(surface: Surface, { x, y, width, height }: Box, colour: string, stroke = 1): void {
  const inset = stroke / 2;
  const [left, right, top, bottom] = [x + inset, x + width - inset, y + inset, y + height - inset];
  surface.line(
    { x: [left, right, right, left, left], y: [top, top, bottom, bottom, top - inset], length: 5 },
    { colour, width: stroke },
  );
}

/** A box that lets through what lies under it. */
export function tint(surface: Surface, { x, y, width, height }: Box, colour: string, opacity: number): void {
  const area = { x: [x, x + width], top: [y, y], bottom: [y + height, y + height], length: 2 };
  surface.band(area, colour, opacity);
}

/** A line from top to bottom, dashed if it has a pattern. */
export function upright(
  surface: Surface,
  x: number,
  [top, bottom]: readonly [number, number],
  stroke: { colour: string; width: number; dash?: number[] },
): void {
  surface.line({ x: [x, x], y: [top, bottom], length: 2 }, stroke);
}

/** Lines aslant all over a box. */
export function hatch(surface: Surface, box: Box, colour: string): void {
  const { x, y, width, height } = box;
  surface.clipped(box, () => {
    for (let at = -height; at < width; at += 5) {
      const slant = { x: [x + at, x + at + height], y: [y + height, y], length: 2 };
      surface.line(slant, { colour, width: 1, opacity: 0.8 });
    }
  });
}

/** Two strokes that cross, so many pixels to each side. */
export function cross(surface: Surface, x: number, y: number, size: number, colour: string): void {
  for (const slant of [-size, size]) {
    surface.line({ x: [x - size, x + size], y: [y - slant, y + slant], length: 2 }, { colour, width: 1.5 });
  }
}

/** As much of a text as fits, its middle left out; nothing where not even its ends do. */
export function fitted({ measure }: Surface, text: string, width: number): string {
  if (measure(text) <= width) return text;
  for (let length = Math.min(text.length - 1, 24); length >= 3; length--) {
    const cut = cutMiddle(text, length);
    if (measure(cut) <= width) return cut;
  }
  return '';
}
