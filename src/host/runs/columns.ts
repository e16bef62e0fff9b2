// Rows of numbers in the order of their steps, as typed columns that grow.
import type { EvaluationColumns, TrainColumns } from '../../protocol/runViews';

type Kind = typeof Int32Array | typeof Float32Array | typeof Float64Array;
type Numbers = Int32Array | Float32Array | Float64Array;

const trainKinds: { [Name in keyof TrainColumns]: Kind } = {
  step: Int32Array,
  tokens: Float64Array,
  seconds: Float64Array,
  loss: Float32Array,
  lr: Float32Array,
  gradientNorm: Float32Array,
  tokensPerSecond: Float32Array,
};

const evaluationKinds: { [Name in keyof EvaluationColumns]: Kind } = {
  step: Int32Array,
  tokens: Float64Array,
  seconds: Float64Array,
  loss: Float32Array,
};

/** Above this every second row is left out, again and again: 12 MB of columns, and more points than any screen has. */
export const MOST_ROWS = 1 << 18;

class GrowingColumns<Columns extends { step: Int32Array } & { [Name in keyof Columns]: Numbers }> {
  private readonly names: (keyof Columns & string)[];
  private columns: Record<string, Numbers>;
  private length = 0;
  /** Of the rows that come, every how many-th is kept. */
  private stride = 1;
  private seen = 0;

  constructor(private readonly kinds: { [Name in keyof Columns]: Kind }) {
    this.names = Object.keys(kinds) as (keyof Columns & string)[];
    this.columns = this.allocated(1024);
  }

  get rows(): number {
    return this.length;
  }

  /**
   * Adds a row. Rows of its step and later ones go: the run went back.
   * @returns the first row that is not as it was before
   */
  push(row: { [Name in keyof Columns]: number }): number {
    const { step } = this.columns;
    const at = this.dropAfter(row.step - 1);
    if (this.seen++ % this.stride !== 0) return at;
    for (const name of this.names) this.columns[name][at] = row[name];
    this.length++;
    if (this.length < step.length) return at;
    if (this.length < MOST_ROWS) {
      this.columns = this.allocated(this.length * 2);
      return at;
    }
    this.halve();
    return 0;
  }

  /** Drops the rows of later steps; returns how many rows are left. */
  dropAfter(step: number): number {
    while (this.length > 0 && this.columns.step[this.length - 1] > step) this.length--;
    return this.length;
  }

  clear(): void {
    this.length = 0;
    this.stride = 1;
    this.seen = 0;
  }

  /** A copy of the rows from one on, up to another that is not among them. */
  from(row: number, end = this.length): Columns {
    const copied = this.names.map((name) => [
      name,
      this.columns[name].slice(row, Math.min(end, this.length)),
    ]);
    return Object.fromEntries(copied) as Columns;
  }

  private halve(): void {
    this.length = Math.ceil(this.length / 2);
    for (const name of this.names) {
      const column = this.columns[name];
      for (let row = 0; row < this.length; row++) column[row] = column[2 * row];
    }
    this.stride *= 2;
    this.seen = 0;
  }

  /** Columns of a length, with the rows that are there. */
  private allocated(length: number): Record<string, Numbers> {
    return Object.fromEntries(
      this.names.map((name) => {
        const column = new this.kinds[name](length);
        // Nothing is there yet in the constructor.
        if (this.length > 0) column.set(this.columns[name].subarray(0, this.length));
        return [name, column];
      }),
    );
  }
}

export function trainColumns(): GrowingColumns<TrainColumns> {
  return new GrowingColumns<TrainColumns>(trainKinds);
}

export function evaluationColumns(): GrowingColumns<EvaluationColumns> {
  return new GrowingColumns<EvaluationColumns>(evaluationKinds);
}
