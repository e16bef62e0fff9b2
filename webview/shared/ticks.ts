// Where the ticks of an axis stand, and what is written at them: one notation for all ticks of an axis.
import { ticks } from 'd3-array';
import type { Scale } from './scale';

export interface Tick {
  value: number;
  label: string;
}

/** About `wanted` ticks with numbers at them; only those that `fits` takes. */
export function ticksOf(scale: Scale, wanted: number, fits: (value: number) => boolean = () => true): Tick[] {
  return labelled(valuesOf(scale, wanted).filter(fits));
}

function labelled(values: readonly number[]): Tick[] {
  const labels = numberLabels(values);
  return values.map((value, index) => ({ value, label: labels[index] }));
}

function valuesOf({ domain: [from, to], log }: Scale, wanted: number): number[] {
  const count = Math.max(1, wanted);
  if (!log) return ticks(from, to, count);
  const decades = Math.log10(to / from);
  // Less than a decade: round numbers at equal distances say more than powers do.
  if (decades < 1) return ticks(from, to, count);
  const step = Math.max(1, Math.ceil(decades / count));
  const between = decades * 3 <= count ? [1, 2, 5] : [1];
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power += step) {
    for (const factor of between) {
      const value = Number(`${factor}e${power}`);
      if (value >= from && value <= to) values.push(value);
    }
  }
  return values.length >= 2 ? values : ticks(from, to, count);
}

const whole = new Intl.NumberFormat('en');

/** Numbers in one notation: powers for small ones, k, M or G for large ones, else with the same decimals. */
export function numberLabels(values: readonly number[]): string[] {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  if (sizes.length === 0) return values.map(String);
  const largest = Math.max(...sizes);
  const smallest = Math.min(...sizes);
  if (largest < 1e-2) return values.map(power);
  // Over many decades each number keeps its own notation.
  if (largest / smallest > 1e3)
    return values.map((value) => (Math.abs(value) < 1e-2 ? power(value) : large(value)));
  if (largest >= 1e4) return values.map(large);
  const decimals = Math.max(...values.map((value) => decimalsIn(value)));
  return values.map((value) =>
    decimals === 0 ? minus(whole.format(value)) : minus(value.toFixed(decimals)),
  );
}

function power(value: number): string {
  return value === 0 ? '0' : minus(Number(value.toPrecision(6)).toExponential());
}

function large(value: number): string {
  const size = Math.abs(value);
  const [unit, name] =
    size >= 1e9 ? [1e9, 'B'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e3 ? [1e3, 'K'] : [1, ''];
  return minus(`${Number((value / unit).toPrecision(6))}${name}`);
}

/** Digits after the point that a round number needs. */
function decimalsIn(value: number): number {
  return String(Number(value.toPrecision(10))).split('.')[1]?.length ?? 0;
}

function minus(text: string): string {
  return text.replaceAll('-', '−');
}
