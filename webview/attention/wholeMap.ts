// All of a head's pattern, block by block: for the table and for files.
import {
  HIDDEN_CELL,
  LEAST_LINKED,
  MASKED_CELL,
  TILE_SIDE,
  type AttentionGrid,
  type AttentionTile,
  type TileQuestion,
} from '../../src/protocol/attention';
import { halves } from './half';

export type AskTile = (question: TileQuestion) => Promise<AttentionTile | undefined>;

/** The questions that together cover the map, rows of blocks from the top; without what no token can see. */
export function* blocksOf(
  { tokens, causal, windows }: Pick<AttentionGrid, 'tokens' | 'causal' | 'windows'>,
  side = TILE_SIDE,
): Generator<Pick<TileQuestion, 'destinations' | 'sources'>> {
  const length = tokens.pieces.length;
  const cut = (from: number): { start: number; end: number }[] =>
    Array.from({ length: Math.ceil((length - from) / side) }, (_, index) => ({
      start: from + index * side,
      end: Math.min(length, from + (index + 1) * side),
    }));
  for (const destinations of cut(0)) {
    for (const sources of cut(0)) {
      if (causal && sources.start >= destinations.end) continue;
      const isBeginning = sources.start === 0 && windows.begin;
      if (!isBeginning && sources.end <= firstSource(windows, destinations.start)) continue;
      yield { destinations, sources };
    }
  }
}

/** Where the window that owns a destination begins to see. */
function firstSource({ destinations, sources }: AttentionGrid['windows'], token: number): number {
  const window = destinations.findLastIndex((first) => first <= token);
  return window < 0 ? 0 : sources[window];
}

/** Pairs that a file holds: at least this share of the largest value. Values that are no numbers are always in it. */
const LEAST_IN_FILE = LEAST_LINKED;

export interface Pair {
  destination: number;
  source: number;
  value: number;
}

/** The pairs of a tile from a value up; NaN among them. */
export function pairsOf({ cells, columns, destinations, sources }: AttentionTile, least: number): Pair[] {
  const pairs: Pair[] = [];
  for (let cell = 0; cell < cells.length; cell++) {
    const bits = cells[cell];
    if (bits === 0 || bits === HIDDEN_CELL || bits === MASKED_CELL) continue;
    const value = halves[bits];
    if (value < least) continue;
    pairs.push({
      destination: destinations.start + Math.floor(cell / columns),
      source: sources.start + (cell % columns),
      value,
    });
  }
  return pairs;
}

/** Reads the whole map; `onPairs` gets what each block holds. False where it could not be read to its end. */
export async function readPairs(
  grid: AttentionGrid,
  question: Pick<TileQuestion, 'layer' | 'head' | 'hideSink' | 'weighted'>,
  ask: AskTile,
  onPairs: (pairs: Pair[]) => void | Promise<void>,
): Promise<boolean> {
  for (const block of blocksOf(grid)) {
    const tile = await ask({ ...question, ...block, step: 1 });
    if (!tile) return false;
    // Weighted values have a scale of their own.
    const least = question.weighted ? LEAST_IN_FILE * tile.maximum : LEAST_IN_FILE;
    await onPairs(pairsOf(tile, least));
  }
  return true;
}
