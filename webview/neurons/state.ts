// What the neurons view knows, and how messages and choices change it. Pure: every change gives a new state.
import type { NeuronId, NeuronTable } from '../../src/protocol/types';
import type {
  NeuronFocus,
  NeuronRanking,
  NeuronsViewState,
  ToNeuronsView,
  ViewStatus,
} from '../../src/protocol/views';
import type { ShownIntervention } from '../../src/protocol/partActions';
import { initialStatus } from '../shared/names';
import { noticeOf, type NoticeKind } from '../shared/viewNotice';
import { filtered } from './filter';
import { ranked } from './ranking';

export type Question = Extract<ToNeuronsView, { type: 'table' }>['question'];

export interface NeuronsState {
  status: ViewStatus;
  table?: NeuronTable;
  question?: Question;
  ranking: NeuronRanking;
  /** The only layer shown, or undefined for all. */
  layer?: number;
  filter: string;
  /** What is painted in the editor: the locked neuron, or the one that is previewed. */
  focus: NeuronFocus | null;
  locked: NeuronId | null;
  /** The model's list. */
  interventions: readonly ShownIntervention[];
  /** The token under the editor's cursor. */
  cursor: number | null;
  detailHeight?: number;
}

/** The state on load, from what was saved before. */
export function initialState(saved: NeuronsViewState | undefined): NeuronsState {
  const { uri, model, selection } = saved ?? {};
  const known = uri !== undefined && model !== undefined;
  return {
    status: initialStatus({ uri, model }),
    question: known ? { uri, model, selection } : undefined,
    ranking: saved?.ranking ?? 'largest',
    layer: saved?.layer,
    filter: saved?.filter ?? '',
    focus: null,
    locked: null,
    interventions: [],
    cursor: null,
    detailHeight: saved?.detailHeight,
  };
}

/** What is kept of a state across a reload. */
export function savedState({
  question,
  ranking,
  layer,
  filter,
  detailHeight,
}: NeuronsState): NeuronsViewState {
  return { ...question, ranking, layer, filter, detailHeight };
}

/** The state after a message. */
export function receive(state: NeuronsState, message: ToNeuronsView): NeuronsState {
  switch (message.type) {
    case 'status':
      // Empty means that what was shown is gone, and should not come back with a reload.
      return message.status.phase === 'empty'
        ? { ...state, status: message.status, table: undefined, question: undefined }
        : { ...state, status: message.status };
    case 'focus':
      return { ...state, focus: message.focus, locked: message.locked };
    case 'cursor':
      return { ...state, cursor: message.token };
    case 'interventions':
      return { ...state, interventions: message.interventions };
    case 'table': {
      const { table, question } = message;
      const layer = state.layer !== undefined && state.layer < table.layers ? state.layer : undefined;
      return { ...state, table, question, layer, ranking: rankingFor(state, message) };
    }
  }
}

/** A question about a new selection is ranked by it; without a selection that ranking means nothing. */
function rankingFor(
  { ranking, question: before, table: old }: NeuronsState,
  { table, question }: { table: NeuronTable; question: Question },
): NeuronRanking {
  if (!table.selected) return ranking === 'selection' ? 'largest' : ranking;
  const sameDocument = before?.uri === question.uri;
  const moved =
    before?.selection?.start !== question.selection?.start ||
    before?.selection?.end !== question.selection?.end;
  // An edit moves the selection too; then the version is another, and the question is still the old one.
  const edited = old !== undefined && old.source.version !== table.source.version;
  const isNew = !sameDocument || before.selection === undefined || (moved && !edited);
  return isNew ? 'selection' : ranking;
}

/** Which notice stands in the view. */
export function noticeIn(state: NeuronsState): NoticeKind | undefined {
  const kind = noticeOf(state.status, state.table !== undefined);
  return kind ?? (rowsOf(state).length === 0 ? 'noMatch' : undefined);
}

let last:
  | { table: NeuronTable; ranking: NeuronRanking; layer?: number; filter: string; rows: Uint32Array }
  | undefined;
const none = new Uint32Array();

/** The table's rows in the order shown. The same array as before as long as nothing changed that it depends on. */
export function rowsOf({ table, ranking, layer, filter }: NeuronsState): Uint32Array {
  if (!table) return none;
  if (last?.table !== table || last.ranking !== ranking || last.layer !== layer || last.filter !== filter) {
    const rows = filtered(table, ranked(table, ranking), { layer, text: filter });
    last = { table, ranking, layer, filter, rows };
  }
  return last.rows;
}

/** The focus if it belongs to the table's version of the text and its activations are known. */
export function completeFocus({ table, focus }: NeuronsState): NeuronFocus | undefined {
  const fits = table && focus?.activations?.values.length === table.tokens.pieces.length;
  return fits && focus.activations?.source.version === table.source.version ? focus : undefined;
}
