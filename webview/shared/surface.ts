// What charts are drawn on: a canvas, or an SVG document with the same picture.

export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross';

export interface Points {
  x: ArrayLike<number>;
  /** NaN breaks a line. */
  y: ArrayLike<number>;
  length: number;
}

export interface AreaPoints {
  x: ArrayLike<number>;
  /** NaN interrupts the area. */
  top: ArrayLike<number>;
  bottom: ArrayLike<number>;
  length: number;
}

export interface Stroke {
  colour: string;
  width: number;
  /** 0…1; 1 where it is not given. */
  opacity?: number;
  dash?: readonly number[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface TextStyle {
  colour: string;
  align: 'start' | 'middle' | 'end';
  bold?: boolean;
}

/** Pixels with the origin at the upper left. Texts are centred on `y`. */
export interface Surface {
  line(points: Points, stroke: Stroke): void;
  /** An area between two lines, whose ends are those of the x values. */
  band(band: AreaPoints, fill: string, opacity: number): void;
  /** A mark at every point, filled with `fill` and outlined. */
  marks(shape: Shape, points: Points, size: number, stroke: Stroke, fill: string): void;
  box(box: Box, fill: string): void;
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** Draws within a box only. */
  clipped(box: Box, draw: () => void): void;
  /** Width of a text in pixels. */
  measure(text: string): number;
}

export const FONT_SIZE = 11;

/** The stretches of an area between its gaps, as indices. */
export function stretchesOf({ top, length }: AreaPoints): { start: number; end: number }[] {
  const stretches: { start: number; end: number }[] = [];
  let start = -1;
  for (let index = 0; index <= length; index++) {
    const isGap = index === length || Number.isNaN(top[index]);
    if (!isGap && start < 0) start = index;
    else if (isGap && start >= 0) {
      stretches.push({ start, end: index });
      start = -1;
    }
  }
  return stretches;
}

/** Corners of a mark around its centre, in units of its size; a circle has none. */
export const corners: Record<Shape, readonly (readonly [number, number])[]> = {
  circle: [],
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  triangle: [
    [0, -1.2],
    [1.1, 0.8],
    [-1.1, 0.8],
  ],
  diamond: [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  cross: [
    [-0.4, -1.2],
    [0.4, -1.2],
    [0.4, -0.4],
    [1.2, -0.4],
    [1.2, 0.4],
    [0.4, 0.4],
    [0.4, 1.2],
    [-0.4, 1.2],
    [-0.4, 0.4],
    [-1.2, 0.4],
    [-1.2, -0.4],
    [-0.4, -0.4],
  ],
};
