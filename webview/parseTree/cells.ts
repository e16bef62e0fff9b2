// The string cell by cell, a token on a level each: for the table, and as CSV.
import { shortest } from '../shared/numbers';
import { shownRows, type TreeState } from './state';

/** What is known of a token on a level. Empty or undefined where nothing is. */
export interface ShownCell {
  token: number;
  word: string;
  /** Of the levels that are shown. */
  row: number;
  level: number;
  truth: string;
  read: string;
  /** Of the symbol that is read. */
  probability?: number;
  wrongSymbol: boolean;
  trueEnd?: boolean;
  readEnd?: boolean;
  /** That a constituent ends. */
  endProbability?: number;
  wrongEnd: boolean;
}

/** How many cells the string has, and one of them: level by level of each token. */
export function cellsIn(state: TreeState): { length: number; at: (index: number) => ShownCell } {
  const rows = shownRows(state);
  const tokens = state.tree?.string?.starts.length ?? 0;
  return {
    length: tokens * rows.length,
    at: (index) => cellAt(state, rows, Math.floor(index / rows.length), index % rows.length),
  };
}

function cellAt({ tree, read }: TreeState, rows: readonly number[], token: number, row: number): ShownCell {
  const index = rows[row];
  const { level, symbols: names } = tree!.levels[index];
  const string = tree!.string!;
  const { truth, ends, symbols: probabilities, endProbability } = string.levels[index];
  const { symbols, ends: readEnds, wrongSymbol, wrongEnd } = read[index];
  const name = (of: Int32Array | null): string => (of ? names[of[token]] : '');
  return {
    ...{ token, word: string.words[token], row, level, truth: name(truth), read: name(symbols) },
    ...(symbols && { probability: probabilities![token * names.length + symbols[token]] }),
    ...(ends && { trueEnd: ends[token] === 1 }),
    ...(readEnds && { readEnd: readEnds[token] === 1 }),
    ...(endProbability && { endProbability: endProbability[token] }),
    ...{ wrongSymbol: wrongSymbol[token] === 1, wrongEnd: wrongEnd[token] === 1 },
  };
}

/** All cells as rows, with a head. */
export function csvOf(state: TreeState): (string | number)[][] {
  const cells = cellsIn(state);
  const flag = (value: boolean | undefined): string | number => (value === undefined ? '' : Number(value));
  const number = (value: number | undefined): string | number => (value === undefined ? '' : shortest(value));
  return [
    ['token', 'word', 'level', 'true', 'read', 'p_read', 'true_end', 'read_end', 'p_end'],
    ...Array.from({ length: cells.length }, (_, index) => {
      const cell = cells.at(index);
      const { token, word, level, truth, read, probability, trueEnd, readEnd, endProbability } = cell;
      return [
        ...[token + 1, word, level, truth, read, number(probability)],
        ...[flag(trueEnd), flag(readEnd), number(endProbability)],
      ];
    }),
  ];
}
