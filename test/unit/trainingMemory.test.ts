// What a training holds on to: nothing that grows with its steps.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ownMegabytes } from '../../src/backend/bench/memory';
import { startEngine } from '../../src/backend/engine/engines';
import { TrainingStep, type Batch } from '../../src/backend/train/trainingStep';
import { configurationWith, randomWeightTensors } from '../support/randomModel';

it('the memory of a training of twelve layers stays as it is over 1000 steps', async (context) => {
  const { executor } = await startEngine('cpu', { threads: 1 });
  const configuration = configurationWith({ n_layers: 12, d_model: 16, d_mlp: 64, d_vocab: 64 });
  const weights = randomWeightTensors(configuration, 1);
  const step = await TrainingStep.compile(executor, configuration, weights, {
    optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.1 },
    clipNorm: 1,
    sizes: { batch: 2, pos: 8 },
  });
  const tokens = Int32Array.from({ length: 16 }, (_, at) => (7 * at) % 64);
  const batch: Batch = { batch: 2, pos: 8, tokens, labels: tokens };
  let steps = 0;
  const megabytesAfter = async (count: number) => {
    while (steps < count) await step.run(batch, ++steps, 1e-3);
    return ownMegabytes('VmRSS');
  };
  const early = await megabytesAfter(100);
  const late = await megabytesAfter(1000);
  executor.dispose();
  if (early === undefined) {
    context.skip('this system does not tell the memory of a process');
    return;
  }
  // The weights and moments of all steps in between would be 500 MB.
  assert.ok(late! - early < 40, `${early} → ${late} MB`);
});
