// Products with a direction, in float64: the addends of a logit are many and of both signs.

export function dot(a: ArrayLike<number>, direction: Float64Array): number {
  return dotRow(a, 0, direction);
}

/** With a row of [rows, direction's length]. */
export function dotRow(matrix: ArrayLike<number>, row: number, direction: Float64Array): number {
  const first = row * direction.length;
  let sum = 0;
  for (let i = 0; i < direction.length; i++) sum += matrix[first + i] * direction[i];
  return sum;
}
