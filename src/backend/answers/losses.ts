// The loss of each token of a document, before and after.
import { MOST_SPANS, type LossComparison, type LossQuestion } from '../../protocol/losses';
import type { TextRange } from '../../protocol/types';
import type { Asked, Inspection } from '../inspection';
import { comparedLosses, type ReadLosses } from '../interpret/losses';
import { modelName } from '../modelName';

export async function compareLosses(
  { inspection, source, readBy, cancellation, progress }: Asked,
  { before: reader, range }: LossQuestion,
): Promise<LossComparison> {
  const model = reader.model ?? source.model;
  const other = await readBy(model, reader.interventions);
  const losses = async (
    { reading: { tokens }, losses: store }: Inspection,
    from: number,
  ): Promise<ReadLosses> => ({
    tokens,
    losses: await store.read(cancellation, (share) => progress(from + share / 2)),
  });
  const compared = comparedLosses(await losses(other, 0), await losses(inspection, 0.5));
  const { start, end } = shown(compared, range);
  return {
    source,
    before: { model, modelName: modelName(model), interventions: other.interventions },
    alignedBy: compared.alignedBy,
    starts: compared.starts.slice(start, end),
    ends: compared.ends.slice(start, end),
    lossBefore: compared.before.slice(start, end),
    lossAfter: compared.after.slice(start, end),
    total: compared.total,
  };
}

/** Indices [start, end) of the spans that touch a range of the text, or of all, as many as an answer holds. */
function shown({ starts, ends }: { starts: Int32Array; ends: Int32Array }, range?: TextRange): TextRange {
  const first = range ? ends.findIndex((end) => end > range.start) : 0;
  if (first === -1) return { start: 0, end: 0 };
  const behind = range ? starts.findIndex((start) => start >= range.end) : -1;
  const last = behind === -1 ? starts.length : behind;
  return { start: first, end: Math.max(first, Math.min(last, first + MOST_SPANS)) };
}
