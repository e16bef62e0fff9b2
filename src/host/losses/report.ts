// What the view of losses shows: rates over the whole text, and what changed most. No 'vscode'.
import type { LossComparison } from '../../protocol/losses';
import type { LossRate, LossReport } from '../../protocol/lossesView';
import { readers } from './words';

/** Rows that a view is sent. */
const MOST_ROWS = 1000;

/** @param text the version of the document that was compared */
export function lossReport(comparison: LossComparison, text: string): LossReport {
  const { starts, ends, lossBefore, lossAfter, source, before, alignedBy } = comparison;
  const models = { before: before.modelName, after: source.modelName };
  const difference = (span: number) => lossAfter[span] - lossBefore[span];
  const known = Array.from(starts.keys()).filter((span) => !Number.isNaN(difference(span)));
  const changed = known.filter((span) => difference(span) !== 0);
  const rows = changed
    .sort((one, other) => Math.abs(difference(other)) - Math.abs(difference(one)) || one - other)
    .slice(0, MOST_ROWS);
  return {
    source,
    ...readers(comparison),
    ...(models.before !== models.after && { models }),
    span: alignedBy === 'tokens' ? 'token' : 'span',
    rates: ratesOf(comparison, text),
    spans: known.length,
    worse: changed.filter((span) => difference(span) > 0).length,
    better: changed.filter((span) => difference(span) < 0).length,
    places: rows,
    pieces: rows.map((span) => text.slice(starts[span], ends[span])),
    lossBefore: rows.map((span) => lossBefore[span]),
    lossAfter: rows.map((span) => lossAfter[span]),
  };
}

/**
 * Sums over the text, divided by what there is of each unit. By tokens only where both readers have as many: a model with
 * longer tokens has fewer of them, and more to guess at each.
 */
function ratesOf({ total }: LossComparison, text: string): LossRate[] {
  const { before, after, tokensBefore, tokensAfter, characters } = total;
  if (total.spans === 0) return [];
  const words = text.match(/\S+/g)?.length ?? 0;
  const units = [
    { unit: 'text', count: 1 },
    ...(tokensBefore === tokensAfter ? [{ unit: 'token', count: tokensAfter }] : []),
    { unit: 'character', count: characters },
    { unit: 'word', count: words },
  ];
  return units
    .filter(({ count }) => count > 0)
    .map(({ unit, count }) => ({ unit, count, before: before / count, after: after / count }));
}
