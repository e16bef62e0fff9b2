// What every model of tokenizer.json does.
import type { AlignedText, TokenList } from './alignment';

/** Gives the pieces of a text their token ids. */
export interface Model {
  /** Adds the tokens of one piece to the list. */
  encode(piece: AlignedText, list: TokenList): void;
}

/** From the text of a token to its id. */
export type Vocabulary = ReadonlyMap<string, number>;
