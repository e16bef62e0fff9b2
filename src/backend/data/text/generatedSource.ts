// Windows of texts that are made while they are trained on, without end.
import type { TokenSource } from '../source';
import { mixAll } from './mixing';

/** Where texts come from, and how they become ids. */
export interface GeneratedText {
  /** The text of a seed (32 bits) and an index; other numbers give other texts. */
  textAt: (seed: number, index: number) => string;
  encodeIds: (text: string) => ArrayLike<number>;
  /** Goes after every text. */
  endOfText: number;
  /** Ids are below this. */
  vocabulary: number;
  seed: number;
}

/**
 * The windows of a step lie side by side in one stream of texts, that of a seed made from the source's seed and the step,
 * from a random place of its first text on. Steps below 2^32 have different seeds.
 */
export function generatedSource(text: GeneratedText): TokenSource {
  const { textAt, encodeIds, endOfText, vocabulary, seed } = text;
  return {
    vocabulary,
    windows(step, rows, length) {
      const streamSeed = mixAll(seed, step);
      const tokens = new Int32Array(rows * length);
      let filled = 0;
      for (let index = 0; filled < tokens.length; index++) {
        const ids = encodeIds(textAt(streamSeed, index));
        const start = index === 0 ? Math.floor((mixAll(streamSeed, 0) / 2 ** 32) * (ids.length + 1)) : 0;
        for (let at = start; at < ids.length && filled < tokens.length; at++) tokens[filled++] = ids[at];
        if (filled < tokens.length) tokens[filled++] = endOfText;
      }
      return tokens;
    },
  };
}
