// Runs of very small models through the built command, for tests: their recipes, and what their directories tell.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricsLine, RunStatus } from '../../src/protocol/runs';

export const RECIPE = {
  data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
  model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2 },
  train: {
    steps: 40,
    batch: 4,
    context: 32,
    learning_rate: 3e-3,
    schedule: { warmup: 5 },
    checkpoint_every: 10,
    eval_every: 20,
    eval_batches: 2,
    samples: { count: 0 },
  },
};

export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`never: ${what}`);
}

/** A folder of recipes and run directories by name. */
export class TrainingRuns {
  readonly folder = mkdtempSync(join(tmpdir(), 'subtext-train-'));

  /** The settings of training that its recipes share, over those of RECIPE. */
  constructor(private readonly shared: object = {}) {}

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  recipe(name: string, train: object = {}, rest: object = {}): string {
    const path = join(this.folder, `${name}.subtext.json`);
    writeFileSync(
      path,
      JSON.stringify({ ...RECIPE, ...rest, train: { ...RECIPE.train, ...this.shared, ...train } }),
    );
    return path;
  }

  path(name: string, ...inside: string[]): string {
    return join(this.folder, name, ...inside);
  }

  status(name: string): RunStatus {
    return JSON.parse(readFileSync(this.path(name, 'status.json'), 'utf8')) as RunStatus;
  }

  lines<Line = MetricsLine>(name: string, file = 'metrics.jsonl'): Line[] {
    if (!existsSync(this.path(name, file))) return [];
    return this.text(name, file)
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
  }

  text(name: string, ...inside: string[]): string {
    return readFileSync(this.path(name, ...inside), 'utf8');
  }

  hasCheckpoint(name: string, step: number): boolean {
    return existsSync(this.path(name, 'checkpoints', `step-${step}`));
  }

  /** Waits for a checkpoint that another process saves. */
  async checkpoint(name: string, step: number): Promise<void> {
    await until(() => this.hasCheckpoint(name, step), `a checkpoint of step ${step}`);
  }

  /** What must not depend on when it was computed. */
  course(name: string): Partial<MetricsLine>[] {
    return this.lines(name).map(({ step, tokens, loss, lr, grad_norm, validation_loss }) => ({
      step,
      tokens,
      loss,
      lr,
      grad_norm,
      validation_loss,
    }));
  }

  events(name: string): string[] {
    return this.lines(name).flatMap(({ event }) => event ?? []);
  }
}
