// Settings can hold anything: a workspace brings its own.

/** A number from `least` to `most`: the nearest one, or `otherwise` for what is no number. */
export function within(value: unknown, least: number, most: number, otherwise: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return otherwise;
  return Math.min(most, Math.max(least, value));
}

/** A whole number from `least` to `most`: the nearest one, or `otherwise` for what is no number. */
export function wholeWithin(value: unknown, least: number, most: number, otherwise: number): number {
  return Math.trunc(within(value, least, most, otherwise));
}
