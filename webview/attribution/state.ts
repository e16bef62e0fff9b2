// What the attribution view knows, and how messages change it. Pure: every change gives a new state.
import type { LogitAttribution } from '../../src/protocol/attribution';
import {
  ATTRIBUTION_ORDERS,
  type AttributionChoice,
  type AttributionOrder,
  type AttributionViewState,
  type ToAttributionView,
} from '../../src/protocol/attributionView';
import type { ShownIntervention } from '../../src/protocol/partActions';
import type { ViewStatus } from '../../src/protocol/views';
import { initialStatus } from '../shared/names';

export interface AttributionState {
  status: ViewStatus;
  attribution?: LogitAttribution;
  question?: { uri: string; model: string };
  choice: AttributionChoice;
  order: AttributionOrder;
  /** The model's list. */
  interventions: readonly ShownIntervention[];
}

/** The state on load, from what was saved before. */
export function initialState(saved: AttributionViewState | undefined): AttributionState {
  const { uri, model, choice, order } = saved ?? {};
  return {
    status: initialStatus({ uri, model }),
    question: uri !== undefined && model !== undefined ? { uri, model } : undefined,
    choice: choice ?? {},
    order: order && ATTRIBUTION_ORDERS.includes(order) ? order : 'size',
    interventions: [],
  };
}

/** What is kept of a state across a reload. */
export function savedState({ question, choice, order }: AttributionState): AttributionViewState {
  return { ...question, choice, order };
}

/** The state after a message. */
export function receive(state: AttributionState, message: ToAttributionView): AttributionState {
  switch (message.type) {
    case 'status':
      // Empty means that what was shown is gone, and should not come back with a reload.
      return message.status.phase === 'empty'
        ? { ...state, status: message.status, attribution: undefined, question: undefined }
        : { ...state, status: message.status };
    case 'cursor':
      return state;
    case 'interventions':
      return { ...state, interventions: message.interventions };
    case 'attribution': {
      const { attribution, question, choice } = message;
      return { ...state, attribution, question, choice };
    }
  }
}
