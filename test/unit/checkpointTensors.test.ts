// Tensors of a Hugging Face checkpoint that are missing, too many, tied, or not numbers.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint, readCheckpointHeader } from '../../src/backend/checkpoint/open';
import {
  changeConfig,
  copyOf,
  fails,
  rewriteTensors,
  safetensorsBytes,
  stackExperts,
  type RawTensor,
} from './checkpointFiles';

/** A copy of a golden model with other tensors; gives its folder and the file of the weights. */
function changed(fixture: string, change: (tensors: Map<string, RawTensor>) => void) {
  const folder = copyOf(fixture);
  const weights = join(folder, 'model.safetensors');
  rewriteTensors(weights, change);
  return { folder, weights };
}

function floats(shape: number[], fill = 0): RawTensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill);
  return { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) };
}

describe('tensors that do not fit', () => {
  it('are named as the file names them: missing ones', async () => {
    const { folder, weights } = changed('gpt2', (tensors) => {
      tensors.delete('transformer.h.1.attn.c_attn.weight');
    });
    const problem = 'missing: transformer.h.1.attn.c_attn.weight. ';
    await fails(openCheckpoint(folder), 'checkpoint-tensors', weights, problem);
    await fails(readCheckpointHeader(folder), 'checkpoint-tensors', weights, problem);
  });

  it('unknown ones', async () => {
    const { folder, weights } = changed('llama-tied', (tensors) => {
      tensors.set('model.layers.0.self_attn.q_proj.bias', floats([24]));
      tensors.set('model.layers.2.mlp.up_proj.weight', floats([36, 24]));
    });
    const problem = 'unknown: model.layers.0.self_attn.q_proj.bias, model.layers.2.mlp.up_proj.weight. ';
    await fails(openCheckpoint(folder), 'checkpoint-tensors', weights, problem);
  });

  it('ones of the wrong shape, such as a matrix that was turned', async () => {
    const { folder, weights } = changed('gpt-neo', (tensors) => {
      tensors.get('transformer.h.0.mlp.c_fc.weight')!.shape.reverse();
      tensors.set('transformer.wte.weight', floats([60, 20]));
    });
    const wrong = [
      'transformer.wte.weight is [60,20], not [61,20]',
      'transformer.h.0.mlp.c_fc.weight is [20,80], not [80,20]',
    ];
    await fails(openCheckpoint(folder), 'checkpoint-tensors', weights, ...wrong);
  });

  it('up to five of each, and how many more', async () => {
    const { folder } = changed('gpt2', (tensors) => {
      for (const name of [...tensors.keys()].slice(0, 8)) tensors.delete(name);
      tensors.set('line\nbreak', floats([1]));
    });
    await fails(
      openCheckpoint(folder),
      'checkpoint-tensors',
      /missing: (\S+, ){4}\S+ and 3 more;/,
      'line\\u000abreak',
    );
  });

  it('of one expert, and of all experts stacked', async () => {
    const expert = 'model.layers.1.block_sparse_moe.experts.3';
    const separate = changed('mixtral', (tensors) => {
      tensors.delete(`${expert}.w1.weight`);
      tensors.set(`${expert}.w2.weight`, floats([10, 16]));
      tensors.set('model.layers.1.block_sparse_moe.experts.5.w3.weight', floats([10, 16]));
    });
    await fails(
      openCheckpoint(separate.folder),
      'checkpoint-tensors',
      `missing: ${expert}.w1.weight;`,
      'unknown: model.layers.1.block_sparse_moe.experts.5.w3.weight;',
      `${expert}.w2.weight is [10,16], not [16,10]`,
    );
    const stacked = changed('mixtral', (tensors) => {
      stackExperts(tensors);
      tensors.delete('model.layers.0.mlp.gate.weight');
      tensors.set('model.layers.0.mlp.experts.gate_up_proj', floats([4, 20, 16]));
    });
    await fails(
      openCheckpoint(stacked.folder),
      'checkpoint-tensors',
      'missing: model.layers.0.mlp.gate.weight;',
      'model.layers.0.mlp.experts.gate_up_proj is [4,20,16], not [5,20,16]',
    );
  });

  it('because config.json is of another model', async () => {
    const folder = copyOf('gpt2');
    changeConfig(folder, { n_layer: 4000 });
    await fails(openCheckpoint(folder), 'checkpoint-tensors', 'transformer.h.3.ln_1.weight', 'more');
    changeConfig(folder, { n_layer: 3, n_embd: 2 ** 31 - 1, n_head: 1 });
    await fails(openCheckpoint(folder), 'checkpoint-tensors', 'not [61,2147483647]');
  });

  it('because their numbers are of a kind that is not read', async () => {
    const { folder, weights } = changed('gpt2', (tensors) => {
      tensors.set('transformer.ln_f.bias', { dtype: 'F8_E5M2', shape: [24], bytes: new Uint8Array(24) });
    });
    await fails(
      openCheckpoint(folder),
      'checkpoint-tensors',
      weights,
      'transformer.ln_f.bias has dtype F8_E5M2',
    );
  });
});

describe('tensors that are no weights', () => {
  it('are ignored with a note where they are buffers of the family', async () => {
    const gpt2 = changed('gpt2', (tensors) => {
      for (const layer of [0, 1, 2]) {
        tensors.set(`transformer.h.${layer}.attn.bias`, {
          dtype: 'BOOL',
          shape: [4],
          bytes: new Uint8Array(4),
        });
        tensors.set(`transformer.h.${layer}.attn.masked_bias`, floats([]));
      }
    });
    const gptNeo = changed('gpt-neo', (tensors) => {
      tensors.set('transformer.h.0.attn.attention.bias', {
        dtype: 'U8',
        shape: [4],
        bytes: new Uint8Array(4),
      });
    });
    const llama = changed('llama-tied', (tensors) => {
      tensors.set('model.layers.0.self_attn.rotary_emb.inv_freq', floats([3]));
    });
    const notes = async (folder: string) => (await openCheckpoint(folder)).notes;
    assert.ok((await notes(gpt2.folder)).includes('ignored 6 attention mask buffers'));
    assert.ok((await notes(gptNeo.folder)).includes('ignored 1 attention mask buffer'));
    assert.ok((await notes(llama.folder)).includes('ignored 1 table of rotary frequencies'));
  });
});

describe('names without the prefix of the whole model', () => {
  for (const [fixture, prefix] of [
    ['gpt2', 'transformer.'],
    ['gpt-neo', 'transformer.'],
    ['llama-tied', 'model.'],
  ]) {
    it(`are those of a ${fixture} that was saved without its head`, async () => {
      const { folder } = changed(fixture, (tensors) => {
        for (const [name, tensor] of [...tensors]) {
          tensors.delete(name);
          tensors.set(name.slice(prefix.length), tensor);
        }
      });
      const expected = await openCheckpoint(copyOf(fixture));
      assert.deepEqual((await openCheckpoint(folder)).weights, expected.weights);
    });
  }

  it('are named so in errors', async () => {
    const { folder } = changed('gpt2', (tensors) => {
      for (const [name, tensor] of [...tensors]) {
        tensors.delete(name);
        if (!name.endsWith('ln_f.bias')) tensors.set(name.slice('transformer.'.length), tensor);
      }
    });
    await fails(openCheckpoint(folder), 'checkpoint-tensors', 'missing: ln_f.bias. ');
  });
});

describe('the head of a model', () => {
  const head = 'lm_head.weight';

  it('that is tied and a copy of the embedding is ignored with a note', async () => {
    const { folder } = changed('gpt2', (tensors) => {
      tensors.set(head, tensors.get('transformer.wte.weight')!);
    });
    const { weights, configuration, notes } = await openCheckpoint(folder);
    assert.ok(configuration.tied && !weights.has('unembed.W_U'));
    assert.ok(notes.includes('ignored lm_head.weight, a copy of transformer.wte.weight'), notes.join());
  });

  it('that is tied and differs from the embedding is refused', async () => {
    const { folder, weights } = changed('gpt2', (tensors) => {
      tensors.set(head, floats([61, 24], 1));
    });
    await fails(
      openCheckpoint(folder),
      'checkpoint-tensors',
      weights,
      `${head} differs`,
      'tie_word_embeddings',
    );
  });

  it('that is tied and all that was kept of the two is the embedding too', async () => {
    const { folder } = changed('llama-tied', (tensors) => {
      tensors.set(head, tensors.get('model.embed_tokens.weight')!);
      tensors.delete('model.embed_tokens.weight');
    });
    const { weights, notes } = await openCheckpoint(folder);
    const expected = await openCheckpoint(copyOf('llama-tied'));
    assert.deepEqual(weights.get('embed.W_E'), expected.weights.get('embed.W_E'));
    assert.ok(
      notes.some((note) => note.includes(head)),
      notes.join(),
    );
  });

  it('that is not tied is used, also in GPT-2', async () => {
    const { folder } = changed('gpt2', (tensors) => {
      tensors.set(head, floats([61, 24], 3));
    });
    changeConfig(folder, { tie_word_embeddings: false });
    const { weights } = await openCheckpoint(folder);
    assert.deepEqual(weights.get('unembed.W_U')?.shape, [24, 61]);
    assert.equal(weights.get('unembed.W_U')?.data[5], 3);
  });

  it('that is not tied must be there', async () => {
    const { folder } = changed('llama-grouped', (tensors) => {
      tensors.delete(head);
    });
    await fails(openCheckpoint(folder), 'checkpoint-tensors', `missing: ${head}. `);
    changeConfig(folder, { tie_word_embeddings: undefined });
    await fails(openCheckpoint(folder), 'checkpoint-tensors', `missing: ${head}. `);
  });

  it('is tied in GPT-2 and GPT-Neo where config.json says nothing', async () => {
    for (const fixture of ['gpt2', 'gpt-neo']) {
      const folder = copyOf(fixture);
      changeConfig(folder, { tie_word_embeddings: undefined });
      assert.equal((await openCheckpoint(folder)).configuration.tied, true);
    }
  });
});

describe('notes', () => {
  it('name tensors that hold numbers that are not finite', async () => {
    const { folder } = changed('gpt2', (tensors) => {
      for (const [name, value] of [
        ['transformer.ln_f.bias', NaN],
        ['transformer.ln_f.weight', Infinity],
      ] as const) {
        tensors.set(name, floats([24], value));
      }
    });
    const { notes, weights } = await openCheckpoint(folder);
    assert.equal(weights.get('ln_final.w')?.data[0], Infinity);
    assert.deepEqual(notes.slice(0, 2).sort(), [
      'tensor transformer.ln_f.bias holds numbers that are not finite',
      'tensor transformer.ln_f.weight holds numbers that are not finite',
    ]);
  });

  it('name keys of config.json that nothing is known about', async () => {
    const folder = copyOf('gpt2');
    changeConfig(folder, { wavelets: 3, 'a\nb': 1 });
    assert.equal((await openCheckpoint(folder)).notes[0], 'ignored keys of config.json: a\\u000ab, wavelets');
  });
});

describe('a header that promises more than there is', () => {
  it('is refused before memory is asked for', async () => {
    const folder = copyOf('gpt2');
    const weights = join(folder, 'model.safetensors');
    const huge = { dtype: 'F32', shape: [2 ** 40], data_offsets: [0, 2 ** 42] };
    writeFileSync(weights, safetensorsBytes({ 'transformer.wte.weight': huge }, new Uint8Array(100)));
    await fails(openCheckpoint(folder), 'checkpoint-format', weights, 'transformer.wte.weight');
  });
});
