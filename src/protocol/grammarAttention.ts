// Attention statistics of a grammar (arXiv 2305.13673, section 5): how much of each head's attention follows from distance
// alone, and what is left of it between places where constituents end. Definitions stand at `GrammarAttentionTally` in the
// backend. Destination = query, source = key; columns "per head" have row `layer · heads + head`.
import type { EngineName } from './types';

export interface GrammarAttentionQuestion {
  /** `ModelSummary.id`; must be open. */
  model: string;
  /** A name (`cfg3b/3`), or the absolute path of a file. */
  grammar: string;
  /** How many fresh strings are read, 1 to `MOST_GRAMMAR_STRINGS`. */
  strings: number;
  /** The same one gives the same strings. */
  seed: number;
}

export const MOST_GRAMMAR_STRINGS = 10_000;
/** How far from a boundary is looked, in tokens. */
export const BOUNDARY_SHIFTS = [-2, -1, 0, 1, 2] as const;
/** How many constituents back, or in an encoder also ahead, ends are told apart. */
export const MOST_BACK = 8;

export interface GrammarAttention {
  model: string;
  modelName: string;
  engine: EngineName;
  grammar: string;
  strings: number;
  seed: number;
  /** Terminals of all strings. */
  terminals: number;
  layers: number;
  heads: number;
  causal: boolean;
  /** What patterns depend on. */
  learned: 'content' | 'distance';
  /** Levels between the root's, which is 1, and the terminals'. */
  levels: number[];
  /** How many tokens back the source is, ascending; negative where an encoder looks ahead, never 0. */
  distances: Int32Array;
  /** Mean attention at each distance: [heads of all layers, distances]; its pairs [distances]. */
  position: Float32Array;
  positionPairs: Int32Array;
  /**
   * Mean residual to sources i with a constituent of the level ending at i + shift: [heads of all layers, levels, shifts];
   * its pairs [levels, shifts]. Residuals are NaN where there is no pair, here and below.
   */
  boundary: Float32Array;
  boundaryPairs: Int32Array;
  /**
   * The same where one ends at destination + first shift and one at source + second shift: [heads of all layers, levels,
   * shifts of the destination, shifts of the source]; its pairs without the heads.
   */
  between: Float32Array;
  betweenPairs: Int32Array;
  /** Columns of `ends`: how many constituents of the source's level the source's lies back. */
  back: number[];
  /**
   * Mean residual between ends, each of the level nearest to the root that ends there: [heads of all layers, levels of the
   * destination, levels of the source, back]; its pairs without the heads.
   */
  ends: Float32Array;
  endPairs: Int32Array;
  /** How many are active. */
  interventions: number;
  milliseconds: number;
}

export interface GrammarAttentionRequests {
  /** Not of a document; under the model's active interventions. */
  'subtext/grammarAttention': { params: GrammarAttentionQuestion; result: GrammarAttention };
}
