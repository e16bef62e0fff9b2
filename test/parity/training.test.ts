// Trainings of small checkpoints, step by step as PyTorch makes them. The goldens are made by training_goldens.py.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { IGNORED } from '../../src/backend/train/loss';
import { TrainingStep, type Batch } from '../../src/backend/train/trainingStep';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { element } from '../support/numbers';
import {
  readTrainingGolden,
  TRAINING_GOLDENS,
  type GoldenStep,
  type TrainingGolden,
} from '../support/trainingGoldens';

for (const engine of TESTED_ENGINES) {
  describe(`PyTorch parity of training on ${engine}`, () => {
    for (const name of TRAINING_GOLDENS) {
      it(`${name}: the loss of the first batch, from a forward pass`, async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const golden = await readTrainingGolden(name);
        const model = new LanguageModel(await openCheckpoint(golden.checkpoint), executor);
        const { batch, loss } = golden.steps[0];
        assert.ok(batch.labels.includes(IGNORED), 'the first batch tests that labels are ignored');
        const found = await lossOfForwardPass(model, batch);
        assert.ok(Math.abs(found - loss) <= 1e-5, `the loss is ${found}, not ${loss}`);
        model.dispose();
      });
      it(`${name}: 50 steps of AdamW, from the same weights and batches`, async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const golden = await readTrainingGolden(name);
        const norms = golden.norms(await train(executor, golden, golden.steps));
        for (const [weight, norm] of Object.entries(golden.finalNorms)) {
          assertNear(norms[weight] / norm, 1, BOUND, `norm of ${weight} after 50 steps`);
        }
      });
      // A card in software takes half a second for a step, and halves are the same in every architecture.
      if (engine === 'webgpu' && name !== TRAINING_GOLDENS[0]) continue;
      it(`${name}: the same with each batch in two halves`, async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const golden = await readTrainingGolden(name);
        await train(executor, golden, golden.accumulated, 2);
      });
    }
  });
}

/** Below what any wrong constant of the optimizer moves these losses by (2e-4 and more); measured: 2e-6. */
const BOUND = 1e-4;

function assertNear(found: number, expected: number, bound: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= bound, `${what} is ${found}, not ${expected}`);
}

/** Trains from the golden's checkpoint on its batches, each of them in parts, and compares each step. */
async function train(
  executor: Executor,
  { checkpoint, optimizer, clipNorm, steps }: TrainingGolden,
  expected: readonly Omit<GoldenStep, 'batch'>[],
  accumulate = 1,
): Promise<NamedTensors> {
  const { configuration, weights } = await openCheckpoint(checkpoint);
  const values: NamedTensors = new Map(
    [...weights].map(([key, weight]) => [key, { type: 'float32', ...weight }]),
  );
  const options = { optimizer, clipNorm, accumulate };
  const step = await TrainingStep.compile(executor, configuration, values, options);
  for (const [index, { loss, gradientNorm, learningRate }] of expected.entries()) {
    const found = await step.run(steps[index].batch, index + 1, learningRate);
    assertNear(found.loss, loss, BOUND, `loss of step ${index}`);
    assertNear(found.gradientNorm, gradientNorm, BOUND, `gradient norm of step ${index}`);
  }
  await executor.fetchWeights(values);
  step.dispose();
  return values;
}

/** Mean over the labels that count, in nats, averaged in float64. */
async function lossOfForwardPass(
  model: LanguageModel,
  { batch, pos, tokens, labels }: Batch,
): Promise<number> {
  const texts = Array.from({ length: batch }, (_, row) => tokens.subarray(row * pos, (row + 1) * pos));
  const logProbabilities = (await model.runWithCache(texts, ['log_probs'])).get('log_probs')!;
  const losses = Array.from(labels, (label, index) =>
    label === IGNORED ? [] : [-element(logProbabilities, Math.floor(index / pos), index % pos, label)],
  ).flat();
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}
