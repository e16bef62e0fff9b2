// Llama: RMS norm, rotary positions, gated MLP, fewer heads of keys and values than of queries. Others are made after it.
// All matrices are of nn.Linear, [out, in]. Source: transformers, models/llama/modeling_llama.py.
import type { TransformerConfiguration } from '../../model/configuration';
import { MAX_CONTEXT, MAX_LAYERS, type ConfigurationReader } from '../configurationReader';
import { activations, asIs, dividedHeads, transposed, type Family } from './family';
import { llama3Values, rotary } from './rotary';

const block = 'model.layers.{}';

export const llama: Family = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  prefix: 'model.',
  // pretraining_tp cuts products into slices whose sum is the same.
  harmless: /^pretraining_tp$/,
  ignored: [{ pattern: /rotary_emb\.inv_freq$/, what: 'table of rotary frequencies' }],
  sources: {
    'embed.W_E': asIs('model.embed_tokens.weight'),
    'blocks.{}.ln1.w': asIs(`${block}.input_layernorm.weight`),
    'blocks.{}.attn.W_Q': transposed(`${block}.self_attn.q_proj.weight`),
    'blocks.{}.attn.W_K': transposed(`${block}.self_attn.k_proj.weight`),
    'blocks.{}.attn.W_V': transposed(`${block}.self_attn.v_proj.weight`),
    'blocks.{}.attn.W_O': transposed(`${block}.self_attn.o_proj.weight`),
    'blocks.{}.attn.b_Q': asIs(`${block}.self_attn.q_proj.bias`),
    'blocks.{}.attn.b_K': asIs(`${block}.self_attn.k_proj.bias`),
    'blocks.{}.attn.b_V': asIs(`${block}.self_attn.v_proj.bias`),
    'blocks.{}.attn.b_O': asIs(`${block}.self_attn.o_proj.bias`),
    'blocks.{}.ln2.w': asIs(`${block}.post_attention_layernorm.weight`),
    'blocks.{}.mlp.W_gate': transposed(`${block}.mlp.gate_proj.weight`),
    'blocks.{}.mlp.W_in': transposed(`${block}.mlp.up_proj.weight`),
    'blocks.{}.mlp.W_out': transposed(`${block}.mlp.down_proj.weight`),
    'blocks.{}.mlp.b_gate': asIs(`${block}.mlp.gate_proj.bias`),
    'blocks.{}.mlp.b_in': asIs(`${block}.mlp.up_proj.bias`),
    'blocks.{}.mlp.b_out': asIs(`${block}.mlp.down_proj.bias`),
    'ln_final.w': asIs('model.norm.weight'),
    'unembed.W_U': transposed('lm_head.weight'),
  },
  configuration: (config) => llamaConfiguration(config, { normEpsilon: 1e-6, rotaryBase: 10_000 }),
  values(configuration) {
    const { d_model, n_heads, rotary } = configuration;
    // transformers 5 asks for this even where heads have a width of their own.
    if (d_model % n_heads !== 0) return undefined;
    return {
      hidden_size: d_model,
      num_attention_heads: n_heads,
      num_hidden_layers: configuration.n_layers,
      num_key_value_heads: configuration.n_key_value_heads,
      head_dim: configuration.d_head,
      intermediate_size: configuration.d_mlp,
      vocab_size: configuration.d_vocab,
      max_position_embeddings: configuration.n_ctx,
      rms_norm_eps: configuration.norm_epsilon,
      hidden_act: configuration.activation,
      attention_bias: configuration.biases.qkv,
      mlp_bias: configuration.biases.mlp,
      tie_word_embeddings: configuration.tied,
      rope_theta: rotary?.base,
      rope_scaling: llama3Values(rotary),
    };
  },
};

/** @param defaults what transformers takes where config.json says nothing. */
export function llamaConfiguration(
  config: ConfigurationReader,
  defaults: { normEpsilon: number; rotaryBase: number },
): TransformerConfiguration {
  const d_model = config.size(['hidden_size']);
  const n_heads = config.size(['num_attention_heads']);
  const n_layers = config.size(['num_hidden_layers'], MAX_LAYERS);
  const n_key_value_heads = config.optionalSize(['num_key_value_heads']) ?? n_heads;
  if (n_heads % n_key_value_heads !== 0) {
    throw config.error(
      'num_key_value_heads',
      `is ${n_key_value_heads}, which does not divide ${n_heads} heads`,
    );
  }
  const d_head =
    config.optionalSize(['head_dim']) ?? dividedHeads(config, d_model, n_heads, 'num_attention_heads');
  const attentionBias = config.flag('attention_bias', false);
  return {
    n_layers,
    n_heads,
    n_key_value_heads,
    d_model,
    d_head,
    d_mlp: config.size(['intermediate_size']),
    d_vocab: config.size(['vocab_size']),
    n_ctx: config.size(['max_position_embeddings'], MAX_CONTEXT),
    position: 'rotary',
    rotary: rotary(config, d_head, { base: { key: 'rope_theta', otherwise: defaults.rotaryBase } }),
    norm: 'rms',
    norm_epsilon: config.positive(['rms_norm_eps'], defaults.normEpsilon),
    block: 'serial',
    activation: config.choice(['hidden_act'], activations, 'silu'),
    gated: true,
    causal: true,
    windows: new Array<null>(n_layers).fill(null),
    attention_scale: 1 / Math.sqrt(d_head),
    tied: config.flag('tie_word_embeddings', false),
    biases: {
      qkv: attentionBias,
      attention_out: attentionBias,
      mlp: config.flag('mlp_bias', false),
      unembed: false,
    },
  };
}
