// What a config.json may say, what it means, and what is refused rather than computed wrongly.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configurationOf, mapConfig, refusesConfig } from './checkpointFiles';

describe('the configuration of GPT-2', () => {
  it('takes what is absent from the defaults of transformers', () => {
    const absent = {
      layer_norm_epsilon: undefined,
      activation_function: undefined,
      tie_word_embeddings: undefined,
    };
    const found = configurationOf('gpt2', { ...absent, scale_attn_weights: undefined, n_inner: null });
    assert.equal(found.norm_epsilon, 1e-5);
    assert.equal(found.activation, 'gelu_new');
    assert.equal(found.tied, true);
    assert.equal(found.d_mlp, 96);
    assert.equal(found.attention_scale, 1 / Math.sqrt(6));
  });

  it('can have another width of its MLP, no scale of attention, a head of its own', () => {
    const found = configurationOf('gpt2', {
      n_inner: 7,
      scale_attn_weights: false,
      tie_word_embeddings: false,
    });
    assert.equal(found.d_mlp, 7);
    assert.equal(found.attention_scale, 1);
    assert.equal(found.tied, false);
  });

  it('can use the general names of its sizes', () => {
    const names = { n_embd: undefined, hidden_size: 48, n_layer: undefined, num_hidden_layers: 5 };
    const found = configurationOf('gpt2', { ...names, n_positions: undefined, max_position_embeddings: 9 });
    assert.deepEqual([found.d_model, found.n_layers, found.n_ctx, found.windows.length], [48, 5, 9, 5]);
  });

  it('knows the activation functions by all their names', () => {
    const names = {
      gelu: 'gelu',
      gelu_pytorch_tanh: 'gelu_new',
      gelu_fast: 'gelu_new',
      relu: 'relu',
      swish: 'silu',
    };
    for (const [name, activation] of Object.entries(names)) {
      assert.equal(configurationOf('gpt2', { activation_function: name }).activation, activation);
    }
  });

  it('is the same whether or not attention is reordered and upcast', () => {
    const plain = configurationOf('gpt2', {});
    assert.deepEqual(configurationOf('gpt2', { reorder_and_upcast_attn: true }), plain);
  });

  it('is refused where it asks for what is not computed', async () => {
    await refusesConfig(
      'gpt2',
      { scale_attn_by_inverse_layer_idx: true },
      'scale_attn_by_inverse_layer_idx is true',
    );
    await refusesConfig('gpt2', { add_cross_attention: true }, 'add_cross_attention is true');
    await refusesConfig('gpt2', { pruned_heads: { 1: [2] } }, 'pruned_heads is an object');
    await refusesConfig('gpt2', { activation_function: 'tanh' }, 'activation_function is "tanh"', 'gelu_new');
    await refusesConfig('gpt2', { activation_function: 'toString' }, 'activation_function is "toString"');
    await refusesConfig('gpt2', { quantization_config: { bits: 4 } }, 'quantization_config');
    assert.ok(mapConfig('gpt2', { pruned_heads: {}, quantization_config: null, is_decoder: true }));
  });

  it('reports keys that nothing is known about, and no others', () => {
    assert.deepEqual(mapConfig('gpt2', {}).unknownKeys, []);
    const common = {
      n_ctx: 40,
      top_k: 50,
      _name_or_path: 'x',
      task_specific_params: {},
      torch_dtype: 'float32',
    };
    assert.deepEqual(mapConfig('gpt2', { ...common, wavelets: 3 }).unknownKeys, ['wavelets']);
  });
});

describe('the configuration of GPT-Neo', () => {
  const layers = (changes: Record<string, unknown>) =>
    configurationOf('gpt-neo', { attention_layers: undefined, ...changes }).windows;

  it('expands attention_types', () => {
    const twice = [
      [['global'], 1],
      [['local', 'global'], 1],
      [['local'], 1],
    ];
    assert.deepEqual(layers({ attention_types: twice }), [null, 8, null, 8]);
    assert.deepEqual(layers({ attention_types: [[['local', 'local', 'global', 'global'], 1]] }), [
      8,
      8,
      null,
      null,
    ]);
    assert.deepEqual(layers({ attention_types: [[['global'], 4]] }), [null, null, null, null]);
  });

  it('takes attention_layers where the types are absent, and a window of 256 where its size is', () => {
    const changes = { attention_types: undefined, attention_layers: ['local', 'global', 'local', 'local'] };
    assert.deepEqual(configurationOf('gpt-neo', changes).windows, [8, null, 8, 8]);
    assert.deepEqual(layers({ window_size: undefined }), [null, 256, null, 256]);
  });

  it('alternates in 24 layers where neither is there', () => {
    const windows = layers({ attention_types: undefined, num_layers: 24 });
    assert.deepEqual(
      windows,
      Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? null : 8)),
    );
  });

  it('has no scale and no biases of queries, keys and values', () => {
    const found = configurationOf('gpt-neo', { intermediate_size: 33 });
    assert.equal(found.attention_scale, 1);
    assert.equal(found.biases.qkv, false);
    assert.equal(found.d_mlp, 33);
  });

  it('is refused where the kinds of its layers make no sense', async () => {
    const none = { attention_layers: undefined };
    await refusesConfig(
      'gpt-neo',
      { ...none, attention_types: [[['global', 'local'], 3]] },
      'each of 4 layers',
    );
    await refusesConfig('gpt-neo', { ...none, attention_types: [[['global'], 1e12]] }, 'each of 4 layers');
    await refusesConfig('gpt-neo', { ...none, attention_types: [[['global'], -4]] }, 'each of 4 layers');
    await refusesConfig('gpt-neo', { ...none, attention_types: [[[], 1e12]] }, 'attention_types');
    await refusesConfig('gpt-neo', { ...none, attention_types: 'global' }, 'attention_types');
    await refusesConfig('gpt-neo', { ...none, attention_types: [['global', 4]] }, 'attention_types');
    await refusesConfig('gpt-neo', { ...none, attention_types: [[['sideways'], 4]] }, '"sideways"');
    await refusesConfig(
      'gpt-neo',
      { attention_layers: ['local', 'local', 'local', 'local'] },
      'attention_layers says',
    );
    await refusesConfig('gpt-neo', { window_size: 0 }, 'window_size is 0');
  });
});

describe('the configuration of Llama', () => {
  const rotary = (changes: Record<string, unknown>) =>
    configurationOf('llama-tied', { rope_parameters: undefined, ...changes }).rotary;
  const llama3 = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  const scaling = { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192 };

  it('takes what is absent from the defaults of transformers', () => {
    const absent = { head_dim: undefined, num_key_value_heads: null, tie_word_embeddings: undefined };
    const found = configurationOf('llama-tied', {
      ...absent,
      rms_norm_eps: undefined,
      rope_parameters: undefined,
    });
    assert.equal(found.d_head, 6);
    assert.equal(found.n_key_value_heads, 4);
    assert.equal(found.tied, false);
    assert.equal(found.norm_epsilon, 1e-6);
    assert.equal(found.rotary?.base, 10000);
  });

  it('reads the base of rotary positions in the old form and in the new', () => {
    assert.equal(rotary({ rope_theta: 5e5 })?.base, 5e5);
    assert.equal(rotary({ rope_parameters: { rope_theta: 7e5, rope_type: 'default' } })?.base, 7e5);
    assert.equal(rotary({ rope_theta: 6e5, rope_parameters: { rope_type: 'default' } })?.base, 6e5);
    assert.equal(rotary({ rope_theta: 6e5, rope_scaling: null })?.scaling, undefined);
  });

  it('reads the scaling of Llama 3 under all its names', () => {
    assert.deepEqual(rotary({ rope_scaling: { ...llama3, rope_type: 'llama3' } })?.scaling, scaling);
    assert.deepEqual(rotary({ rope_scaling: { ...llama3, type: 'llama3' } })?.scaling, scaling);
    const parameters = { ...llama3, rope_type: 'llama3', rope_theta: 5e5 };
    assert.deepEqual(rotary({ rope_parameters: parameters }), {
      base: 5e5,
      dimensions: 6,
      pairing: 'halves',
      scaling,
    });
  });

  it('has biases where it says so', () => {
    const found = configurationOf('llama-tied', { attention_bias: true, mlp_bias: true });
    assert.deepEqual(found.biases, { qkv: true, attention_out: true, mlp: true, unembed: false });
  });

  it('is refused where its rotary positions are of another kind', async () => {
    const old = { rope_parameters: undefined };
    await refusesConfig(
      'llama-tied',
      { ...old, rope_scaling: { type: 'linear', factor: 2 } },
      'rope_scaling',
      '"linear"',
    );
    await refusesConfig(
      'llama-tied',
      { ...old, rope_scaling: { rope_type: 'yarn', factor: 2 } },
      '"yarn"',
      'llama3',
    );
    await refusesConfig('llama-tied', { ...old, rope_scaling: 8 }, 'rope_scaling is 8');
    await refusesConfig(
      'llama-tied',
      { rope_parameters: { rope_type: 'dynamic' } },
      'rope_parameters',
      '"dynamic"',
    );
    await refusesConfig('llama-tied', { rope_scaling: { type: 'default' } }, 'beside rope_parameters');
    await refusesConfig('llama-tied', { rope_theta: 1 }, 'rope_theta is 1, but 10000');
    await refusesConfig(
      'llama-tied',
      { rope_parameters: { full_attention: { rope_theta: 1 } } },
      'full_attention',
    );
    await refusesConfig(
      'llama-tied',
      { rope_parameters: { partial_rotary_factor: 0.5 } },
      'partial_rotary_factor is 0.5',
    );
    await refusesConfig('llama-tied', { partial_rotary_factor: 0.5 }, 'partial_rotary_factor is 0.5');
    const lame = { ...llama3, type: 'llama3' };
    await refusesConfig(
      'llama-tied',
      { ...old, rope_scaling: { ...lame, factor: undefined } },
      'factor is missing',
    );
    await refusesConfig('llama-tied', { ...old, rope_scaling: { ...lame, factor: -8 } }, 'factor is -8');
    await refusesConfig(
      'llama-tied',
      { ...old, rope_scaling: { ...lame, high_freq_factor: 1 } },
      'high_freq_factor',
    );
    await refusesConfig('llama-tied', { head_dim: 5 }, 'head_dim is 5');
  });

  it('is refused where it asks for what is not computed', async () => {
    await refusesConfig('llama-tied', { sliding_window: 4096 }, 'sliding_window is 4096');
    await refusesConfig(
      'llama-tied',
      { layer_types: ['full_attention', 'sliding_attention'] },
      'layer_types is a list',
    );
    await refusesConfig('llama-tied', { num_local_experts: 8 }, 'num_local_experts is 8');
    await refusesConfig('llama-tied', { residual_multiplier: 0.2 }, 'residual_multiplier is 0.2');
    await refusesConfig(
      'llama-tied',
      { num_key_value_heads: 3 },
      'num_key_value_heads is 3, which does not divide 4',
    );
    assert.ok(
      mapConfig('llama-tied', { sliding_window: null, layer_types: ['full_attention', 'full_attention'] }),
    );
    assert.ok(mapConfig('llama-tied', { pretraining_tp: 2, residual_multiplier: 1.0 }));
  });
});

describe('the configuration of Mixtral', () => {
  it('takes what is absent from the defaults of transformers', () => {
    const absent = {
      num_local_experts: undefined,
      num_experts_per_tok: undefined,
      sliding_window: undefined,
    };
    const found = configurationOf('mixtral', {
      ...absent,
      rms_norm_eps: undefined,
      rope_parameters: undefined,
    });
    assert.deepEqual(found.experts, { num_experts: 8, experts_per_token: 2, normalize: true });
    assert.equal(found.d_mlp, 8 * 10);
    assert.deepEqual(found.windows, [null, null]);
    assert.equal(found.norm_epsilon, 1e-5);
    assert.equal(found.rotary?.base, 1e6);
  });

  it('has the window in all layers or in none', () => {
    assert.deepEqual(configurationOf('mixtral', { sliding_window: 4096 }).windows, [4096, 4096]);
    assert.deepEqual(configurationOf('mixtral', { sliding_window: null }).windows, [null, null]);
  });

  it('knows what serves training only', () => {
    assert.deepEqual(mapConfig('mixtral', {}).unknownKeys, []);
  });

  it('is refused where it asks for what is not computed', async () => {
    await refusesConfig('mixtral', { rope_parameters: { rope_type: 'yarn', factor: 2 } }, '"yarn"');
    await refusesConfig('mixtral', { layer_types: ['sliding_attention'] }, 'layer_types is a list');
  });
});
