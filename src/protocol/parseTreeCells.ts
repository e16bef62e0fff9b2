// What the numbers of a parse-tree reading mean: symbols and ends that are read, where they are wrong, and the stretches
// that they make. For the editor and the view alike.
import type { ParseTreeLevel, ParseTreeLevelReading, ParseTreeString } from './parseTrees';

/** What was read of one level of a string. By token. */
export interface ReadLevel {
  /** The likeliest symbol, an index into the level's; null where nothing was read of them. */
  symbols: Int32Array | null;
  /** 1 where a constituent ends. Without a probe of ends: where the symbol changes. */
  ends: Uint8Array | null;
  /** 1 where the symbol is another than the true one; nowhere without truth. */
  wrongSymbol: Uint8Array;
  /** 1 where an end is read that is none, or one is missed. */
  wrongEnd: Uint8Array;
}

/** A stretch of tokens with one symbol. */
export interface TreeCell {
  start: number;
  end: number;
  /** -1 where only ends are known. */
  symbol: number;
  /** Whether a constituent ends with it; else only the symbol changes. */
  closed: boolean;
}

/** Reads a level of a string of so many tokens. */
export function readLevel(
  { truth, ends: trueEnds, symbols: probabilities, endProbability }: ParseTreeLevelReading,
  { symbols: names }: Pick<ParseTreeLevel, 'symbols'>,
  tokens: number,
): ReadLevel {
  const symbols = probabilities && largest(probabilities, names.length);
  const ends = endProbability
    ? Uint8Array.from(endProbability, (probability) => Number(probability > 0.5))
    : symbols && changes(symbols);
  const wrongSymbol = new Uint8Array(tokens);
  const wrongEnd = new Uint8Array(tokens);
  for (let token = 0; token < tokens; token++) {
    if (symbols && truth && symbols[token] !== truth[token]) wrongSymbol[token] = 1;
    if (endProbability && trueEnds && ends![token] !== trueEnds[token]) wrongEnd[token] = 1;
  }
  return { symbols, ends, wrongSymbol, wrongEnd };
}

/** All levels of a string. */
export function readLevels(
  { levels, starts }: Pick<ParseTreeString, 'levels' | 'starts'>,
  described: readonly Pick<ParseTreeLevel, 'symbols'>[],
): ReadLevel[] {
  return levels.map((level, index) => readLevel(level, described[index], starts.length));
}

/** The stretches that symbols and ends make; none where neither is known. */
export function cellsOf(symbols: Int32Array | null, ends: Uint8Array | null): TreeCell[] {
  const tokens = symbols?.length ?? ends?.length ?? 0;
  const cells: TreeCell[] = [];
  let start = 0;
  for (let token = 0; token < tokens; token++) {
    const closed = ends?.[token] === 1;
    const isLast = token === tokens - 1;
    const isChanged = !isLast && symbols !== null && symbols[token] !== symbols[token + 1];
    if (!closed && !isLast && !isChanged) continue;
    cells.push({ start, end: token + 1, symbol: symbols ? symbols[start] : -1, closed });
    start = token + 1;
  }
  return cells;
}

/**
 * The tokens at which a level's symbol is named: where a stretch begins, and where one begins to be wrong, or wrong in
 * another way.
 */
export function namedTokens({ symbols, ends, wrongSymbol }: ReadLevel, truth: Int32Array | null): number[] {
  if (!symbols) return [];
  const begins = new Set(cellsOf(symbols, ends).map(({ start }) => start));
  return Array.from(symbols.keys()).filter((token) => {
    if (begins.has(token)) return true;
    const isOther = wrongSymbol[token - 1] === 0 || truth?.[token] !== truth?.[token - 1];
    return wrongSymbol[token] === 1 && isOther;
  });
}

/** By token the index of the largest of so many values. */
function largest(values: Float32Array, columns: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, token) => {
    let best = 0;
    for (let column = 1; column < columns; column++)
      if (values[token * columns + column] > values[token * columns + best]) best = column;
    return best;
  });
}

function changes(symbols: Int32Array): Uint8Array {
  return Uint8Array.from(symbols, (symbol, token) =>
    Number(token === symbols.length - 1 || symbol !== symbols[token + 1]),
  );
}
