// GPT-2, GPT-Neo, Llama and Mixtral from Hugging Face folders: the configuration, and where every number comes from.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint, readCheckpointHeader } from '../../src/backend/checkpoint/open';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { weightShapes, type Weights } from '../../src/backend/model/weights';
import {
  copyOf,
  parityFolder,
  rawNumber,
  rawTensors,
  rewriteTensors,
  stackExperts,
  type RawTensor,
} from './checkpointFiles';

const gpt2: TransformerConfiguration = {
  n_layers: 3,
  n_heads: 4,
  n_key_value_heads: 4,
  d_model: 24,
  d_head: 6,
  d_mlp: 96,
  d_vocab: 61,
  n_ctx: 40,
  position: 'learned',
  norm: 'layer',
  norm_epsilon: 1e-2,
  block: 'serial',
  activation: 'gelu_new',
  gated: false,
  causal: true,
  windows: [null, null, null],
  attention_scale: 1 / Math.sqrt(6),
  tied: true,
  biases: { qkv: true, attention_out: true, mlp: true, unembed: false },
};

const llamaTied: TransformerConfiguration = {
  n_layers: 2,
  n_heads: 4,
  n_key_value_heads: 4,
  d_model: 24,
  d_head: 6,
  d_mlp: 36,
  d_vocab: 61,
  n_ctx: 48,
  position: 'rotary',
  rotary: { base: 10000, dimensions: 6, pairing: 'halves' },
  norm: 'rms',
  norm_epsilon: 1e-2,
  block: 'serial',
  activation: 'silu',
  gated: true,
  causal: true,
  windows: [null, null],
  attention_scale: 1 / Math.sqrt(6),
  tied: true,
  biases: { qkv: false, attention_out: false, mlp: false, unembed: false },
};

const configurations: Record<string, [string, TransformerConfiguration]> = {
  gpt2: ['gpt2', gpt2],
  'gpt2-f16-sharded': [
    'gpt2',
    {
      ...gpt2,
      n_layers: 2,
      n_heads: 2,
      n_key_value_heads: 2,
      d_model: 20,
      d_head: 10,
      d_mlp: 44,
      d_vocab: 53,
      n_ctx: 32,
      norm_epsilon: 1e-5,
      windows: [null, null],
      attention_scale: 1 / Math.sqrt(10),
    },
  ],
  'gpt-neo': [
    'gpt_neo',
    {
      ...gpt2,
      n_layers: 4,
      n_heads: 2,
      n_key_value_heads: 2,
      d_model: 20,
      d_head: 10,
      d_mlp: 80,
      n_ctx: 64,
      norm_epsilon: 1e-5,
      windows: [null, 8, null, 8],
      attention_scale: 1,
      biases: { qkv: false, attention_out: true, mlp: true, unembed: false },
    },
  ],
  'llama-tied': ['llama', llamaTied],
  'llama-grouped': [
    'llama',
    {
      ...llamaTied,
      n_key_value_heads: 2,
      norm_epsilon: 1e-5,
      rotary: { base: 500, dimensions: 6, pairing: 'halves' },
      tied: false,
    },
  ],
  'llama-head-dim': [
    'llama',
    {
      ...llamaTied,
      n_key_value_heads: 1,
      d_head: 10,
      norm_epsilon: 1e-6,
      rotary: { base: 10000, dimensions: 10, pairing: 'halves' },
      attention_scale: 1 / Math.sqrt(10),
      tied: false,
    },
  ],
  'llama-bf16': [
    'llama',
    {
      ...llamaTied,
      n_heads: 2,
      n_key_value_heads: 2,
      d_model: 20,
      d_head: 10,
      norm_epsilon: 1e-6,
      rotary: { base: 10000, dimensions: 10, pairing: 'halves' },
      attention_scale: 1 / Math.sqrt(10),
      tied: false,
    },
  ],
  mixtral: [
    'mixtral',
    {
      ...llamaTied,
      n_key_value_heads: 2,
      d_model: 16,
      d_head: 4,
      d_mlp: 5 * 10,
      rotary: { base: 1_000_000, dimensions: 4, pairing: 'halves' },
      experts: { num_experts: 5, experts_per_token: 2, normalize: true },
      windows: [6, 6],
      attention_scale: 1 / Math.sqrt(4),
      tied: false,
    },
  ],
};

describe('a Hugging Face folder', () => {
  for (const [name, [architecture, configuration]] of Object.entries(configurations)) {
    it(`${name}: gives its configuration, its tensors and all weights of the right shapes`, async () => {
      const path = join(parityFolder, name);
      const checkpoint = await openCheckpoint(path);
      assert.equal(checkpoint.format, 'hugging-face');
      assert.equal(checkpoint.architecture, architecture);
      assert.equal(checkpoint.path, path);
      assert.deepEqual(checkpoint.configuration, configuration);
      assert.equal(checkpoint.tokenizer, undefined);
      assert.deepEqual(checkpoint.notes, ['no tokenizer beside the weights']);
      const shapes = weightShapes(configuration);
      assert.deepEqual([...checkpoint.weights.keys()].sort(), [...shapes.keys()].sort());
      for (const [weight, { shape, data }] of checkpoint.weights) {
        assert.deepEqual(shape, shapes.get(weight), weight);
        assert.equal(
          data.length,
          shape.reduce((a, b) => a * b, 1),
          weight,
        );
        // An array may be shared with nothing else: it is handed to an engine, or trained further.
        assert.equal(data.byteLength, data.buffer.byteLength, weight);
      }
      const { format, tensors } = await readCheckpointHeader(path);
      assert.deepEqual({ format, tensors }, { format: 'hugging-face', tensors: checkpoint.tensors });
    });
  }

  it('lists its tensors as they lie in the files', async () => {
    const { tensors } = await readCheckpointHeader(join(parityFolder, 'gpt2-f16-sharded'));
    assert.equal(tensors.length, 28);
    assert.deepEqual(
      tensors.find(({ name }) => name === 'transformer.h.1.attn.c_attn.weight'),
      { name: 'transformer.h.1.attn.c_attn.weight', dtype: 'F16', shape: [20, 60] },
    );
  });
});

/** Asserts that a weight holds, at every place, the number of the file that `source` names: [tensor, index]. */
function assertComesFrom(
  weights: Weights,
  weight: string,
  raw: Map<string, RawTensor>,
  tensor: string,
  index: (row: number, column: number, columns: number, rows: number) => number,
): void {
  const { shape, data } = weights.get(weight)!;
  const [rows, columns] = shape.length === 2 ? shape : [1, shape[0]];
  const stored = raw.get(tensor)!;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const expected = rawNumber(stored, index(row, column, columns, rows));
      assert.equal(data[row * columns + column], expected, `${weight} at ${row}, ${column}`);
    }
  }
}

const same = (row: number, column: number, columns: number) => row * columns + column;
const turned = (row: number, column: number, _columns: number, rows: number) => column * rows + row;
/** Part `part` of three side by side. */
const third = (part: number) => (row: number, column: number, columns: number) =>
  row * 3 * columns + part * columns + column;

describe('every number of', () => {
  it('GPT-2 keeps its place, with queries, keys and values taken apart', async () => {
    const folder = join(parityFolder, 'gpt2');
    const { weights } = await openCheckpoint(folder);
    const raw = rawTensors(join(folder, 'model.safetensors'));
    const layer = 'transformer.h.2';
    assertComesFrom(weights, 'embed.W_E', raw, 'transformer.wte.weight', same);
    assertComesFrom(weights, 'pos_embed.W_pos', raw, 'transformer.wpe.weight', same);
    for (const [part, name] of ['Q', 'K', 'V'].entries()) {
      assertComesFrom(weights, `blocks.2.attn.W_${name}`, raw, `${layer}.attn.c_attn.weight`, third(part));
      assertComesFrom(weights, `blocks.2.attn.b_${name}`, raw, `${layer}.attn.c_attn.bias`, third(part));
    }
    assertComesFrom(weights, 'blocks.2.attn.W_O', raw, `${layer}.attn.c_proj.weight`, same);
    assertComesFrom(weights, 'blocks.2.attn.b_O', raw, `${layer}.attn.c_proj.bias`, same);
    assertComesFrom(weights, 'blocks.2.mlp.W_in', raw, `${layer}.mlp.c_fc.weight`, same);
    assertComesFrom(weights, 'blocks.2.mlp.b_in', raw, `${layer}.mlp.c_fc.bias`, same);
    assertComesFrom(weights, 'blocks.2.mlp.W_out', raw, `${layer}.mlp.c_proj.weight`, same);
    assertComesFrom(weights, 'blocks.2.mlp.b_out', raw, `${layer}.mlp.c_proj.bias`, same);
    assertComesFrom(weights, 'blocks.2.ln1.w', raw, `${layer}.ln_1.weight`, same);
    assertComesFrom(weights, 'blocks.2.ln1.b', raw, `${layer}.ln_1.bias`, same);
    assertComesFrom(weights, 'blocks.2.ln2.w', raw, `${layer}.ln_2.weight`, same);
    assertComesFrom(weights, 'ln_final.b', raw, 'transformer.ln_f.bias', same);
  });

  it('GPT-2 in float16 shards is read from the right shard', async () => {
    const folder = join(parityFolder, 'gpt2-f16-sharded');
    const { weights } = await openCheckpoint(folder);
    const first = rawTensors(join(folder, 'model-00001-of-00003.safetensors'));
    const last = rawTensors(join(folder, 'model-00003-of-00003.safetensors'));
    assertComesFrom(weights, 'embed.W_E', first, 'transformer.wte.weight', same);
    assertComesFrom(weights, 'blocks.0.attn.W_K', first, 'transformer.h.0.attn.c_attn.weight', third(1));
    assertComesFrom(weights, 'blocks.1.mlp.W_out', last, 'transformer.h.1.mlp.c_proj.weight', same);
  });

  it('GPT-Neo is turned to [in, out]', async () => {
    const folder = join(parityFolder, 'gpt-neo');
    const { weights } = await openCheckpoint(folder);
    const raw = rawTensors(join(folder, 'model.safetensors'));
    const attention = 'transformer.h.3.attn.attention';
    assertComesFrom(weights, 'embed.W_E', raw, 'transformer.wte.weight', same);
    assertComesFrom(weights, 'blocks.3.attn.W_Q', raw, `${attention}.q_proj.weight`, turned);
    assertComesFrom(weights, 'blocks.3.attn.W_K', raw, `${attention}.k_proj.weight`, turned);
    assertComesFrom(weights, 'blocks.3.attn.W_V', raw, `${attention}.v_proj.weight`, turned);
    assertComesFrom(weights, 'blocks.3.attn.W_O', raw, `${attention}.out_proj.weight`, turned);
    assertComesFrom(weights, 'blocks.3.attn.b_O', raw, `${attention}.out_proj.bias`, same);
    assertComesFrom(weights, 'blocks.3.mlp.W_in', raw, 'transformer.h.3.mlp.c_fc.weight', turned);
    assertComesFrom(weights, 'blocks.3.mlp.W_out', raw, 'transformer.h.3.mlp.c_proj.weight', turned);
    assertComesFrom(weights, 'blocks.3.ln2.w', raw, 'transformer.h.3.ln_2.weight', same);
  });

  for (const name of ['llama-head-dim', 'llama-bf16']) {
    it(`${name} is turned to [in, out], the embedding is not`, async () => {
      const folder = join(parityFolder, name);
      const { weights } = await openCheckpoint(folder);
      const raw = rawTensors(join(folder, 'model.safetensors'));
      const layer = 'model.layers.1';
      assertComesFrom(weights, 'embed.W_E', raw, 'model.embed_tokens.weight', same);
      assertComesFrom(weights, 'unembed.W_U', raw, 'lm_head.weight', turned);
      for (const part of ['Q', 'K', 'V', 'O']) {
        const tensor = `${layer}.self_attn.${part.toLowerCase()}_proj.weight`;
        assertComesFrom(weights, `blocks.1.attn.W_${part}`, raw, tensor, turned);
      }
      assertComesFrom(weights, 'blocks.1.mlp.W_gate', raw, `${layer}.mlp.gate_proj.weight`, turned);
      assertComesFrom(weights, 'blocks.1.mlp.W_in', raw, `${layer}.mlp.up_proj.weight`, turned);
      assertComesFrom(weights, 'blocks.1.mlp.W_out', raw, `${layer}.mlp.down_proj.weight`, turned);
      assertComesFrom(weights, 'blocks.1.ln1.w', raw, `${layer}.input_layernorm.weight`, same);
      assertComesFrom(weights, 'blocks.1.ln2.w', raw, `${layer}.post_attention_layernorm.weight`, same);
      assertComesFrom(weights, 'ln_final.w', raw, 'model.norm.weight', same);
    });
  }

  it('Mixtral is turned to [in, out], its experts laid side by side', async () => {
    const folder = join(parityFolder, 'mixtral');
    const { weights } = await openCheckpoint(folder);
    const raw = rawTensors(join(folder, 'model.safetensors'));
    const moe = 'model.layers.1.block_sparse_moe';
    assertComesFrom(weights, 'blocks.1.mlp.W_router', raw, `${moe}.gate.weight`, turned);
    const [d_model, size] = [16, 10];
    const number = (weight: string, row: number, column: number) => {
      const { shape, data } = weights.get(`blocks.1.mlp.${weight}`)!;
      return data[row * shape[1] + column];
    };
    for (let expert = 0; expert < 5; expert++) {
      const [w1, w2, w3] = [1, 2, 3].map((n) => raw.get(`${moe}.experts.${expert}.w${n}.weight`)!);
      for (let unit = 0; unit < size; unit++) {
        const neuron = expert * size + unit;
        for (let i = 0; i < d_model; i++) {
          assert.equal(number('W_gate', i, neuron), rawNumber(w1, unit * d_model + i));
          assert.equal(number('W_in', i, neuron), rawNumber(w3, unit * d_model + i));
          assert.equal(number('W_out', neuron, i), rawNumber(w2, i * size + unit));
        }
      }
    }
  });

  it('Mixtral is the same where the file holds its experts stacked, as transformers 5 does in memory', async () => {
    const folder = copyOf('mixtral');
    rewriteTensors(join(folder, 'model.safetensors'), stackExperts);
    assert.deepEqual(
      (await openCheckpoint(folder)).weights,
      (await openCheckpoint(join(parityFolder, 'mixtral'))).weights,
    );
  });
});
