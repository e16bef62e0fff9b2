// What the model expects at a place in a text: the token's own probability and rank, and the likeliest next ones.
import { throwIfCancelled, type Cancellation } from '../cancellation';
import type { LanguageModel } from '../model/languageModel';
import type { FinalResidual } from './finalResidual';
import { largestIndices } from './largest';
import { letMessagesIn } from './reading';
import { readoutChanges } from './readoutChanges';

export interface RankedToken {
  id: number;
  piece: string;
  /** Natural logarithm. */
  logProbability: number;
}

export interface PositionPrediction {
  /**
   * Of the token itself, after all before it; undefined for the first, which nothing precedes. An encoder says it at the
   * token's own place, which it sees.
   */
  logProbability: number | undefined;
  /** 1 = likeliest. */
  rank: number | undefined;
  /** The likeliest tokens to follow it, of an encoder those to stand there; likeliest first. */
  next: RankedToken[];
}

/** Rows of logits computed at once: 64 of 50,257 are 13 MB. */
export const ROWS = 64;

/** Predictions at token indices `from` to `to` (exclusive), in order. */
export async function predictions(
  residual: FinalResidual,
  from: number,
  to: number,
  top: number,
  cancellation: Cancellation,
): Promise<PositionPrediction[]> {
  const { model, tokens } = residual.reading;
  const first = Math.max(from - 1, 0);
  await residual.load(first, to, cancellation);
  const results: PositionPrediction[] = [];
  let before: Float32Array | undefined;
  for await (const { token, row } of readoutRows(residual, first, to, 'log_probs', cancellation)) {
    if (token >= from) {
      const { id } = tokens[token];
      const own = model.configuration.causal ? before : row;
      results.push({
        logProbability: own?.[id],
        rank: own && rankOf(own, id),
        next: likeliest(model, row, top),
      });
    }
    before = row;
  }
  return results;
}

/** Logits or log-probabilities after each of some loaded tokens, a row of [d_vocab] each. */
export async function* readoutRows(
  residual: FinalResidual,
  from: number,
  to: number,
  name: 'logits' | 'log_probs',
  cancellation: Cancellation,
): AsyncGenerator<{ token: number; row: Float32Array }> {
  const { reading } = residual;
  const { model } = reading;
  const { d_model, d_vocab } = model.configuration;
  for (let start = from; start < to; start += ROWS) {
    throwIfCancelled(cancellation);
    const end = Math.min(start + ROWS, to);
    const shape = [1, end - start, d_model];
    const stream = { type: 'float32' as const, shape, data: residual.slice(start, end) };
    const tokens = Array.from({ length: end - start }, (_, index) => start + index);
    const outputs = await model.readout(stream, [name], readoutChanges(reading, tokens));
    const rows = outputs.get(name)!.data as Float32Array;
    for (let token = start; token < end; token++) {
      yield { token, row: rows.subarray((token - start) * d_vocab, (token - start + 1) * d_vocab) };
    }
    await letMessagesIn();
  }
}

function rankOf(logProbabilities: Float32Array, id: number): number {
  const own = logProbabilities[id];
  return 1 + logProbabilities.reduce((above, value) => above + Number(value > own), 0);
}

/** The `count` largest, largest first; ties by lower id. */
function likeliest(model: LanguageModel, row: Float32Array, count: number): RankedToken[] {
  return largestIndices(row, count).map((id) => ({
    id,
    piece: pieceOf(model, id),
    logProbability: row[id],
  }));
}

export function pieceOf({ checkpoint }: LanguageModel, id: number): string {
  return checkpoint.tokenizer?.piece(id) ?? `<${id}>`;
}
