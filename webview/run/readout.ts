// What the crosshair says: every run's exact values at its place.
import { icon, make } from '../shared/elements';
import { count, exact } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import type { ChartColours } from '../shared/theme';
import { swatchOf } from '../shared/legend';
import { lineStyle } from '../shared/lineStyles';
import type { Reading, RunReading } from './reading';
import { clock, compact } from './words';

/** The values of a run, in the order in which they are told. */
export function valuesOf(
  { loss, smoothed, lr, gradientNorm, tokensPerSecond, evaluation, step }: RunReading,
  smoothing: number,
): { name: string; value: string; note?: string }[] {
  const values = [
    { name: 'training', number: loss },
    ...(smoothing > 0 ? [{ name: 'smoothed', number: smoothed }] : []),
    ...(evaluation
      ? [
          {
            name: 'validation',
            number: evaluation.loss,
            note: evaluation.step === step ? undefined : `at ${count(evaluation.step)}`,
          },
        ]
      : []),
    { name: 'learning rate', number: lr },
    { name: 'gradient norm', number: gradientNorm },
    { name: 'tokens/s', number: tokensPerSecond },
  ];
  return values.map(({ name, number, ...rest }) => ({
    name,
    value: Number.isNaN(number) ? '–' : exact(number),
    ...rest,
  }));
}

/** The place on all three kinds of axis. */
export function placeWords({ step, tokens, seconds }: Reading): string {
  return `step ${count(step)} · ${compact(tokens)} tokens · ${clock(seconds)}`;
}

/** The same in a sentence, for those who do not see it. */
export function sentenceOf(reading: Reading, smoothing: number, events: readonly string[]): string {
  const runs = reading.runs.map((each) => {
    const values = valuesOf(each, smoothing).map(({ name, value, note }) =>
      [name, value, note].filter(Boolean).join(' '),
    );
    const name = reading.runs.length > 1 ? `${each.run.snapshot.name}: ` : '';
    return name + values.join(', ');
  });
  return [placeWords(reading), ...runs, ...events].join('; ');
}

export interface ReadoutOptions {
  smoothing: number;
  /** What happened here. */
  events: readonly string[];
  kind: ChartColours['kind'];
  /** Whether only the losses fit. */
  isNarrow: boolean;
}

/** Fills the box: a list for one run, a table for several. */
export function showReading(box: HTMLElement, reading: Reading, options: ReadoutOptions): void {
  const { smoothing, events } = options;
  const parts: Node[] = [make('div', { class: 'readout-place', text: placeWords(reading) })];
  const [first] = reading.runs;
  if (reading.runs.length === 1) parts.push(listOf(first, smoothing));
  else if (reading.runs.length > 1) parts.push(tableOf(reading, options));
  parts.push(
    ...events.map((text) => make('div', { class: 'readout-event' }, icon('warning'), new Text(text))),
  );
  box.replaceChildren(...parts);
}

function listOf(reading: RunReading, smoothing: number): HTMLElement {
  const rows = valuesOf(reading, smoothing).map(({ name, value, note }) =>
    make(
      'tr',
      {},
      make('th', { text: name, attributes: { scope: 'row' } }),
      make('td', { text: value }),
      make('td', { class: 'quiet', text: note ?? '' }),
    ),
  );
  return make('table', { class: 'readout-list' }, make('tbody', {}, ...rows));
}

function tableOf({ runs, step }: Reading, { smoothing, kind, isNarrow }: ReadoutOptions): HTMLElement {
  const more = isNarrow ? [] : ['gradient norm', 'learning rate', 'tokens/s'];
  const names = ['', 'training', 'validation', ...more];
  const head = names.map((text) => make('th', { text, attributes: { scope: 'col' } }));
  const rows = runs.map((each) => {
    const values = new Map(valuesOf(each, smoothing).map(({ name, value }) => [name, value]));
    const { name } = each.run.snapshot;
    const at = each.step === step ? '' : ` (${count(each.step)})`;
    const style = lineStyle(each.run.style, kind);
    const label = make('th', { attributes: { scope: 'row' } });
    label.append(swatchOf({ style, line: true, mark: true }), `${cutMiddle(name, isNarrow ? 12 : 24)}${at}`);
    const cells = names.slice(1).map((column) => make('td', { text: values.get(column) ?? '–' }));
    return make('tr', {}, label, ...cells);
  });
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows));
}
