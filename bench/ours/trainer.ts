// A recipe's steps on their own, and inside the trainer: with its data, journal and everything around a step.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunDirectory } from '../../src/backend/run/runDirectory';
import { openSource, prepareData } from '../../src/backend/data/training';
import { parameterCount } from '../../src/backend/model/weights';
import { batchOf } from '../../src/backend/train/batches';
import { completed, recipeText } from '../../src/backend/train/completed';
import { optimizerOf } from '../../src/backend/train/optimizerSettings';
import { Prefetch, type BatchStream } from '../../src/backend/train/prefetch';
import { checkRecipe, type Recipe } from '../../src/backend/train/recipe';
import { startingModel } from '../../src/backend/train/startingModel';
import { train } from '../../src/backend/train/trainer';
import { TrainingStep } from '../../src/backend/train/trainingStep';
import type { Prepare } from '../../src/backend/bench/task';
import type { RecipeSize } from '../recipes';

const BATCHES = join(__dirname, '../../dist/batches.js');

/** Never evaluated nor saved within a benchmark: those cost what they cost, at every so many steps. */
const MANY = 1_000_000;

function recipeOf({ name, recipe }: RecipeSize): Recipe {
  const settings = {
    ...recipe.train,
    steps: MANY,
    eval_every: MANY,
    checkpoint_every: MANY,
    eval_batches: 1,
  };
  return completed(checkRecipe({ ...recipe, train: settings }, name), '/');
}

/** The same batch again and again. */
export const bareStep: Prepare<RecipeSize> = async (executor, size) => {
  const recipe = recipeOf(size);
  const { train: settings } = recipe;
  const shape = { batch: settings.batch, pos: settings.context };
  const folder = mkdtempSync(join(tmpdir(), 'subtext-bench-'));
  try {
    const data = await prepareData(
      recipe,
      folder,
      { causal: true, n_ctx: settings.context },
      () => undefined,
    );
    const source = await openSource({ recipe, split: 'train', folder });
    const { configuration, weights } = await startingModel(recipe, data);
    const step = await TrainingStep.compile(executor, configuration, weights, {
      optimizer: optimizerOf(settings),
      clipNorm: settings.clip,
      sizes: shape,
    });
    const batch = batchOf(source, shape, 1);
    let steps = 0;
    return {
      detail: executor.detail,
      facts: { parameters: parameterCount(configuration) },
      run: () => step.run(batch, ++steps, 1e-4),
      dispose: () => step.dispose(),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A run of the trainer that is let go on step by step. */
export const trainer: Prepare<RecipeSize> = async ({ engine }, size) => {
  const recipe = recipeOf(size);
  const folder = mkdtempSync(join(tmpdir(), 'subtext-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const directory = RunDirectory.create(join(folder, 'run'), recipeText(recipe));
  const gate = new Gate();
  const run = train(directory, recipe, {
    engine,
    threads: 0,
    resume: false,
    stream: (plan) => gate.before(new Prefetch(plan, BATCHES)),
    request: () => undefined,
  });
  await Promise.race([gate.reached, run]);
  return {
    detail: 'the trainer',
    facts: { parameters: directory.readStatus()?.parameters },
    run: () => Promise.race([gate.pass(), run]),
    dispose: () => undefined,
  };
};

/** Stands before the batches of a run and lets one step pass at a time. */
class Gate {
  /** The run has come to its first step. */
  readonly reached: Promise<void>;
  private atGate!: () => void;
  private open: () => void = () => undefined;
  private finished: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => (this.atGate = resolve));
  }

  before(stream: BatchStream): BatchStream {
    return {
      take: async (step) => {
        const opened = new Promise<void>((resolve) => (this.open = resolve));
        this.atGate();
        this.finished();
        await opened;
        return stream.take(step);
      },
      stop: () => stream.stop(),
    };
  }

  /** One step, up to where the next one would begin: all that the trainer does after a step counts to it. */
  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.finished = resolve;
      this.open();
    });
  }
}
