// Learns a tokenizer from texts and writes it as Hugging Face's tokenizer.json. The same texts give the same file.
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import { bytesInLetters } from '../byteLevel';
import { MAX_SYMBOLS } from '../mergeTable';
import { gpt2Words } from '../patterns';
import { learnMerges } from './mergeLearner';
import { bytePairFile, characterFile, UNKNOWN, wordFile, type TokenizerFile } from './tokenizerFile';
import { countWords } from './wordCounts';

export type { TokenizerFile } from './tokenizerFile';

/**
 * `bytes`: byte-level BPE with GPT-2's words; knows every text. `words`: one token for each of GPT-2's words.
 * `characters`: one for each code point. The last two have `<unk>` for what they do not know.
 */
export type TrainedKind = 'bytes' | 'words' | 'characters';

export interface TokenizerTraining {
  /** Tokens at most, special ones included; fewer where the texts do not give as many. */
  vocabularySize: number;
  /** Get the first ids, in this order. */
  specialTokens?: readonly string[];
  /** What occurs less often becomes no token. */
  minimumCount?: number;
  cancellation?: Cancellation;
  /** @param units UTF-16 units of text read so far */
  onProgress?: (units: number) => void;
}

/** Ends a text, as in GPT-2 and TinyStories. */
export const END_OF_TEXT = '<|endoftext|>';

/** The 256 bytes. */
const BYTES = 256;

/**
 * Learns a tokenizer of the given kind. Write the result as `tokenizer.json`, or read it with `readHuggingFaceTokenizer`.
 * @param texts without special tokens: what is in them is learnt like any other text
 * @throws SubtextError 'usage' for a vocabulary that cannot be, 'empty-text' where there is no text, 'cancelled'
 */
export async function trainTokenizer(
  kind: TrainedKind,
  texts: Iterable<string> | AsyncIterable<string>,
  training: TokenizerTraining,
): Promise<TokenizerFile> {
  const { vocabularySize, specialTokens = [END_OF_TEXT], minimumCount = 2 } = training;
  const unknown = kind === 'bytes' || specialTokens.includes(UNKNOWN) ? [] : [UNKNOWN];
  const special = [...specialTokens, ...unknown];
  check(vocabularySize, special, kind === 'bytes' ? BYTES : 1);
  switch (kind) {
    case 'bytes': {
      const words = await countWords(texts, wordsOf, training);
      const learnt = learnMerges(words, { ...training, vocabularySize, minimumCount, first: special });
      return bytePairFile(learnt.tokens, learnt.merges, special);
    }
    case 'words': {
      const counted = await countWords(texts, wordsOf, training);
      const words = new Map([...counted].map(([word, count]) => [bytesInLetters(word), count]));
      return wordFile([...special, ...mostFrequent(words, minimumCount, special, vocabularySize)], special);
    }
    case 'characters': {
      const characters = await countWords(texts, (text) => Array.from(text), training);
      return characterFile(
        [...special, ...mostFrequent(characters, minimumCount, special, vocabularySize)],
        special,
      );
    }
  }
}

function wordsOf(text: string): readonly string[] {
  return text.match(gpt2Words) ?? [];
}

/** The most frequent first, of equally frequent ones that whose UTF-8 comes first; Hugging Face's order. */
function mostFrequent(
  counts: ReadonlyMap<string, number>,
  minimumCount: number,
  special: readonly string[],
  vocabularySize: number,
): string[] {
  return [...counts]
    .filter(([word, count]) => count >= minimumCount && !special.includes(word))
    .sort(
      ([a, countOfA], [b, countOfB]) => countOfB - countOfA || Buffer.compare(Buffer.from(a), Buffer.from(b)),
    )
    .slice(0, vocabularySize - special.length)
    .map(([word]) => word);
}

function check(vocabularySize: number, special: readonly string[], fewest: number): void {
  const least = special.length + fewest;
  if (!Number.isInteger(vocabularySize) || vocabularySize < least || vocabularySize > MAX_SYMBOLS) {
    throw new SubtextError(
      'usage',
      `A vocabulary of ${vocabularySize} tokens cannot be learnt`,
      `Ask for a whole number from ${least} to ${MAX_SYMBOLS}.`,
    );
  }
  // One of a single character would be that character's token too.
  if (special.some((token) => token.length < 2) || new Set(special).size < special.length) {
    throw new SubtextError(
      'usage',
      `The special tokens are too short or not all different: ${special.join(' ')}`,
      'Name each once, with two characters at least.',
    );
  }
}
