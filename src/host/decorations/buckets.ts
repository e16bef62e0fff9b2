// How strong an activation looks: one of 21 signed buckets, on a log ramp, so that
// weak activations stay visible beside strong ones.

/** Buckets run from −LEVELS (most negative) over 0 (not painted) to LEVELS. */
export const LEVELS = 10;

/** Shares of the largest activation under this are not painted. */
const FAINTEST = 5e-5;

/** The bucket of activations that are not numbers; infinite ones get the strongest bucket of their sign. */
export const NOT_A_NUMBER = LEVELS + 1;

/** From this level on a token is underlined too: solid where positive, dashed where negative. */
export const UNDERLINE_LEVEL = 7;
/** From this level on a token is marked in the overview ruler. */
export const RULER_LEVEL = 9;

/** From this level on a newline is marked; fainter marks at nearly every line would only be noise. */
export const LINE_END_LEVEL = 3;

/** All buckets that something is painted for. */
export const paintedBuckets: readonly number[] = [
  ...Array.from({ length: LEVELS }, (_, index) => index - LEVELS),
  ...Array.from({ length: LEVELS }, (_, index) => index + 1),
  NOT_A_NUMBER,
];

/** The bucket of an activation, given the largest absolute activation on the text. */
export function bucketOf(value: number, largest: number): number {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  const share = Math.abs(value) === Infinity ? 1 : Math.abs(value) / largest;
  if (!(share >= FAINTEST)) return 0;
  const level = Math.min(LEVELS, Math.max(1, Math.ceil(Math.log10(1 + 9 * share) * LEVELS - 1e-9)));
  return value > 0 ? level : -level;
}

/** The largest absolute value that is finite; 0 where there is none. */
export function largestOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > largest && size !== Infinity) largest = size;
  }
  return largest;
}
