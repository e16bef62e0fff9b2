// What the confusion matrix shows: of many classes those with the most test tokens, and words for its cells. Pure.
import type { ProbeConfusion } from '../../src/protocol/probes';
import { count, counted } from '../shared/numbers';
import { className, share } from './words';

/** More rows nobody looks through, and each has as many cells. */
export const MOST_CLASSES = 64;

export interface Matrix {
  confusion: ProbeConfusion;
  /** Numbers of the classes that are shown, in their order. */
  shown: number[];
  /** By class: test tokens of it, and those that were read as it. */
  ofTrue: Float64Array;
  ofRead: Float64Array;
  total: number;
  /** Test tokens in the cells that are shown. */
  covered: number;
}

/** Works out the matrix. */
export function matrixOf(confusion: ProbeConfusion): Matrix {
  const { classes, counts } = confusion;
  const size = classes.length;
  const ofTrue = new Float64Array(size);
  const ofRead = new Float64Array(size);
  let total = 0;
  counts.forEach((tokens, index) => {
    ofTrue[Math.floor(index / size)] += tokens;
    ofRead[index % size] += tokens;
    total += tokens;
  });
  const shown = classes
    .map((_, index) => index)
    .sort((a, b) => ofTrue[b] - ofTrue[a] || a - b)
    .slice(0, MOST_CLASSES)
    .sort((a, b) => a - b);
  let covered = 0;
  for (const row of shown) for (const column of shown) covered += counts[row * size + column];
  return { confusion, shown, ofTrue, ofRead, total, covered };
}

/** Test tokens of a class that were read as another. */
export function cellOf({ confusion }: Matrix, truth: number, read: number): number {
  return confusion.counts[truth * confusion.classes.length + read];
}

/** `7 read as 8: 13 of 42 tokens (31.0%)` */
export function cellWords(matrix: Matrix, truth: number, read: number): string {
  const { classes } = matrix.confusion;
  const tokens = cellOf(matrix, truth, read);
  const all = matrix.ofTrue[truth];
  const how = truth === read ? 'read right' : `read as ${className(classes[read])}`;
  const part = all === 0 ? '' : ` (${share(tokens / all)})`;
  return `${className(classes[truth])} ${how}: ${count(tokens)} of ${counted(all, 'token')}${part}`;
}

/** What is left out of many classes; undefined where nothing is. */
export function leftOutWords({ confusion, shown, covered, total }: Matrix): string | undefined {
  const { length } = confusion.classes;
  if (shown.length === length) return undefined;
  return `${count(shown.length)} of ${count(length)} classes, those with the most test tokens: ${count(covered)} of ${count(total)}`;
}

/** All of it, a row for each class. */
export function matrixRows({ classes, counts }: ProbeConfusion): (string | number)[][] {
  const { length } = classes;
  return [
    ['true \\ read', ...classes],
    ...classes.map((name, row) => [name, ...counts.subarray(row * length, (row + 1) * length)]),
  ];
}
