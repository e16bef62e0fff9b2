// Runs of very small models in this process, for tests: their options, and what their directories tell.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSource } from '../../src/backend/data/training';
import type { Executor } from '../../src/backend/engine/executor';
import { RunDirectory } from '../../src/backend/run/runDirectory';
import { batchOf } from '../../src/backend/train/batches';
import { recipeText } from '../../src/backend/train/completed';
import type { Recipe } from '../../src/backend/train/recipe';
import { train, type RunOptions } from '../../src/backend/train/trainer';
import type { RunEnd } from '../../src/backend/train/trainingLoop';
import type { MetricsLine, RunStatus } from '../../src/protocol/runs';

/** Batches that are made when they are asked for. */
export const streamHere: RunOptions['stream'] = ({ source, shape, masking }) => {
  const opened = openSource(source);
  return {
    take: async (step) => batchOf(await opened, shape, step, masking),
    stop: () => Promise.resolve(),
  };
};

export class RunsHere {
  readonly folder = mkdtempSync(join(tmpdir(), 'subtext-runs-'));

  constructor(private readonly engine: () => Promise<Executor>) {}

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param options `resume` goes on with the run of that name */
  async train(name: string, recipe: Recipe, options: Partial<RunOptions> = {}): Promise<RunEnd> {
    const path = join(this.folder, name);
    const directory = options.resume
      ? RunDirectory.open(path)
      : RunDirectory.create(path, recipeText(recipe));
    try {
      return await train(directory, recipe, {
        engine: 'cpu',
        threads: 1,
        resume: false,
        stream: streamHere,
        request: () => undefined,
        startEngine: async () => ({ executor: await this.engine() }),
        ...options,
      });
    } finally {
      directory.release();
    }
  }

  file(name: string, file: string): string {
    return readFileSync(join(this.folder, name, file), 'utf8');
  }

  status(name: string): RunStatus {
    return JSON.parse(this.file(name, 'status.json')) as RunStatus;
  }

  lines(name: string): MetricsLine[] {
    return this.file(name, 'metrics.jsonl')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as MetricsLine]));
  }

  /** What a run computed, without its times. */
  course(name: string): Partial<MetricsLine>[] {
    return this.lines(name).map(({ step, loss, grad_norm, loss_scale, validation_loss, event }) => ({
      ...{ step, loss, grad_norm, loss_scale, validation_loss, event },
    }));
  }
}
