// What the patching view knows, and how messages change it. Pure: every change gives a new state.
import type { PatchMap, PatchQuestion } from '../../src/protocol/patching';
import type { PatchViewState, ToPatchView } from '../../src/protocol/patchView';
import type { ViewStatus } from '../../src/protocol/views';
import { asFloat32, asInt32 } from '../shared/arrays';

export interface PatchState {
  status: ViewStatus;
  question?: PatchQuestion;
  /** Whether the texts were refused for their token counts alone. */
  alignable: boolean;
  map?: PatchMap;
}

/** The state on load, from what was saved before. */
export function initialState(saved: PatchViewState | undefined): PatchState {
  const question = saved?.question;
  const status: ViewStatus = question
    ? { phase: 'loading', modelOpen: true }
    : { phase: 'empty', modelOpen: false };
  return { status, question, alignable: false };
}

/** The state after a message. */
export function receive(state: PatchState, message: ToPatchView): PatchState {
  if (message.type === 'map') return { ...state, map: normalise(message.map) };
  const { status, question, alignable } = message;
  // A map that failed is of other texts.
  const map = status.phase === 'empty' || status.phase === 'failed' ? undefined : state.map;
  return { status, question: question ?? undefined, alignable, map };
}

/** The map as the protocol says it, whatever VS Code made of its typed arrays. */
function normalise(map: PatchMap): PatchMap {
  const { alignment, effect } = map;
  return {
    ...map,
    effect: asFloat32(effect),
    alignment: { ...alignment, sources: asInt32(alignment.sources) },
  };
}
