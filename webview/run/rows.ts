// The points of runs as rows: run by run, a row per step with what was logged at it. For the table and for CSV.
import type { ShownRun } from './state';

export interface Row {
  run: ShownRun;
  step: number;
  tokens: number;
  seconds: number;
  /** NaN where nothing was logged. */
  loss: number;
  validation: number;
  lr: number;
  gradientNorm: number;
  tokensPerSecond: number;
}

/** Rows of one run, as indices into its columns; −1 where a column has none. */
interface Part {
  run: ShownRun;
  train: Int32Array;
  evaluation: Int32Array;
}

export class Rows {
  readonly length: number;
  private readonly parts: Part[];

  constructor(runs: readonly ShownRun[]) {
    this.parts = runs.map(partOf);
    this.length = this.parts.reduce((sum, { train }) => sum + train.length, 0);
  }

  /** The row at an index under `length`. */
  at(index: number): Row {
    let rest = index;
    for (const part of this.parts) {
      if (rest < part.train.length) return rowAt(part, rest);
      rest -= part.train.length;
    }
    throw new RangeError(`There is no row ${index} of ${this.length}.`);
  }
}

/** Merges training steps and evaluations by their step. */
function partOf(run: ShownRun): Part {
  const { train, evaluation } = run.data;
  const most = train.step.length + evaluation.step.length;
  const part = { run, train: new Int32Array(most).fill(-1), evaluation: new Int32Array(most).fill(-1) };
  let [ofTrain, ofEvaluation, length] = [0, 0, 0];
  while (ofTrain < train.step.length || ofEvaluation < evaluation.step.length) {
    const trainStep = ofTrain < train.step.length ? train.step[ofTrain] : Infinity;
    const evaluationStep = ofEvaluation < evaluation.step.length ? evaluation.step[ofEvaluation] : Infinity;
    if (trainStep <= evaluationStep) part.train[length] = ofTrain++;
    if (evaluationStep <= trainStep) part.evaluation[length] = ofEvaluation++;
    length++;
  }
  return { run, train: part.train.subarray(0, length), evaluation: part.evaluation.subarray(0, length) };
}

function rowAt({ run, train: trainRows, evaluation: evaluationRows }: Part, index: number): Row {
  const { train, evaluation } = run.data;
  const [at, evaluated] = [trainRows[index], evaluationRows[index]];
  const places = at >= 0 ? train : evaluation;
  const place = at >= 0 ? at : evaluated;
  const measured = (column: Float32Array): number => (at >= 0 ? column[at] : NaN);
  return {
    run,
    step: places.step[place],
    tokens: places.tokens[place],
    seconds: places.seconds[place],
    loss: measured(train.loss),
    validation: evaluated >= 0 ? evaluation.loss[evaluated] : NaN,
    lr: measured(train.lr),
    gradientNorm: measured(train.gradientNorm),
    tokensPerSecond: measured(train.tokensPerSecond),
  };
}
