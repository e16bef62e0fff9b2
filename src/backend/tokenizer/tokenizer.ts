// What every tokenizer does: text to token ids with the range of the source text that each stands for, and back.
import type { IncrementalDecoder } from './incrementalDecoder';

/** One token of a text. */
export interface Token {
  id: number;
  /** The token's own text, for display: spaces as spaces, bytes that are no character as `<0xE2>`. */
  piece: string;
  /** Range in the source text in UTF-16 code units, as VS Code counts; `end` exclusive. */
  start: number;
  end: number;
}

/**
 * A tokenizer. The ranges of an encoded text tile it: the first starts at 0, each starts where the one before
 * ended, the last ends at `text.length`. Tokens that stand for no text of their own (begin of text, the second
 * and later bytes of one character) have empty ranges; a character cut into several tokens belongs to the first.
 */
export interface Tokenizer {
  /** For people: 'byte-level BPE', 'SentencePiece BPE', 'WordPiece', 'words', 'characters'. */
  readonly kind: string;
  readonly vocabularySize: number;
  /** What the tokenizer itself puts before a text, if anything. */
  readonly beginOfText: number | undefined;
  /** Generation stops here, if the tokenizer says so. */
  readonly endOfText: number | undefined;
  /** Special tokens that the tokenizer's own rules add (begin of text, …) are added. */
  encode(text: string): Token[];
  /** The ids of `encode`, several times as fast where a text is cut into words first. */
  encodeIds(text: string): Int32Array;
  /** Special tokens are left out. Bytes that form no UTF-8 become U+FFFD. */
  decode(ids: ArrayLike<number>): string;
  /** Decodes ids one by one; never half a character. Push a prompt's ids first to continue it. */
  startDecoding(): IncrementalDecoder;
  /** The text of one token for display, as `Token.piece`. Ids outside the vocabulary give `<id>`. */
  piece(id: number): string;
}
