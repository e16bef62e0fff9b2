// What a run measured: every step, evaluation and event of its metrics, its reference losses and latest samples.
import { join } from 'node:path';
import type { RunPoints, RunSnapshot } from '../../protocol/runViews';
import { RUN_FILES, type MetricsLine, type ReferenceLine, type SamplesLine } from '../../protocol/runs';
import { evaluationColumns, trainColumns } from './columns';
import { findLast, readJson } from './files';
import { GrowingLines } from './growingLines';
import { readMetricsLine, readReferences, readSamplesLine } from './parse';

/** The first rows that are not as they were before. */
export interface ChangedRows {
  train: number;
  evaluation: number;
}

export class RunRecord {
  readonly train = trainColumns();
  readonly evaluation = evaluationColumns();
  events: RunSnapshot['events'] = [];
  references: ReferenceLine[] = [];
  samples: SamplesLine | undefined;
  private readonly lines: GrowingLines;

  /** @param path of the run directory */
  constructor(readonly path: string) {
    this.lines = new GrowingLines(join(path, RUN_FILES.metrics));
  }

  /** Reads what is new; undefined where nothing is. Two calls must not overlap. */
  async refresh(): Promise<ChangedRows | undefined> {
    const before = this.facts();
    const changed = { train: this.train.rows, evaluation: this.evaluation.rows };
    await this.lines.read(
      () => {
        this.train.clear();
        this.evaluation.clear();
        this.events = [];
        changed.train = 0;
        changed.evaluation = 0;
      },
      (line) => {
        const read = readMetricsLine(line);
        if (read) this.add(read, changed);
      },
    );
    this.references = readReferences(await readJson(join(this.path, RUN_FILES.references)));
    this.samples = await findLast(join(this.path, RUN_FILES.samples), readSamplesLine);
    const isSame =
      changed.train === this.train.rows &&
      changed.evaluation === this.evaluation.rows &&
      this.facts() === before;
    return isSame ? undefined : changed;
  }

  /** The rows from these on, for the run view. */
  points({ train, evaluation }: ChangedRows): RunPoints {
    return {
      directory: this.path,
      trainFrom: train,
      train: this.train.from(train),
      evaluationFrom: evaluation,
      evaluation: this.evaluation.from(evaluation),
    };
  }

  private facts(): string {
    return JSON.stringify([this.events.length, this.references, this.samples]);
  }

  private add(line: MetricsLine, changed: ChangedRows): void {
    const { step, tokens, seconds } = line;
    if (line.event !== undefined) this.events.push({ step, text: line.event });
    if (line.loss !== undefined) {
      const row = this.train.push({
        step,
        tokens,
        seconds,
        loss: line.loss,
        lr: line.lr ?? NaN,
        gradientNorm: line.grad_norm ?? NaN,
        tokensPerSecond: line.tokens_per_s ?? NaN,
      });
      changed.train = Math.min(changed.train, row);
      // After a run went back, evaluations of the steps that it takes again are not true any more.
      changed.evaluation = Math.min(changed.evaluation, this.evaluation.dropAfter(step));
    }
    if (line.validation_loss !== undefined) {
      const row = this.evaluation.push({ step, tokens, seconds, loss: line.validation_loss });
      changed.evaluation = Math.min(changed.evaluation, row);
    }
  }
}
