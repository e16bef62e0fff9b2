// Plain float64 helpers that the reference forms of the operations are written with. Clear before fast.
import { broadcastShapes, sizeOf } from '../graph/dimension';
import type { ReferenceTensor } from '../graph/operation';

export function mapElements(x: ReferenceTensor, f: (value: number) => number): ReferenceTensor {
  return { shape: x.shape, data: x.data.map(f) };
}

/** A tensor of `shape` whose element at each index is `f(index)`. */
export function build(shape: readonly number[], f: (index: readonly number[]) => number): ReferenceTensor {
  const data = new Float64Array(sizeOf(shape));
  forEachIndex(shape, (index, flat) => (data[flat] = f(index)));
  return { shape, data };
}

/** Visits all indices of a shape in row-major order. */
export function forEachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], flat: number) => void,
): void {
  const index = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
}

/** The element at `index`; axes of size 1 stand for every index, and leading axes may be missing (broadcasting). */
export function at(x: ReferenceTensor, index: readonly number[]): number {
  const skipped = index.length - x.shape.length;
  let flat = 0;
  for (let axis = 0; axis < x.shape.length; axis++) {
    flat = flat * x.shape[axis] + (x.shape[axis] === 1 ? 0 : index[skipped + axis]);
  }
  return x.data[flat];
}

export function broadcastMap(
  inputs: readonly ReferenceTensor[],
  f: (values: readonly number[]) => number,
): ReferenceTensor {
  const shape = inputs.reduce<readonly number[]>((a, b) => broadcastShapes(a, b.shape) as number[], []);
  return build(shape, (index) => f(inputs.map((input) => at(input, index))));
}

/** Applies `f` to every row of the last axis; rows of the result may have another length. */
export function mapRows(x: ReferenceTensor, f: (row: Float64Array) => ArrayLike<number>): ReferenceTensor {
  const width = x.shape[x.shape.length - 1];
  const rows = width === 0 ? 0 : x.data.length / width;
  const results = Array.from({ length: rows }, (_, row) =>
    f(x.data.subarray(row * width, (row + 1) * width)),
  );
  const length = results[0]?.length ?? 0;
  const data = new Float64Array(rows * length);
  results.forEach((result, row) => data.set(result, row * length));
  return { shape: [...x.shape.slice(0, -1), length], data };
}

/**
 * The error function to about 1e-15: Maclaurin series near zero, continued fraction of the complement beyond
 * (Abramowitz & Stegun 7.1.5 and 7.1.14).
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18; n++) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 80; n >= 1; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / (Math.sqrt(Math.PI) * (size + fraction)));
}
