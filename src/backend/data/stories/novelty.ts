// How different stories are from one another: how many are distinct, and how many of their n-grams are new.
import { storyAt } from './generate';

export interface NoveltyReport {
  readonly stories: number;
  readonly distinct: number;
  readonly meanWords: number;
  readonly meanCharacters: number;
  /** Different words, punctuation left out and in lower case. */
  readonly vocabulary: number;
  /** For each n: the mean share of a probed story's n-grams of words that no other story holds. */
  readonly novelty: readonly { readonly n: number; readonly share: number }[];
  readonly probed: number;
}

const SIZES = [4, 8];

/** How many stories are held against all others. */
const PROBES = 1000;

/**
 * Compares the first `count` stories of a seed. An n-gram is n words in a row, within a story, across sentences.
 * Memory is about 60 bytes for every n-gram of the probed stories; time grows with `count`.
 */
export function noveltyReport(count: number, seed: number): NoveltyReport {
  const distinct = new Set<string>();
  const vocabulary = new Set<string>();
  let words = 0;
  let characters = 0;
  const probed = Math.min(PROBES, count);
  const counts = SIZES.map(() => new Map<string, number>());
  const probes = Array.from({ length: probed }, (_, index) => wordsOf(storyAt(seed, index)));
  for (const probe of probes) {
    SIZES.forEach((size, i) => {
      for (const gram of gramsOf(probe, size)) counts[i].set(gram, 0);
    });
  }
  for (let index = 0; index < count; index++) {
    const text = storyAt(seed, index);
    distinct.add(text);
    const story = index < probed ? probes[index] : wordsOf(text);
    for (const word of story) vocabulary.add(word);
    words += story.length;
    characters += text.length;
    SIZES.forEach((size, i) => {
      for (const gram of gramsOf(story, size)) {
        const seen = counts[i].get(gram);
        if (seen !== undefined) counts[i].set(gram, seen + 1);
      }
    });
  }
  return {
    stories: count,
    distinct: distinct.size,
    meanWords: words / count,
    meanCharacters: characters / count,
    vocabulary: vocabulary.size,
    novelty: SIZES.map((n, i) => ({ n, share: meanShare(probes, n, counts[i]) })),
    probed,
  };
}

/** @param counts in how many stories an n-gram stands */
function meanShare(probes: readonly string[][], n: number, counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const probe of probes) {
    const grams = gramsOf(probe, n);
    let fresh = 0;
    for (const gram of grams) if (counts.get(gram) === 1) fresh++;
    sum += fresh / grams.size;
  }
  return sum / probes.length;
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z'-]+/g) ?? [];
}

export function gramsOf(words: readonly string[], n: number): Set<string> {
  const grams = new Set<string>();
  for (let i = 0; i + n <= words.length; i++) grams.add(words.slice(i, i + n).join(' '));
  return grams;
}
