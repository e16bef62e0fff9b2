// Where the parts of a panel lie: its plot, ticks, and the names of controls at the ends of their lines. Pixels only;
// nothing is drawn here.
import { spread } from '../shared/labels';
import { count } from '../shared/numbers';
import { makeScale, type Interval, type Scale } from '../shared/scale';
import type { Box } from '../shared/surface';
import { ticksOf, type Tick } from '../shared/ticks';
import { CONTROLS, type ControlName, type ProbePanel, type Series, type Slot } from './series';

export interface PanelFigure {
  panel: ProbePanel;
  axis: Series['axis'];
  /** All of the panel. */
  frame: Box;
  /** Where lines are drawn. */
  box: Box;
  x: Scale;
  y: Scale;
  xTicks: Tick[];
  yTicks: Tick[];
  names: ControlLabel[];
}

/** The name of a control beside the ends of its lines. */
export interface ControlLabel {
  name: ControlName;
  /** Pixels: of the line's end, and of the name's middle. */
  y: number;
  labelY: number;
}

const TITLE = 28;
const BOTTOM = 22;
const LEFT = 44;
const LABEL_GAP = 13;
/** Between the plot and the names, for the lines that lead to them. */
export const LEADER = 8;
/** The outermost points stand so far inside the plot. */
const INSET = 10;
/** Percentage points of an axis at least: differences within chance shall not look large. */
const LEAST_RANGE = 0.02;

/** The accuracies that panels show, intervals and controls among them, in round numbers. */
export function accuracyRange(panels: readonly ProbePanel[]): Interval {
  let low = 1;
  let high = 0;
  for (const { lines, controls } of panels) {
    for (const { result } of lines.flatMap(({ points }) => points)) {
      low = Math.min(low, result.accuracy, result.ci[0]);
      high = Math.max(high, result.accuracy, result.ci[1]);
    }
    for (const { value } of controls.flatMap(({ points }) => points)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [0, 1];
  const range = Math.max(high - low, LEAST_RANGE);
  const step = range > 0.5 ? 0.1 : range > 0.2 ? 0.05 : range > 0.05 ? 0.01 : 0.005;
  const from = Math.max(0, Math.floor(low / step + 1e-9) * step);
  const to = Math.min(1, Math.ceil(high / step - 1e-9) * step);
  return to - from >= LEAST_RANGE ? [from, to] : [Math.max(0, to - LEAST_RANGE), Math.max(to, LEAST_RANGE)];
}

/**
 * Lays out a panel in its frame.
 * @param range of the y axis
 * @param measure width of a text in pixels
 */
export function panelFigure(
  panel: ProbePanel,
  { axis, extent, slots }: Pick<Series, 'axis' | 'extent' | 'slots'>,
  frame: Box,
  range: Interval,
  measure: (text: string) => number,
): PanelFigure {
  const shown = CONTROLS.filter((name) => panel.controls.some((control) => control.name === name));
  const names = Math.ceil(Math.max(0, ...shown.map(measure)));
  const right = names === 0 ? 12 : names + LEADER + 10;
  const box = {
    x: frame.x + LEFT,
    y: frame.y + TITLE,
    width: Math.max(40, frame.width - LEFT - right),
    height: Math.max(30, frame.height - TITLE - BOTTOM),
  };
  // Names of the outermost places stay under the plot.
  const inset = (slot: Slot | undefined): number => Math.max(INSET, slot ? measure(slot.label) / 2 : 0);
  const [start, end] = [box.x + inset(slots[0]), box.x + box.width - inset(slots.at(-1))];
  const x = makeScale(widened(extent), [start, Math.max(start, end)], false);
  const y = makeScale(range, [box.y + box.height, box.y], false);
  return {
    panel,
    axis,
    frame,
    box,
    x,
    y,
    xTicks: axis === 'layer' ? slotTicks(slots, x, measure) : numberTicks(panel, x, measure),
    yTicks: percentTicks(y, Math.max(2, Math.round(box.height / 40))),
    names: labelsOf(panel, shown, y, box),
  };
}

/** At every slot, or at every so many where their names would not fit. */
function slotTicks(slots: readonly Slot[], x: Scale, measure: (text: string) => number): Tick[] {
  const all = slots.map(({ x: value, label }) => ({ value, label }));
  for (let stride = 1; ; stride++) {
    const ticks = all.filter((_, index) => index % stride === 0);
    const fits = ticks.every((tick, index) => {
      const before = ticks.at(index - 1);
      if (index === 0 || !before) return true;
      const room = x.pixel(tick.value) - x.pixel(before.value);
      return room >= (measure(tick.label) + measure(before.label)) / 2 + 6;
    });
    if (fits) return ticks;
  }
}

/** Numbers of which all are named where they fit; of more there are round ones. */
const MOST_NAMED = 12;

function numberTicks({ lines }: ProbePanel, x: Scale, measure: (text: string) => number): Tick[] {
  const values = [...new Set(lines.flatMap(({ points }) => points.map((point) => point.x)))];
  const wanted = Math.max(2, Math.floor((x.range[1] - x.range[0]) / 70));
  if (values.length > MOST_NAMED) return ticksOf(x, wanted, Number.isInteger);
  values.sort((a, b) => b - a);
  let free = Infinity;
  // From the right: the last one is always named.
  return values.flatMap((value) => {
    const label = count(value);
    const [at, half] = [x.pixel(value), measure(label) / 2];
    if (at + half > free) return [];
    free = at - half - 6;
    return [{ value, label }];
  });
}

/** A single place gets an axis to stand in the middle of. */
function widened([from, to]: readonly [number, number]): Interval {
  return to > from ? [from, to] : [from - 1, to + 1];
}

function percentTicks(y: Scale, wanted: number): Tick[] {
  const percent: Scale = { ...y, domain: [y.domain[0] * 100, y.domain[1] * 100] };
  return ticksOf(percent, wanted).map(({ value, label }) => ({ value: value / 100, label: `${label}%` }));
}

/** Names at the mean of where the lines of their control end. */
function labelsOf(panel: ProbePanel, shown: readonly ControlName[], y: Scale, box: Box): ControlLabel[] {
  const ends = shown.map((name) => {
    const values = panel.controls
      .filter((control) => control.name === name)
      .map(({ points }) => points.at(-1)!.value);
    return y.pixel(values.reduce((sum, value) => sum + value, 0) / values.length);
  });
  const places = spread(ends, LABEL_GAP, box.y + 4, box.y + box.height - 4);
  return shown.map((name, index) => ({ name, y: ends[index], labelY: places[index] }));
}
