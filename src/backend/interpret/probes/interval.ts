// How sure an accuracy is, where tokens of one document are alike and only documents are independent.

/** Examples of one document. */
export interface Counts {
  right: number;
  total: number;
}

export interface Share {
  value: number;
  /** Of 95 % confidence. */
  interval: [number, number];
}

/** Of the normal distribution, for 95 %. */
const QUANTILE = 1.959964;

/**
 * The share of right examples with its 95 % interval: Wilson's, with the number of independent examples that the spread
 * between documents is worth in the place of the number of examples, and Student's quantile for as many documents
 * (Korn and Graubard 1998; Dean and Pagano 2015). Where all are right, or all wrong, each document counts as one example.
 * @param documents those without examples do not count
 */
export function shareOf(documents: Iterable<Counts>): Share {
  const counted = [...documents].filter(({ total }) => total > 0);
  const total = counted.reduce((sum, each) => sum + each.total, 0);
  if (counted.length < 2) return { value: total === 0 ? NaN : counted[0].right / total, interval: [0, 1] };
  const value = counted.reduce((sum, each) => sum + each.right, 0) / total;
  const squares = counted.reduce((sum, each) => sum + (each.right - value * each.total) ** 2, 0);
  const variance = ((counted.length / (counted.length - 1)) * squares) / total ** 2;
  const spread = value * (1 - value);
  const independent = spread === 0 ? counted.length : Math.min(spread / variance, total);
  return { value, interval: wilson(value, independent, studentQuantile(counted.length - 1)) };
}

function wilson(share: number, count: number, quantile: number): [number, number] {
  const square = quantile ** 2 / count;
  const middle = (share + square / 2) / (1 + square);
  const half = (quantile * Math.sqrt((share * (1 - share)) / count + square / (4 * count))) / (1 + square);
  return [Math.max(0, Math.min(middle - half, share)), Math.min(1, Math.max(middle + half, share))];
}

/** Student's quantile from the normal one (Abramowitz and Stegun 26.7.5): off by 0.01 at 4 degrees of freedom, less above. */
function studentQuantile(degrees: number): number {
  const z = QUANTILE;
  const first = (z ** 3 + z) / (4 * degrees);
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3);
  return z + first + second + third;
}
