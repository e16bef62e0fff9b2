// Short lists of the largest values of long ones.

/** Longer lists are sorted whole: keeping them in order would cost the square of their length. */
const SHORT = 64;

/** Indices of the `count` largest values, largest first; ties by lower index. What is not a number comes last. */
export function largestIndices(values: Float32Array, count: number): number[] {
  const best = count > SHORT ? sortedWhole(values, count) : keptInOrder(values, count);
  for (let index = 0; index < values.length && best.length < count; index++) {
    if (Number.isNaN(values[index])) best.push(index);
  }
  return best;
}

function sortedWhole(values: Float32Array, count: number): number[] {
  const order = Uint32Array.from(values, (_, index) => index).filter((index) => !Number.isNaN(values[index]));
  order.sort((a, b) => values[b] - values[a] || a - b);
  return Array.from(order.subarray(0, count));
}

function keptInOrder(values: Float32Array, count: number): number[] {
  const best: number[] = [];
  /** Once there are `count`. */
  let least = NaN;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value <= least || Number.isNaN(value)) continue;
    let place = best.length;
    while (place > 0 && values[best[place - 1]] < value) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
    if (best.length === count) least = values[best[count - 1]];
  }
  return best;
}
