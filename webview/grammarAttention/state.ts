// What the view of attention statistics knows, and how messages change it. Pure: every change gives a new state.
import type { GrammarAttention, GrammarAttentionQuestion } from '../../src/protocol/grammarAttention';
import type {
  GrammarAttentionViewState,
  ShownHeads,
  ToGrammarAttentionView,
} from '../../src/protocol/grammarAttentionView';
import type { ViewStatus } from '../../src/protocol/views';
import { asFloat32, asInt32 } from '../shared/arrays';

export interface GrammarAttentionState {
  status: ViewStatus;
  question?: GrammarAttentionQuestion;
  statistics?: GrammarAttention;
  heads: ShownHeads;
  table: boolean;
}

/** The state on load, from what was saved before. */
export function initialState(saved: GrammarAttentionViewState | undefined): GrammarAttentionState {
  const { question, heads = {}, table = false } = saved ?? {};
  const status: ViewStatus = question
    ? { phase: 'loading', modelOpen: true }
    : { phase: 'empty', modelOpen: false };
  return { status, question, heads, table };
}

/** The state after a message. */
export function receive(
  state: GrammarAttentionState,
  message: ToGrammarAttentionView,
): GrammarAttentionState {
  switch (message.type) {
    case 'statistics':
      return { ...state, statistics: normalise(message.statistics) };
    case 'status': {
      const { status, question } = message;
      // What failed is of another question.
      const kept = status.phase === 'empty' || status.phase === 'failed' ? undefined : state.statistics;
      return { ...state, status, question: question ?? undefined, statistics: kept };
    }
  }
}

/** What is kept across a reload. */
export function savedState({ question, heads, table }: GrammarAttentionState): GrammarAttentionViewState {
  return { ...(question && { question }), heads, table };
}

/** The heads of a choice in the toolbar: all, those of a layer, or one. */
export function headsOf(choice: string): ShownHeads {
  const found = /^L(\d+)(?:H(\d+))?$/.exec(choice);
  const [layer, head] = [found?.at(1), found?.at(2)];
  return {
    ...(layer !== undefined && { layer: Number(layer) }),
    ...(head !== undefined && { head: Number(head) }),
  };
}

/** The reverse of `headsOf`. */
export function choiceOf({ layer, head }: ShownHeads): string {
  if (layer === undefined) return 'all';
  return head === undefined ? `L${layer}` : `L${layer}H${head}`;
}

/** The statistics as the protocol says them, whatever VS Code made of their typed arrays. */
function normalise(found: GrammarAttention): GrammarAttention {
  return {
    ...found,
    distances: asInt32(found.distances),
    position: asFloat32(found.position),
    positionPairs: asInt32(found.positionPairs),
    boundary: asFloat32(found.boundary),
    boundaryPairs: asInt32(found.boundaryPairs),
    between: asFloat32(found.between),
    betweenPairs: asInt32(found.betweenPairs),
    ends: asFloat32(found.ends),
    endPairs: asInt32(found.endPairs),
  };
}
