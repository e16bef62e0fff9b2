// Which panels, lines and points probes have: a panel for each target and level, a line for each model along its layers, or
// for each layer along the steps of a run. Pure.
import type { ProbeResult } from '../../src/protocol/probes';
import type { ProbeAxis } from '../../src/protocol/probesView';
import { namesOf, shortHook, siteOf, type LineKey, type LineName } from './lineNames';
import type { ChartProbe } from './probes';

/** A probe at its place on the x axis. */
export interface ProbePoint {
  x: number;
  result: ChartProbe;
}

export interface ProbeLine {
  key: string;
  /** Ascending in x; at least one. */
  points: ProbePoint[];
}

/** What a control of a panel says along the x axis; equal ones are one. */
export interface ControlLine {
  name: ControlName;
  /** Of the one line that it belongs to, where other lines have others of its name. */
  key?: string;
  points: { x: number; value: number }[];
}

export const CONTROLS = ['majority', 'untrained', 'shuffled'] as const;
export type ControlName = (typeof CONTROLS)[number];

export interface ProbePanel {
  key: string;
  target: string;
  level: number | null;
  title: string;
  /** How many; several numbers where probes of one question tell different ones apart. */
  classes: number[];
  lines: ProbeLine[];
  controls: ControlLine[];
}

/** A place on the x axis that has a name. */
export interface Slot {
  x: number;
  label: string;
}

/** What runs along the x axis, as it is written there: also the position of a probe's tokens. */
export type ChartAxis = ProbeAxis | 'token' | 'char';

export interface Series {
  axis: ChartAxis;
  /** In the order of the recipes, targets together. */
  panels: ProbePanel[];
  names: LineName[];
  /** Places that have names; empty along steps, which are numbers. */
  slots: Slot[];
  /** Smallest and largest x. */
  extent: readonly [number, number];
}

/** What is drawn of the probes. */
export interface Selection {
  axis: ProbeAxis;
  /** Along layers: the step of runs that is shown; `last` is the last of each. */
  step: number | 'all' | 'last';
  /** Along steps: the layer that is shown. */
  layer: number | 'all';
}

/** What can be chosen of them. */
export interface SeriesChoices {
  /** All training steps, ascending; along them is only something to see where there are two of a run. */
  steps: number[];
  layers: number[];
  hasSteps: boolean;
}

/** The steps and layers that probes were trained at. */
export function choicesOf(probes: readonly ChartProbe[]): SeriesChoices {
  const steps = distinct(probes.map(({ step }) => step)).filter((step) => step !== null);
  const layers = distinct(probes.map(({ layer }) => layer)).filter((layer) => layer !== null);
  const stepsOfRun = new Map<string, Set<number>>();
  for (const probe of probes) {
    if (probe.step === null) continue;
    stepsOfRun.set(probe.run, (stepsOfRun.get(probe.run) ?? new Set()).add(probe.step));
  }
  return {
    steps: steps.sort((a, b) => a - b),
    layers: layers.sort((a, b) => a - b),
    hasSteps: [...stepsOfRun.values()].some(({ size }) => size > 1),
  };
}

/** How a target's panel is called. */
export function titleOf({ target, level }: Pick<ProbeResult, 'target' | 'level'>): string {
  return level === null ? target : `${target} · level ${level}`;
}

/** The panels and lines of a selection of probes. */
export function seriesOf(probes: readonly ChartProbe[], selection: Selection): Series {
  const { axis } = selection;
  const shown = axis === 'layer' ? alongLayers(probes, selection.step) : alongSteps(probes, selection.layer);
  const slots = axis === 'layer' ? slotsOf(shown) : [];
  const place = placesOf(axis, slots);
  const sites = sitesOf(shown);
  const keyOf = (probe: ChartProbe): LineKey => ({
    run: probe.run,
    step: axis === 'layer' && selection.step === 'all' ? probe.step : null,
    hook: axis === 'layer' ? sites(probe.hook) : probe.hook,
  });
  const keys = new Map<string, LineKey>();
  const panels = new Map<string, ProbePanel>();
  for (const probe of shown) {
    const lineKey = keyOf(probe);
    const written = JSON.stringify(lineKey);
    keys.set(written, lineKey);
    const panel = panelFor(panels, probe);
    const { length } = probe.classes;
    if (!panel.classes.includes(length)) panel.classes.push(length);
    let line = panel.lines.find(({ key }) => key === written);
    if (!line) panel.lines.push((line = { key: written, points: [] }));
    line.points.push({ x: place(probe), result: probe });
  }
  const list = targetsTogether([...panels.values()]);
  for (const panel of list) {
    for (const { points } of panel.lines) points.sort((a, b) => a.x - b.x);
    panel.controls = controlsOf(panel.lines);
  }
  const xs = shown.map(place);
  return {
    axis,
    panels: list,
    names: namesOf(keys, axis),
    slots,
    extent: xs.length === 0 ? [0, 0] : [Math.min(...xs), Math.max(...xs)],
  };
}

/** The series with only the lines that are not hidden. */
export function withoutHidden(series: Series, hidden: readonly string[]): Series {
  if (hidden.length === 0) return series;
  const panels = series.panels.map((panel) => {
    const lines = panel.lines.filter(({ key }) => !hidden.includes(key));
    return { ...panel, lines, controls: controlsOf(lines) };
  });
  return { ...series, panels };
}

/** Of every run the step that is meant; models of no run are always there. */
function alongLayers(probes: readonly ChartProbe[], wanted: Selection['step']): readonly ChartProbe[] {
  if (wanted === 'all') return probes;
  const last = new Map<string, number>();
  for (const { step, run } of probes) {
    if (step !== null) last.set(run, Math.max(step, last.get(run) ?? 0));
  }
  return probes.filter(
    ({ step, run }) => step === null || step === (wanted === 'last' ? last.get(run) : wanted),
  );
}

function alongSteps(probes: readonly ChartProbe[], wanted: Selection['layer']): readonly ChartProbe[] {
  return probes.filter(({ step, layer }) => step !== null && (wanted === 'all' || layer === wanted));
}

/** Layers in their order, with activations before the first layer and after the last one at either end. */
function slotsOf(probes: readonly ChartProbe[]): Slot[] {
  const outside = distinct(probes.filter(({ layer }) => layer === null).map(({ hook }) => hook));
  const layers = distinct(probes.map(({ layer }) => layer)).filter((layer) => layer !== null);
  const before = outside.filter((hook) => hook.includes('embed') && !hook.includes('unembed'));
  const after = outside.filter((hook) => !before.includes(hook));
  const labels = [
    ...before.map((hook) => shortHook(hook)),
    ...layers.sort((a, b) => a - b).map(String),
    ...after.map((hook) => shortHook(hook)),
  ];
  return labels.map((label, x) => ({ x, label }));
}

function placesOf(axis: ProbeAxis, slots: readonly Slot[]): (probe: ChartProbe) => number {
  if (axis === 'step') return ({ step }) => step ?? 0;
  const places = new Map(slots.map(({ label, x }) => [label, x]));
  return ({ layer, hook }) => places.get(layer === null ? shortHook(hook) : String(layer)) ?? 0;
}

/**
 * The line that an activation is on. Where only the residual stream is probed, what enters and leaves the layers are its
 * ends.
 */
function sitesOf(probes: readonly ChartProbe[]): (hook: string) => string {
  const layered = distinct(probes.filter(({ layer }) => layer !== null).map(({ hook }) => siteOf(hook)));
  const [only] = layered;
  const isStream = layered.length === 1 && only.includes('hook_resid');
  return (hook) => (hook.startsWith('blocks.') || !isStream ? siteOf(hook) : only);
}

/** What only a later folder has does not stand apart from its target. */
function targetsTogether(panels: readonly ProbePanel[]): ProbePanel[] {
  const targets = distinct(panels.map(({ target }) => target));
  return [...panels].sort(
    (a, b) => targets.indexOf(a.target) - targets.indexOf(b.target) || (a.level ?? 0) - (b.level ?? 0),
  );
}

function panelFor(panels: Map<string, ProbePanel>, probe: ChartProbe): ProbePanel {
  const { target, level } = probe;
  const key = JSON.stringify([target, level]);
  const known = panels.get(key);
  if (known) return known;
  const panel: ProbePanel = {
    key,
    target,
    level,
    title: titleOf(probe),
    classes: [],
    lines: [],
    controls: [],
  };
  panels.set(key, panel);
  return panel;
}

export function controlsOf(lines: readonly ProbeLine[]): ControlLine[] {
  return CONTROLS.flatMap((name) => {
    const found = new Map<string, ControlLine & { keys: string[] }>();
    for (const { key, points } of lines) {
      const values = points.flatMap(({ x, result }) => {
        const value = controlOf(result, name);
        return value === null ? [] : [{ x, value }];
      });
      if (values.length === 0) continue;
      const written = JSON.stringify(values);
      const keys = [...(found.get(written)?.keys ?? []), key];
      found.set(written, { name, points: values, keys });
    }
    return [...found.values()].map(({ keys, ...control }) =>
      found.size > 1 && keys.length === 1 ? { ...control, key: keys[0] } : control,
    );
  });
}

/** What a control of a probe reaches; null where the recipe left it out. */
export function controlOf(result: ProbeResult, name: ControlName): number | null {
  if (name === 'majority') return result.majority;
  return name === 'untrained' ? result.random_init : result.shuffled;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
