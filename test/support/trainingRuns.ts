// Runs of very small models through the built command, for tests: their recipes, and what their directories tell.
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

/** A folder of recipes and run directories by name. */
export class TrainingRuns {
  readonly folder = mkdtempSync(join(tmpdir(), 'subtext-train-'));

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  recipe(name: string, train: object = {}, rest: object = {}): string {
    const path = join(this.folder, `${name}.subtext.json`);
    writeFileSync(path, JSON.stringify({ ...RECIPE, ...rest, train: { ...RECIPE.train, ...train } }));
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
    const text = readFileSync(this.path(name, file), 'utf8');
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
  }

  events(name: string): string[] {
    return this.lines(name).flatMap(({ event }) => event ?? []);
  }
}
