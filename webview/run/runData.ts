// The points of one run as they have arrived, with what is derived from them step by step.
import type { EvaluationColumns, RunPoints, RunViewState, TrainColumns } from '../../src/protocol/runViews';
import { replaceFrom } from './columns';
import { Extremes } from './extremes';
import { makeSmoother, type Smoother } from './smoothing';

/** What is drawn of a training step. */
export type Metric = 'loss' | 'smoothed' | 'lr' | 'gradientNorm' | 'tokensPerSecond';
const measured = ['loss', 'lr', 'gradientNorm', 'tokensPerSecond'] as const;

export type Axis = RunViewState['axis'];

export class RunData {
  train: TrainColumns = {
    step: new Int32Array(),
    tokens: new Float64Array(),
    seconds: new Float64Array(),
    loss: new Float32Array(),
    lr: new Float32Array(),
    gradientNorm: new Float32Array(),
    tokensPerSecond: new Float32Array(),
  };
  evaluation: EvaluationColumns = {
    step: new Int32Array(),
    tokens: new Float64Array(),
    seconds: new Float64Array(),
    loss: new Float32Array(),
  };
  /** The training loss, smoothed. */
  smoothed: Float32Array = new Float32Array();
  readonly extremes: Readonly<Record<Metric, Extremes>> = {
    loss: new Extremes(),
    smoothed: new Extremes(),
    lr: new Extremes(),
    gradientNorm: new Extremes(),
    tokensPerSecond: new Extremes(),
  };
  private smoother: Smoother;

  constructor(private smoothing: number) {
    this.smoother = makeSmoother(smoothing);
  }

  /** Takes over points. Where rows in between never came, these follow what is there. */
  receive({ trainFrom, train, evaluationFrom, evaluation }: RunPoints): void {
    const before = this.train.step.length;
    const from = Math.min(trainFrom, before);
    this.train = replaceAll(this.train, train, from);
    for (const metric of measured) this.extremes[metric].update(this.train[metric], from);
    this.smoothFrom(from < before ? 0 : from);
    this.evaluation = replaceAll(
      this.evaluation,
      evaluation,
      Math.min(evaluationFrom, this.evaluation.step.length),
    );
  }

  /** Smooths by another weight of what came before. */
  smooth(weight: number): void {
    if (weight === this.smoothing) return;
    this.smoothing = weight;
    this.smoother = makeSmoother(weight);
    this.smoothFrom(0);
  }

  /** The column of a metric. */
  column(metric: Metric): Float32Array {
    return metric === 'smoothed' ? this.smoothed : this.train[metric];
  }

  get isEmpty(): boolean {
    return this.train.step.length === 0 && this.evaluation.step.length === 0;
  }

  private smoothFrom(from: number): void {
    const { loss } = this.train;
    this.smoothed = replaceFrom(this.smoothed, from, loss.subarray(from));
    this.smoother.extend(loss, this.smoothed, from);
    this.extremes.smoothed.update(this.smoothed, from);
  }
}

function replaceAll<Columns extends TrainColumns | EvaluationColumns>(
  columns: Columns,
  rows: Columns,
  from: number,
): Columns {
  const names = Object.keys(columns) as (keyof Columns)[];
  return Object.fromEntries(
    names.map((name) => [name, replaceFrom(columns[name] as Float32Array, from, rows[name] as Float32Array)]),
  ) as unknown as Columns;
}
