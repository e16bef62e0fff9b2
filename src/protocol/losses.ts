// The loss of each token of a document under two models, or under one model without interventions and with them.
import type { TextRange, TextSource } from './types';

/** Whom the question's own model, with its interventions, is compared with. */
export interface ComparedReader {
  /** `ModelSummary.id`; must be open. The question's own model if left out. */
  model?: string;
  /** Whether the interventions that are active for it apply. */
  interventions: boolean;
}

/**
 * Losses in nats: minus the log-probability of the text of each span. Where both readers cut the text into the same
 * tokens a span is a token. Else it is the shortest stretch that ends where a token ends for both, and its loss is the
 * sum over its tokens.
 */
export interface LossComparison {
  /** Of the question's own reader, whose losses are `after`. */
  source: TextSource;
  before: { model: string; modelName: string; interventions: number };
  alignedBy: 'tokens' | 'characters';
  /** UTF-16 offsets of the spans shown: those that touch the range asked for, at most `MOST_SPANS`. */
  starts: Int32Array;
  ends: Int32Array;
  /** NaN where nothing comes before that predicts the span. */
  lossBefore: Float32Array;
  lossAfter: Float32Array;
  /** Over the whole text, spans without a loss left out. */
  total: LossTotal;
}

export interface LossTotal {
  /** Spans with a loss under both. */
  spans: number;
  /** Tokens that these are for each. */
  tokensBefore: number;
  tokensAfter: number;
  /** Sums in nats; divided by `spans` or by characters they compare, by tokens only where these are the same. */
  before: number;
  after: number;
  /** UTF-16 code units that the spans cover. */
  characters: number;
}

/** Spans in one answer: four columns of this many are 1.7 MB. */
export const MOST_SPANS = 80_000;

export interface LossQuestion {
  before: ComparedReader;
  /** Only spans that touch this range are shown; the whole text is still read. */
  range?: TextRange;
}
