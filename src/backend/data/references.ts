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
    tokensOf(train, COUNTED, length),
    tokensOf(heldOut, MEASURED, length),
    train.vocabulary,
    sizes.map((size) => size - 1),
  );
  return losses.map(({ loss }, index) => ({ name: names[sizes[index]] ?? `${sizes[index]}-gram`, loss }));
}

/** About as many tokens as wanted, but no text twice: what is repeated looks known to an n-gram. */
function tokensOf(source: TokenSource, wanted: number, length: number): Int32Array {
  const once = source.count === undefined ? Infinity : Math.max(1, Math.floor(source.count / length) - 1);
  return source.windows(0, Math.min(Math.ceil(wanted / length), once), length);
}

const names: Record<number, string | undefined> = { 1: 'unigram', 2: 'bigram' };
