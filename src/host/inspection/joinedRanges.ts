// Where the tokens of a text stand of which only some stretches were read.
import type { TextRanges } from '../decorations/tokenAt';
import type { TextRange, TextSource, TokenColumns } from '../../protocol/types';

interface Stretch {
  source: TextSource;
  /** Token indices that `tokens` covers. */
  scope: TextRange;
  textTokens: number;
  tokens: TokenColumns;
}

/**
 * The ranges of all tokens of the text; those of no stretch are empty and lie at the end of the one before, so that
 * offsets still ascend and `tokenAt` finds none of them.
 */
export function joinedRanges(stretches: readonly Stretch[]): TextRanges {
  const { source, textTokens } = stretches[0];
  const starts = new Int32Array(textTokens);
  const ends = new Int32Array(textTokens);
  let from = 0;
  const fill = (to: number): void => {
    const end = from > 0 ? ends[from - 1] : 0;
    if (to > from) starts.fill(end, from, to);
    if (to > from) ends.fill(end, from, to);
  };
  for (const { scope, tokens } of [...stretches].sort((a, b) => a.scope.start - b.scope.start)) {
    fill(scope.start);
    starts.set(tokens.starts, scope.start);
    ends.set(tokens.ends, scope.start);
    from = Math.max(from, scope.end);
  }
  fill(textTokens);
  return { source, starts, ends };
}
