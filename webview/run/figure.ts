// What the chart shows, worked out for a size: panels one under the other with a common x axis, their scales and
// ticks, reference lines with places for their names. Pixels only; nothing is drawn here.
import { firstAtLeast } from './columns';
import type { Range } from './extremes';
import { spread } from '../shared/labels';
import type { Axis } from './runData';
import { makeScale, padded, within, type Interval, type Scale } from '../shared/scale';
import { ticksOf, type Tick } from '../shared/ticks';
import { axisTicks } from './ticks';
import type { ShownRun } from './state';
import { significant } from '../shared/numbers';
import { cutMiddle } from '../shared/pieces';
import type { Box } from '../shared/surface';

export type PanelKind = 'loss' | 'lr' | 'gradientNorm' | 'tokensPerSecond';

export interface Panel {
  kind: PanelKind;
  title: string;
  /** Where lines are drawn. */
  box: Box;
  y: Scale;
  ticks: Tick[];
}

/** A reference line with its name. */
export interface Reference {
  label: string;
  loss: number;
  /** Pixels: of the line, and of the label's middle. */
  y: number;
  labelY: number;
  /** Number of its dashes. */
  order: number;
}

export interface Figure {
  width: number;
  height: number;
  runs: readonly ShownRun[];
  axis: Axis;
  smoothing: number;
  x: Scale;
  xTicks: Tick[];
  /** All of the x axis that there is, zoomed or not. */
  whole: Interval;
  panels: Panel[];
  references: Reference[];
  /** Whether references are named beside the plot, or inside it over their lines. */
  namesBeside: boolean;
}

export interface FigureOptions {
  width: number;
  height: number;
  /** Where the chart begins, below what else stands in a picture. */
  top?: number;
  runs: readonly ShownRun[];
  axis: Axis;
  logX: boolean;
  logY: boolean;
  smoothing: number;
  window: Interval | undefined;
  measure: (text: string) => number;
}

const TITLE_HEIGHT = 18;
export const AXIS_HEIGHT = 22;
const BOTTOM = 8;
const SMALLEST = { loss: 120, small: 36 };
const LARGEST_SMALL = 72;
/** Room above a small panel, for its title. */
const SMALL_GAP = 24;
const LABEL_GAP = 14;
/** From this width on, reference lines are named beside the plot. */
const BESIDE_FROM = 480;
const LONGEST_REFERENCE = 28;

const titles: Record<PanelKind, string> = {
  loss: 'loss, nats per token',
  lr: 'learning rate',
  gradientNorm: 'gradient norm',
  tokensPerSecond: 'tokens/s',
};
const smallKinds: PanelKind[] = ['lr', 'gradientNorm', 'tokensPerSecond'];

/** The least height that holds all panels. */
export const LEAST_HEIGHT =
  TITLE_HEIGHT + SMALLEST.loss + AXIS_HEIGHT + smallKinds.length * (SMALL_GAP + SMALLEST.small) + BOTTOM;

/** Works out the chart; undefined where there is nothing to show. */
export function figureOf(options: FigureOptions): Figure | undefined {
  const { width, height, runs, axis, logX, logY, measure, smoothing } = options;
  const whole = wholeOf(runs, axis, logX);
  if (!whole) return undefined;
  const domain = (options.window && within(options.window, whole, logX)) ?? whole;
  const isZoomed = domain !== whole;

  const heights = heightsOf(options.top ?? 0, height);
  const panelDomains = (kind: PanelKind): Interval => {
    const log = isLog(kind, logY);
    return yDomain(kind, runs, axis, domain, log, isZoomed ? [] : referencesOf(runs));
  };
  const rough = heights.map(({ kind, top, height: panelHeight }) => {
    const y = makeScale(panelDomains(kind), [top + panelHeight, top], isLog(kind, logY));
    const wanted = kind === 'loss' ? Math.max(2, Math.round(panelHeight / 44)) : 2;
    return { kind, top, height: panelHeight, y, ticks: ticksOf(y, wanted) };
  });

  const lossPanel = rough[0];
  const references = placeReferences(referencesOf(runs), lossPanel.y);
  const namesBeside = width >= BESIDE_FROM && references.length > 0;
  const left = Math.ceil(
    Math.max(36, ...rough.flatMap(({ ticks }) => ticks.map(({ label }) => measure(label) + 14))),
  );
  const right = namesBeside ? Math.ceil(Math.max(...references.map(({ label }) => measure(label)))) + 14 : 12;
  const plotWidth = Math.max(40, width - left - right);
  const x = makeScale(domain, [left, left + plotWidth], logX);
  return {
    width,
    height,
    runs,
    axis,
    smoothing,
    x,
    xTicks: axisTicks(x, axis, Math.max(2, Math.floor(plotWidth / 80))),
    whole,
    panels: rough.map(({ kind, top, height: panelHeight, y, ticks }) => ({
      kind,
      title: titles[kind],
      box: { x: left, y: top, width: plotWidth, height: panelHeight },
      y,
      ticks,
    })),
    references,
    namesBeside,
  };
}

/** All places on the x axis that runs have points at; a logarithmic one begins at the first positive. */
export function wholeOf(runs: readonly ShownRun[], axis: Axis, log: boolean): Interval | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const { data } of runs) {
    for (const column of [data.train[axis], data.evaluation[axis]]) {
      const first = log ? firstAtLeast(column, Number.MIN_VALUE) : 0;
      if (first >= column.length) continue;
      from = Math.min(from, column[first]);
      to = Math.max(to, column[column.length - 1]);
    }
  }
  if (from > to) return undefined;
  // A single point gets an axis to stand on.
  return to > from ? [from, to] : log ? [from / 2, from * 2] : [from - 1, from + 1];
}

function heightsOf(start: number, height: number): { kind: PanelKind; top: number; height: number }[] {
  const room = height - start - TITLE_HEIGHT - AXIS_HEIGHT - BOTTOM - smallKinds.length * SMALL_GAP;
  const small = Math.round(Math.min(LARGEST_SMALL, Math.max(SMALLEST.small, room * 0.14)));
  const loss = Math.max(SMALLEST.loss, room - smallKinds.length * small);
  const panels: { kind: PanelKind; top: number; height: number }[] = [
    { kind: 'loss', top: start + TITLE_HEIGHT, height: loss },
  ];
  let top = start + TITLE_HEIGHT + loss + AXIS_HEIGHT;
  for (const kind of smallKinds) {
    panels.push({ kind, top: top + SMALL_GAP, height: small });
    top += SMALL_GAP + small;
  }
  return panels;
}

/** Losses and norms spread over decades; rates are read as they are. */
function isLog(kind: PanelKind, logY: boolean): boolean {
  return logY && (kind === 'loss' || kind === 'gradientNorm');
}

/** The range of what lies in sight, with some room. */
function yDomain(
  kind: PanelKind,
  runs: readonly ShownRun[],
  axis: Axis,
  [from, to]: Interval,
  log: boolean,
  references: readonly NamedLoss[],
): Interval {
  const range: Range = { low: Infinity, high: -Infinity };
  for (const { data } of runs) {
    const places = data.train[axis];
    const start = firstAtLeast(places, from);
    // A little beyond, since `to` may have been rounded.
    const end = firstAtLeast(places, to + Math.abs(to) * 1e-9 + Number.MIN_VALUE, start);
    data.extremes[kind].widen(start, end, range);
    if (kind !== 'loss') continue;
    const { evaluation } = data;
    for (let index = firstAtLeast(evaluation[axis], from); index < evaluation.loss.length; index++) {
      if (evaluation[axis][index] > to) break;
      const loss = evaluation.loss[index];
      if (loss < range.low) range.low = loss;
      if (loss > range.high) range.high = loss;
    }
  }
  if (kind === 'loss') {
    for (const { loss } of references) {
      range.low = Math.min(range.low, loss);
      range.high = Math.max(range.high, loss);
    }
  }
  // Rates are compared with zero.
  if (kind === 'lr' || kind === 'tokensPerSecond') range.low = Math.min(0, range.low);
  if (range.low > range.high) return log ? [0.1, 1] : [0, 1];
  if (log && range.low <= 0) range.low = range.high > 0 ? range.high * 1e-4 : 0.1;
  if (log && range.high <= range.low) range.high = range.low * 2;
  const [low, high] = padded([range.low, range.high], 0.04, log);
  return [!log && range.low >= 0 && low < 0 ? 0 : low, high];
}

interface NamedLoss {
  name: string;
  loss: number;
}

/** The references of all runs, each once. */
function referencesOf(runs: readonly ShownRun[]): NamedLoss[] {
  const found = new Map<string, NamedLoss>();
  for (const { snapshot } of runs) {
    for (const { name, loss } of snapshot.references)
      found.set(`${name} ${significant(loss)}`, { name, loss });
  }
  return [...found.values()].filter(({ loss }) => Number.isFinite(loss)).sort((a, b) => a.loss - b.loss);
}

/** The references in sight; their names stand beside their lines without covering each other. */
function placeReferences(references: readonly NamedLoss[], y: Scale): Reference[] {
  const [bottom, top] = y.range;
  const inSight = references
    .map(({ name, loss }, order) => ({ name, loss, order, y: y.pixel(loss) }))
    .filter(({ y: pixel }) => pixel >= top && pixel <= bottom);
  const places = spread(
    inSight.map((reference) => reference.y),
    LABEL_GAP,
    top + 4,
    bottom - 4,
  );
  return inSight.map(({ name, loss, order, y: pixel }, index) => ({
    label: `${cutMiddle(name, LONGEST_REFERENCE)} ${significant(loss)}`,
    loss,
    order,
    y: pixel,
    labelY: places[index],
  }));
}
