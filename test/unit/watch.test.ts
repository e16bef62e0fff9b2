// Values that are no numbers: which activation has them first, in a forward pass and in a training step.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { initialLora, type Lora } from '../../src/backend/train/lora';
import { TrainingStep, type TrainingOptions } from '../../src/backend/train/trainingStep';
import { IGNORED } from '../../src/backend/train/loss';
import { CONFIGURATIONS } from '../support/configurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { floatTensor } from '../support/numbers';
import { configurationWith, randomModel, randomWeights } from '../support/randomModel';
import { fails } from './checkpointFiles';

const TEXTS = [
  [1, 2, 3],
  [4, 5, 6],
];
const batch = {
  batch: 2,
  pos: 3,
  tokens: Int32Array.from(TEXTS.flat()),
  labels: Int32Array.from([2, 3, IGNORED, 5, 6, IGNORED]),
};

for (const engine of [...TESTED_ENGINES, 'reference' as const]) {
  describe(`a watched run on ${engine}`, () => {
    it('names the first activation with infinity or NaN', async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const broken: [weight: string, value: number, hook: RegExp][] = [
        ['blocks.1.mlp.b_in', Infinity, /blocks\.1\.mlp\.hook_pre /],
        ['blocks.0.attn.b_V', NaN, /blocks\.0\.attn\.hook_v /],
        ['embed.W_E', -Infinity, /hook_embed /],
        ['unembed.b_U', Infinity, /logits /],
      ];
      for (const [weight, value, hook] of broken) {
        const model = randomModel({}, executor);
        // Of the first token of the first text, where a table is meant.
        model.weight(weight)!.data[weight === 'embed.W_E' ? 10 : 0] = value;
        await fails(model.checkNumbers(TEXTS), 'not-a-number', hook);
        model.dispose();
      }
    });

    it('names scores that are too small for float32, which the mask does not hide', async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      // In float64 they are not.
      if (engine === 'reference') return;
      const model = randomModel({}, executor);
      // The first head's queries and keys are opposite and large; without the mask nothing of it is seen in the pattern.
      for (const [weight, value] of [
        ['blocks.0.attn.b_Q', 1e25],
        ['blocks.0.attn.b_K', -1e25],
      ] as const)
        model.weight(weight)!.data[0] = value;
      await fails(model.checkNumbers([[1]]), 'not-a-number', /blocks\.0\.attn\.hook_attn_scores /);
      model.dispose();
    });

    it('finds nothing in sound models, whose masked scores are −∞', async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      for (const changes of Object.values(CONFIGURATIONS)) {
        const model = randomModel(changes, executor);
        await model.checkNumbers(TEXTS);
        model.dispose();
      }
    });

    it('tells where a training step fails, and leaves the weights as they were', async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const { weights, step } = await training();
      await step.run(batch, 1, 0.01);
      await executor.fetchWeights(weights);
      weights.get('blocks.1.mlp.b_in')!.data[0] = Infinity;
      executor.weightsChanged(weights);
      const before = new Map([...weights].map(([name, { data }]) => [name, Array.from(data)]));
      const wrong =
        'The loss of step 2 is NaN or infinite; blocks.1.mlp.hook_pre is the first activation that is';
      await fails(step.run(batch, 2, 0.01), 'not-a-number', wrong, 'Lower the learning rate');
      await executor.fetchWeights(weights);
      for (const [name, { data }] of weights) assert.deepEqual(Array.from(data), before.get(name), name);
      step.dispose();

      const adapters = { rank: 2, alpha: 2, matrices: ['W_in'] };
      const adapted = await training(adapters);
      adapted.weights.get('blocks.1.mlp.W_in.lora_B')!.data[0] = Infinity;
      executor.weightsChanged(adapted.weights);
      await fails(adapted.step.run(batch, 2, 0.01), 'not-a-number', wrong);
      adapted.step.dispose();

      async function training(lora?: Lora) {
        assert.ok(typeof executor !== 'string');
        const configuration = configurationWith();
        const weights: NamedTensors = new Map(
          [...randomWeights(configuration, 1), ...(lora ? initialLora(configuration, lora, 1) : [])].map(
            ([name, { shape, data }]) => [name, floatTensor(shape, data)],
          ),
        );
        const optimizer: TrainingOptions['optimizer'] = { kind: 'sgd', momentum: 0.9, weightDecay: 0 };
        return {
          weights,
          step: await TrainingStep.compile(executor, configuration, weights, {
            optimizer,
            clipNorm: 1,
            lora,
          }),
        };
      }
    });
  });
}
