// GPT-NeoX, the family of Pythia: its configuration in the words of old and new files, and where each number lies.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import {
  configurationOf,
  mapConfig,
  parityFolder,
  rawNumber,
  rawTensors,
  refusesConfig,
} from './checkpointFiles';

const fixture = 'gpt-neox';

describe('the configuration of GPT-NeoX', () => {
  it('has attention and MLP side by side, half of each head turning', () => {
    assert.deepEqual(configurationOf(fixture, {}), {
      n_layers: 2,
      n_heads: 3,
      n_key_value_heads: 3,
      d_model: 24,
      d_head: 8,
      d_mlp: 40,
      d_vocab: 61,
      n_ctx: 48,
      position: 'rotary',
      rotary: { base: 500, dimensions: 4, pairing: 'halves' },
      norm: 'layer',
      norm_epsilon: 1e-2,
      block: 'parallel',
      activation: 'gelu',
      gated: false,
      causal: true,
      windows: [null, null],
      attention_scale: 1 / Math.sqrt(8),
      tied: false,
      biases: { qkv: true, attention_out: true, mlp: true, unembed: false },
    });
    const serial = configurationOf('gpt-neox-serial', {});
    assert.deepEqual([serial.block, serial.tied, serial.rotary!.dimensions], ['serial', true, 8]);
    assert.deepEqual(serial.biases, { qkv: false, attention_out: false, mlp: true, unembed: false });
  });

  it('says its positions as files from before transformers 5 do, such as those of Pythia', () => {
    const old = { rope_parameters: undefined, rotary_pct: 0.75, rotary_emb_base: 2000 };
    const { configuration, unknownKeys } = mapConfig(fixture, old);
    assert.deepEqual(configuration.rotary, { base: 2000, dimensions: 6, pairing: 'halves' });
    assert.deepEqual(unknownKeys, []);
    const silent = configurationOf(fixture, { rope_parameters: undefined });
    assert.deepEqual(silent.rotary, { base: 10_000, dimensions: 2, pairing: 'halves' });
  });

  it('is refused where so many dimensions cannot turn', async () => {
    for (const share of [1.5, 0.4, 0.1]) {
      await refusesConfig(
        fixture,
        { rope_parameters: undefined, rotary_pct: share },
        'rotary_pct lets',
        'of 8 dimensions turn',
      );
    }
    await refusesConfig(fixture, { rotary_pct: 0.25 }, 'rotary_pct is 0.25, but 0.5 in rope_parameters');
    await refusesConfig(fixture, { rotary_pct: 'all' }, 'rotary_pct is "all"');
    await refusesConfig(
      fixture,
      { rotary_emb_base: -1, rope_parameters: undefined },
      'rotary_emb_base is -1',
    );
  });
});

describe('the tensors of GPT-NeoX', () => {
  const folder = join(parityFolder, fixture);
  const [heads, d_head, d_model] = [3, 8, 24];

  it('hold queries, keys and values of a head one below the other', async () => {
    const { weights } = await openCheckpoint(folder);
    const raw = rawTensors(join(folder, 'model.safetensors'));
    const matrix = raw.get('gpt_neox.layers.1.attention.query_key_value.weight')!;
    const bias = raw.get('gpt_neox.layers.1.attention.query_key_value.bias')!;
    for (const [part, name] of ['Q', 'K', 'V'].entries()) {
      const W = weights.get(`blocks.1.attn.W_${name}`)!;
      const b = weights.get(`blocks.1.attn.b_${name}`)!;
      assert.deepEqual(W.shape, [d_model, heads * d_head]);
      for (let column = 0; column < heads * d_head; column++) {
        const head = Math.floor(column / d_head);
        const row = (head * 3 + part) * d_head + (column % d_head);
        assert.equal(b.data[column], rawNumber(bias, row), `b_${name} at ${column}`);
        for (let input = 0; input < d_model; input++) {
          const number = W.data[input * heads * d_head + column];
          assert.equal(number, rawNumber(matrix, row * d_model + input), `W_${name} at ${input}, ${column}`);
        }
      }
    }
  });
});
