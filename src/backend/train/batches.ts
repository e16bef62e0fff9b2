// From a stream of tokens to what a step trains on: tokens, and for each the label that the model should say.
import type { TokenSource } from '../data/source';
import { mixSeeds } from '../engine/operations';
import { seededRandom } from '../random';
import { IGNORED } from './loss';
import type { Batch } from './trainingStep';

export interface BatchShape {
  /** Texts, and tokens per text. */
  batch: number;
  pos: number;
}

/** Masked-token training (BERT, arXiv 1810.04805, §3.1). */
export interface Masking {
  /** Share of the tokens that are to be guessed. */
  share: number;
  /** Id that stands for a hidden token. */
  mask: number;
  /** Tokens that take the place of some hidden ones have ids below this. */
  vocabulary: number;
  seed: number;
}

/** Of the tokens to be guessed, how many are hidden, and how many are replaced by others; the rest stay. */
const HIDDEN = 0.8;
const REPLACED = 0.1;

/**
 * The batch of a step: a function of the source, the masking and the number alone.
 * @param masking for a bidirectional model; without it each token's label is the token that follows
 */
export function batchOf(
  source: TokenSource,
  { batch, pos }: BatchShape,
  step: number,
  masking?: Masking,
): Batch {
  if (masking) return masked(source.windows(step, batch, pos), { batch, pos }, step, masking);
  const windows = source.windows(step, batch, pos + 1);
  const tokens = new Int32Array(batch * pos);
  const labels = new Int32Array(batch * pos);
  for (let row = 0; row < batch; row++) {
    const start = row * (pos + 1);
    tokens.set(windows.subarray(start, start + pos), row * pos);
    labels.set(windows.subarray(start + 1, start + pos + 1), row * pos);
  }
  return { batch, pos, tokens, labels };
}

function masked(
  tokens: Int32Array,
  { batch, pos }: BatchShape,
  step: number,
  { share, mask, vocabulary, seed }: Masking,
): Batch {
  const random = seededRandom(mixSeeds(seed, step));
  const labels = new Int32Array(tokens.length).fill(IGNORED);
  const guess = (place: number) => {
    labels[place] = tokens[place];
    const kind = random();
    if (kind < HIDDEN) tokens[place] = mask;
    else if (kind < HIDDEN + REPLACED) tokens[place] = Math.floor(random() * vocabulary);
  };
  for (let place = 0; place < tokens.length; place++) if (random() < share) guess(place);
  // A part of a step in which nothing is to be guessed has no loss, and a part may be a single row.
  for (let start = 0; start < tokens.length; start += pos) {
    const row = labels.subarray(start, start + pos);
    if (row.every((label) => label === IGNORED)) guess(start + Math.floor(random() * pos));
  }
  return { batch, pos, tokens, labels };
}
