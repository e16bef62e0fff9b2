// The columns of the map that are here: those of the first answer and of the windows that came after it.
import type { LensTable } from '../../src/protocol/lens';
import type { TextRange } from '../../src/protocol/types';

/** What a layer predicts at a token. */
export interface Cell {
  /** The likeliest token; undefined where the prediction is not made of numbers. */
  top: { id: number; piece: string } | undefined;
  probability: number;
  /** What should be predicted here; undefined at the end of the text. */
  target: { id: number; piece: string } | undefined;
  targetProbability: number;
  /** 1 = likeliest; 0 without a target. */
  rank: number;
  divergence: number;
  entropy: number;
}

export class Columns {
  constructor(private readonly tables: readonly LensTable[]) {}

  /** Token indices that the map covers, here or not: to the end of the text where not all that was asked for fits. */
  get scope(): TextRange {
    const [{ scope, complete, textTokens }] = this.tables;
    return complete ? scope : { start: scope.start, end: textTokens };
  }

  /** The text of a token; undefined where its column is not here. */
  piece(token: number): string | undefined {
    const table = this.tableOf(token);
    return table?.tokens.pieces[token - table.scope.start];
  }

  cell(point: number, token: number): Cell | undefined {
    const table = this.tableOf(token);
    if (!table) return undefined;
    const column = token - table.scope.start;
    const index = point * (table.scope.end - table.scope.start) + column;
    return {
      top: named(table, table.top[index]),
      probability: table.topProbability[index],
      target: named(table, table.targets[column]),
      targetProbability: table.targetProbability[index],
      rank: table.targetRank[index],
      divergence: table.divergence[index],
      entropy: table.entropy[index],
    };
  }

  /** The largest finite value of a measure in all columns that are here. */
  largest(measure: 'divergence' | 'entropy'): number {
    let largest = 0;
    for (const table of this.tables) {
      for (const value of table[measure]) if (value > largest && value < Infinity) largest = value;
    }
    return largest;
  }

  /**
   * Windows to ask for so that a stretch of tokens is here, none of them asked for twice: each as long as the first
   * answer, counted from its start.
   */
  missing({ start, end }: TextRange): TextRange[] {
    const { scope } = this;
    const first = this.tables[0].scope;
    const length = Math.max(1, first.end - first.start);
    const windows: TextRange[] = [];
    for (let token = Math.max(start, scope.start); token < Math.min(end, scope.end);) {
      const from = token - ((token - scope.start) % length);
      const to = Math.min(from + length, scope.end);
      if (!this.tableOf(token)) windows.push({ start: from, end: to });
      token = to;
    }
    return windows;
  }

  private tableOf(token: number): LensTable | undefined {
    return this.tables.find(({ scope }) => token >= scope.start && token < scope.end);
  }
}

const kept = new WeakMap<LensTable, Map<number, string>>();

function named(table: LensTable, id: number): { id: number; piece: string } | undefined {
  if (id < 0) return undefined;
  let pieces = kept.get(table);
  if (!pieces) {
    const texts = table.pieces.pieces;
    pieces = new Map(Array.from(table.pieces.ids, (each, index) => [each, texts[index]]));
    kept.set(table, pieces);
  }
  return { id, piece: pieces.get(id) ?? '' };
}
