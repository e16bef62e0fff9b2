// Run directories as a trainer writes them: lines appended, small files replaced at once.
import { mkdirSync, mkdtempSync, appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricsLine, ReferenceLine, RunStatus, SamplesLine } from '../../src/protocol/runs';
import { RUNS_FOLDER, RUN_FILES, checkpointFolder } from '../../src/protocol/runs';

export const sampleRecipe = {
  name: 'cfg small',
  data: { kind: 'cfg', grammar: 'cfg3b', drop: 0 },
  model: { architecture: 'gpt2', layers: 2, width: 64, heads: 2 },
  train: { steps: 2000, batch: 16, context: 128, learning_rate: 0.002 },
};

const folders: string[] = [];
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** An empty workspace folder; removed when the process ends. */
export function temporaryWorkspace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'subtext-runs-'));
  folders.push(folder);
  return folder;
}

/** A run directory with a recipe, and what a test makes the run do. */
export class WrittenRun {
  readonly path: string;
  private status: RunStatus;

  constructor(workspace: string, name: string, status: Partial<RunStatus> = {}) {
    this.path = join(workspace, RUNS_FOLDER, name);
    mkdirSync(this.path, { recursive: true });
    const now = new Date().toISOString();
    this.status = {
      state: 'running',
      pid: process.pid,
      host: hostname(),
      step: 0,
      steps: 2000,
      tokens: 0,
      parameters: 100_352,
      engine: 'cpu',
      threads: 2,
      started: now,
      updated: now,
      seconds: 0,
      checkpoints: [],
      ...status,
    };
    this.replace(RUN_FILES.recipe, sampleRecipe);
  }

  /** Replaces the status, changed so. */
  say(changes: Partial<RunStatus>): void {
    this.status = { ...this.status, ...changes, updated: new Date().toISOString() };
    this.replace(RUN_FILES.status, this.status);
  }

  /** Trains a step: a line of metrics, and the status that says so. */
  train(step: number, loss = lossAt(step)): void {
    this.measure({ loss, lr: 0.002, grad_norm: 0.7, tokens_per_s: 18_300, ...progressAt(step) });
    this.say({ state: 'running', ...progressAt(step) });
  }

  /** Trains from one step to another, with a line for each and one status at the end. */
  trainAll(from: number, to: number): void {
    const lines: MetricsLine[] = [];
    for (let step = from; step <= to; step++) {
      lines.push({
        loss: lossAt(step),
        lr: 0.002,
        grad_norm: 0.7,
        tokens_per_s: 18_300,
        ...progressAt(step),
      });
    }
    this.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.say({ state: 'running', ...progressAt(to) });
  }

  evaluate(step: number, loss = lossAt(step) + 0.01): void {
    this.measure({ validation_loss: loss, ...progressAt(step) });
    const samples: SamplesLine = {
      step,
      samples: [
        { text: '3 2 1 3 3 1', valid: true },
        { text: '3 1 2 2 1', valid: false, dies_at: 6 },
      ],
    };
    appendFileSync(join(this.path, RUN_FILES.samples), `${JSON.stringify(samples)}\n`);
  }

  measure(line: MetricsLine): void {
    this.append(`${JSON.stringify(line)}\n`);
  }

  /** Appends to the metrics as it is. */
  append(text: string): void {
    appendFileSync(join(this.path, RUN_FILES.metrics), text);
  }

  refer(lines: ReferenceLine[]): void {
    this.replace(RUN_FILES.references, lines);
  }

  /** Keeps a checkpoint: its folder, and its step in the status. */
  keep(step: number): void {
    mkdirSync(join(this.path, checkpointFolder(step)), { recursive: true });
    this.say({ checkpoints: [...this.status.checkpoints, step] });
  }

  /** Replaces a file at once. */
  replace(name: string, value: unknown): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.tmp`, JSON.stringify(value));
    renameSync(`${path}.tmp`, path);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** A run directory in a workspace of its own. */
export function freshRun(status: Partial<RunStatus> = {}): WrittenRun {
  return new WrittenRun(temporaryWorkspace(), 'run', status);
}

function progressAt(step: number) {
  return { step, tokens: step * 2048, seconds: step / 10 };
}

export function lossAt(step: number): number {
  return 0.367 + 0.8 * Math.exp(-step / 300);
}
