// Short lists of the largest values of long ones.

/** Longer lists are sorted whole: keeping them in order would cost the square of their length. */
const SHORT = 64;

/** Indices of the `count` largest values, largest first; ties by lower index. */
export function largestIndices(values: Float32Array, count: number): number[] {
  if (count > SHORT) {
    const order = Uint32Array.from(values, (_, index) => index);
    order.sort((a, b) => values[b] - values[a] || a - b);
    return Array.from(order.subarray(0, count));
  }
  const best: number[] = [];
  for (let index = 0; index < values.length; index++) {
    if (best.length === count && values[index] <= values[best[count - 1]]) continue;
    let place = best.length;
    while (place > 0 && values[best[place - 1]] < values[index]) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}
