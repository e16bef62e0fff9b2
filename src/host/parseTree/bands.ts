// From what was read of a string to stripes under its text: which stretch has which stripes. No 'vscode'.
import type { ReadLevel } from '../../protocol/parseTreeCells';
import type { ParseTreeString } from '../../protocol/parseTrees';

/** How much of a parse tree stands in the editor. */
export const DENSITIES = ['all', 'bands', 'names', 'wrong'] as const;
export type Density = (typeof DENSITIES)[number];

/** A level that is shown. */
export interface ShownLevel {
  level: number;
  read: ReadLevel;
}

/** A stretch of one line with the same stripes. */
export interface BandSpan {
  start: number;
  end: number;
  /** Of each level that is shown, from the text outwards. */
  combination: string;
}

/** A stripe in a combination: its level, or none there. */
export interface Stripe {
  level: number;
  mark: 'none' | 'right' | 'wrong';
}

const MARKS = { none: ' ', right: '=', wrong: '~' } as const;

/** `3=2~`: level 3 stands nearest to the text and is read right, level 2 wrong. */
export function combinationOf(stripes: readonly Stripe[]): string {
  return stripes.map(({ level, mark }) => `${level}${MARKS[mark]}`).join('');
}

export function stripesOf(combination: string): Stripe[] {
  return [...combination.matchAll(/(\d+)([ =~])/g)].map(([, level, sign]) => ({
    level: Number(level),
    mark: sign === '=' ? 'right' : sign === '~' ? 'wrong' : 'none',
  }));
}

/**
 * The stretches of a string that have stripes, in order. A stripe goes on over the blanks between two tokens of a
 * constituent; at its end there is a gap.
 * @param levels that are shown, any order
 * @param text of the document
 */
export function bandSpans(
  { starts, ends }: Pick<ParseTreeString, 'starts' | 'ends'>,
  levels: readonly ShownLevel[],
  density: Density,
  text: string,
): BandSpan[] {
  if (density === 'names') return [];
  const outwards = levels.toSorted((a, b) => b.level - a.level);
  const spans: BandSpan[] = [];
  const add = (start: number, end: number, stripes: Stripe[]) => {
    if (stripes.every(({ mark }) => mark === 'none')) return;
    const combination = combinationOf(stripes);
    const last = spans.at(-1);
    if (last?.end === start && last.combination === combination) last.end = end;
    else spans.push({ start, end, combination });
  };
  const onlyWrong = density === 'wrong';
  starts.forEach((start, token) => {
    add(
      start,
      ends[token],
      outwards.map(({ level, read }) => ({ level, mark: markOf(read, token, onlyWrong) })),
    );
    const next = starts.at(token + 1);
    if (token + 1 === starts.length || next === undefined || !/^[ \t]*$/.test(text.slice(ends[token], next)))
      return;
    add(
      ends[token],
      next,
      outwards.map(({ level, read }) => ({ level, mark: between(read, token, onlyWrong) })),
    );
  });
  return spans;
}

function markOf(
  { symbols, ends, wrongSymbol, wrongEnd }: ReadLevel,
  token: number,
  onlyWrong: boolean,
): Stripe['mark'] {
  if (!symbols && !ends) return 'none';
  if (wrongSymbol[token] === 1 || wrongEnd[token] === 1) return 'wrong';
  return onlyWrong ? 'none' : 'right';
}

/** Of the blanks behind a token. */
function between(read: ReadLevel, token: number, onlyWrong: boolean): Stripe['mark'] {
  if (read.ends?.[token] === 1) return 'none';
  const [here, next] = [token, token + 1].map((each) => markOf(read, each, onlyWrong));
  return here === next ? here : onlyWrong ? 'none' : 'right';
}
