// Comparing tensors, and a few plain functions of arrays that tests say their expectations with.
import assert from 'node:assert/strict';
import type { TensorData } from '../../src/backend/engine/graph/graph';

interface Numbers {
  shape: readonly number[];
  data: ArrayLike<number>;
}

/** Asserts the same shape, and no element further apart than `bound`; NaN is close to nothing. */
export function assertClose(found: Numbers, expected: Numbers, bound: number, what: string): void {
  assert.deepEqual([...found.shape], [...expected.shape], `shape of ${what}`);
  assertCloseValues(found.data, expected.data, bound, what);
}

export function assertCloseValues(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
  what: string,
): void {
  assert.equal(found.length, expected.length, `length of ${what}`);
  for (let index = 0; index < expected.length; index++) {
    const same = Object.is(found[index], expected[index]);
    const close = same || Math.abs(found[index] - expected[index]) <= bound;
    assert.ok(close, `${what}[${index}] is ${found[index]}, not ${expected[index]}`);
  }
}

/** The largest difference between two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (value, index) => Math.abs(value - b[index])).reduce((x, y) => Math.max(x, y), 0);
}

/** The element of a row-major tensor. */
export function element({ shape, data }: Numbers, ...index: number[]): number {
  assert.equal(index.length, shape.length);
  return data[index.reduce((flat, each, axis) => flat * shape[axis] + each, 0)];
}

/** A row along the last axis. */
export function rowOf({ shape, data }: Numbers, ...index: number[]): number[] {
  const width = shape[shape.length - 1];
  const start = index.reduce((flat, each, axis) => flat * shape[axis] + each, 0) * width;
  return Array.from({ length: width }, (_, column) => data[start + column]);
}

export function floatTensor(shape: readonly number[], data: ArrayLike<number>): TensorData {
  return { type: 'float32', shape, data: Float32Array.from(data) };
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (value, index) => value * b[index]).reduce((x, y) => x + y, 0);
}

export function softmaxOf(row: readonly number[]): number[] {
  const top = Math.max(...row);
  const weights = row.map((value) => Math.exp(value - top));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
