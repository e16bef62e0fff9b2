// The loss over a large vocabulary without whole logits: the same numbers, in less memory.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan, type NamedTensors } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import { Graph, type Tensor } from '../../src/backend/engine/graph/graph';
import { Lifetimes } from '../../src/backend/engine/lifetimes';
import {
  add,
  crossEntropy,
  linearCrossEntropy,
  matmul,
  multiply,
  sumAll,
} from '../../src/backend/engine/operations';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { withoutLogits } from '../../src/backend/train/loss';
import { buildStepGraph } from '../../src/backend/train/stepGraph';
import { TrainingStep } from '../../src/backend/train/trainingStep';
import { seededNormal } from '../../src/backend/random';
import { tryEngine } from '../support/engines';
import { assertCloseValues, floatTensor } from '../support/numbers';
import { configurationWith, randomIds, randomWeights } from '../support/randomModel';

const PLAIN_DESCENT = {
  optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 },
  clipNorm: Infinity,
  zLoss: 0.1,
} as const;

describe('linearCrossEntropy', () => {
  for (const transposed of [false, true]) {
    for (const chunk of [1, 3, 4, 7, 8, 13, 64]) {
      it(`in stretches of ${chunk}${transposed ? ', tied' : ''}: losses and gradients are those of the logits' cross-entropy`, async () => {
        const graph = new Graph();
        const x = graph.input('x', 'float32', ['batch', 'pos', 5]);
        const weight = graph.input('weight', 'float32', transposed ? [13, 5] : [5, 13]);
        const bias = graph.input('bias', 'float32', [13]);
        const labels = graph.input('labels', 'int32', ['batch', 'pos']);
        const logits = add(matmul(x, weight, { transposeB: transposed }), bias);
        const expected = crossEntropy(logits, labels);
        const { losses } = linearCrossEntropy({ x, weight, labels, bias }, { transposed, chunk });
        const outputs = new Map<string, Tensor>();
        for (const [name, each] of Object.entries({ expected, losses })) {
          outputs.set(name, each);
          // Uneven, so that no token's gradient can be mistaken for another's.
          const uneven = sumAll(multiply(each, graph.input('share', 'float32', ['batch', 'pos'])));
          differentiate(uneven, [x, weight, bias]).forEach((gradient, index) => {
            outputs.set(`${name} ${index}`, gradient);
          });
        }
        const normal = seededNormal(chunk);
        const random = (...shape: number[]) =>
          floatTensor(
            shape,
            Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 3 * normal()),
          );
        const executable = await new ReferenceExecutor().compile(graph, outputs, new Map());
        const found = await executable.run(
          new Map([
            ['x', random(2, 3, 5)],
            ['weight', transposed ? random(13, 5) : random(5, 13)],
            ['bias', random(13)],
            ['share', random(2, 3)],
            ['labels', { type: 'int32', shape: [2, 3], data: Int32Array.of(0, 12, -100, 7, 7, 3) }],
          ]),
        );
        for (const part of ['', ' 0', ' 1', ' 2']) {
          const [one, other] = [found.get(`losses${part}`)!, found.get(`expected${part}`)!];
          assertCloseValues(one.data, other.data, 1e-6, `losses${part}`);
        }
      });
    }
  }
});

describe('a training step without whole logits', () => {
  const models: Record<string, Partial<TransformerConfiguration>> = {
    'with a bias': {},
    'that is tied': { tied: true, biases: { qkv: true, attention_out: true, mlp: true, unembed: false } },
    'of an encoder with a layer before the unembedding': { causal: false, tied: true, head_transform: true },
  };
  for (const [name, changes] of Object.entries(models)) {
    it(`takes the steps of one with: a model ${name}`, async (context) => {
      const executor = await tryEngine('cpu');
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      // More than one stretch of it.
      const configuration = configurationWith({ d_vocab: 9001, ...changes });
      const trained = async (without: boolean) => {
        const weights: NamedTensors = new Map(
          [...randomWeights(configuration, 1)].map(([key, { shape, data }]) => [
            key,
            floatTensor(shape, data),
          ]),
        );
        const step = await TrainingStep.compile(executor, configuration, weights, {
          ...PLAIN_DESCENT,
          withoutLogits: without,
        });
        const losses: number[] = [];
        for (let at = 1; at <= 5; at++) {
          const tokens = Int32Array.from(randomIds(18, 9001, at));
          const labels = Int32Array.from([...tokens.subarray(1), -100]);
          const { loss, gradientNorm } = await step.run({ batch: 2, pos: 9, tokens, labels }, at, 0.1);
          losses.push(loss, gradientNorm);
        }
        step.dispose();
        return { losses, embedding: weights.get('embed.W_E')!.data };
      };
      const [expected, found] = [await trained(false), await trained(true)];
      assertCloseValues(found.losses, expected.losses, 1e-5, 'losses and norms');
      assertCloseValues(found.embedding, expected.embedding, 1e-5, 'the embedding after it');
      assert.ok(expected.losses[0] !== expected.losses[2]);
    });
  }

  it('holds no tensor of tokens by vocabulary, and so less than half the memory where there are many of both', () => {
    const configuration = configurationWith({ d_model: 64, d_vocab: 50257, n_ctx: 512, tied: true });
    const plan = (without: boolean) => {
      const { graph, outputs, updates } = buildStepGraph(
        configuration,
        { ...PLAIN_DESCENT, withoutLogits: without },
        'update',
      );
      return new Plan(graph, outputs, updates);
    };
    const wide = (of: Plan) =>
      of.nodes
        .flatMap(({ outputs }) => outputs)
        .filter(({ shape }) => shape.includes(50257) && shape.join().includes('pos'));
    assert.ok(wide(plan(false)).length > 0);
    assert.deepEqual(wide(plan(true)), []);
    const sizes = new Map([
      ['batch', 4],
      ['pos', 512],
    ]);
    const bytes = (of: Plan) => new Lifetimes(of).memory(sizes).values;
    const logits = 4 * 4 * 512 * 50257;
    assert.ok(bytes(plan(false)) > 2 * logits);
    assert.ok(bytes(plan(true)) < logits, `${bytes(plan(true)) / logits} of the logits`);
  });

  it('is what is compiled where the sizes are known and large', async () => {
    const compiled: string[][] = [];
    class Seen extends ReferenceExecutor {
      override compile(...given: Parameters<ReferenceExecutor['compile']>) {
        const plan = new Plan(given[0], given[1], given[3]?.updates);
        compiled.push(plan.nodes.flatMap((node) => (node.kind === 'operation' ? [node.forms.name] : [])));
        return super.compile(...given);
      }
    }
    const configuration = configurationWith({ d_vocab: 50257, n_ctx: 512 });
    for (const sizes of [
      { batch: 2, pos: 512 },
      { batch: 4, pos: 512 },
    ]) {
      const weights: NamedTensors = new Map(
        [...randomWeights(configuration, 1)].map(([key, { shape, data }]) => [key, floatTensor(shape, data)]),
      );
      await TrainingStep.compile(new Seen(), configuration, weights, { ...PLAIN_DESCENT, sizes });
    }
    assert.deepEqual(
      compiled.map((names) => [names.includes('crossEntropy'), names.includes('linearCrossEntropy')]),
      [
        [true, false],
        [false, true],
      ],
    );
    assert.equal(withoutLogits(configuration, 1300), false);
    assert.equal(withoutLogits(configuration, 1400), true);
  });
});
