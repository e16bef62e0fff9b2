// How strongly a value is coloured: the same signed levels, underlines and theme colours as in the editor
// (`data.css`), so that a token looks alike in both.

/** Levels run from −LEVELS over 0 (not painted) to LEVELS. */
export const LEVELS = 10;
/** Shares of the range under this are not painted. */
const FAINTEST = 5e-5;

/** The level of a value whose range reaches ±`range`: a log ramp, so that weak ones stay visible; NaN for NaN. */
export function levelOf(value: number, range: number): number {
  if (Number.isNaN(value)) return NaN;
  const share = Math.abs(value) === Infinity ? 1 : Math.abs(value) / range;
  if (!(share >= FAINTEST)) return 0;
  const level = Math.min(LEVELS, Math.max(1, Math.ceil(Math.log10(1 + 9 * share) * LEVELS - 1e-9)));
  return value > 0 ? level : -level;
}

/** The largest finite size among the values: the one range that all examples share. */
export function rangeOf(values: ArrayLike<number>): number {
  let range = 0;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index]);
    if (size > range && size < Infinity) range = size;
  }
  return range;
}

/** Paints an element's background with a value. */
export function paint(element: HTMLElement, value: number, range: number): void {
  const level = levelOf(value, range);
  if (level !== 0) element.dataset['level'] = Number.isNaN(level) ? 'broken' : String(level);
  else delete element.dataset['level'];
}
