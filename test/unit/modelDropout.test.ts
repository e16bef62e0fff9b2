// Dropout in the transformer: where it stands, that seeds decide it, and that inspection has none.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Executor } from '../../src/backend/engine/executor';
import type { TensorData } from '../../src/backend/engine/graph/graph';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { DropoutRates } from '../../src/backend/model/dropout';
import { buildTransformer } from '../../src/backend/model/transformer';
import { TrainingStep } from '../../src/backend/train/trainingStep';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { configurationWith, randomWeights } from '../support/randomModel';

const NONE: DropoutRates = { embedding: 0, attention: 0, residual: 0 };
const TOKENS = Int32Array.of(3, 1, 4, 1, 5, 9, 2, 6);
const configuration = configurationWith();

function weights(): Map<string, TensorData> {
  return new Map(
    [...randomWeights(configuration, 1)].map(([name, weight]) => [name, { type: 'float32', ...weight }]),
  );
}

/** The streams of random numbers in the graph of these rates. */
function streams(rates?: DropoutRates): number[] {
  const { graph } = buildTransformer(configuration, { captures: ['logits'], dropout: rates });
  return graph.nodes.flatMap((node) =>
    node.kind === 'operation' && node.forms.name === 'randomIntegers'
      ? [(node.attributes as { stream: number }).stream]
      : [],
  );
}

async function logits(executor: Executor, rates: DropoutRates, seed: number): Promise<Float32Array> {
  const { graph, outputs } = buildTransformer(configuration, { captures: ['logits'], dropout: rates });
  const executable = await executor.compile(graph, outputs, weights());
  const results = await executable.run(
    new Map([
      ['tokens', { type: 'int32', shape: [2, 4], data: TOKENS }],
      ['positions', { type: 'int32', shape: [4], data: Int32Array.of(0, 1, 2, 3) }],
      ['dropout_seed', { type: 'int32', shape: [], data: Int32Array.of(seed) }],
    ]),
  );
  executable.dispose();
  return results.get('logits')!.data as Float32Array;
}

describe('dropout in the transformer', () => {
  it('is not there unless it is asked for', () => {
    assert.deepEqual(streams(), []);
    assert.deepEqual(streams(NONE), []);
  });

  it('stands once at the embeddings, once per pattern and twice per layer at the residual stream', () => {
    const { n_layers } = configuration;
    assert.equal(streams({ ...NONE, embedding: 0.1 }).length, 1);
    assert.equal(streams({ ...NONE, attention: 0.1 }).length, n_layers);
    assert.equal(streams({ ...NONE, residual: 0.1 }).length, 2 * n_layers);
  });

  it('has random numbers of its own at each place', () => {
    const all = streams({ embedding: 0.1, attention: 0.1, residual: 0.1 });
    assert.equal(new Set(all).size, all.length);
  });

  for (const place of ['embedding', 'attention', 'residual'] as const) {
    it(`of ${place} changes the logits, by the seed`, async () => {
      const rates = { ...NONE, [place]: 0.3 };
      const reference = new ReferenceExecutor();
      const [without, first, second] = [
        await logits(reference, NONE, 1),
        await logits(reference, rates, 1),
        await logits(reference, rates, 2),
      ];
      assert.notDeepEqual(first, without);
      assert.notDeepEqual(second, first);
    });
  }

  for (const engine of TESTED_ENGINES) {
    it(`drops the same on ${engine} as in the reference`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const rates = { embedding: 0.1, attention: 0.2, residual: 0.3 };
      const [found, expected] = [
        await logits(executor, rates, 5),
        await logits(new ReferenceExecutor(), rates, 5),
      ];
      found.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) <= 1e-4));
    });
  }
});

describe('dropout in training', () => {
  /** Losses of the steps given, each from the first weights: the learning rate is 0. */
  async function losses(seed: number, steps: number[]): Promise<number[]> {
    const step = await TrainingStep.compile(new ReferenceExecutor(), configuration, weights(), {
      optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 },
      clipNorm: Infinity,
      dropout: { embedding: 0.1, attention: 0.1, residual: 0.1, seed },
    });
    const results: number[] = [];
    const batch = { batch: 2, pos: 4, tokens: TOKENS, labels: TOKENS };
    for (const each of steps) results.push((await step.run(batch, each, 0)).loss);
    return results;
  }

  it('drops other elements at every step', async () => {
    const found = await losses(1, [1, 2, 3]);
    assert.equal(new Set(found).size, 3);
  });

  it('drops the same at step 3 whether the training was resumed there or not', async () => {
    const [, , third] = await losses(1, [1, 2, 3]);
    assert.deepEqual(await losses(1, [3]), [third]);
  });

  it('drops other elements with another seed', async () => {
    assert.notDeepEqual(await losses(2, [1]), await losses(1, [1]));
  });
});
