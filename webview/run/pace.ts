// How fast a run goes just now, and when it will end.
import type { TrainColumns } from '../../src/protocol/runViews';
import { firstAtLeast } from './columns';

/** Steps over which the pace is taken: few enough to follow it, enough not to flicker. */
const RECENT = 50;

export interface Pace {
  tokensPerSecond: number;
  secondsPerStep: number;
}

/** The pace of the latest steps; undefined before two steps were logged. */
export function paceOf({ step, tokens, seconds }: TrainColumns): Pace | undefined {
  const last = step.length - 1;
  if (last < 1) return undefined;
  // Where not every step is logged the rows before reach further back; one of them is enough.
  const first = Math.min(last - 1, firstAtLeast(step, step[last] - RECENT));
  const time = seconds[last] - seconds[first];
  if (!(time > 0)) return undefined;
  return {
    tokensPerSecond: (tokens[last] - tokens[first]) / time,
    secondsPerStep: time / (step[last] - step[first]),
  };
}

/** Seconds until the last step at this pace; undefined where nothing is known. */
export function remaining(pace: Pace | undefined, step: number, steps: number): number | undefined {
  return pace && steps >= step ? (steps - step) * pace.secondsPerStep : undefined;
}
