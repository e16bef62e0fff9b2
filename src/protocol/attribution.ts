// Direct logit attribution: how much each part of a model adds to the logit of a next token.
import type { TextRange, TextSource } from './types';

/** A token of the vocabulary: its id, or a text that is exactly one token. */
export type TokenChoice = number | string;

export interface AttributionQuestion {
  /** Index of the token at which the logits stand; else that of the token at `offset`; else the last. */
  position?: number;
  /** A place in the document in UTF-16 code units. */
  offset?: number;
  /** Whose logit is attributed; left out: the likeliest. */
  token?: TokenChoice;
  /** If given, the difference of two logits is attributed: that of `token` minus that of this one. */
  against?: TokenChoice;
  /** The neurons of largest effect, up or down: of one layer, or left out of all. */
  neurons?: { count: number; layer?: number };
}

/** Most neurons in one answer, which keeps it under 2 MB. */
export const MOST_NEURONS = 50_000;

/** What adds to a logit. Heads lie before their layer's MLP, in the order of the model; the last is the constant. */
export interface LogitComponent {
  /**
   * `change`: what an intervention adds or puts in where it is no head's or MLP's own. `constant`: all biases, of
   * which `LogitAttribution.constants` is the list.
   */
  kind: 'embedding' | 'position' | 'head' | 'mlp' | 'change' | 'constant';
  /** -1 for what stands in no layer. */
  layer: number;
  /** For `head`. */
  head?: number;
  /** For `change`: the activation. */
  hook?: string;
}

export interface TokenLogit {
  id: number;
  piece: string;
}

export interface LogitAttribution {
  source: TextSource;
  /** Index of the token at which the logits stand: they are of the token that follows (of itself, for an encoder). */
  position: number;
  /** That token's own text. */
  piece: string;
  /** Where that token stands in the text, UTF-16 offsets; empty for one that stands for no text. */
  range: TextRange;
  token: TokenLogit;
  against?: TokenLogit;
  /** The model's own logits of `token` and, where there is one, of `against`. */
  logits: Float32Array;
  /** And their probabilities. */
  probabilities: Float32Array;
  components: LogitComponent[];
  /** What each component adds: all together the logit, or the difference of the two. NaN where it is not a number. */
  values: Float32Array;
  /** What the component `constant` is made of: weights by name (`blocks.0.attn.b_O`, `unembed.b_U`, …). */
  constants: { names: string[]; values: Float32Array };
  /**
   * The same sum for the residual stream before the first block and after each, [layers + 1]; TransformerLens's
   * `accumulated_resid`, with the norm's statistics of the last.
   */
  accumulated: Float32Array;
  neurons?: NeuronContributions;
  /** Which statistics of the norms were taken, for the view to say. */
  note: string;
  /** Time from request to answer in the backend. */
  milliseconds: number;
}

/** Columns of neurons, largest effect first, up or down. */
export interface NeuronContributions {
  layers: Int32Array;
  neurons: Int32Array;
  activations: Float32Array;
  values: Float32Array;
  /** What the MLPs of the layers that were asked for add beyond these neurons, [1]. */
  rest: Float32Array;
}
