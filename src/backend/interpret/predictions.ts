// What the model expects at a place in a text: the token's own probability and rank, and the likeliest next ones.
import { throwIfCancelled, type Cancellation } from '../cancellation';
import type { LanguageModel } from '../model/languageModel';
import { largestIndices } from './largest';
import { letMessagesIn, type Reading } from './reading';

export interface RankedToken {
  id: number;
  piece: string;
  /** Natural logarithm. */
  logProbability: number;
}

export interface PositionPrediction {
  /** Of the token itself, after all before it; undefined for the first, which nothing precedes. */
  logProbability: number | undefined;
  /** 1 = likeliest. */
  rank: number | undefined;
  /** The likeliest tokens to follow it, likeliest first. */
  next: RankedToken[];
}

/** Rows of logits computed at once: 64 of 50,257 are 13 MB. */
const ROWS = 64;

/**
 * Predictions at token indices `from` to `to` (exclusive), in order.
 * @param residual the last layer's residual stream at every token, [tokens, d_model]
 */
export async function predictions(
  reading: Reading,
  residual: Float32Array,
  from: number,
  to: number,
  top: number,
  cancellation: Cancellation,
): Promise<PositionPrediction[]> {
  const { model, tokens } = reading;
  const results: PositionPrediction[] = [];
  let before = from > 0 ? (await logProbabilities(model, residual, from - 1, from))[0] : undefined;
  for (let start = from; start < to; start += ROWS) {
    throwIfCancelled(cancellation);
    const rows = await logProbabilities(model, residual, start, Math.min(start + ROWS, to));
    for (const [index, row] of rows.entries()) {
      const { id } = tokens[start + index];
      results.push({
        logProbability: before?.[id],
        rank: before && rankOf(before, id),
        next: likeliest(model, row, top),
      });
      before = row;
    }
    await letMessagesIn();
  }
  return results;
}

/** Log-probabilities of the next token after each of some tokens, a row of [d_vocab] each. */
export async function logProbabilities(
  model: LanguageModel,
  residual: Float32Array,
  from: number,
  to: number,
): Promise<Float32Array[]> {
  return readoutRows(model, residual, from, to, 'log_probs');
}

/** As `logProbabilities`, for either readout. */
export async function readoutRows(
  model: LanguageModel,
  residual: Float32Array,
  from: number,
  to: number,
  name: 'logits' | 'log_probs',
): Promise<Float32Array[]> {
  const { d_model, d_vocab } = model.configuration;
  const data = residual.slice(from * d_model, to * d_model);
  const outputs = await model.readout({ type: 'float32', shape: [1, to - from, d_model], data }, [name]);
  const all = outputs.get(name)!.data as Float32Array;
  return Array.from({ length: to - from }, (_, row) => all.subarray(row * d_vocab, (row + 1) * d_vocab));
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

function pieceOf({ checkpoint }: LanguageModel, id: number): string {
  return checkpoint.tokenizer?.piece(id) ?? `<${id}>`;
}
