// What a probe is asked for: the ancestors of each terminal in the tree that it was sampled with (arXiv 2305.13673, §4).
import type { Grammar } from './grammar';
import type { ParseNode } from './sample';

/** Labels of one level between the root's and the terminals', one for each terminal of the string. */
export interface LevelLabels {
  /** Counted from the root's, which is 1. */
  level: number;
  /** s_l: the symbol of this level above the terminal, an index into `Grammar.symbols`. */
  symbols: Int32Array;
  /** p_l: which of the level's symbols that is, counted from 1, from left to right. */
  indices: Int32Array;
  /** b_l: 1 where the terminal is the last that this symbol became. */
  ends: Uint8Array;
}

export interface LatentLabels {
  /** Levels 2 to L - 1: of the root all is known. */
  levels: LevelLabels[];
  /** b♯: the level nearest to the root of those above that end at the terminal; 0 where none does. */
  shallowestEnds: Int32Array;
}

/** @throws SubtextError `grammar` for a grammar without levels */
export function latentLabels(grammar: Grammar, tree: ParseNode): LatentLabels {
  const length = tree.end;
  const deepest = grammar.requireLevels().length;
  const shallowestEnds = new Int32Array(length);
  const levels: LevelLabels[] = [];
  let nodes = tree.children;
  for (let level = 2; level < deepest; level++) {
    const labels: LevelLabels = {
      level,
      symbols: new Int32Array(length),
      indices: new Int32Array(length),
      ends: new Uint8Array(length),
    };
    for (const [index, { symbol, start, end }] of nodes.entries()) {
      labels.symbols.fill(symbol, start, end);
      labels.indices.fill(index + 1, start, end);
      labels.ends[end - 1] = 1;
      shallowestEnds[end - 1] ||= level;
    }
    levels.push(labels);
    nodes = nodes.flatMap(({ children }) => children);
  }
  return { levels, shallowestEnds };
}
