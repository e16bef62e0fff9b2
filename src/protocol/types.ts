// Values that the backend, the extension host and the views exchange. Plain data: nothing here has behaviour.

export type EngineName = 'cpu' | 'webgpu' | 'cuda' | 'wasm' | 'reference';

/** What matrix products are computed in; everything else is float32. */
export type Precision = 'float32' | 'float16';

/** One engine on this machine, and why it cannot be used if it cannot. */
export interface EngineStatus {
  engine: EngineName;
  usable: boolean;
  /** Why it cannot be used, and what would help. */
  reason: string | null;
  /** What it computes on: 'CPU, 2 threads', the name of a card and how it is driven. */
  adapter: string | null;
  /** What it can do beyond float32: 'float16', 'subgroups'. */
  features: string[];
  /** Bytes of memory that its values can lie in, where that is known. */
  memory: number | null;
}

/** An open model. */
export interface ModelSummary {
  /** Identifies the open model: its absolute path. */
  id: string;
  /** Short name for status bar and headers: the folder's or file's name. */
  name: string;
  architecture: string;
  parameters: number;
  layers: number;
  heads: number;
  neuronsPerLayer: number;
  /** Longest text in tokens that the model takes at once. */
  context: number;
  engine: EngineName;
  /** What was noticed while loading ('ignored 4 attention mask buffers', 'no native binary: …'). */
  notes: string[];
}

export interface NeuronId {
  layer: number;
  /** Index in the layer, from 0. */
  neuron: number;
}

/** A range of the document in UTF-16 code units, `end` exclusive. */
export interface TextRange {
  start: number;
  end: number;
}

/** The tokens of a document, as columns. */
export interface TokenColumns {
  ids: Int32Array;
  /** Text of each token for display. */
  pieces: string[];
  /** UTF-16 offsets in the document; ranges tile it. */
  starts: Int32Array;
  ends: Int32Array;
}

/** How a text longer than the model's context was cut. Every token keeps the value of its best-informed window. */
export interface WindowPlan {
  count: number;
  /** Tokens per window. */
  length: number;
  /** Tokens by which a window overlaps the one before. */
  overlap: number;
}

/** Where an answer about a text comes from. */
export interface TextSource {
  uri: string;
  /** Version of the document that was read; answers for an old version are dropped. */
  version: number;
  model: string;
  modelName: string;
  engine: EngineName;
  windows: WindowPlan;
  /** Interventions that were active: the answer is that of the changed model. */
  interventions: number;
}

/**
 * All neurons of a model on one text, ranked by nobody yet. Row `layer · neuronsPerLayer + neuron`; every column
 * has a row for each neuron. Statistics are over the tokens of `scope`.
 */
export interface NeuronTable {
  source: TextSource;
  tokens: TokenColumns;
  layers: number;
  neuronsPerLayer: number;
  /** Token indices [start, end) that the statistics cover: the selection, or the whole text. */
  scope: TextRange;
  /** True when `scope` is a selection: then `selectivity` says something. */
  selected: boolean;
  /** Largest activation. */
  maximum: Float32Array;
  /** Indices of the `STRONGEST` tokens of largest activation, largest first; -1 where the scope is shorter. */
  strongest: Int32Array;
  /** Share of tokens above `ON_THRESHOLD` of the neuron's largest activation; small is sparse. */
  on: Float32Array;
  /** Mean on the scope minus mean elsewhere in the text, in standard deviations over the text; 0 without selection. */
  selectivity: Float32Array;
  /** `PROFILE_BINS` numbers per neuron: largest activation in each stretch of the scope, 0…255 of its maximum. */
  profile: Uint8Array;
  /** Time from request to answer in the backend. */
  milliseconds: number;
}

/** Tokens named per neuron in a `NeuronTable`. */
export const STRONGEST = 3;
/** Bins of the small histogram over the text. */
export const PROFILE_BINS = 16;
/** A neuron counts as on above this share of its largest activation. */
export const ON_THRESHOLD = 0.1;

/** One neuron's activation at every token of the document. */
export interface NeuronActivations {
  source: TextSource;
  id: NeuronId;
  starts: Int32Array;
  ends: Int32Array;
  values: Float32Array;
}

/** An output token and how much a neuron's output weights raise (or lower) its logit per unit of activation. */
export interface TokenEffect {
  id: number;
  piece: string;
  value: number;
}

/** What a neuron writes: the direct path from its output weights through the final norm's gain to the logits. */
export interface NeuronWrites {
  id: NeuronId;
  /** Largest first. */
  raises: TokenEffect[];
  /** Most negative first. */
  lowers: TokenEffect[];
}

/** What the backend is doing. */
export interface Health {
  state: 'idle' | 'busy';
  /** What it is busy with ('Reading story.txt'). */
  activity?: string;
  /** Share done of a long activity, 0…1. */
  progress?: number;
  /** The engine that answers, once one was chosen. */
  engine?: EngineName;
  /** What it computes on, as `EngineStatus.adapter` says it. */
  adapter?: string;
  /** The name of the graphics card alone, where it computes on one. */
  card?: string;
  /** Of its matrix products, once it was chosen. */
  precision?: Precision;
  /** Set when `engine` is not the one that was asked for: why. */
  engineNote?: string;
  models: ModelSummary[];
  /** The model that hovers are answered by: the one that was opened, or asked for again, last. */
  current?: string;
}

/** How far something long is. */
export interface ProgressNote {
  /** As given with the request. */
  stream: string;
  /** 0…1 */
  share: number;
  doing: string;
}
