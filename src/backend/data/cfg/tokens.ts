// Samples of a grammar as tokens: begin of text is 0, terminals are 1, 2, …, end of text comes last.
import { streamRandom } from '../../random';
import { specialToken } from '../../tokenizer/train/tokenizerFile';
import type { TokenSource } from '../source';
import { BEGIN, END } from './definitions';
import type { Grammar } from './grammar';
import { Sampler } from './sample';

export const BEGIN_ID = 0;

export function endId(grammar: Grammar): number {
  return grammar.vocabulary - 1;
}

/** A string as a person reads it: its terminals with spaces between them. */
export function textOf(grammar: Grammar, tokens: readonly number[]): string {
  return tokens.map((token) => grammar.symbols[grammar.firstTerminal + token - 1]).join(' ');
}

/** Token ids of the terminals in a text; 0, which is no terminal, for words that are none. */
export function tokensOf(grammar: Grammar, text: string): number[] {
  const terminals = grammar.symbols.slice(grammar.firstTerminal);
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.map((word) => terminals.indexOf(word) + 1);
}

/**
 * Training tokens. The windows of a step are cut, one behind the other, from one stream of fresh samples, begin of text ·
 * terminals · end of text, that belongs to the seed and the step. A window may begin anywhere in a sample, the first one
 * too: as in an endless stream that is cut at a random place, the sample that it begins in is drawn with a probability
 * that grows with its length, and the place in it uniformly. (Dropping a random part of an ordinary sample would begin
 * in short samples too often.) So the tokens of every row of every step are distributed alike.
 */
export function cfgSource(grammar: Grammar, seed: number): TokenSource {
  return {
    vocabulary: grammar.vocabulary,
    windows(step, rows, length) {
      const random = streamRandom(seed, step);
      const sampler = new Sampler(grammar, random);
      const windows = new Int32Array(rows * length);
      let tokens = sampleTokens(grammar, sampler);
      // Of the longest sample all is kept, of shorter ones as much less as they are shorter.
      while (random() * (grammar.maxLength + 2) >= tokens.length) tokens = sampleTokens(grammar, sampler);
      let next = Math.floor(random() * tokens.length);
      for (let at = 0; at < windows.length; at++) {
        if (next === tokens.length) {
          tokens = sampleTokens(grammar, sampler);
          next = 0;
        }
        windows[at] = tokens[next++];
      }
      return windows;
    },
  };
}

function sampleTokens(grammar: Grammar, sampler: Sampler): number[] {
  const tokens = [BEGIN_ID];
  sampler.sampleInto(tokens);
  tokens.push(endId(grammar));
  return tokens;
}

/**
 * The tokenizer.json of Hugging Face tokenizers that gives these ids: a word for each terminal, white space between
 * them, and begin of text before the first. Other words are errors, since a grammar's vocabulary has no unknown word.
 */
export function cfgTokenizerJson(grammar: Grammar): object {
  const words = [BEGIN, ...grammar.symbols.slice(grammar.firstTerminal), END];
  const begin = { SpecialToken: { id: BEGIN, type_id: 0 } };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [specialToken(BEGIN_ID, BEGIN), specialToken(endId(grammar), END)],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [begin, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [begin, { Sequence: { id: 'A', type_id: 0 } }, begin, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { [BEGIN]: { id: BEGIN, ids: [BEGIN_ID], tokens: [BEGIN] } },
    },
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      unk_token: '<unk>',
    },
  };
}
