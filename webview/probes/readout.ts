// What the crosshair says: of every line at its place the accuracy with its interval and the controls beside it.
import { make } from '../shared/elements';
import { swatchOf } from '../shared/legend';
import { lineStyle } from '../shared/lineStyles';
import { cutMiddle } from '../shared/pieces';
import type { ChartColours } from '../shared/theme';
import type { LineName } from './lineNames';
import { CONTROLS, controlOf, type ProbePanel, type Series } from './series';
import type { ProbeResult } from '../../src/protocol/probes';
import type { ChartProbe } from './probes';
import { count } from '../shared/numbers';
import { interval, placeOf, share, testWords } from './words';

/** The probes of a panel at a place on the x axis. */
export interface Reading {
  panel: ProbePanel;
  x: number;
  /** What it is called: `layer 1`. */
  place: string;
  lines: { name: LineName; result: ChartProbe }[];
}

/** The place nearest to `x` at which a line has a point; undefined in a panel without. */
export function nearestPlace({ lines }: ProbePanel, x: number): number | undefined {
  let nearest: number | undefined;
  for (const point of lines.flatMap(({ points }) => points)) {
    if (nearest === undefined || Math.abs(point.x - x) < Math.abs(nearest - x)) nearest = point.x;
  }
  return nearest;
}

/** The next place to the left or to the right, or the outermost. */
export function neighbourPlace({ lines }: ProbePanel, x: number, direction: -1 | 0 | 1): number {
  const places = lines.flatMap(({ points }) => points.map((point) => point.x));
  const beyond = places.filter((place) => (place - x) * direction > 0);
  if (beyond.length === 0) return x;
  return direction > 0 ? Math.min(...beyond) : Math.max(...beyond);
}

/** What the lines have at a place. */
export function readingAt(
  panel: ProbePanel,
  { axis, names, slots }: Pick<Series, 'axis' | 'names' | 'slots'>,
  x: number,
): Reading {
  const lines = panel.lines.flatMap(({ key, points }) => {
    const point = points.find((each) => each.x === x);
    const name = names.find((each) => each.key === key);
    return point && name ? [{ name, result: point.result }] : [];
  });
  return { panel, x, place: placeAt(axis, slots, x, lines.at(0)?.result), lines };
}

function placeAt(
  axis: Series['axis'],
  slots: Series['slots'],
  x: number,
  result: ChartProbe | undefined,
): string {
  if (axis === 'layer') return result ? placeOf(result) : '';
  const words = { step: 'step', token: 'token', char: 'character' };
  return `${words[axis]} ${slots.find((slot) => slot.x === x)?.label ?? count(x)}`;
}

/** Where the reading is: `ancestor · level 3 · layer 1`. */
export function placeWords({ panel, place }: Reading): string {
  return [panel.title, place].filter(Boolean).join(' · ');
}

/** The same in a sentence, for those who do not see it. */
export function sentenceOf(reading: Reading, active: number): string {
  const line = reading.lines.at(active);
  if (!line) return placeWords(reading);
  const name = reading.lines.length > 1 ? [line.name.label] : [];
  const values = valuesOf(line.result).map(({ name: of, value, note }) =>
    [of, value, note && `(${note})`].filter(Boolean).join(' '),
  );
  return [placeWords(reading), ...name, ...values, testWords(line.result)].join(', ');
}

export interface ReadoutLook {
  kind: ChartColours['kind'];
  /** Whether there is no room for the controls of several lines. */
  isNarrow: boolean;
}

/** Fills the box: a list for one line, a table for several, of which `active` is the one that a click opens. */
export function showReading(
  box: HTMLElement,
  reading: Reading,
  active: number,
  { kind, isNarrow }: ReadoutLook,
): void {
  const { lines } = reading;
  const rest =
    lines.length > 0 ? [make('div', { class: 'quiet', text: testWords(lines[active].result) })] : [];
  box.replaceChildren(
    make('div', { class: 'readout-place', text: placeWords(reading) }),
    ...(lines.length === 1 ? [listOf(lines[0].result)] : []),
    ...(lines.length > 1 ? [tableOf(reading, active, { kind, isNarrow })] : []),
    ...rest,
  );
}

function valuesOf(result: ProbeResult): { name: string; value: string; note: string }[] {
  const { accuracy, ci, random_init_ci, shuffled_ci } = result;
  const intervals = { majority: null, untrained: random_init_ci, shuffled: shuffled_ci };
  const controls = CONTROLS.flatMap((name) => {
    const value = controlOf(result, name);
    const ofControl = intervals[name];
    return value === null ? [] : [{ name, value: share(value), note: ofControl ? interval(ofControl) : '' }];
  });
  return [{ name: 'accuracy', value: share(accuracy), note: interval(ci) }, ...controls];
}

function listOf(result: ProbeResult): HTMLElement {
  const rows = valuesOf(result).map(({ name, value, note }) =>
    make(
      'tr',
      {},
      make('th', { text: name, attributes: { scope: 'row' } }),
      make('td', { text: value }),
      make('td', { class: 'quiet', text: note }),
    ),
  );
  return make('table', { class: 'readout-list' }, make('tbody', {}, ...rows));
}

const LONGEST_NAME = 24;

function tableOf({ lines }: Reading, active: number, { kind, isNarrow }: ReadoutLook): HTMLElement {
  const shown = isNarrow
    ? []
    : CONTROLS.filter((name) => lines.some(({ result }) => controlOf(result, name) !== null));
  const head = ['', 'accuracy', '95%', ...shown].map((text) =>
    make('th', { text, attributes: { scope: 'col' } }),
  );
  const rows = lines.map(({ name, result }, index) => {
    const label = make('th', { attributes: { scope: 'row' } });
    const style = lineStyle(name.style, kind);
    label.append(swatchOf({ style, line: true, mark: true }), cutMiddle(name.label, LONGEST_NAME));
    const controls = shown.map((control) => controlOf(result, control));
    const cells = [
      share(result.accuracy),
      interval(result.ci),
      ...controls.map((value) => (value === null ? '–' : share(value))),
    ].map((text) => make('td', { text }));
    return make('tr', { class: index === active ? 'active' : '' }, label, ...cells);
  });
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows));
}
