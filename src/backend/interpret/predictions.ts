// What the model expects at a place in a text: the token's own probability and rank, and the likeliest next ones.
import { throwIfCancelled, type Cancellation } from '../cancellation';
import type { LanguageModel } from '../model/languageModel';
import type { FinalResidual } from './finalResidual';
import { largestIndices } from './largest';
import { letMessagesIn } from './reading';

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
      results.push({
        logProbability: before?.[id],
        rank: before && rankOf(before, id),
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
  const { model } = residual.reading;
  const { d_model, d_vocab } = model.configuration;
  for (let start = from; start < to; start += ROWS) {
    throwIfCancelled(cancellation);
    const end = Math.min(start + ROWS, to);
    const shape = [1, end - start, d_model];
    const outputs = await model.readout({ type: 'float32', shape, data: residual.slice(start, end) }, [name]);
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

function pieceOf({ checkpoint }: LanguageModel, id: number): string {
  return checkpoint.tokenizer?.piece(id) ?? `<${id}>`;
}
