// What the attention view knows, and how messages and choices change it. Pure: every change gives a new state.
import type { AttentionGrid, HeadId, HeadKind, HeadScore } from '../../src/protocol/attention';
import type {
  AttentionViewState,
  HeadFocus,
  HeadOrder,
  HeadPicture,
  HeadRanking,
  MapPlace,
  ToAttentionView,
} from '../../src/protocol/attentionView';
import type { ShownIntervention } from '../../src/protocol/partActions';
import type { ViewStatus } from '../../src/protocol/views';
import { initialStatus } from '../shared/names';
import { noticeOf, type NoticeKind } from '../shared/viewNotice';
import { rowOf } from './heads';
import { rowsOf } from './order';

/** What a person chose, kept across a reload. */
export interface Settings {
  score: HeadScore;
  order: HeadOrder;
  /** The only kind shown, or undefined for all. */
  kind?: HeadKind;
  filter: string;
  hideSink: boolean;
  weighted: boolean;
  picture: HeadPicture;
  /** Undefined: the whole map. */
  place?: MapPlace;
  headHeight?: number;
}

export interface AttentionState {
  status: ViewStatus;
  grid?: AttentionGrid;
  /** Whether the grid's pictures leave out the sink. */
  gridHidesSink: boolean;
  question?: { uri: string; model: string };
  settings: Settings;
  focus: HeadFocus;
  /** The head to open once there is a grid: what was open before a reload. */
  wantedHead?: HeadId;
  ranking: HeadRanking | null;
  /** The model's list. */
  interventions: readonly ShownIntervention[];
  /** The token under the editor's cursor. */
  cursor: number | null;
}

const nothing: HeadFocus = { head: null, pinned: false, token: null, links: null };

/** The state on load, from what was saved before. */
export function initialState(saved: AttentionViewState | undefined): AttentionState {
  const { uri, model } = saved ?? {};
  const known = uri !== undefined && model !== undefined;
  return {
    status: initialStatus({ uri, model }),
    gridHidesSink: false,
    question: known ? { uri, model } : undefined,
    settings: {
      score: saved?.score ?? 'induction',
      order: saved?.order === 'score' ? 'score' : 'place',
      kind: saved?.kind,
      filter: saved?.filter ?? '',
      hideSink: saved?.hideSink ?? false,
      weighted: saved?.weighted ?? false,
      picture: saved?.picture ?? 'map',
      place: saved?.place,
      headHeight: saved?.headHeight,
    },
    focus: nothing,
    wantedHead: saved?.head,
    ranking: null,
    interventions: [],
    cursor: null,
  };
}

/** What is kept of a state across a reload. */
export function savedState({ question, settings, focus, wantedHead }: AttentionState): AttentionViewState {
  return { ...question, ...settings, head: focus.head ?? wantedHead };
}

/** The state after a choice. */
export function withSettings(state: AttentionState, settings: Partial<Settings>): AttentionState {
  return { ...state, settings: { ...state.settings, ...settings } };
}

/** The state after a message; tiles are none of its business. */
export function receive(
  state: AttentionState,
  message: Exclude<ToAttentionView, { type: 'tile' | 'noTile' }>,
): AttentionState {
  switch (message.type) {
    case 'status':
      // Empty means that what was shown is gone, and should not come back with a reload.
      return message.status.phase === 'empty'
        ? {
            ...state,
            status: message.status,
            grid: undefined,
            question: undefined,
            focus: nothing,
            ranking: null,
          }
        : { ...state, status: message.status };
    case 'cursor':
      return { ...state, cursor: message.token };
    case 'interventions':
      return { ...state, interventions: message.interventions };
    case 'grid': {
      const { grid, question, hideSink } = message;
      const isOther = state.question?.uri !== question.uri || state.question.model !== question.model;
      const next = { ...state, grid, question, gridHidesSink: hideSink };
      return isOther ? withSettings(next, { place: undefined }) : next;
    }
    case 'head':
      return { ...state, focus: message.focus, ...(message.focus.head && { wantedHead: undefined }) };
    case 'ranking': {
      const { ranking } = message;
      const { order } = state.settings;
      const next = ranking ? 'ranking' : order === 'ranking' ? 'place' : order;
      return withSettings({ ...state, ranking }, { order: next });
    }
  }
}

/** Which notice stands in the view. */
export function noticeIn(state: AttentionState): NoticeKind | undefined {
  const kind = noticeOf(state.status, state.grid !== undefined);
  return kind ?? (rowsOf(state).length === 0 ? 'noMatch' : undefined);
}

/** Row of the open head, -1 for none. */
export function openRow({ grid, focus }: AttentionState): number {
  return grid ? rowOf(grid, focus.head) : -1;
}
