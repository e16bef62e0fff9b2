// How numbers are written: three significant digits in data, everything in tooltips.

const whole = new Intl.NumberFormat('en');
/** As wide as a digit, and as wide as a full stop, in fonts with tabular figures. */
const FIGURE_SPACE = '\u2007';
const POINT_SPACE = '\u2008';

/** A count with separators: 2,048. */
export function count(value: number): string {
  return whole.format(value);
}

/** A count with its noun: '1 neuron', '2,048 neurons'. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Three significant digits: 12.3, 9.80, 0.0412, 1,240, 1.23e−5. */
export function significant(value: number): string {
  const size = Math.abs(value);
  const isPlain = size === 0 || !Number.isFinite(size) || (size >= 1e-4 && size < 1e6);
  if (!isPlain) return minus(value.toExponential(2));
  return written(value, decimalsOf(value));
}

/** The fewest digits that name this single-precision number and no other; in words, where it is none. */
export function exact(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  return Number.isFinite(value) ? minus(String(shortest(value))) : written(value, 0);
}

/** As `exact`, as a number: what a single-precision number becomes in a file. */
export function shortest(value: number): number {
  if (!Number.isFinite(value)) return value;
  let digits = 1;
  while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== Math.fround(value)) digits++;
  return Number(value.toPrecision(digits));
}

/** Decimals that a column makes room for whose largest value is given, so that smaller ones stand in line. */
export function columnDecimals(largest: number): number {
  return Math.min(4, decimalsOf(largest) + 1);
}

/**
 * As `significant`, padded so that the points of a right-aligned column stand under each other. A number that needs
 * more decimals than the column has keeps its digits and gives up its place: a number reads the same everywhere.
 */
export function aligned(value: number, decimals: number): string {
  const text = significant(value);
  const own = decimalsOf(value);
  if (!Number.isFinite(value) || own > decimals) return text;
  return text + (own === 0 && decimals > 0 ? POINT_SPACE : '') + FIGURE_SPACE.repeat(decimals - own);
}

/** A share as a percentage: 3%, 0.4% under one percent. */
export function percent(share: number): string {
  const value = share * 100;
  if (!Number.isFinite(value)) return '–';
  return value > 0 && value < 0.95 ? `${Math.max(0.1, value).toFixed(1)}%` : `${value.toFixed(0)}%`;
}

/** Digits after the point that make three significant digits. */
function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size === 0) return 2;
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
}

function written(value: number, decimals: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const size = Math.abs(value);
  if (size === Infinity) return value < 0 ? '−∞' : '∞';
  if (size >= 1000) return minus(whole.format(Math.round(value)));
  return minus(value.toFixed(decimals));
}

/** With a minus sign that is as wide as a digit, not a hyphen. */
function minus(text: string): string {
  return text.replaceAll('-', '−');
}
