// One optimizer step: forward, backward, clipping by the global norm, AdamW.
import type { NamedTensors } from '../../src/backend/engine/executor';
import { TrainingStep } from '../../src/backend/train/trainingStep';
import { randomIds, randomWeights } from '../../test/support/randomModel';
import { configurationOf, type ModelSize } from '../sizes';
import { modelFacts, startedExecutor, type OwnTask } from './task';

export async function training(size: ModelSize): Promise<OwnTask> {
  const { batch, tokens: pos, vocabulary } = size;
  const executor = await startedExecutor();
  const configuration = configurationOf(size);
  const weights: NamedTensors = new Map(
    [...randomWeights(configuration, 1)].map(([name, weight]) => [name, { type: 'float32', ...weight }]),
  );
  const step = await TrainingStep.compile(executor, configuration, weights, {
    optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 },
    clipNorm: 1,
    sizes: { batch, pos },
  });
  const tokens = Int32Array.from(randomIds(batch * pos, vocabulary, 1));
  const labels = Int32Array.from(randomIds(batch * pos, vocabulary, 2));
  let steps = 0;
  return {
    detail: `${executor.detail}, AdamW`,
    facts: modelFacts(size),
    run: async () => {
      const { loss } = await step.run({ batch, pos, tokens, labels }, ++steps, 1e-3);
      if (Number.isNaN(loss)) throw new Error(`the loss of step ${steps} is not a number`);
    },
  };
}
