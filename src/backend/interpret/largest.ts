// Short lists of the largest values of long ones.

/** Indices of the `count` largest values, largest first; ties by lower index. One pass, for small counts. */
export function largestIndices(values: Float32Array, count: number): number[] {
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
