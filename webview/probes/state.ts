// What the view of probes knows, and how messages and choices change it. Pure: every change gives a new state.
import type { ProbeConfusion, ProbeFolder, ProbeResult } from '../../src/protocol/probes';
import type { ProbeAxis, ProbesViewState, ToProbesView } from '../../src/protocol/probesView';
import type { ViewStatus } from '../../src/protocol/views';
import { asInt32 } from '../shared/arrays';
import {
  choicesOf,
  seriesOf,
  withoutHidden,
  type Selection,
  type Series,
  type SeriesChoices,
} from './series';

/** What is remembered besides the folder. */
export type Settings = Omit<ProbesViewState, 'folder'>;

export interface ProbesState {
  status: ViewStatus;
  /** Path of the folder that is asked for. */
  wanted?: string;
  folder?: ProbeFolder;
  choices: SeriesChoices;
  /** All lines, hidden ones among them. */
  series: Series;
  settings: Settings;
  /** Of the open probe. */
  confusion?: ProbeConfusion;
  /** Why the open probe's details cannot be shown. */
  failure?: string;
}

const nothing: Series = { axis: 'layer', panels: [], names: [], slots: [], extent: [0, 0] };

/** The state on load, from what was saved before. */
export function initialState(saved: ProbesViewState | undefined): ProbesState {
  const { folder: wanted, ...settings } = saved ?? {};
  const phase = wanted === undefined ? 'empty' : 'loading';
  return {
    status: { phase, modelOpen: true },
    ...(wanted !== undefined && { wanted }),
    choices: choicesOf([]),
    series: nothing,
    settings,
  };
}

/** What is kept of a state across a reload. */
export function savedState({ wanted, settings }: ProbesState): ProbesViewState {
  return { ...(wanted !== undefined && { folder: wanted }), ...settings };
}

/** The state after a message; tokens are kept elsewhere. */
export function receive(state: ProbesState, message: ToProbesView): ProbesState {
  switch (message.type) {
    case 'status':
      return { ...state, status: message.status };
    case 'folder':
      return withFolder(state, message.folder);
    case 'confusion': {
      if (message.file !== state.settings.open) return state;
      const { classes, counts } = message.confusion;
      return { ...state, confusion: { classes, counts: asInt32(counts) }, failure: undefined };
    }
    case 'detailFailed':
      return message.file === state.settings.open ? { ...state, failure: message.message } : state;
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
    series: state.folder ? seriesOf(state.folder.probes, selectionOf(settings, state.choices)) : nothing,
    ...(isOther && { confusion: undefined, failure: undefined }),
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

/** The probe whose confusion matrix is open. */
export function openProbe({ folder, settings }: ProbesState): ProbeResult | undefined {
  return folder?.probes.find(({ file }) => file === settings.open);
}

/** What is drawn: settings that the folder has no probes for give way to what it has. */
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

function withFolder(state: ProbesState, folder: ProbeFolder): ProbesState {
  const isOther = folder.path !== state.wanted;
  const choices = choicesOf(folder.probes);
  const { axis, ownScales, table, detailHeight } = state.settings;
  // Steps, lines and probes of another folder are others.
  const settings: Settings = isOther ? { axis, ownScales, table, detailHeight } : state.settings;
  return {
    status: state.status,
    wanted: folder.path,
    folder,
    choices,
    settings,
    series: seriesOf(folder.probes, selectionOf(settings, choices)),
    // What was read of a probe may be of one that was replaced.
  };
}
