// What the view of probes knows, and how messages and choices change it. Pure: every change gives a new state.
import type { ProbeConfusion, ProbeFolder, ProbePositions } from '../../src/protocol/probes';
import type { ProbeAxis, ProbesViewState, ToProbesView } from '../../src/protocol/probesView';
import type { ViewStatus } from '../../src/protocol/views';
import { asInt32 } from '../shared/arrays';
import { chartProbes, type ChartProbe } from './probes';
import {
  choicesOf,
  seriesOf,
  withoutHidden,
  type Selection,
  type Series,
  type SeriesChoices,
} from './series';

/** What is remembered besides the folders. */
export type Settings = Omit<ProbesViewState, 'folders'>;

export interface ProbesState {
  status: ViewStatus;
  /** Paths of the folders that are asked for. */
  wanted: readonly string[];
  folders: readonly ProbeFolder[];
  /** Of all folders. */
  probes: readonly ChartProbe[];
  choices: SeriesChoices;
  /** All lines, hidden ones among them. */
  series: Series;
  settings: Settings;
  /** Of the open probe. */
  confusion?: ProbeConfusion;
  positions?: ProbePositions;
  /** Why the open probe's details cannot be shown. */
  failure?: string;
}

const nothing: Series = { axis: 'layer', panels: [], names: [], slots: [], extent: [0, 0] };

/** The state on load, from what was saved before. */
export function initialState(saved: ProbesViewState | undefined): ProbesState {
  const { folders: wanted = [], ...settings } = saved ?? {};
  const phase = wanted.length === 0 ? 'empty' : 'loading';
  return {
    status: { phase, modelOpen: true },
    wanted,
    folders: [],
    probes: [],
    choices: choicesOf([]),
    series: nothing,
    settings,
  };
}

/** What is kept of a state across a reload. */
export function savedState({ wanted, settings }: ProbesState): ProbesViewState {
  return { ...(wanted.length > 0 && { folders: [...wanted] }), ...settings };
}

/** The state after a message; tokens are kept elsewhere. */
export function receive(state: ProbesState, message: ToProbesView): ProbesState {
  switch (message.type) {
    case 'status':
      return { ...state, status: message.status };
    case 'folders':
      return withFolders(state, message.folders);
    case 'confusion': {
      if (message.probe !== state.settings.open) return state;
      const { classes, counts } = message.confusion;
      return { ...state, confusion: { classes, counts: asInt32(counts) }, failure: undefined };
    }
    case 'positions':
      if (message.probe !== state.settings.open) return state;
      return { ...state, positions: message.positions, failure: undefined };
    case 'detailFailed':
      return message.probe === state.settings.open ? { ...state, failure: message.message } : state;
    case 'tokens':
      return state;
  }
}

/** The state with other settings. */
export function withSettings(state: ProbesState, changed: Partial<Settings>): ProbesState {
  const settings = { ...state.settings, ...changed };
  const isOther = 'open' in changed && changed.open !== state.settings.open;
  return {
    ...state,
    settings,
    series: seriesOf(state.probes, selectionOf(settings, state.choices)),
    ...(isOther && { confusion: undefined, positions: undefined, failure: undefined }),
  };
}

/** The state with a line hidden, or shown again. */
export function toggleHidden(state: ProbesState, key: string): ProbesState {
  const { hidden = [] } = state.settings;
  const next = hidden.includes(key) ? hidden.filter((each) => each !== key) : [...hidden, key];
  return withSettings(state, { hidden: next });
}

/** The lines that are drawn. */
export function shownSeries({ series, settings }: ProbesState): Series {
  return withoutHidden(series, settings.hidden ?? []);
}

/** The probe whose details are open. */
export function openProbe({ probes, settings }: ProbesState): ChartProbe | undefined {
  return probes.find(({ id }) => id === settings.open);
}

/** What is drawn: settings that there are no probes for give way to what there is. */
export function selectionOf(settings: Settings, { steps, layers, hasSteps }: SeriesChoices): Selection {
  const { step, layer } = settings;
  return {
    axis: axisOf(settings, hasSteps),
    step: step === 'all' || (step !== undefined && steps.includes(step)) ? step : 'last',
    layer: layer !== undefined && layer !== 'all' && layers.includes(layer) ? layer : 'all',
  };
}

function axisOf({ axis = 'layer' }: Settings, hasSteps: boolean): ProbeAxis {
  return hasSteps ? axis : 'layer';
}

function withFolders(state: ProbesState, folders: readonly ProbeFolder[]): ProbesState {
  const paths = folders.map(({ path }) => path);
  const probes = chartProbes(folders);
  const choices = choicesOf(probes);
  const { axis, ownScales, table, byPosition, detailHeight } = state.settings;
  // Steps, lines and probes of all other folders are others.
  const isOther = !paths.some((path) => state.wanted.includes(path));
  const settings: Settings = isOther ? { axis, ownScales, table, byPosition, detailHeight } : state.settings;
  // What was read of a probe is left out: it may be of one that was replaced.
  return {
    status: state.status,
    wanted: paths,
    folders,
    probes,
    choices,
    settings,
    series: seriesOf(probes, selectionOf(settings, choices)),
  };
}
