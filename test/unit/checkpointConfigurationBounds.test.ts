// Numbers, flags and names in a config.json that no model can have: each is refused by its key.
import { describe, it } from 'node:test';
import { CONFIG_PATH, fails, mapConfig, refusesConfig } from './checkpointFiles';

describe('a config.json that makes no sense', () => {
  const sizes = {
    gpt2: ['n_embd', 'n_layer', 'n_head', 'n_positions', 'vocab_size'],
    'gpt-neo': ['hidden_size', 'num_layers', 'num_heads', 'max_position_embeddings', 'vocab_size'],
    'llama-tied': [
      ...['hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size'],
      ...['max_position_embeddings', 'vocab_size'],
    ],
    mixtral: ['hidden_size', 'intermediate_size', 'num_hidden_layers'],
  };
  const absurd = [-1, 0, 1.5, 1e12, '64', true, [], {}, null, undefined];
  for (const [fixture, keys] of Object.entries(sizes)) {
    for (const key of keys) {
      it(`${fixture}: ${key} must be a whole number in bounds`, async () => {
        for (const value of absurd)
          await refusesConfig(fixture, { [key]: value }, new RegExp(`: ${key} is `));
      });
    }
  }

  it('is refused where an optional size is there but absurd', async () => {
    for (const value of [-1, 0, 1.5, 1e12, '64']) {
      await refusesConfig('gpt2', { n_inner: value }, 'n_inner');
      await refusesConfig('gpt-neo', { intermediate_size: value }, 'intermediate_size');
      await refusesConfig('llama-tied', { head_dim: value }, 'head_dim');
      await refusesConfig('llama-tied', { num_key_value_heads: value }, 'num_key_value_heads');
      await refusesConfig('mixtral', { sliding_window: value }, 'sliding_window is');
      await refusesConfig('mixtral', { num_local_experts: value }, 'num_local_experts is');
      await refusesConfig('mixtral', { num_experts_per_tok: value }, 'num_experts_per_tok is');
    }
  });

  it('is refused where a token passes more experts than there are, or there are more than any model has', async () => {
    await refusesConfig('mixtral', { num_experts_per_tok: 6 }, 'num_experts_per_tok is 6, of 5 experts');
    await refusesConfig('mixtral', { num_local_experts: 1, num_experts_per_tok: null }, 'is 2, of 1 experts');
    await refusesConfig('mixtral', { num_local_experts: 32769 }, 'a whole number from 1 to 32768');
    await refusesConfig('mixtral', { num_local_experts: 17, num_hidden_layers: 4096 }, 'from 1 to 16');
  });

  it('is refused where a real number is no positive one', async () => {
    for (const value of [-1, 0, '1e-5', true]) {
      await refusesConfig('gpt2', { layer_norm_epsilon: value }, 'layer_norm_epsilon');
      await refusesConfig('llama-tied', { rms_norm_eps: value }, 'rms_norm_eps');
      await refusesConfig('llama-tied', { rope_parameters: { rope_theta: value } }, 'rope_theta');
    }
  });

  it('is refused where a flag is no flag', async () => {
    await refusesConfig('gpt2', { tie_word_embeddings: 'yes' }, 'tie_word_embeddings is "yes"');
    await refusesConfig('gpt2', { scale_attn_weights: 1 }, 'scale_attn_weights is 1');
    await refusesConfig('llama-tied', { attention_bias: 'qkv' }, 'attention_bias is "qkv"');
  });

  it('is refused where the heads do not divide the width', async () => {
    await refusesConfig(
      'gpt2',
      { n_head: 5 },
      'n_head is 5, which does not divide the width of the model, 24',
    );
    await refusesConfig('gpt-neo', { num_heads: 3 }, 'num_heads is 3');
    await refusesConfig(
      'llama-tied',
      { num_attention_heads: 7, num_key_value_heads: 7, head_dim: null },
      'num_attention_heads is 7',
    );
  });

  it('of an unknown architecture is refused with the list of the known ones', async () => {
    for (const value of ['t5', 'constructor', '', 5, null, ['gpt2']]) {
      const work = Promise.resolve().then(() => mapConfig('gpt2', { model_type: value }));
      await fails(
        work,
        'unknown-architecture',
        CONFIG_PATH,
        'gpt2, gpt_neo, gpt_neox, llama, mixtral, bert, subtext',
      );
    }
  });
});
