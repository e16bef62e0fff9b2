// A column of any length as a line of at most two points per pixel column, so that what is drawn depends on the
// width of the chart and not on the length of the run. Nothing is lost that a pixel could show: every column of
// pixels reaches from the smallest to the largest value in it.
import { firstAtLeast } from './columns';
import { BLOCK, type Extremes, type Range } from './extremes';
import type { Scale } from '../shared/scale';

/** Points in pixels; NaN as y breaks the line. Reused from line to line. */
export class Line {
  x = new Float32Array(4096);
  y = new Float32Array(4096);
  length = 0;

  add(x: number, y: number): void {
    if (this.length === this.x.length) {
      this.x = twice(this.x);
      this.y = twice(this.y);
    }
    this.x[this.length] = x;
    this.y[this.length++] = y;
  }

  clear(): void {
    this.length = 0;
  }
}

/** A range of pixels at each x; NaN interrupts it. Reused from band to band. */
export class Band {
  x = new Float32Array(4096);
  top = new Float32Array(4096);
  bottom = new Float32Array(4096);
  length = 0;

  add(x: number, top: number, bottom: number): void {
    if (this.length === this.x.length) {
      this.x = twice(this.x);
      this.top = twice(this.top);
      this.bottom = twice(this.bottom);
    }
    this.x[this.length] = x;
    this.top[this.length] = top;
    this.bottom[this.length++] = bottom;
  }

  clear(): void {
    this.length = 0;
  }
}

/** What of a column lies in sight, by pixel columns. */
export interface Edges {
  /** Index of the first value at or right of each pixel's left edge; one more than there are pixels. */
  first: Int32Array;
  /** Pixel of the first column. */
  left: number;
}

/** Cuts x values in order (steps, tokens or seconds) into the pixel columns of a scale. */
export function edgesOf(x: ArrayLike<number>, scale: Scale): Edges {
  const left = Math.floor(scale.range[0]);
  const pixels = Math.max(0, Math.ceil(scale.range[1]) - left);
  const first = new Int32Array(pixels + 1);
  let from = 0;
  for (let pixel = 0; pixel <= pixels; pixel++) {
    from = firstAtLeast(x, scale.value(left + pixel), from);
    first[pixel] = from;
  }
  // The last column has its right edge too.
  if (pixels > 0) first[pixels] = firstAtLeast(x, nextAfter(scale.value(left + pixels)), first[pixels - 1]);
  snap(first);
  return { first, left };
}

/** Blocks per pixel from which on edges are moved to those of blocks: by less than an eighth of a pixel. */
const BLOCKS_PER_PIXEL = 4;

/** Moves the inner edges of crowded columns to edges of blocks, where extremes need not be searched. */
function snap(first: Int32Array): void {
  const last = first.length - 1;
  if (first[last] - first[0] < last * BLOCKS_PER_PIXEL * BLOCK) return;
  for (let pixel = 1; pixel < last; pixel++) {
    const edge = Math.round(first[pixel] / BLOCK) * BLOCK;
    first[pixel] = Math.max(first[0], Math.min(first[last], edge));
  }
}

/** Values in sight per pixel. */
export function crowdingOf({ first }: Edges): number {
  const pixels = first.length - 1;
  return pixels < 1 ? 0 : (first[pixels] - first[0]) / pixels;
}

/** Pixels that a corner of a band stands for: outlines that turn at every pixel take long to fill. */
const BAND_STEP = 3;
/** Least thickness of a band in pixels. */
const THINNEST = 1.2;

/** Writes a column into `band` as the range of its values in every few pixels; what was in it before is gone. */
export function traceBand(band: Band, extremes: Extremes, { first, left }: Edges, y: Scale): void {
  band.clear();
  const range: Range = { low: 0, high: 0 };
  const pixels = first.length - 1;
  for (let pixel = 0; pixel < pixels; pixel += BAND_STEP) {
    const end = Math.min(pixels, pixel + BAND_STEP);
    if (first[pixel] === first[end]) continue;
    range.low = Infinity;
    range.high = -Infinity;
    extremes.widen(first[pixel], first[end], range);
    const bottom = range.low > range.high ? NaN : y.pixel(range.low);
    const top = range.low > range.high ? NaN : y.pixel(range.high);
    const lacking = Math.max(0, THINNEST - (bottom - top)) / 2;
    band.add(left + (pixel + end) / 2, top - lacking, bottom + lacking);
  }
}

/** How much of a line may be left out. */
export interface Coarseness {
  /** Values less than this many pixels apart become one point. */
  flat: number;
  /** Pixels that are looked at together. */
  stride: number;
}

const exactly: Coarseness = { flat: 1, stride: 1 };

/** Writes a column into `line`; what was in it before is gone. `x` and `y` are the scales. */
export function trace(
  line: Line,
  xs: ArrayLike<number>,
  values: Float32Array,
  extremes: Extremes,
  { first, left }: Edges,
  x: Scale,
  y: Scale,
  { flat, stride }: Coarseness = exactly,
): void {
  line.clear();
  const pixels = first.length - 1;
  if (pixels < 1) return;
  const point = (index: number): void => line.add(x.pixel(xs[index]), y.pixel(values[index]));
  // One point on either side leads the line out of the chart.
  if (first[0] > 0 && !(x.log && xs[first[0] - 1] <= 0)) point(first[0] - 1);
  const range: Range = { low: 0, high: 0 };
  for (let pixel = 0; pixel < pixels; pixel += stride) {
    const next = Math.min(pixels, pixel + stride);
    const start = first[pixel];
    const end = first[next];
    if (end - start <= 2) {
      for (let index = start; index < end; index++) point(index);
      continue;
    }
    range.low = Infinity;
    range.high = -Infinity;
    extremes.widen(start, end, range);
    const centre = left + (pixel + next) / 2;
    if (range.low > range.high) {
      line.add(centre, NaN);
      continue;
    }
    const low = y.pixel(range.low);
    const high = y.pixel(range.high);
    if (Math.abs(low - high) < flat) line.add(centre, (low + high) / 2);
    else if (values[start] <= values[end - 1]) {
      line.add(centre, low);
      line.add(centre, high);
    } else {
      line.add(centre, high);
      line.add(centre, low);
    }
  }
  if (first[pixels] < values.length) point(first[pixels]);
}

function nextAfter(value: number): number {
  return value + Math.abs(value) * Number.EPSILON;
}

function twice(column: Float32Array): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(2 * column.length);
  longer.set(column);
  return longer;
}
