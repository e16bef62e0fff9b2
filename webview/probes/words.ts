// How accuracies, intervals and probes are written.
import type { ProbeResult } from '../../src/protocol/probes';
import { count, counted } from '../shared/numbers';
import { plain, running, type Stretch } from '../shared/pieces';
import type { ChartProbe } from './probes';
import { type ControlName, titleOf } from './series';

/** A share as a percentage: one decimal, more where it is nearly all, and 100% only for all. */
export function share(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 1) return '100%';
  let decimals = 1;
  while (decimals < 4 && Number((value * 100).toFixed(decimals)) === 100) decimals++;
  return `${(value * 100).toFixed(decimals)}%`;
}

/** `84.5–91.4%` */
export function interval([low, high]: readonly [number, number]): string {
  return `${share(low).replace('%', '')}–${share(high)}`;
}

export const controlWords: Record<ControlName, string> = {
  majority: 'The class that is most frequent in the training split, always',
  untrained: 'The same probe on a model of the same shape with first weights',
  shuffled: 'The same probe trained on labels in random order',
};

/** A class: blanks are visible where it begins or ends with them. */
export function className(name: string): string {
  const [, before, middle, after] = /^(\s*)(.*?)(\s*)$/su.exec(name)!;
  const write = (stretches: readonly Stretch[]) => stretches.map(({ text }) => text).join('');
  if (middle === '') return plain(name);
  return [before && plain(before), write(running(middle)), after && plain(after)].join('');
}

/** Where a probe reads: `layer 3`, or the activation that is in no layer. */
export function placeOf({ layer, hook }: Pick<ProbeResult, 'layer' | 'hook'>): string {
  return layer === null ? hook : `layer ${layer}`;
}

/** Which probe it is: target, place and model. */
export function probeName(result: ChartProbe): string {
  const { step, run } = result;
  const model = step === null ? run : `${run} step ${count(step)}`;
  return [titleOf(result), placeOf(result), model].join(' · ');
}

/** What the numbers of a probe rest on. */
export function testWords({ n_test, documents_test }: ProbeResult): string {
  return `${counted(n_test, 'test token')} of ${counted(documents_test, 'document')}`;
}
