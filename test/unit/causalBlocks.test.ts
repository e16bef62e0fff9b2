// Attention a block of queries at a time: every pair that a query sees is in a block, and no number changes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan } from '../../src/backend/engine/executor';
import { widen } from '../../src/backend/engine/reference/executor';
import { productOperations } from '../../src/backend/engine/work';
import { causalBlocks } from '../../src/backend/model/causalBlocks';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { buildTransformer } from '../../src/backend/model/transformer';
import { buildStepGraph } from '../../src/backend/train/stepGraph';
import { CONFIGURATIONS } from '../support/configurations';
import { Loss } from '../support/modelLoss';
import { assertClose } from '../support/numbers';
import { configurationWith, randomIds } from '../support/randomModel';

const WINDOWS = [null, 1, 2, 63, 64, 65, 1000];

describe('blocks of queries', () => {
  for (const pos of [1, 63, 127, 128, 130, 191, 256, 257, 2048]) {
    it(`follow each other through ${pos} positions and hold every key that a query sees`, () => {
      for (const window of WINDOWS) {
        let next = 0;
        for (const { from, to, firstKey } of causalBlocks(pos, window)) {
          assert.equal(from, next);
          assert.ok(to > from);
          assert.ok(
            firstKey <= Math.max(0, from - (window ?? pos) + 1),
            'the first query sees no earlier key',
          );
          assert.ok(firstKey >= 0);
          next = to;
        }
        assert.equal(next, pos);
      }
    });
  }

  it('are 64 queries at least and four at most, and skip the keys before all windows', () => {
    assert.deepEqual(causalBlocks(127, null), [{ from: 0, to: 127, firstKey: 0 }]);
    assert.equal(causalBlocks(128, null).length, 2);
    assert.deepEqual(
      causalBlocks(1024, 100).map(({ firstKey }) => firstKey),
      [0, 157, 413, 669],
    );
  });
});

const POS = 130;
const long = (changes: Partial<TransformerConfiguration>) =>
  configurationWith({ d_mlp: 5, ...changes, n_ctx: POS, d_model: 4, d_head: 2, n_heads: 2, d_vocab: 7 });

const given = new Map(
  Object.entries({
    tokens: { shape: [1, POS], data: randomIds(POS, 7, 1) },
    labels: { shape: [1, POS], data: randomIds(POS, 7, 2) },
    positions: { shape: [POS], data: [...Array(POS).keys()] },
  }).map(([name, { shape, data }]) => [name, widen({ type: 'int32', shape, data: Int32Array.from(data) })]),
);

/** Each of them takes another way to queries, keys or the mask. */
const LONG: Record<string, Partial<TransformerConfiguration>> = {
  'learned positions': { n_key_value_heads: 2 },
  'rotary, one key head': {
    position: 'rotary',
    rotary: { base: 100, dimensions: 2, pairing: 'halves' },
    n_key_value_heads: 1,
  },
  'windows of 20 tokens and of all': { n_key_value_heads: 2, windows: [20, null] },
};

describe('loss and gradients in blocks are those of all scores, in float64', () => {
  for (const [name, changes] of Object.entries(LONG)) {
    it(name, () => {
      const [whole, blocks] = [undefined, POS].map(
        (pos) => new Loss(long(changes), { captures: [], pos }, given),
      );
      assertClose(blocks.value(blocks.loss), whole.value(whole.loss), 1e-12, 'loss');
      const expected = whole.gradients();
      for (const [weight, gradient] of blocks.gradients()) {
        assertClose(gradient, expected.get(weight)!, 1e-12, weight);
      }
    });
  }
});

const operations = (changes: Partial<TransformerConfiguration>, captures: string[], pos?: number) => {
  const { graph, outputs, logits } = buildTransformer(configurationWith({ ...changes, n_ctx: 300 }), {
    captures,
    pos,
  });
  return productOperations(
    new Plan(graph, new Map([...outputs, ['logits', logits]])),
    new Map([
      ['batch', 1],
      ['pos', 256],
    ]),
  );
};

describe('blocks are taken where nobody sees the scores', () => {
  it('by causal models of one length, but not for a pattern or the scores themselves', () => {
    const whole = operations({}, []);
    assert.ok(operations({}, [], 256) < whole);
    const none = operations({}, [], 256);
    for (const hook of ['hook_pattern', 'hook_attn_scores']) {
      const one = operations({}, [`blocks.0.attn.${hook}`], 256);
      assert.equal(one - none, whole - one, `${hook} of one of two layers`);
    }
  });

  it('not in texts of a single block, which would only become more nodes', () => {
    const nodes = (pos?: number) =>
      buildTransformer(configurationWith({ n_ctx: 300 }), { captures: [], pos }).graph.nodes.length;
    assert.equal(nodes(127), nodes());
    assert.ok(nodes(128) > nodes());
  });

  it('transpose nothing by themselves, neither forward nor back', () => {
    const transpositions = (pos: number) => {
      const options = {
        optimizer: { kind: 'sgd', momentum: 0, weightDecay: 0 } as const,
        clipNorm: Infinity,
        pos,
      };
      const { graph } = buildStepGraph(configurationWith({ n_ctx: 300 }), options, 'update');
      return graph.nodes.filter((node) => node.kind === 'operation' && node.forms.name === 'transpose')
        .length;
    };
    assert.equal(transpositions(256), transpositions(127));
  });

  for (const name of [
    'relative positions',
    'distances only',
    'uniform attention',
    'post-norm, bidirectional',
  ]) {
    it(`not with ${name}`, () => {
      const changes = CONFIGURATIONS[name];
      assert.equal(operations(changes, [], 256), operations(changes, []));
    });
  }
});
