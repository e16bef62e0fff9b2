// Messages between the extension host and the view of logit attribution.
import type { LogitAttribution, TokenChoice } from './attribution';
import type { HeadId } from './attention';
import type { FilePart } from './runViews';
import type { NeuronId } from './types';
import type { FromTextView, ToTextView } from './views';

/** How the rows are ordered. */
export const ATTRIBUTION_ORDERS = ['size', 'raises', 'place'] as const;
export type AttributionOrder = (typeof ATTRIBUTION_ORDERS)[number];

/** What is attributed: the likeliest token, unless one is given, less another, if one is. */
export interface AttributionChoice {
  /** Index of the token at which the logits stand; else that of the token at `offset`; else the last. */
  position?: number;
  /** A place in the document in UTF-16 code units. */
  offset?: number;
  token?: TokenChoice;
  against?: TokenChoice;
}

/** What the view remembers across a reload (the webview's own state). */
export interface AttributionViewState {
  uri?: string;
  model?: string;
  choice?: AttributionChoice;
  order: AttributionOrder;
}

export type ToAttributionView =
  | ToTextView
  | {
      type: 'attribution';
      attribution: LogitAttribution;
      question: { uri: string; model: string };
      choice: AttributionChoice;
    };

export type FromAttributionView =
  | FromTextView
  | { type: 'choose'; choice: AttributionChoice }
  /** Opens the neuron or the head in its own view, and locks it there. */
  | { type: 'selectNeuron'; id: NeuronId }
  | { type: 'selectHead'; head: HeadId }
  /** As in the run view. */
  | { type: 'save'; name: string; content: string | Uint8Array; part: FilePart };
