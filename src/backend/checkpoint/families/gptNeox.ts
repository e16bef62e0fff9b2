// GPT-NeoX, the family of Pythia. Part of each head turns with the position; attention and MLP may stand side by side.
// Queries, keys and values lie fused in one matrix of nn.Linear, head by head.
// Source: transformers, models/gpt_neox/modeling_gpt_neox.py and configuration_gpt_neox.py.
import { MAX_CONTEXT, MAX_LAYERS } from '../configurationReader';
import { activations, asIs, dividedHeads, headParts, transposed, type Family } from './family';
import { llama3Values, rotary, rotaryShare } from './rotary';

const block = 'gpt_neox.layers.{}';

export const gptNeox: Family = {
  modelType: 'gpt_neox',
  architecture: 'GPTNeoXForCausalLM',
  prefix: 'gpt_neox.',
  harmless: /^$/,
  ignored: [
    { pattern: /\.attention\.(bias|masked_bias)$/, what: 'attention mask buffer' },
    { pattern: /rotary_emb\.inv_freq$/, what: 'table of rotary frequencies' },
  ],
  sources: {
    'embed.W_E': asIs('gpt_neox.embed_in.weight'),
    'blocks.{}.ln1.w': asIs(`${block}.input_layernorm.weight`),
    'blocks.{}.ln1.b': asIs(`${block}.input_layernorm.bias`),
    'blocks.{}.attn.W_Q': headParts(`${block}.attention.query_key_value.weight`, 0, 3),
    'blocks.{}.attn.W_K': headParts(`${block}.attention.query_key_value.weight`, 1, 3),
    'blocks.{}.attn.W_V': headParts(`${block}.attention.query_key_value.weight`, 2, 3),
    'blocks.{}.attn.b_Q': headParts(`${block}.attention.query_key_value.bias`, 0, 3),
    'blocks.{}.attn.b_K': headParts(`${block}.attention.query_key_value.bias`, 1, 3),
    'blocks.{}.attn.b_V': headParts(`${block}.attention.query_key_value.bias`, 2, 3),
    'blocks.{}.attn.W_O': transposed(`${block}.attention.dense.weight`),
    'blocks.{}.attn.b_O': asIs(`${block}.attention.dense.bias`),
    'blocks.{}.ln2.w': asIs(`${block}.post_attention_layernorm.weight`),
    'blocks.{}.ln2.b': asIs(`${block}.post_attention_layernorm.bias`),
    'blocks.{}.mlp.W_in': transposed(`${block}.mlp.dense_h_to_4h.weight`),
    'blocks.{}.mlp.b_in': asIs(`${block}.mlp.dense_h_to_4h.bias`),
    'blocks.{}.mlp.W_out': transposed(`${block}.mlp.dense_4h_to_h.weight`),
    'blocks.{}.mlp.b_out': asIs(`${block}.mlp.dense_4h_to_h.bias`),
    'ln_final.w': asIs('gpt_neox.final_layer_norm.weight'),
    'ln_final.b': asIs('gpt_neox.final_layer_norm.bias'),
    'unembed.W_U': transposed('embed_out.weight'),
  },
  configuration(config) {
    const d_model = config.size(['hidden_size']);
    const n_heads = config.size(['num_attention_heads']);
    const n_layers = config.size(['num_hidden_layers'], MAX_LAYERS);
    const d_head = dividedHeads(config, d_model, n_heads, 'num_attention_heads');
    const attentionBias = config.flag('attention_bias', true);
    return {
      n_layers,
      n_heads,
      n_key_value_heads: n_heads,
      d_model,
      d_head,
      d_mlp: config.size(['intermediate_size']),
      d_vocab: config.size(['vocab_size']),
      n_ctx: config.size(['max_position_embeddings'], MAX_CONTEXT),
      position: 'rotary',
      rotary: rotary(config, d_head, {
        base: { key: 'rotary_emb_base', otherwise: 10_000 },
        share: { key: 'rotary_pct', otherwise: 0.25 },
      }),
      norm: 'layer',
      norm_epsilon: config.positive(['layer_norm_eps'], 1e-5),
      block: config.flag('use_parallel_residual', true) ? 'parallel' : 'serial',
      activation: config.choice(['hidden_act'], activations, 'gelu'),
      gated: false,
      causal: true,
      windows: new Array<null>(n_layers).fill(null),
      attention_scale: 1 / Math.sqrt(d_head),
      tied: config.flag('tie_word_embeddings', false),
      biases: { qkv: attentionBias, attention_out: attentionBias, mlp: true, unembed: false },
    };
  },
  values: (configuration) => ({
    hidden_size: configuration.d_model,
    num_attention_heads: configuration.n_heads,
    num_hidden_layers: configuration.n_layers,
    intermediate_size: configuration.d_mlp,
    vocab_size: configuration.d_vocab,
    max_position_embeddings: configuration.n_ctx,
    layer_norm_eps: configuration.norm_epsilon,
    hidden_act: configuration.activation,
    use_parallel_residual: configuration.block === 'parallel',
    attention_bias: configuration.biases.qkv,
    tie_word_embeddings: configuration.tied,
    rotary_pct: configuration.rotary && rotaryShare(configuration.rotary, configuration.d_head),
    rotary_emb_base: configuration.rotary?.base,
    rope_scaling: llama3Values(configuration.rotary),
  }),
};
