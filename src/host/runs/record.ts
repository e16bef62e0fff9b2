// What a run measured: every step, evaluation and event of its metrics, its reference losses and latest samples.
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
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

/** Rows of one message: less than 2 MB, so that no page stands still over it. */
const MOST_ROWS_AT_ONCE = 50_000;
/** Between two parts of a long file that are told. */
const PART_MILLISECONDS = 250;
/** The latest ones are kept. */
const MOST_EVENTS = 1000;

export class RunRecord {
  readonly train = trainColumns();
  readonly evaluation = evaluationColumns();
  events: RunSnapshot['events'] = [];
  references: ReferenceLine[] = [];
  samples: SamplesLine | undefined;
  private readonly lines: GrowingLines;
  private wasRead = false;
  /** Ever: of those that are kept there may be as many as before. */
  private eventsSeen = 0;

  /** @param path of the run directory */
  constructor(readonly path: string) {
    this.lines = new GrowingLines(join(path, RUN_FILES.metrics));
  }

  /** Whether the metrics were read to their end once: before that, what is here is not all. */
  get isRead(): boolean {
    return this.wasRead;
  }

  /**
   * Reads what is new; undefined where nothing is, but for the first time. Two calls must not overlap.
   * @param tell gets the changed rows of a long file part by part, and says whether to go on
   */
  async refresh(tell: (rows: ChangedRows) => boolean = () => true): Promise<ChangedRows | undefined> {
    const facts = this.facts();
    let before = this.rows();
    let changed = this.rows();
    let told = Date.now();
    let wasRead = true;
    try {
      await this.lines.read(
        () => {
          this.train.clear();
          this.evaluation.clear();
          this.events = [];
          changed = this.rows();
        },
        (line) => {
          const read = readMetricsLine(line);
          if (read) this.add(read, changed);
        },
        () => {
          if (Date.now() - told < PART_MILLISECONDS) return true;
          const rows = changed;
          before = this.rows();
          changed = this.rows();
          told = Date.now();
          return tell(rows);
        },
      );
      this.references = readReferences(await readJson(join(this.path, RUN_FILES.references)));
      this.samples = await findLast(join(this.path, RUN_FILES.samples), readSamplesLine);
    } finally {
      wasRead = this.wasRead;
      // What cannot be read is not waited for.
      this.wasRead = true;
    }
    const now = this.rows();
    // Rows that are not there any more are a change as well.
    const isSame = isDeepStrictEqual([changed, before], [now, now]) && this.facts() === facts;
    return isSame && wasRead ? undefined : changed;
  }

  /** The rows from these on, for the run view, in parts of which each goes on where the one before ended. */
  *points({ train, evaluation }: ChangedRows, most = MOST_ROWS_AT_ONCE): Generator<RunPoints, void> {
    const end = this.rows();
    do {
      const trainEnd = Math.min(end.train, train + most);
      const evaluationEnd = Math.min(end.evaluation, evaluation + most - (trainEnd - train));
      yield {
        directory: this.path,
        trainFrom: train,
        train: this.train.from(train, trainEnd),
        evaluationFrom: evaluation,
        evaluation: this.evaluation.from(evaluation, evaluationEnd),
      };
      train = trainEnd;
      evaluation = evaluationEnd;
    } while (train < end.train || evaluation < end.evaluation);
  }

  private rows(): ChangedRows {
    return { train: this.train.rows, evaluation: this.evaluation.rows };
  }

  private facts(): string {
    return JSON.stringify([this.eventsSeen, this.events.length, this.references, this.samples]);
  }

  private add(line: MetricsLine, changed: ChangedRows): void {
    const { step, tokens, seconds } = line;
    if (line.event !== undefined) {
      this.events.push({ step, text: line.event });
      if (this.events.length > MOST_EVENTS) this.events.shift();
      this.eventsSeen++;
    }
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
