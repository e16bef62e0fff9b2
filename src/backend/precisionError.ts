// What computing in float16 costs: the same model on the same text, once in each precision.
import type { PrecisionError } from '../protocol/engines';
import { startEngine, type EngineOptions } from './engine/engines';
import { SubtextError } from './errors';
import { Reading } from './interpret/reading';
import { LanguageModel } from './model/languageModel';

/** Tokens that tell enough: all their logits are read back. */
const MOST_TOKENS = 256;

/**
 * What a model's engine costs it on a text: it is compared with the same engine in float32, started for that.
 * @throws SubtextError `precision-unavailable`, `empty-text`, `tokenizer`; as a run of the model
 */
export async function precisionErrorOf(
  model: LanguageModel,
  text: string,
  options: EngineOptions,
): Promise<PrecisionError> {
  const [{ ids }] = Reading.ofText(model, text).windows;
  const { executor } = await startEngine(model.executor.engine, { ...options, precision: 'float32' });
  try {
    const full = new LanguageModel(model.checkpoint, executor);
    return await precisionError(model, full, ids).finally(() => full.dispose());
  } finally {
    executor.dispose();
  }
}

/**
 * @param half the model in float16, and `full` in float32
 * @param ids of a text of two tokens or more; those beyond the context, and beyond 256, are left out
 * @throws SubtextError `empty-text` for fewer; as a run of the models
 */
export async function precisionError(
  half: LanguageModel,
  full: LanguageModel,
  ids: ArrayLike<number>,
): Promise<PrecisionError> {
  const { n_ctx, d_vocab } = full.configuration;
  const read = Array.from(ids).slice(0, Math.min(MOST_TOKENS, n_ctx));
  if (read.length < 2)
    throw new SubtextError('empty-text', 'The text has fewer than two tokens', 'Give a longer one.');
  const ours = await logits(half, read);
  const theirs = await logits(full, read);
  let [largest, sum] = [0, 0];
  for (const [index, value] of ours.entries()) {
    const difference = Math.abs(value - theirs[index]);
    largest = Math.max(largest, difference);
    sum += difference;
  }
  const [lossOfHalf, lossOfFull] = [ours, theirs].map((each) => meanLoss(each, read, d_vocab));
  return { tokens: read.length, largest, mean: sum / ours.length, loss: lossOfHalf - lossOfFull };
}

async function logits(model: LanguageModel, ids: readonly number[]): Promise<Float32Array> {
  const outputs = await model.runWithCache([ids], ['logits']);
  return outputs.get('logits')!.data as Float32Array;
}

/** Mean cross-entropy of each next token, in nats. */
function meanLoss(values: Float32Array, ids: readonly number[], vocabulary: number): number {
  let total = 0;
  for (let position = 0; position + 1 < ids.length; position++) {
    const row = values.subarray(position * vocabulary, (position + 1) * vocabulary);
    const top = row.reduce((a, b) => Math.max(a, b));
    const powers = row.reduce((sum, value) => sum + Math.exp(value - top), 0);
    total += top + Math.log(powers) - row[ids[position + 1]];
  }
  return total / (ids.length - 1);
}
