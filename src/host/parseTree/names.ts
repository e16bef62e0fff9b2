// The names of symbols that stand where the probe reads that a constituent begins. No 'vscode'.
import { namedTokens } from '../../protocol/parseTreeCells';
import type { ParseTreeLevel, ParseTreeLevelReading, ParseTreeString } from '../../protocol/parseTrees';
import type { Density, ShownLevel } from './bands';

/** A name in front of a token: one symbol, or those of several levels. */
export interface TreeName {
  offset: number;
  /** `10·7`, from the level nearest to the root; `8≠7` where 8 is read for 7. */
  label: string;
  /** Of each symbol: its level, in words. */
  says: string[];
}

/** A level that is shown, with what is known of it. */
export type NamedLevel = ShownLevel & {
  symbols: Pick<ParseTreeLevel, 'symbols'>['symbols'];
  reading: Pick<ParseTreeLevelReading, 'truth'>;
};

/** The names of a string, in order. @param levels that are shown */
export function treeNames(
  { starts }: Pick<ParseTreeString, 'starts'>,
  levels: readonly NamedLevel[],
  density: Density,
): TreeName[] {
  if (density === 'bands') return [];
  const names = new Map<number, { labels: string[]; says: string[] }>();
  for (const { level, read, symbols, reading } of levels.toSorted((a, b) => a.level - b.level)) {
    for (const token of namedTokens(read, reading.truth)) {
      const isWrong = read.wrongSymbol[token] === 1;
      if (density === 'wrong' && !isWrong) continue;
      const own = symbols[read.symbols![token]];
      const truth = isWrong ? symbols[reading.truth![token]] : undefined;
      const name = names.get(token) ?? { labels: [], says: [] };
      names.set(token, name);
      name.labels.push(truth === undefined ? own : `${own}≠${truth}`);
      name.says.push(
        truth === undefined ? `Level ${level}: ${own}` : `Level ${level}: reads ${own}, truth is ${truth}`,
      );
    }
  }
  return [...names]
    .sort(([a], [b]) => a - b)
    .map(([token, { labels, says }]) => ({ offset: starts[token], label: labels.join('·'), says }));
}
