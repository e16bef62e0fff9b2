// What the run view knows besides points, and how messages and choices change it. Pure: every change gives a new state.
import type { RunSnapshot, RunViewState, ToRunView } from '../../src/protocol/runViews';
import type { RunData } from './runData';
import type { Interval } from '../shared/scale';

/** What is remembered besides which runs are shown. */
export type Settings = Omit<RunViewState, 'runs' | 'window'>;

export interface RunsState {
  /** The runs, the first in the header; undefined until the host has spoken. */
  runs: RunSnapshot[] | undefined;
  /** Directories of the runs that are asked for. */
  wanted: string[];
  /** Runs of the workspace that are not shown. */
  others: { directory: string; name: string }[];
  settings: Settings;
  /** The part of the x axis that is zoomed to; undefined for all of it. */
  window?: Interval;
  /** Number of each run's colour, kept while it is shown. */
  styles: Readonly<Record<string, number>>;
}

/** A run that is drawn. */
export interface ShownRun {
  snapshot: RunSnapshot;
  data: RunData;
  /** Number of its colour, dashes and mark. */
  style: number;
}

const defaults: Settings = {
  axis: 'step',
  logX: false,
  logY: false,
  smoothing: 0.9,
  table: false,
};

/** The state on load, from what was saved before. */
export function initialState(saved: RunViewState | undefined): RunsState {
  const { runs = [], window, ...settings } = saved ?? {};
  return {
    runs: undefined,
    wanted: runs,
    others: [],
    settings: { ...defaults, ...settings },
    window,
    styles: {},
  };
}

/** What is kept of a state across a reload. */
export function savedState({ wanted, settings, window }: RunsState): RunViewState {
  return { runs: wanted, ...settings, ...(window && { window }) };
}

/** The state after a message about runs. */
export function receive(state: RunsState, message: Extract<ToRunView, { type: 'runs' }>): RunsState {
  const { runs, others } = message;
  const wanted = runs.map(({ directory }) => directory);
  const isOther = wanted[0] !== state.wanted[0];
  return {
    ...state,
    runs,
    others,
    wanted,
    styles: stylesOf(wanted, state.styles),
    settings: withHidden(
      state.settings,
      (state.settings.hidden ?? []).filter((directory) => wanted.includes(directory)),
    ),
    // Another run has another length.
    window: isOther ? undefined : state.window,
  };
}

/** The state with other settings; a zoom belongs to one kind of x axis. */
export function withSettings(state: RunsState, changed: Partial<Settings>): RunsState {
  const settings = { ...state.settings, ...changed };
  const sameAxis = settings.axis === state.settings.axis && settings.logX === state.settings.logX;
  return { ...state, settings, window: sameAxis ? state.window : undefined };
}

/** The state with a run hidden, or shown again. */
export function toggleHidden(state: RunsState, directory: string): RunsState {
  const hidden = state.settings.hidden ?? [];
  const next = hidden.includes(directory)
    ? hidden.filter((each) => each !== directory)
    : [...hidden, directory];
  return { ...state, settings: withHidden(state.settings, next) };
}

export function isHidden({ settings }: RunsState, directory: string): boolean {
  return settings.hidden?.includes(directory) ?? false;
}

/** The last part of a path. */
export function lastName(path: string): string {
  return path
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1)!;
}

function withHidden(settings: Settings, hidden: string[]): Settings {
  const changed = { ...settings, hidden };
  if (hidden.length === 0) delete (changed as Settings).hidden;
  return changed;
}

/** Every run keeps its number; a new one gets the lowest that is free. */
function stylesOf(directories: string[], before: RunsState['styles']): Record<string, number> {
  const styles: Record<string, number> = {};
  for (const directory of directories) if (directory in before) styles[directory] = before[directory];
  const taken = new Set(Object.values(styles));
  for (const directory of directories) {
    if (directory in styles) continue;
    let free = 0;
    while (taken.has(free)) free++;
    taken.add(free);
    styles[directory] = free;
  }
  return styles;
}
