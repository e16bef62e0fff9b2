// Which weights a configuration has, and the check that a checkpoint has exactly those.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkWeights, parameterCount, weightShapes } from '../../src/backend/model/weights';
import { CONFIGURATIONS } from '../support/configurations';
import { configurationWith, randomWeights } from '../support/randomModel';
import { fails } from './checkpointFiles';

const configuration = configurationWith();

describe('weights', () => {
  for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
    it(`counts as many parameters as the weights hold: ${kind}`, () => {
      const each = configurationWith(changes);
      const weights = [...randomWeights(each, 1).values()];
      assert.equal(
        parameterCount(each),
        weights.reduce((sum, { data }) => sum + data.length, 0),
      );
    });
  }

  it('counts the 124,439,808 parameters of GPT-2 small', () => {
    const sizes = { n_layers: 12, n_heads: 12, d_head: 64, d_model: 768, d_mlp: 3072 };
    const biases = { qkv: true, attention_out: true, mlp: true, unembed: false };
    const gpt2 = configurationWith({ ...sizes, d_vocab: 50257, n_ctx: 1024, tied: true, biases });
    assert.equal(parameterCount(gpt2), 124_439_808);
  });

  it('have fewer columns of keys and values where query heads share them', () => {
    const shapes = weightShapes(configurationWith({ n_heads: 4, n_key_value_heads: 2 }));
    assert.deepEqual(shapes.get('blocks.0.attn.W_Q'), [10, 16]);
    assert.deepEqual(shapes.get('blocks.0.attn.W_K'), [10, 8]);
    assert.deepEqual(shapes.get('blocks.0.attn.W_V'), [10, 8]);
    assert.deepEqual(shapes.get('blocks.0.attn.W_O'), [16, 10]);
  });

  it('have no queries and keys where attention does not look at content', () => {
    for (const position of ['uniform', 'distance-only'] as const) {
      const names = [...weightShapes(configurationWith({ position })).keys()];
      assert.deepEqual(
        names.filter((name) => /[Wb]_[QK]$/.test(name)),
        [],
      );
    }
  });

  it('pass the check when they are those of the configuration', () => {
    checkWeights(configuration, randomWeights(configuration, 1), '/m');
  });

  it('are named when missing, unknown or misshaped, with the shapes', async () => {
    const weights = randomWeights(configuration, 1);
    weights.delete('ln_final.w');
    weights.set('blocks.2.ln1.w', { shape: [10], data: new Float32Array(10) });
    weights.set('embed.W_E', { shape: [16, 10], data: new Float32Array(160) });
    const check = Promise.resolve().then(() => {
      checkWeights(configuration, weights, '/models/m');
    });
    await fails(
      check,
      'checkpoint-tensors',
      '/models/m',
      'missing: ln_final.w',
      'unknown: blocks.2.ln1.w',
      'embed.W_E is [16,10], not [17,10]',
    );
  });

  it('are named five at most, and the rest counted', async () => {
    const check = Promise.resolve().then(() => {
      checkWeights(configuration, new Map(), '/m');
    });
    await fails(check, 'checkpoint-tensors', `and ${weightShapes(configuration).size - 5} more`);
  });
});
