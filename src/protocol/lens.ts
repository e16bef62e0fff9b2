// The logit lens: what each layer's residual stream already predicts.
import type { TokenChoice } from './attribution';
import type { TextRange, TextSource, TokenColumns } from './types';

/**
 * Which tokens the lens is wanted of: those with indices in `window`, else those that the text range `selection`
 * touches, else the whole text.
 */
export interface LensQuestion {
  window?: TextRange;
  selection?: TextRange;
}

/** Most cells of one answer, which keeps it under 2 MB: a longer stretch is cut, and the rest asked for by `window`. */
export const LENS_CELLS = 20_000;

/**
 * A row for each point of `points`, a column for each token of `scope`, row-major: [points, tokens].
 *
 * A cell that is not made of numbers (NaN in a tensor) has `top` -1, `targetRank` 0 and NaN in all others; a cell
 * whose final output alone is not has NaN in `divergence`.
 */
export interface LensTable {
  source: TextSource;
  /** Where the residual stream is read, first to last. */
  points: LensPoint[];
  /** Token indices [start, end) that the columns cover. */
  scope: TextRange;
  /** Whether all that was asked for fits: if not, `scope` is its beginning. */
  complete: boolean;
  /** Tokens of the whole text. */
  textTokens: number;
  /** Those of `scope`. */
  tokens: TokenColumns;
  /** What each place should predict: the token that follows, or the token itself where the model is an encoder; -1 at the end of the text. */
  targets: Int32Array;
  /** Whether the model is an encoder and predicts the token at the place itself. */
  predictsOwnPlace: boolean;
  /** Id of the likeliest token. */
  top: Int32Array;
  topProbability: Float32Array;
  /** NaN where there is no target. */
  targetProbability: Float32Array;
  /** 1 = likeliest; 0 where there is no target. */
  targetRank: Int32Array;
  /** Kullback-Leibler divergence of the final output from this prediction, in nats; 0 in the last row. */
  divergence: Float32Array;
  /** Of the prediction, in nats. */
  entropy: Float32Array;
  /** The text of every id in `top` and `targets`. */
  pieces: { ids: Int32Array; pieces: string[] };
  /** How the streams are read, for the view to say ('final norm with each layer’s own statistics'). */
  note: string;
  /** Time from request to answer in the backend. */
  milliseconds: number;
}

export interface LensPoint {
  /** 'embed', 'L0', 'L1', …: what the stream last went through. */
  label: string;
  /** The activation: `blocks.0.hook_resid_pre`, then `blocks.{L}.hook_resid_post`. */
  hook: string;
}

/** One place of the residual stream. */
export interface LensCellQuestion {
  /** Index in `LensTable.points`: 0 before the first block, l + 1 after block l. */
  point: number;
  /** Index of the token in the text. */
  token: number;
  /** How many of the likeliest tokens. */
  top: number;
  /** Whose path over the layers: the token that really follows, unless another is given. */
  target?: TokenChoice;
}

export interface LensCell {
  source: TextSource;
  point: number;
  token: number;
  /** The likeliest tokens, likeliest first; none where the prediction is not made of numbers. */
  ids: Int32Array;
  pieces: string[];
  probabilities: Float32Array;
  /** Of the target; undefined at the end of the text, unless one was given. */
  path?: LensPath;
}

/** A token's way through the layers: a number for each point. */
export interface LensPath {
  id: number;
  piece: string;
  probabilities: Float32Array;
  /** 1 = likeliest; 0 where the prediction is not made of numbers. */
  ranks: Int32Array;
}
