// Which heads are shown, in which order.
import type { AttentionGrid } from '../../src/protocol/attention';
import type { HeadRanking } from '../../src/protocol/attentionView';
import { headAt } from './heads';
import { kindWords, scoresOf } from './scores';
import type { AttentionState } from './state';

let last: { key: readonly unknown[]; rows: number[] } | undefined;

/** Rows of the grid in the order shown. The same array as before as long as nothing changed that it depends on. */
export function rowsOf({
  grid,
  settings,
  ranking,
}: Pick<AttentionState, 'grid' | 'settings' | 'ranking'>): number[] {
  if (!grid) return [];
  const { score, order, kind, filter, hideSink } = settings;
  const key = [grid, score, order, kind, filter, hideSink, ranking?.answer];
  if (last && key.every((part, place) => part === last!.key[place])) return last.rows;
  const matches = testOf(grid, filter);
  const rows = ordered(grid, { score, order, hideSink }, ranking).filter(
    (row) => (kind === undefined || grid.kinds[row] === kind) && matches(row),
  );
  last = { key, rows };
  return rows;
}

function ordered(
  grid: AttentionGrid,
  { score, order, hideSink }: Pick<AttentionState['settings'], 'score' | 'order' | 'hideSink'>,
  ranking: HeadRanking | null,
): number[] {
  const rows = Array.from(grid.kinds.keys());
  if (order === 'ranking' && ranking?.answer?.order.length === rows.length) return [...ranking.answer.order];
  if (order !== 'score') return rows;
  const values = scoresOf(grid, hideSink)[score];
  // What has no score stands last, in the model's order.
  const rank = (row: number): number => (Number.isNaN(values[row]) ? -Infinity : values[row]);
  return rows.sort((one, other) => rank(other) - rank(one) || one - other);
}

/**
 * Terms are separated by spaces and all must match: 'L3', 'H5' or the beginning of a kind's name.
 */
function testOf(grid: AttentionGrid, filter: string): (row: number) => boolean {
  const terms = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const tests = terms.map((term, place) => {
    const name = /^([lh])(\d+)$/.exec(term);
    const isTyped = place === terms.length - 1;
    return (row: number): boolean => {
      if (!name) return kindWords[grid.kinds[row]].label.startsWith(term);
      const number = String(headAt(grid, row)[name[1] === 'l' ? 'layer' : 'head']);
      // The term that is being typed matches every number that begins with it.
      return isTyped ? number.startsWith(name[2]) : number === name[2];
    };
  });
  return (row) => tests.every((test) => test(row));
}

/** What a head is ranked by in a comparison; NaN where it sees nothing of it. */
export function rankedBy({ kind, answer }: HeadRanking, row: number): number {
  if (!answer) return NaN;
  if (kind === 'pattern') return (answer as { cosine: Float32Array }).cosine[row];
  const { intoFirst, intoSecond } = answer as { intoFirst: Weighted; intoSecond: Weighted };
  return Math.max(
    intoFirst.pairs[row] > 0 ? intoFirst.weighted[row] : 0,
    intoSecond.pairs[row] > 0 ? intoSecond.weighted[row] : 0,
  );
}

type Weighted = { weighted: Float32Array; pairs: Int32Array };
