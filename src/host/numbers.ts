// How numbers from the model are written for people.

/** Three significant digits: `12.3`, `0.0456`, `1,230`; the exact value belongs in a tooltip. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return exact(value);
  const size = Math.abs(value);
  if (size >= 1e6 || (size !== 0 && size < 1e-4)) return value.toExponential(2).replace('-', '−');
  const text = Number(value.toPrecision(3));
  const decimals = size === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(text))));
  return grouped(text.toFixed(decimals));
}

/** The fewest digits that name this 32-bit number and no other. */
export function exact(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  let digits = 1;
  while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== Math.fround(value)) digits++;
  return String(Number(value.toPrecision(digits))).replace(/-/g, '−');
}

/** Three significant digits, and the exact value where that says more: `12.3 · exactly 12.345`. */
export function shortAndExact(value: number): string {
  const isExact = !Number.isFinite(value) || Math.fround(Number(value.toPrecision(3))) === Math.fround(value);
  return isExact ? short(value) : `${short(value)} · exactly ${exact(value)}`;
}

/** A whole number with thousands separated: `2,048`. */
export function count(value: number): string {
  return grouped(String(Math.round(value)));
}

/** Millions and billions for parameter counts: `260K`, `33.0M`, `1.50B`. */
export function size(value: number): string {
  for (const [unit, name] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const) {
    if (value >= unit) return `${Number((value / unit).toPrecision(3))}${name}`;
  }
  return String(value);
}

/** Separates thousands in the digits before the decimal point, and writes a proper minus sign. */
function grouped(text: string): string {
  return text.replace('-', '−').replace(/^(−?)(\d+)/, (_, sign: string, whole: string) => {
    return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',');
  });
}
