// What the lens view knows, and how messages change it. Pure: every change gives a new state.
import type { LensCell, LensTable } from '../../src/protocol/lens';
import type {
  LensColouring,
  LensPlace,
  LensSelection,
  LensViewState,
  ToLensView,
} from '../../src/protocol/lensView';
import { LENS_COLOURINGS } from '../../src/protocol/lensView';
import type { ShownIntervention } from '../../src/protocol/partActions';
import type { ViewStatus } from '../../src/protocol/views';
import { initialStatus } from '../shared/names';
import { Columns } from './columns';

export type Question = Extract<ToLensView, { type: 'lens' }>['question'];

export interface LensState {
  status: ViewStatus;
  /** The answer to the question. */
  table?: LensTable;
  /** That, and the windows that came after it. */
  columns?: Columns;
  windows: readonly LensTable[];
  question?: Question;
  colouring: LensColouring;
  selection: LensSelection | null;
  /** The last cell that came: it stays, dimmed, until the next is there. */
  cell?: LensCell;
  /** What was open before a reload, until it is opened again. */
  restored?: LensPlace;
  /** The token under the editor's cursor. */
  cursor: number | null;
  pathAsTable: boolean;
  /** The model's list. */
  interventions: readonly ShownIntervention[];
}

/** The state on load, from what was saved before. */
export function initialState(saved: LensViewState | undefined): LensState {
  const { uri, model, selection } = saved ?? {};
  const known = uri !== undefined && model !== undefined;
  const colouring = saved?.colouring;
  return {
    status: initialStatus({ uri, model }),
    question: known ? { uri, model, selection } : undefined,
    windows: [],
    colouring: colouring && LENS_COLOURINGS.includes(colouring) ? colouring : 'probability',
    selection: null,
    restored: saved?.place,
    cursor: null,
    pathAsTable: saved?.pathAsTable ?? false,
    interventions: [],
  };
}

/** What is kept of a state across a reload. */
export function savedState(state: LensState): LensViewState {
  const { question, colouring, selection, restored, pathAsTable } = state;
  return { ...question, colouring, place: selection?.place ?? restored, pathAsTable };
}

/** The state after a message. */
export function receive(state: LensState, message: ToLensView): LensState {
  switch (message.type) {
    case 'status':
      // Empty means that what was shown is gone, and should not come back with a reload.
      return message.status.phase === 'empty'
        ? { ...state, status: message.status, ...nothing }
        : { ...state, status: message.status };
    case 'cursor':
      return { ...state, cursor: message.token };
    case 'interventions':
      return { ...state, interventions: message.interventions };
    case 'lens': {
      const { table, question } = message;
      const windows = [table];
      return { ...state, table, question, windows, columns: new Columns(windows) };
    }
    case 'window': {
      // A window of another version came too late.
      if (message.table.source.version !== state.table?.source.version) return state;
      const windows = [...state.windows, message.table];
      return { ...state, windows, columns: new Columns(windows) };
    }
    case 'windowFailed':
      return state;
    case 'selection': {
      const { selection } = message;
      if (!selection) return { ...state, selection, cell: undefined };
      return { ...state, selection, cell: selection.cell ?? state.cell, restored: undefined };
    }
  }
}

/** What was open before a reload stays: until its model is open again, the view is empty. */
const nothing = {
  table: undefined,
  columns: undefined,
  windows: [],
  question: undefined,
  selection: null,
  cell: undefined,
};

/** The cell that is shown is the open place's own, and of this version of the text. */
export function isCurrent({ selection, cell, table }: LensState): boolean {
  return selection?.cell !== undefined && cell?.source.version === table?.source.version;
}

/** Whether the cursor went elsewhere, or another text came with it; one that is read again leaves the map where it is. */
export function hasMoved({ cursor, question }: LensState, before: LensState | undefined): boolean {
  const isSameText =
    before?.table !== undefined &&
    before.question?.uri === question?.uri &&
    before.question?.model === question?.model;
  return cursor !== before?.cursor || !isSameText;
}
