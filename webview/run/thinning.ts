// Of a very long run the host keeps every second logged step, or every fourth, …: the view says so.
import type { TrainColumns } from '../../src/protocol/runViews';
import { count } from '../shared/numbers';
import type { ShownRun } from './state';

/** Fewer rows than this are never thinned out: the host halves 2¹⁸, and a run may then have gone back some way. */
const FEWEST = 1 << 16;

/** Of how many logged steps one is there. Runs log multiples of a number of steps, and the first row always stays. */
export function thinningOf({ step }: Pick<TrainColumns, 'step'>): number {
  if (step.length < FEWEST || step[0] <= 0) return 1;
  return Math.max(1, Math.round((step[1] - step[0]) / step[0]));
}

/** What to say of runs of which steps are missing; undefined where none are. */
export function thinningWords(runs: readonly ShownRun[]): string | undefined {
  const thinned = runs.flatMap(({ snapshot, data }) => {
    const factor = thinningOf(data.train);
    return factor > 1 ? [`1 of ${count(factor)} of ${snapshot.name}`] : [];
  });
  if (thinned.length === 0) return undefined;
  return `Not every logged step is here: ${thinned.join(', ')}. All are in metrics.jsonl of the run.`;
}
