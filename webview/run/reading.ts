// The exact values of every run at a place of the x axis: what the crosshair says.
import type { Axis } from './runData';
import { firstAtLeast, nearest } from './columns';
import type { ShownRun } from './state';

export interface RunReading {
  run: ShownRun;
  /** The nearest training step that was logged. */
  step: number;
  loss: number;
  smoothed: number;
  lr: number;
  gradientNorm: number;
  tokensPerSecond: number;
  /** The latest evaluation until there. */
  evaluation?: { step: number; loss: number };
}

export interface Reading {
  /** Place on the x axis, and what it is on each kind of axis. */
  x: number;
  step: number;
  tokens: number;
  seconds: number;
  runs: RunReading[];
}

/** Reads all runs near `x`: at the nearest logged step of the first run that reaches there. */
export function readingAt(runs: readonly ShownRun[], axis: Axis, x: number): Reading | undefined {
  const anchor = anchorOf(runs, axis, x);
  if (!anchor) return undefined;
  const { columns, index } = anchor;
  const at = columns[axis][index];
  return {
    x: at,
    step: columns.step[index],
    tokens: columns.tokens[index],
    seconds: columns.seconds[index],
    runs: runs.flatMap((run) => readRun(run, axis, at)),
  };
}

/** The next logged place on the x axis to the left (−1) or right (1) of `x`, or undefined at the end. */
export function neighbour(
  runs: readonly ShownRun[],
  axis: Axis,
  x: number,
  direction: -1 | 1,
): number | undefined {
  const anchor = anchorOf(runs, axis, x);
  if (!anchor) return undefined;
  const column = anchor.columns[axis];
  let index = anchor.index;
  // Steps that share a place (a clock that stood still) are passed together.
  while (index >= 0 && index < column.length && (column[index] - x) * direction <= 0) index += direction;
  return index >= 0 && index < column.length ? column[index] : undefined;
}

/** Where a step stands on an axis, for something that is known by its step alone; undefined before the first row. */
export function placeOf({ data }: ShownRun, axis: Axis, step: number): number | undefined {
  if (axis === 'step') return step;
  const { train, evaluation } = data;
  const row = firstAtLeast(train.step, step);
  if (row < train.step.length) return train[axis][row];
  const last = evaluation.step.at(-1) ?? -1;
  if (last >= step) return evaluation[axis][firstAtLeast(evaluation.step, step)];
  return train[axis].at(-1);
}

type Places = Pick<ShownRun['data']['evaluation'], 'step' | 'tokens' | 'seconds'>;

/** The run that the crosshair snaps to: the first that reaches to `x`, else the one that ends nearest. */
function anchorOf(
  runs: readonly ShownRun[],
  axis: Axis,
  x: number,
): { columns: Places; index: number } | undefined {
  let best: { columns: Places; index: number } | undefined;
  let smallest = Infinity;
  for (const { data } of runs) {
    const columns = data.train.step.length > 0 ? data.train : data.evaluation;
    const column = columns[axis];
    const index = nearest(column, x);
    if (index < 0) continue;
    const reaches = column[0] <= x && x <= column[column.length - 1];
    if (reaches) return { columns, index };
    const distance = Math.abs(column[index] - x);
    if (distance < smallest) {
      smallest = distance;
      best = { columns, index };
    }
  }
  return best;
}

/** One run at `x`; nothing beyond its ends. */
function readRun(run: ShownRun, axis: Axis, x: number): RunReading[] {
  const { train, evaluation, smoothed } = run.data;
  const column = train[axis];
  const latest = evaluationUntil(run, axis, x);
  const index = nearest(column, x);
  const outside = index < 0 || x > column[column.length - 1] || x < column[0];
  if (outside) {
    const isExact = latest >= 0 && evaluation[axis][latest] === x;
    if (!isExact) return [];
    const none = { loss: NaN, smoothed: NaN, lr: NaN, gradientNorm: NaN, tokensPerSecond: NaN };
    return [{ run, step: evaluation.step[latest], ...none, evaluation: evaluationAt(run, latest) }];
  }
  return [
    {
      run,
      step: train.step[index],
      loss: train.loss[index],
      smoothed: smoothed[index],
      lr: train.lr[index],
      gradientNorm: train.gradientNorm[index],
      tokensPerSecond: train.tokensPerSecond[index],
      evaluation: evaluationAt(run, latest),
    },
  ];
}

/** Index of the latest evaluation until `x`, −1 for none. */
function evaluationUntil({ data: { evaluation } }: ShownRun, axis: Axis, x: number): number {
  const column = evaluation[axis];
  const index = firstAtLeast(column, x);
  return index < column.length && column[index] === x ? index : index - 1;
}

function evaluationAt({ data: { evaluation } }: ShownRun, index: number): RunReading['evaluation'] {
  return index < 0 ? undefined : { step: evaluation.step[index], loss: evaluation.loss[index] };
}
