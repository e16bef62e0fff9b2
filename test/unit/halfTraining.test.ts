// Training with products in float16: close to float32, and with a loss scale that finds its size and is resumed.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { HalfExecutor } from '../../src/backend/engine/halfExecutor';
import { SubtextError } from '../../src/backend/errors';
import { completed } from '../../src/backend/train/completed';
import { afterGoodStep, afterOverflow, FIRST_SCALE } from '../../src/backend/train/lossScale';
import { checkRecipe } from '../../src/backend/train/recipe';
import type { RunOptions } from '../../src/backend/train/trainer';
import { TrainingStep, type Batch, type TrainingOptions } from '../../src/backend/train/trainingStep';
import { configurationWith, randomWeightTensors } from '../support/randomModel';
import { RunsHere } from '../support/runsHere';

const CONFIGURATION = configurationWith({ tied: true, d_model: 16, d_mlp: 24, d_vocab: 19 });
const OPTIONS: TrainingOptions = {
  optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.1 },
  clipNorm: 1,
  sizes: { batch: 4, pos: 10 },
};

const onCpu = async (): Promise<Executor> => (await startEngine('cpu', { threads: 1 })).executor;
const inHalf = async (stretch?: number) => new HalfExecutor(await onCpu(), stretch);

const weightsOf = (seed = 1): NamedTensors => randomWeightTensors(CONFIGURATION, seed);

/** Tokens of which each follows from the one before. */
function batchAt(step: number): Batch {
  const [batch, pos] = [4, 10];
  const token = (text: number, at: number) => (7 * (step + 3 * text) + 5 * at) % CONFIGURATION.d_vocab;
  const tokens = Int32Array.from({ length: batch * pos }, (_, i) => token(Math.floor(i / pos), i % pos));
  const labels = Int32Array.from({ length: batch * pos }, (_, i) =>
    token(Math.floor(i / pos), (i % pos) + 1),
  );
  return { batch, pos, tokens, labels };
}

async function losses(
  executor: Executor,
  steps: number,
  more: Partial<TrainingOptions> = {},
): Promise<number[]> {
  const weights = weightsOf();
  const step = await TrainingStep.compile(executor, CONFIGURATION, weights, { ...OPTIONS, ...more });
  const found: number[] = [];
  for (let number = 1; number <= steps; number++) {
    found.push((await step.run(batchAt(number), number, 3e-3)).loss);
  }
  step.dispose();
  executor.dispose();
  return found;
}

const copyOf = (weights: NamedTensors) => new Map([...weights].map(([name, { data }]) => [name, [...data]]));

describe('50 steps in float16', () => {
  it('have the losses of float32 within 0.005 nats, while these fall by one and more', async () => {
    const full = await losses(await onCpu(), 50);
    assert.ok(full[49] < full[0] - 1, `${full[0]} → ${full[49]}`);
    for (const [executor, more] of [
      [await inHalf(), {}],
      [await inHalf(8), {}],
      [await inHalf(), { withoutLogits: true }],
      [await inHalf(8), { recompute: true, accumulate: 2 }],
    ] as const) {
      const half = await losses(executor, 50, more);
      const apart = half.map((loss, index) => Math.abs(loss - full[index]));
      const largest = Math.max(...apart);
      assert.ok(largest <= 0.005 && largest > 0, `${largest} in step ${apart.indexOf(largest) + 1}`);
    }
  });
});

describe('the loss scale', () => {
  it('doubles after 2000 good steps, up to a bound, and halves at once, down to one', () => {
    let scale = { ...FIRST_SCALE };
    for (let step = 0; step < 1999; step++) scale = afterGoodStep(scale);
    assert.deepEqual(scale, { scale: 65536, good: 1999, skipped: 0 });
    scale = afterGoodStep(scale);
    assert.deepEqual(scale, { scale: 131072, good: 0, skipped: 0 });
    const [largest, smallest] = [2 ** 24, 1].map((each) => ({ scale: each, good: 1999, skipped: 3 }));
    assert.deepEqual(afterGoodStep(largest), { scale: 2 ** 24, good: 0, skipped: 3 });
    assert.deepEqual(afterOverflow(scale), { scale: 65536, good: 0, skipped: 1 });
    assert.equal(afterOverflow(smallest), undefined);
  });

  for (const accumulate of [1, 2]) {
    it(`is halved by gradients too large for float16, in ${accumulate} parts, and the step left out`, async () => {
      const executor = await inHalf();
      const weights = weightsOf();
      const step = await TrainingStep.compile(executor, CONFIGURATION, weights, { ...OPTIONS, accumulate });
      await step.run(batchAt(1), 1, 1e-3);
      assert.deepEqual(step.lossScale, { scale: 65536, good: 1, skipped: 0 });
      const before = copyOf(weights);
      step.goOnFrom({ scale: 2 ** 40, good: 5, skipped: 0 });
      const result = await step.run(batchAt(2), 2, 1e-3);
      assert.equal(result.skipped, true);
      assert.ok(Number.isFinite(result.loss), 'its loss is known');
      assert.deepEqual(step.lossScale, { scale: 2 ** 39, good: 0, skipped: 1 });
      assert.deepEqual(copyOf(weights), before);
      // Nothing of the step that was left out stays, not even in the optimizer's count.
      step.goOnFrom({ scale: 65536, good: 0, skipped: 1 });
      const next = await step.run(batchAt(3), 3, 1e-3);
      const other = weightsOf();
      const unbroken = await TrainingStep.compile(executor, CONFIGURATION, other, { ...OPTIONS, accumulate });
      await unbroken.run(batchAt(1), 1, 1e-3);
      const expected = await unbroken.run(batchAt(3), 2, 1e-3);
      assert.deepEqual({ ...next, skipped: undefined }, { ...expected, skipped: undefined });
      assert.deepEqual(copyOf(weights), copyOf(other));
      executor.dispose();
    });
  }

  it('changes no gradient', async () => {
    const [executor, norms] = [await inHalf(), [] as number[]];
    for (const scale of [2 ** 16, 2 ** 12]) {
      const step = await TrainingStep.compile(executor, CONFIGURATION, weightsOf(), OPTIONS);
      step.goOnFrom({ scale });
      norms.push((await step.run(batchAt(1), 1, 1e-3)).gradientNorm);
    }
    assert.ok(Math.abs(norms[0] / norms[1] - 1) < 1e-4, norms.join(' and '));
    executor.dispose();
  });

  it('does not hide a model that computes no numbers, and float32 is named as a way out', async () => {
    const executor = await inHalf();
    const weights = weightsOf();
    // Beyond the range of float16, and far within that of float32.
    weights.get('blocks.1.mlp.W_in')!.data.fill(7e4);
    const step = await TrainingStep.compile(executor, CONFIGURATION, weights, OPTIONS);
    await assert.rejects(step.run(batchAt(1), 1, 1e-3), (error: unknown) => {
      assert.ok(error instanceof SubtextError);
      assert.equal(error.reason, 'not-a-number');
      assert.match(error.message, /blocks\.1\.mlp/);
      assert.match(error.remedy, /Train in float32 \(train\.precision\)/);
      return true;
    });
    assert.deepEqual(step.lossScale, FIRST_SCALE);
    const full = await onCpu();
    const inFull = await TrainingStep.compile(full, CONFIGURATION, weights, OPTIONS);
    assert.ok(Number.isFinite((await inFull.run(batchAt(1), 1, 1e-3)).loss));
    assert.equal(inFull.lossScale, undefined);
  });
});

describe('a run in float16', () => {
  const runs = new RunsHere(() => inHalf(16));
  after(() => runs.dispose());

  const recipe = completed(
    checkRecipe(
      {
        data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
        // First weights so large that the first gradients do not fit.
        model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2, initial_deviation: 2 },
        train: {
          ...{ steps: 14, batch: 4, context: 32, learning_rate: 3e-3, precision: 'float16' },
          ...{ checkpoint_every: 4, eval_every: 7, eval_batches: 1, samples: { count: 0 } },
        },
      },
      'The recipe',
    ),
    runs.folder,
  );

  it('tells of each step that was left out once, and is the same when it was interrupted', async () => {
    const precisions = new Set<string | undefined>();
    const engine: Partial<RunOptions> = {
      startEngine: async (_, { precision }) => {
        precisions.add(precision);
        return { executor: await inHalf(16) };
      },
    };
    assert.equal(await runs.train('whole', recipe, engine), 'finished');
    assert.deepEqual([...precisions], ['float16']);
    const steps = runs.lines('whole').filter(({ loss }) => loss !== undefined);
    assert.equal(steps.length, 14, 'they count as steps');
    const left = steps.filter(({ grad_norm }) => grad_norm === undefined).length;
    assert.ok(left > 0 && left < 8, `${left} steps were left out`);
    let scale = 65536;
    for (const { grad_norm, loss_scale } of steps) {
      assert.equal(loss_scale, scale);
      if (grad_norm === undefined) scale /= 2;
    }
    const log = runs.file('whole', 'log.txt');
    assert.equal(log.match(/left out step/g)?.length, left);
    assert.match(
      log,
      /left out step \d+: its gradients were too large for float16; the loss scale is 32768 now/,
    );
    assert.equal(runs.status('whole').precision, 'float16');

    let done = 0;
    const request = () => (done >= 9 ? ('pause' as const) : undefined);
    assert.equal(await runs.train('paused', recipe, { request, onStep: () => done++ }), 'paused');
    assert.equal(await runs.train('paused', recipe, { resume: true }), 'finished');
    assert.deepEqual(runs.course('paused'), runs.course('whole'));
  });

  it('fails by name on an engine that has none, and does not go on in float32', async () => {
    const refused = runs.train('refused', recipe, { startEngine: undefined });
    await assert.rejects(refused, (error: unknown) => {
      assert.ok(error instanceof SubtextError);
      assert.equal(error.reason, 'precision-unavailable');
      assert.match(error.message, /float16: the cpu engine computes in float32/);
      return true;
    });
    const status = runs.status('refused');
    assert.equal(status.state, 'failed');
    assert.equal(status.step, 0);
  });
});
