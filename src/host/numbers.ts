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

/** A stretch of time in its two largest units: `42 s`, `3 min 12 s`, `2 h 5 min`, `1 d 3 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([size]) => whole >= size);
  if (first === -1) return '0 s';
  const [size, name] = units[first];
  const lead = `${count(Math.floor(whole / size))} ${name}`;
  if (first === units.length - 1) return lead;
  const [nextSize, nextName] = units[first + 1];
  const next = Math.floor((whole % size) / nextSize);
  return next === 0 ? lead : `${lead} ${next} ${nextName}`;
}

/** An amount of memory: `410 MB`, `1.5 GB`. */
export function memory(bytes: number): string {
  const [size, name] = bytes >= 1e9 ? ([1e9, 'GB'] as const) : ([1e6, 'MB'] as const);
  return `${count1(bytes / size)} ${name}`;
}

/** One decimal below 10, none above. */
function count1(value: number): string {
  return value < 10 ? String(Number(value.toFixed(1))) : count(value);
}

/** Separates thousands in the digits before the decimal point, and writes a proper minus sign. */
function grouped(text: string): string {
  return text.replace('-', '−').replace(/^(−?)(\d+)/, (_, sign: string, whole: string) => {
    return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',');
  });
}

/** Bytes of a download: `212 MB`. */
export function megabytes(bytes: number): string {
  return bytes < 1e6 ? 'less than 1 MB' : `${count(bytes / 1e6)} MB`;
}
