// A transformer whose prediction depends on the position alone, with probabilities that a test chooses.
import type { Executor } from '../../src/backend/engine/executor';
import { LanguageModel } from '../../src/backend/model/languageModel';
import type { Tokenizer } from '../../src/backend/tokenizer/tokenizer';
import { configurationWith, randomCheckpoint } from './randomModel';

/** @param rows by position the probabilities of the next token, all above zero */
export function positionModel(
  rows: readonly number[][],
  executor: Executor,
  tokenizer?: Tokenizer,
): LanguageModel {
  const width = 2 * rows.length;
  const d_vocab = rows[0].length;
  const configuration = configurationWith({
    d_model: width,
    d_vocab,
    n_ctx: rows.length,
    norm_epsilon: 1e-9,
  });
  const checkpoint = randomCheckpoint(configuration, 1, tokenizer);
  for (const [name, { data }] of checkpoint.weights) data.fill(name === 'ln_final.w' ? 1 : 0);
  const weight = (name: string) => checkpoint.weights.get(name)!.data;
  // Position p is +1 in one place and -1 in another: mean 0, so that the final norm only scales it, by √(width/2).
  for (const [position, row] of rows.entries()) {
    weight('pos_embed.W_pos')[position * width + 2 * position] = 1;
    weight('pos_embed.W_pos')[position * width + 2 * position + 1] = -1;
    for (const [token, probability] of row.entries())
      weight('unembed.W_U')[2 * position * d_vocab + token] = Math.log(probability) / Math.sqrt(width / 2);
  }
  return new LanguageModel(checkpoint, executor);
}
