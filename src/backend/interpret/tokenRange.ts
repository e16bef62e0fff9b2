// Tokens by the text that they stand for.
import type { TextRange } from '../../protocol/types';
import type { Token } from '../tokenizer/tokenizer';

/** Indices [start, end) of the tokens that a text range touches; undefined when it touches none. */
export function tokensIn(tokens: readonly Token[], range: TextRange): TextRange | undefined {
  const touches = ({ start, end }: Token) => start < range.end && end > range.start;
  const start = tokens.findIndex(touches);
  return start === -1 ? undefined : { start, end: tokens.findLastIndex(touches) + 1 };
}
