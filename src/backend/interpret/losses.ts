// How badly each token of a text was predicted.
import type { LossTotal } from '../../protocol/losses';
import { throwIfCancelled, type Cancellation } from '../cancellation';
import { crossEntropy } from '../engine/operations';
import { SubtextError } from '../errors';
import type { Ending } from '../model/languageModel';
import { FinalResidual } from './finalResidual';
import { ROWS } from './predictions';
import { letMessagesIn, type Reading } from './reading';
import { readoutChanges } from './readoutChanges';

/** Losses of the tokens of one text, computed once: minus the log-probability of each, in nats. */
export class TokenLosses {
  private kept: Float32Array | undefined;

  constructor(readonly reading: Reading) {}

  /**
   * [tokens]; NaN for the first token, which nothing predicts. Residual streams of one window at a time are held.
   * @throws SubtextError `usage` for a model that reads in both directions
   */
  async read(cancellation: Cancellation, progress?: (share: number) => void): Promise<Float32Array> {
    if (this.kept) return this.kept;
    const { tokens, windows, model } = this.reading;
    if (!model.configuration.causal) {
      throw new SubtextError(
        'usage',
        'This model reads in both directions: it sees each token that it says the probability of, and so has no loss there',
        'Take a model that predicts the next token, or look at its logit lens.',
      );
    }
    const losses = new Float32Array(tokens.length).fill(NaN);
    for (const [index, { keepStart, keepEnd }] of windows.entries()) {
      const residual = new FinalResidual(this.reading);
      await residual.load(keepStart, keepEnd, cancellation);
      // The last token predicts none of the text.
      const end = Math.min(keepEnd, tokens.length - 1);
      for (let start = keepStart; start < end; start += ROWS) {
        throwIfCancelled(cancellation);
        losses.set(await this.lossesAfter(residual, start, Math.min(start + ROWS, end)), start + 1);
        await letMessagesIn();
      }
      progress?.((index + 1) / windows.length);
    }
    return (this.kept = losses);
  }

  /** Of the tokens that follow some loaded ones: only they are read from the engine, not what all others would have lost. */
  private async lossesAfter(residual: FinalResidual, from: number, to: number): Promise<Float32Array> {
    const { tokens, model } = this.reading;
    const places = Array.from({ length: to - from }, (_, index) => from + index);
    const shape = [1, places.length, model.configuration.d_model];
    const stream = { type: 'float32' as const, shape, data: residual.slice(from, to) };
    const next = Int32Array.from(places, (token) => tokens[token + 1].id);
    const inputs = new Map([[NEXT, { type: 'int32' as const, shape: [1, places.length], data: next }]]);
    const found = await model.readout(stream, LOSSES, readoutChanges(this.reading, places), inputs);
    return found.get('losses')!.data as Float32Array;
  }
}

const NEXT = 'next tokens';

const LOSSES: Ending = {
  name: 'losses of tokens',
  outputs: (logits) => {
    const next = logits.graph.input(NEXT, 'int32', ['batch', 'pos']);
    return new Map([['losses', crossEntropy(logits, next)]]);
  },
};

/** Losses of two readings of one text, span by span; see `LossComparison`. */
export interface ComparedLosses {
  alignedBy: 'tokens' | 'characters';
  starts: Int32Array;
  ends: Int32Array;
  before: Float32Array;
  after: Float32Array;
  total: LossTotal;
}

/** One reader's tokens with their losses. */
export interface ReadLosses {
  tokens: Reading['tokens'];
  losses: Float32Array;
}

/** @param before and `after` of the same text */
export function comparedLosses(before: ReadLosses, after: ReadLosses): ComparedLosses {
  const sameTokens =
    before.tokens.length === after.tokens.length &&
    before.tokens.every(({ id, start, end }, index) => {
      const other = after.tokens[index];
      return id === other.id && start === other.start && end === other.end;
    });
  const cuts = sameTokens ? undefined : commonEnds(before.tokens, after.tokens);
  const [first, second] = [spans(before, cuts), spans(after, cuts)];
  const total: LossTotal = { spans: 0, tokensBefore: 0, tokensAfter: 0, before: 0, after: 0, characters: 0 };
  first.losses.forEach((loss, span) => {
    const other = second.losses[span];
    if (Number.isNaN(loss) || Number.isNaN(other)) return;
    total.spans++;
    total.tokensBefore += first.counts[span];
    total.tokensAfter += second.counts[span];
    total.before += loss;
    total.after += other;
    total.characters += first.ends[span] - first.starts[span];
  });
  const { starts, ends } = second;
  const alignedBy = sameTokens ? 'tokens' : 'characters';
  return { alignedBy, starts, ends, before: first.losses, after: second.losses, total };
}

/** Offsets where a token ends for both, the start of the text among them. */
function commonEnds(a: Reading['tokens'], b: Reading['tokens']): ReadonlySet<number> {
  const ends = new Set(a.map(({ end }) => end));
  return new Set([0, ...b.map(({ end }) => end).filter((end) => ends.has(end))]);
}

interface Spans {
  starts: Int32Array;
  ends: Int32Array;
  losses: Float32Array;
  /** Tokens in each. */
  counts: Int32Array;
}

/** The tokens themselves, or what lies between the cuts. Tokens without text belong to the one that they follow. */
function spans({ tokens, losses }: ReadLosses, cuts: ReadonlySet<number> | undefined): Spans {
  const starts: number[] = [];
  const ends: number[] = [];
  const sums: number[] = [];
  const counts: number[] = [];
  let open = false;
  for (const [index, { start, end }] of tokens.entries()) {
    // A begin-of-text token stands for no span that both have.
    if (cuts && end === 0) continue;
    const follows = cuts && start === end && ends.length > 0;
    if (!open && !follows) {
      starts.push(start);
      ends.push(end);
      sums.push(0);
      counts.push(0);
    }
    const span = sums.length - 1;
    ends[span] = end;
    sums[span] += losses[index];
    counts[span]++;
    open = cuts !== undefined && !cuts.has(end);
  }
  return {
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    losses: Float32Array.from(sums),
    counts: Int32Array.from(counts),
  };
}
