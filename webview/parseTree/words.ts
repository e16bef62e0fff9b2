// What the view says of a string, its levels and its tokens.
import type { ParseTreeLevel } from '../../src/protocol/parseTrees';
import type { Place, TreeState } from './state';
import { shownRows } from './state';

/** One decimal near the ends, where it tells most. */
export function share(value: number): string {
  const percent = 100 * value;
  const digits = percent > 0 && percent < 100 && (percent < 9.95 || percent > 90) ? 1 : 0;
  return `${percent.toFixed(digits)}%`;
}

/** Shares of a string's symbols and ends that are read right; undefined where nothing is known. */
export interface RightShares {
  symbols?: number;
  ends?: number;
}

/** Of a level, by its index. */
export function rightShares({ tree, read }: TreeState, index: number): RightShares {
  const string = tree?.string;
  if (!string || string.unread !== undefined || string.fault !== undefined) return {};
  const right = (wrong: Uint8Array): number => 1 - wrong.reduce((a, b) => a + b, 0) / wrong.length;
  const { symbols, wrongSymbol, wrongEnd } = read[index];
  return {
    ...(symbols && { symbols: right(wrongSymbol) }),
    ...(string.levels[index].endProbability && { ends: right(wrongEnd) }),
  };
}

/** How many of the string's symbols and ends are read right, by level. */
export function summaryOf(state: TreeState): string {
  const parts = shownRows(state).flatMap((index) => {
    const { symbols, ends } = rightShares(state, index);
    const words = [
      ...(symbols === undefined ? [] : [`symbols ${share(symbols)}`]),
      ...(ends === undefined ? [] : [`ends ${share(ends)}`]),
    ];
    return words.length === 0 ? [] : [`level ${state.tree!.levels[index].level}: ${words.join(', ')}`];
  });
  return parts.length === 0 ? '' : `Right in this string · ${parts.join(' · ')}`;
}

/** What is known of a token on a level. */
export function placeWords(state: TreeState, { token, row }: Place): string[] {
  const { tree, read } = state;
  const string = tree?.string;
  const index = shownRows(state)[row];
  if (!tree || !string) return [];
  const level = tree.levels[index];
  const { truth, ends, symbols, endProbability } = string.levels[index];
  const { wrongSymbol, wrongEnd } = read[index];
  const words = [`Token ${token + 1} '${string.words[token]}' · level ${level.level}`];
  if (truth) words.push(`true symbol ${level.symbols[truth[token]]}`);
  if (symbols)
    words.push(`read ${distribution(level, symbols, token)}${wrongSymbol[token] ? ' · wrong' : ''}`);
  if (endProbability) {
    const isEnd = endProbability[token] > 0.5;
    const said = `${isEnd ? 'an end' : 'no end'} read, ${share(isEnd ? endProbability[token] : 1 - endProbability[token])}`;
    words.push(wrongEnd[token] ? `${said} · wrong` : said);
  } else if (ends?.[token]) words.push('a constituent ends here');
  return words;
}

function distribution({ symbols }: ParseTreeLevel, probabilities: Float32Array, token: number): string {
  return symbols
    .map((name, index) => ({ name, p: probabilities[token * symbols.length + index] }))
    .sort((a, b) => b.p - a.p)
    .filter(({ p }, index) => index === 0 || p >= 0.01)
    .slice(0, 4)
    .map(({ name, p }) => `${name} ${share(p)}`)
    .join(', ');
}
