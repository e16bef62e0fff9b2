// What the view of losses knows, and how messages change it. Pure: every change gives a new state.
import type { LossesViewState, LossReport, LossSide, ToLossesView } from '../../src/protocol/lossesView';
import type { ViewStatus } from '../../src/protocol/views';
import { initialStatus } from '../shared/names';

export type Question = Extract<ToLossesView, { type: 'losses' }>['question'];

export interface LossesState {
  status: ViewStatus;
  report?: LossReport;
  question?: Question;
  side: LossSide;
  /** The token under the editor's cursor. */
  cursor: number | null;
}

const SIDES: readonly LossSide[] = ['all', 'worse', 'better'];

/** The state on load, from what was saved before. */
export function initialState(saved: LossesViewState | undefined): LossesState {
  const { uri, model, selection, before } = saved ?? {};
  const known = uri !== undefined && model !== undefined && before !== undefined;
  return {
    status: initialStatus({ uri, model }),
    question: known ? { uri, model, selection, before } : undefined,
    side: saved && SIDES.includes(saved.shown) ? saved.shown : 'all',
    cursor: null,
  };
}

/** What is kept of a state across a reload. */
export function savedState({ question, side }: LossesState): LossesViewState {
  return { ...question, shown: side };
}

/** The state after a message. */
export function receive(state: LossesState, message: ToLossesView): LossesState {
  switch (message.type) {
    case 'status':
      // Empty means that what was shown is gone, and should not come back with a reload.
      return message.status.phase === 'empty'
        ? { ...state, status: message.status, report: undefined, question: undefined }
        : { ...state, status: message.status };
    case 'cursor':
      return { ...state, cursor: message.token };
    case 'interventions':
      return state;
    case 'losses':
      return { ...state, report: message.report, question: message.question };
  }
}

let last: { report: LossReport; side: LossSide; rows: number[] } | undefined;
const none: number[] = [];

/** The report's rows that are listed. The same array as before as long as nothing changed that it depends on. */
export function rowsOf({ report, side }: LossesState): readonly number[] {
  if (!report) return none;
  if (last?.report !== report || last.side !== side) {
    const rows = report.places
      .map((_, row) => row)
      .filter((row) => side === 'all' || difference(report, row) > 0 === (side === 'worse'));
    last = { report, side, rows };
  }
  return last.rows;
}

/** How much worse a row is predicted, in nats. */
export function difference({ lossBefore, lossAfter }: LossReport, row: number): number {
  return lossAfter[row] - lossBefore[row];
}
