// What the run view is told of a run, but for its points.
import type { RunSnapshot } from '../../protocol/runViews';
import type { RunRecord } from './record';
import type { RunDirectory } from './runDirectory';

export function snapshotOf(run: RunDirectory, record: RunRecord | undefined): RunSnapshot {
  return {
    directory: run.path,
    name: run.name,
    state: run.state,
    ...(run.status && { status: run.status }),
    references: record?.references ?? [],
    ...(record?.samples && { samples: record.samples }),
    events: record?.events ?? [],
    title: run.title,
    hasFinal: run.hasFinal,
    ...(record && !record.isRead && { isReading: true }),
  };
}
