// Losses of n-gram models of a source: lines for a loss curve to be compared with.
import type { ReferenceLine } from '../../protocol/runs';
import { ngramLosses } from './ngram';
import type { TokenSource } from './source';

/** Tokens that n-grams are counted on, and that their losses are measured on. */
const COUNTED = 400_000;
const MEASURED = 40_000;

/**
 * @param train is counted, `heldOut` measured on
 * @param length of the windows that are taken from both
 * @param sizes n of each n-gram, 1 for tokens without context
 */
export function ngramReferences(
  train: TokenSource,
  heldOut: TokenSource,
  length: number,
  sizes: readonly number[],
): ReferenceLine[] {
  const losses = ngramLosses(
    train.windows(0, Math.ceil(COUNTED / length), length),
    heldOut.windows(0, Math.ceil(MEASURED / length), length),
    train.vocabulary,
    sizes.map((size) => size - 1),
  );
  return losses.map(({ loss }, index) => ({ name: names[sizes[index]] ?? `${sizes[index]}-gram`, loss }));
}

const names: Record<number, string | undefined> = { 1: 'unigram', 2: 'bigram' };
