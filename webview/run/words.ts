// How times and rates are written.
import { significant } from '../shared/numbers';

/** A length of time: 0:07, 1:12, 1:02:03, 5 d 3 h. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600);
  if (days >= 2) return `${days} d ${hours - days * 24} h`;
  const minutes = Math.floor(whole / 60) % 60;
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** A large number in three digits: 950, 18.3K, 9.92M, 3.20B; the letters are the host's. */
export function compact(value: number): string {
  const units: [number, string][] = [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ];
  for (const [unit, name] of units) {
    // 999,950 would be written as 1,000K.
    if (Math.abs(value) >= unit * 0.9995)
      return `${significant(Number((value / unit).toPrecision(3)))}${name}`;
  }
  return Number.isInteger(value) ? String(value) : significant(value);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
