// Training steps that are asked of an engine before the one before them has answered.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { GuardedExecutor } from '../../src/backend/engine/guarded/executor';
import { HalfExecutor } from '../../src/backend/engine/halfExecutor';
import { completed } from '../../src/backend/train/completed';
import { checkRecipe, type Recipe } from '../../src/backend/train/recipe';
import type { RunOptions } from '../../src/backend/train/trainer';
import { TrainingStep, type Batch, type TrainingOptions } from '../../src/backend/train/trainingStep';
import { queuedExecutor, type Queue } from '../support/queuedExecutor';
import { configurationWith, randomIds, randomWeightTensors } from '../support/randomModel';
import { RunsHere, streamHere } from '../support/runsHere';
import { fails } from './checkpointFiles';

const onCpu = async (): Promise<Executor> => (await startEngine('cpu', { threads: 1 })).executor;
const inHalf = async () => new HalfExecutor(await onCpu(), 16);
const guarded = () => GuardedExecutor.start({ engine: 'cpu', threads: 1 });

const CONFIGURATION = configurationWith({ tied: false });
const SHAPE = { batch: 2, pos: 4 };
const OPTIONS: TrainingOptions = {
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.1 },
  clipNorm: 1,
  sizes: SHAPE,
};

/** @param first a token that stands in no batch but those that are given it */
function batchOf(seed: number, first?: number): Batch {
  const ids = (from: number) => Int32Array.from(randomIds(8, CONFIGURATION.d_vocab - 1, from));
  const tokens = ids(seed);
  if (first !== undefined) tokens[0] = first;
  return { ...SHAPE, tokens, labels: ids(seed + 1) };
}

describe('two steps that are asked of a guarded engine at once', () => {
  async function withStep(
    use: (step: TrainingStep, weights: NamedTensors, executor: Executor) => Promise<void>,
    weights = randomWeightTensors(CONFIGURATION, 1),
  ): Promise<void> {
    const executor = await guarded();
    try {
      await use(await TrainingStep.compile(executor, CONFIGURATION, weights, OPTIONS), weights, executor);
    } finally {
      executor.dispose();
    }
  }

  it('give what they give one after the other', async () => {
    const found: { losses: number[]; weights: Map<string, number[]> }[] = [];
    for (const atOnce of [false, true]) {
      await withStep(async (step, weights, executor) => {
        assert.ok(step.takesAhead);
        const first = step.run(batchOf(1), 1, 0.1);
        if (!atOnce) await first;
        const results = await Promise.all([first, step.run(batchOf(3), 2, 0.1)]);
        await executor.fetchWeights(weights);
        found.push({
          losses: results.map(({ loss }) => loss),
          weights: new Map([...weights].map(([name, { data }]) => [name, [...data]])),
        });
      });
    }
    assert.deepEqual(found[0], found[1]);
    assert.notEqual(found[0].losses[0], found[0].losses[1]);
  });

  it('are both not made where the first gives no numbers, and the second can be asked for again', async () => {
    const weights = randomWeightTensors(CONFIGURATION, 1);
    const broken = CONFIGURATION.d_vocab - 1;
    weights.get('embed.W_E')!.data[broken * CONFIGURATION.d_model] = Infinity;
    await withStep(async (step, _, executor) => {
      const first = step.run(batchOf(1, broken), 1, 0.1);
      const second = step.run(batchOf(3), 2, 0.1);
      const refused = fails(second, 'engine-failed', 'The run before this one was not taken');
      await Promise.all([fails(first, 'not-a-number', 'step 1', 'hook_embed'), refused]);
      assert.deepEqual(await executor.fetchWeights(weights), []);
      const { loss } = await step.run(batchOf(3), 1, 0.1);
      assert.ok(Number.isFinite(loss), `${loss}`);
    }, weights);
  });
});

it('a step that is asked for ahead has the loss scale that it would have had', async () => {
  const { executor } = queuedExecutor(await inHalf());
  const step = await TrainingStep.compile(
    executor,
    CONFIGURATION,
    randomWeightTensors(CONFIGURATION, 1),
    OPTIONS,
  );
  step.goOnFrom({ scale: 64, good: 1999 });
  const results = await Promise.all([step.run(batchOf(1), 1, 0.1), step.run(batchOf(3), 2, 0.1)]);
  assert.deepEqual(
    results.map(({ lossScale }) => lossScale),
    [64, 128],
  );
  assert.deepEqual(step.lossScale, { scale: 128, good: 1, skipped: 0 });
});

describe('a run that asks for steps ahead', () => {
  let queue: Queue;
  let engine: () => Promise<Executor> = guarded;
  const runs = new RunsHere(async () => engine());
  after(() => runs.dispose());

  const recipeOf = (train: object, model: object = {}): Recipe =>
    completed(
      checkRecipe(
        {
          data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
          model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2, ...model },
          train: {
            ...{ steps: 24, batch: 4, context: 32, learning_rate: 3e-3, log_every: 1 },
            ...{ checkpoint_every: 8, eval_every: 12, eval_batches: 1, samples: { count: 0 } },
            ...train,
          },
        },
        'The recipe',
      ),
      runs.folder,
    );

  /** Trains the same without and with steps ahead, and compares what both computed. */
  async function trainBoth(
    name: string,
    recipe: Recipe,
    waiting: () => Promise<Executor>,
    ahead: () => Promise<Executor>,
    options: Partial<RunOptions> = {},
  ): Promise<void> {
    engine = waiting;
    assert.equal(await runs.train(`${name} one by one`, recipe, options), 'finished');
    engine = async () => (queue = queuedExecutor(await ahead())).executor;
    assert.equal(await runs.train(`${name} ahead`, recipe, options), 'finished');
    assert.equal(queue.most, 2, 'one step ahead and no more');
    assert.deepEqual(runs.course(`${name} ahead`), runs.course(`${name} one by one`));
  }

  it('computes what one does that waits for each', async () => {
    await trainBoth('plain', recipeOf({}), onCpu, guarded);
  });

  it('leaves out the same steps in float16, and makes those behind them', async () => {
    const recipe = recipeOf({ precision: 'float16' }, { initial_deviation: 2 });
    await trainBoth('half', recipe, inHalf, inHalf);
    assert.ok(queue.refused > 0);
  });

  it('goes back from a spike to the same checkpoint', async () => {
    const spike_guard = { window: 10, deviations: 3, floor: 0.5, patience: 1, retries: 1 };
    // One batch of which nothing can have been learned.
    const stream: RunOptions['stream'] = (plan) => {
      const { take, stop } = streamHere(plan);
      const spoiled = ({ labels, ...batch }: Batch) => ({ ...batch, labels: labels.fill(0) });
      return { stop, take: async (step) => (step === 21 ? spoiled(await take(step)) : take(step)) };
    };
    await trainBoth('spike', recipeOf({ spike_guard, steps: 32 }), onCpu, guarded, { stream });
    const events = runs.course('spike ahead').flatMap(({ event }) => event ?? []);
    assert.match(events.join(), /^The loss rose at step 21: went back to step 8,/);
  });

  it('makes the step before the one whose batch cannot be made', async () => {
    engine = guarded;
    const stream: RunOptions['stream'] = (plan) => {
      const { take, stop } = streamHere(plan);
      return { stop, take: (step) => (step === 6 ? Promise.reject(new Error('no data')) : take(step)) };
    };
    await assert.rejects(runs.train('cut', recipeOf({}), { stream }), /no data/);
    assert.equal(runs.status('cut').step, 5);
  });

  it('pauses after a step of which it keeps a checkpoint, and goes on as if it never had', async () => {
    engine = guarded;
    const recipe = recipeOf({});
    let asked = false;
    // A request is read once, as from a file that is removed.
    const request = () => {
      const now = !asked && done >= 3;
      asked ||= now;
      return now ? ('pause' as const) : undefined;
    };
    let done = 0;
    assert.equal(await runs.train('paused', recipe, { request, onStep: () => done++ }), 'paused');
    assert.equal(done, runs.status('paused').step);
    assert.ok(done < 6, `${done} steps`);
    assert.equal(await runs.train('paused', recipe, { resume: true }), 'finished');
    assert.deepEqual(runs.course('paused'), runs.course('plain one by one'));
  });
});
