// Where the ticks of the x axis stand: at whole steps or tokens, or at times in their unit.
import type { Interval, Scale } from '../shared/scale';
import { ticksOf, type Tick } from '../shared/ticks';
import type { Axis } from './runData';

/** About `wanted` ticks of the x axis: whole steps, tokens, or a time in its unit. */
export function axisTicks(scale: Scale, axis: Axis, wanted: number): Tick[] {
  if (axis !== 'seconds') {
    return ticksOf(scale, wanted, Number.isInteger);
  }
  const { seconds, name } = unitOf(scale.domain);
  const inUnit: Scale = { ...scale, domain: [scale.domain[0] / seconds, scale.domain[1] / seconds] };
  return ticksOf(inUnit, wanted).map(({ value, label }) => ({
    value: value * seconds,
    label: `${label} ${name}`,
  }));
}

function unitOf([, to]: Interval): { seconds: number; name: string } {
  if (to < 180) return { seconds: 1, name: 's' };
  if (to < 2 * 3600) return { seconds: 60, name: 'min' };
  return to < 48 * 3600 ? { seconds: 3600, name: 'h' } : { seconds: 86_400, name: 'd' };
}
