// BERT: what its configuration says, what its older and larger files hold besides, and what is refused.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import {
  changeConfig,
  configurationOf,
  copyOf,
  fails,
  parityFolder,
  refusesConfig,
  rewriteTensors,
  type RawTensor,
} from './checkpointFiles';

describe('BERT', () => {
  it('has norms behind attention and MLP, one over its embeddings, and a head that turns before it reads', () => {
    assert.deepEqual(configurationOf('bert', {}), {
      n_layers: 2,
      n_heads: 4,
      n_key_value_heads: 4,
      d_model: 20,
      d_head: 5,
      d_mlp: 28,
      d_vocab: 61,
      n_ctx: 40,
      position: 'learned',
      norm: 'layer',
      norm_epsilon: 1e-2,
      block: 'post-norm',
      activation: 'gelu',
      gated: false,
      causal: false,
      windows: [null, null],
      attention_scale: 1 / Math.sqrt(5),
      tied: true,
      embedding_norm: true,
      token_types: 2,
      head_transform: true,
      biases: { qkv: true, attention_out: true, mlp: true, unembed: true },
    });
  });

  it('is refused as a decoder, with relative positions, or with a head of its own', async () => {
    await refusesConfig('bert', { is_decoder: true }, 'is_decoder is true');
    await refusesConfig('bert', { position_embedding_type: 'relative_key' }, 'position_embedding_type');
    await refusesConfig('bert', { tie_word_embeddings: false }, 'tie_word_embeddings is false');
    await refusesConfig('bert', { add_cross_attention: true }, 'add_cross_attention is true');
  });

  it('is the same from a file of 2018, with gamma and beta, a pooler and copies of tied tensors', async () => {
    const folder = copyOf('bert');
    const zeros = (shape: number[]): RawTensor => {
      const bytes = new Uint8Array(4 * shape.reduce((a, b) => a * b, 1));
      return { dtype: 'F32', shape, bytes };
    };
    rewriteTensors(join(folder, 'model.safetensors'), (tensors) => {
      for (const [name, tensor] of [...tensors]) {
        const old = name
          .replace('LayerNorm.weight', 'LayerNorm.gamma')
          .replace('LayerNorm.bias', 'LayerNorm.beta');
        tensors.delete(name);
        tensors.set(old, tensor);
      }
      tensors.set('cls.predictions.decoder.weight', tensors.get('bert.embeddings.word_embeddings.weight')!);
      tensors.set('bert.pooler.dense.weight', zeros([20, 20]));
      tensors.set('cls.seq_relationship.bias', zeros([2]));
      tensors.set('bert.embeddings.position_ids', zeros([1, 40]));
    });
    const { weights, notes } = await openCheckpoint(folder);
    assert.deepEqual(weights, (await openCheckpoint(join(parityFolder, 'bert'))).weights);
    assert.deepEqual(notes.slice(0, -1).sort(), [
      'ignored 1 table of positions',
      'ignored 2 text pair tensors',
      'ignored cls.predictions.decoder.weight, a copy of bert.embeddings.word_embeddings.weight',
    ]);
  });

  it('is refused without its head', async () => {
    const folder = copyOf('bert');
    rewriteTensors(join(folder, 'model.safetensors'), (tensors) => {
      for (const name of [...tensors.keys()]) if (name.startsWith('cls.')) tensors.delete(name);
    });
    await fails(
      openCheckpoint(folder),
      'checkpoint-tensors',
      'missing: cls.predictions.transform.dense.weight',
    );
  });

  it('has as many token types as it says', async () => {
    const folder = copyOf('bert');
    changeConfig(folder, { type_vocab_size: 3 });
    await fails(
      openCheckpoint(folder),
      'checkpoint-tensors',
      'token_type_embeddings.weight is [2,20], not [3,20]',
    );
  });
});
