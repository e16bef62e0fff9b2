// From the classes of probes to the symbols of a grammar's levels.
import type { TreeProbe, TreeTarget } from './probeSet';
import type { LevelProbabilities } from './treeQuestion';

/** The class of a boundary probe that is read, as training names it. */
const END_CLASS = 'end';

/** Which column of a probe's output is which of the level's symbols, or the one that is read. */
interface Columns {
  output: string;
  classes: number;
  of: number[];
}

/** The columns that are taken for a level. */
export interface LevelColumns {
  symbols?: Columns;
  ends?: Columns;
}

/** Of a level's probes. */
export function levelColumns(
  { ancestor, boundary }: Record<TreeTarget, TreeProbe | null>,
  symbols: readonly string[],
): LevelColumns {
  return {
    ...(ancestor && { symbols: columnsOf(ancestor, symbols) }),
    ...(boundary && { ends: columnsOf(boundary, [END_CLASS]) }),
  };
}

function columnsOf({ target, level, classes }: TreeProbe, names: readonly string[]): Columns {
  return {
    output: `${target} ${level}`,
    classes: classes.length,
    of: names.map((name) => classes.indexOf(name)),
  };
}

/** A string's rows of the probes' outputs, in the order of the level's symbols; a symbol that no class is of has 0. */
export function levelsOf(
  columns: readonly LevelColumns[],
  read: ReadonlyMap<string, Float32Array>,
  string: number,
  tokens: number,
  length: number,
): LevelProbabilities[] {
  const taken = (of: Columns | undefined): Float32Array | null => {
    if (!of) return null;
    const all = read.get(of.output)!;
    const own = new Float32Array(tokens * of.of.length);
    for (let token = 0; token < tokens; token++) {
      const row = (string * length + token) * of.classes;
      of.of.forEach((column, index) => {
        if (column >= 0) own[token * of.of.length + index] = all[row + column];
      });
    }
    return own;
  };
  return columns.map((level) => ({ symbols: taken(level.symbols), ends: taken(level.ends) }));
}
