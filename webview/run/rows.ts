// The points of runs as rows: run by run, a row per step with what was logged at it. For the table and for CSV.
import type { EvaluationColumns, TrainColumns } from '../../src/protocol/runViews';
import type { ShownRun } from './state';

/** What rows are made of. */
export interface RowSource {
  snapshot: Pick<ShownRun['snapshot'], 'name'>;
  data: { readonly train: TrainColumns; readonly evaluation: EvaluationColumns };
}

export interface Row {
  run: RowSource;
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
  run: RowSource;
  train: Int32Array;
  evaluation: Int32Array;
}

/** Merged steps by the columns that they are of, which are other objects whenever rows have changed. */
const merged = new WeakMap<TrainColumns, Omit<Part, 'run'>>();

export class Rows {
  readonly length: number;
  private readonly parts: Part[];
  private readonly columns: TrainColumns[];

  constructor(runs: readonly RowSource[]) {
    this.parts = runs.map((run) => ({ run, ...mergedOf(run) }));
    this.columns = runs.map(({ data }) => data.train);
    this.length = this.parts.reduce((sum, { train }) => sum + train.length, 0);
  }

  /** Whether these are still the rows of the runs. */
  isOf(runs: readonly RowSource[]): boolean {
    return (
      runs.length === this.columns.length &&
      runs.every(({ data }, index) => data.train === this.columns[index])
    );
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

/** A run with its points as they are now, whatever comes after. */
export function pinned({ snapshot, data }: RowSource): RowSource {
  return { snapshot, data: { train: copyOf(data.train), evaluation: copyOf(data.evaluation) } };
}

function copyOf<Columns extends TrainColumns | EvaluationColumns>(columns: Columns): Columns {
  const copies = Object.entries(columns).map(([name, column]) => [name, (column as Float32Array).slice()]);
  return Object.fromEntries(copies) as Columns;
}

function mergedOf({ data: { train, evaluation } }: RowSource): Omit<Part, 'run'> {
  const known = merged.get(train) ?? merge(train, evaluation);
  merged.set(train, known);
  return known;
}

/** Merges training steps and evaluations by their step. */
function merge(train: TrainColumns, evaluation: EvaluationColumns): Omit<Part, 'run'> {
  const most = train.step.length + evaluation.step.length;
  const part = { train: new Int32Array(most).fill(-1), evaluation: new Int32Array(most).fill(-1) };
  let [ofTrain, ofEvaluation, length] = [0, 0, 0];
  while (ofTrain < train.step.length || ofEvaluation < evaluation.step.length) {
    const trainStep = ofTrain < train.step.length ? train.step[ofTrain] : Infinity;
    const evaluationStep = ofEvaluation < evaluation.step.length ? evaluation.step[ofEvaluation] : Infinity;
    if (trainStep <= evaluationStep) part.train[length] = ofTrain++;
    if (evaluationStep <= trainStep) part.evaluation[length] = ofEvaluation++;
    length++;
  }
  return { train: part.train.subarray(0, length), evaluation: part.evaluation.subarray(0, length) };
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
