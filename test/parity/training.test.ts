// Trainings of small checkpoints, step by step as PyTorch makes them. The goldens are made by training_goldens.py.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { IGNORED } from '../../src/backend/train/loss';
import { TrainingStep, type Batch } from '../../src/backend/train/trainingStep';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { element } from '../support/numbers';
import { readTrainingGolden, TRAINING_GOLDENS } from '../support/trainingGoldens';

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
        const { configuration, weights } = await openCheckpoint(golden.checkpoint);
        const values: NamedTensors = new Map(
          [...weights].map(([key, weight]) => [key, { type: 'float32', ...weight }]),
        );
        const { optimizer, clipNorm } = golden;
        const step = await TrainingStep.compile(executor, configuration, values, { optimizer, clipNorm });
        for (const [index, expected] of golden.steps.entries()) {
          const found = await step.run(expected.batch, index + 1, expected.learningRate);
          assertNear(found.loss, expected.loss, BOUND, `loss of step ${index}`);
          assertNear(found.gradientNorm, expected.gradientNorm, BOUND, `gradient norm of step ${index}`);
        }
        const norms = golden.norms(values);
        for (const [weight, norm] of Object.entries(golden.finalNorms)) {
          assertNear(norms[weight] / norm, 1, BOUND, `norm of ${weight} after 50 steps`);
        }
        step.dispose();
      });
      it(`${name}: the same with each batch in two halves`, async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const golden = await readTrainingGolden(name);
        const { configuration, weights } = await openCheckpoint(golden.checkpoint);
        const values: NamedTensors = new Map(
          [...weights].map(([key, weight]) => [key, { type: 'float32', ...weight }]),
        );
        const { optimizer, clipNorm } = golden;
        const options = { optimizer, clipNorm, accumulate: 2 };
        const step = await TrainingStep.compile(executor, configuration, values, options);
        for (const [index, expected] of golden.accumulated.entries()) {
          const found = await step.run(golden.steps[index].batch, index + 1, expected.learningRate);
          assertNear(found.loss, expected.loss, BOUND, `loss of step ${index}`);
          assertNear(found.gradientNorm, expected.gradientNorm, BOUND, `gradient norm of step ${index}`);
        }
        step.dispose();
      });
    }
  });
}

/** Below what any wrong constant of the optimizer moves these losses by (2e-4 and more); measured: 2e-6. */
const BOUND = 1e-4;

function assertNear(found: number, expected: number, bound: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= bound, `${what} is ${found}, not ${expected}`);
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
