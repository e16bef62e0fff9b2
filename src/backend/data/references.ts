// Losses of n-gram models of a source: lines for a loss curve to be compared with.
import type { ReferenceLine } from '../../protocol/runs';
import { ngramLosses } from './ngram';
import type { TokenSource } from './source';

/** Tokens that n-grams are counted on, and that their losses are measured on. */
const COUNTED = 400_000;
const MEASURED = 40_000;
/** Windows of this many tokens at once: a source may not have longer ones. */
const WINDOW = 1000;

/** @param sizes n of each n-gram, 1 for tokens without context */
export function ngramReferences(source: TokenSource, sizes: readonly number[]): ReferenceLine[] {
  const tokens = source.windows(0, (COUNTED + MEASURED) / WINDOW, WINDOW);
  const losses = ngramLosses(
    tokens.subarray(0, COUNTED),
    tokens.subarray(COUNTED),
    source.vocabulary,
    sizes.map((size) => size - 1),
  );
  return losses.map(({ loss }, index) => ({ name: names[sizes[index]] ?? `${sizes[index]}-gram`, loss }));
}

const names: Record<number, string | undefined> = { 1: 'unigram', 2: 'bigram' };
