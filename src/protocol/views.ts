// Messages between the extension host and its views. A view says `ready` first; what it is sent are full snapshots.
import type { FromPart, ShownIntervention } from './partActions';
import type { NeuronActivations, NeuronId, NeuronTable, NeuronWrites } from './types';

/** How the rows of the neurons view are ordered. */
export type NeuronRanking = 'largest' | 'sparsest' | 'selection' | 'place';

/** What the neurons view remembers across a reload (the webview's own state). */
export interface NeuronsViewState {
  uri?: string;
  model?: string;
  /** UTF-16 range of the selection that was asked about. */
  selection?: { start: number; end: number };
  ranking: NeuronRanking;
  layer?: number;
  filter: string;
  /** Height of the pane under the list in pixels, once it was dragged. */
  detailHeight?: number;
}

/** The line at the top of a view, and what it is doing. */
export interface ViewStatus {
  phase: 'empty' | 'loading' | 'ready' | 'failed';
  /** Why it is empty, or what went wrong and what to do. */
  message?: string;
  /** What does more about a failure than asking again. */
  mending?: Mending;
  /** Share done while loading, 0…1. */
  progress?: number;
  /** Document, model and engine names for the header line. */
  document?: string;
  model?: string;
  engine?: string;
  /** True once a model is open: decides which link the empty state offers. */
  modelOpen: boolean;
}

/** A way out of a failure, offered before *Try Again*. */
export interface Mending {
  title: string;
  command: ViewCommand;
}

/** The neuron that is locked or previewed, with what is known of it so far. */
export interface NeuronFocus {
  id: NeuronId;
  locked: boolean;
  activations?: NeuronActivations;
  writes?: NeuronWrites;
}

/** Commands that views offer. */
export const VIEW_COMMANDS = [
  'subtext.openModel',
  'subtext.showNeurons',
  'subtext.showAttention',
  'subtext.showLens',
  'subtext.showLossChanges',
  'subtext.attribute',
  'subtext.patchMap',
  'subtext.showGrammarAttention',
  'subtext.showProbes',
  'subtext.inspectParseTree',
  'subtext.trainProbe',
  'subtext.selectEngine',
  'subtext.useFloat32',
  'subtext.restartBackend',
  'subtext.showLog',
  'workbench.action.openSettings',
] as const;
export type ViewCommand = (typeof VIEW_COMMANDS)[number];

/** What every view of a text is sent. */
export type ToTextView =
  | { type: 'status'; status: ViewStatus }
  /** The token under the cursor in the editor, or null. */
  | { type: 'cursor'; token: number | null }
  /** The list of the model that the view asks. */
  | { type: 'interventions'; interventions: ShownIntervention[] };

/** What every view of a text says. */
export type FromTextView =
  | FromPart
  | { type: 'ready' }
  /** Shows a token in the editor. */
  | { type: 'reveal'; token: number }
  /** Marks a token in the editor while the pointer is over it in the view. */
  | { type: 'hoverToken'; token: number | null }
  | { type: 'refresh' }
  /** Asks the same question about the whole text instead of the selection. */
  | { type: 'wholeText' }
  | { type: 'run'; command: ViewCommand };

export type ToNeuronsView =
  | ToTextView
  | {
      type: 'table';
      table: NeuronTable;
      question: { uri: string; model: string; selection?: { start: number; end: number } };
    }
  /** What is painted in the editor; `locked` is what the view returns to while another neuron is previewed. */
  | { type: 'focus'; focus: NeuronFocus | null; locked: NeuronId | null };

export type FromNeuronsView =
  | FromTextView
  /** Pointer or arrow keys on a row; null when they left. */
  | { type: 'preview'; id: NeuronId | null }
  | { type: 'lock'; id: NeuronId }
  | { type: 'unlock' };
