// What the view says of a string, its levels and its tokens.
import type { HeldOut, ParseTreeLevel } from '../../src/protocol/parseTrees';
import type { Place, TreeState } from './state';
import { shownRows } from './state';

/** One decimal near the ends, where it tells most. */
export function share(value: number): string {
  const percent = 100 * value;
  const digits = percent > 0 && percent < 100 && (percent < 9.95 || percent > 90) ? 1 : 0;
  return `${percent.toFixed(digits)}%`;
}

/** How many of the string's symbols and ends are read right, by level. */
export function summaryOf(state: TreeState): string {
  const { tree, read } = state;
  const string = tree?.string;
  if (!tree || !string || string.unread !== undefined || string.fault !== undefined) return '';
  const tokens = string.starts.length;
  const parts = shownRows(state).flatMap((row) => {
    const { symbols, ends, wrongSymbol, wrongEnd } = read[row];
    if (!symbols && !ends) return [];
    const right = (wrong: Uint8Array): string => share(1 - wrong.reduce((a, b) => a + b, 0) / tokens);
    const words = [
      ...(symbols ? [`symbols ${right(wrongSymbol)}`] : []),
      ...(string.levels[row].endProbability ? [`ends ${right(wrongEnd)}`] : []),
    ];
    return [`level ${tree.levels[row].level}: ${words.join(', ')}`];
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

/** A level's accuracy on held-out strings beside its controls. */
export function heldOutWords({ level, ancestor, boundary }: ParseTreeLevel): string {
  const words = (what: string, known: HeldOut | null): string[] => {
    if (!known) return [];
    const [low, high] = known.ci.map(share);
    const untrained = known.random_init === null ? '' : `, untrained model ${share(known.random_init)}`;
    return [
      `${what} ${share(known.accuracy)} (${low} to ${high}; majority ${share(known.majority)}${untrained})`,
    ];
  };
  const parts = [...words('symbols', ancestor), ...words('ends', boundary)];
  return parts.length === 0
    ? `Level ${level}: no probe`
    : `Level ${level} on held-out strings: ${parts.join('; ')}`;
}

/** The string as rows of a table, with a head. */
export function tableOf(state: TreeState): string[][] {
  const { tree, read } = state;
  const string = tree?.string;
  if (!tree || !string) return [];
  const rows = shownRows(state);
  const head = [
    'Token',
    'Word',
    ...rows.flatMap((row) => {
      const { level } = tree.levels[row];
      return [`Level ${level} true`, `Level ${level} read`, `Ends true`, `Ends read`];
    }),
  ];
  const body = string.words.slice(0, string.starts.length).map((word, token) => [
    String(token + 1),
    word,
    ...rows.flatMap((row) => {
      const { truth, ends } = string.levels[row];
      const { symbols, ends: readEnds } = read[row];
      const name = (of: Int32Array | null): string => (of ? tree.levels[row].symbols[of[token]] : '');
      const end = (of: Uint8Array | null): string => (of ? (of[token] ? 'end' : '') : '');
      return [name(truth), name(symbols), end(ends), end(readEnds)];
    }),
  ]);
  return [head, ...body];
}
