// GPT-2. Its matrices are of a class Conv1D, [in, out] as ours, with queries, keys and values fused in one.
// Source: transformers, models/gpt2/modeling_gpt2.py and configuration_gpt2.py.
import { MAX_CONTEXT, MAX_LAYERS } from '../configurationReader';
import { activations, asIs, columns, dividedHeads, transposed, type Family } from './family';

const block = 'transformer.h.{}';

export const gpt2: Family = {
  modelType: 'gpt2',
  architecture: 'GPT2LMHeadModel',
  prefix: 'transformer.',
  harmless: /^(n_ctx|predict_special_tokens|reorder_and_upcast_attn)$/,
  ignored: [{ pattern: /\.attn\.(bias|masked_bias)$/, what: 'attention mask buffer' }],
  sources: {
    'embed.W_E': asIs('transformer.wte.weight'),
    'pos_embed.W_pos': asIs('transformer.wpe.weight'),
    'blocks.{}.ln1.w': asIs(`${block}.ln_1.weight`),
    'blocks.{}.ln1.b': asIs(`${block}.ln_1.bias`),
    'blocks.{}.attn.W_Q': columns(`${block}.attn.c_attn.weight`, 0, 3),
    'blocks.{}.attn.W_K': columns(`${block}.attn.c_attn.weight`, 1, 3),
    'blocks.{}.attn.W_V': columns(`${block}.attn.c_attn.weight`, 2, 3),
    'blocks.{}.attn.b_Q': columns(`${block}.attn.c_attn.bias`, 0, 3),
    'blocks.{}.attn.b_K': columns(`${block}.attn.c_attn.bias`, 1, 3),
    'blocks.{}.attn.b_V': columns(`${block}.attn.c_attn.bias`, 2, 3),
    'blocks.{}.attn.W_O': asIs(`${block}.attn.c_proj.weight`),
    'blocks.{}.attn.b_O': asIs(`${block}.attn.c_proj.bias`),
    'blocks.{}.ln2.w': asIs(`${block}.ln_2.weight`),
    'blocks.{}.ln2.b': asIs(`${block}.ln_2.bias`),
    'blocks.{}.mlp.W_in': asIs(`${block}.mlp.c_fc.weight`),
    'blocks.{}.mlp.b_in': asIs(`${block}.mlp.c_fc.bias`),
    'blocks.{}.mlp.W_out': asIs(`${block}.mlp.c_proj.weight`),
    'blocks.{}.mlp.b_out': asIs(`${block}.mlp.c_proj.bias`),
    'ln_final.w': asIs('transformer.ln_f.weight'),
    'ln_final.b': asIs('transformer.ln_f.bias'),
    'unembed.W_U': transposed('lm_head.weight'),
  },
  configuration(config) {
    const d_model = config.size(['n_embd', 'hidden_size']);
    const n_heads = config.size(['n_head', 'num_attention_heads']);
    const n_layers = config.size(['n_layer', 'num_hidden_layers'], MAX_LAYERS);
    const d_head = dividedHeads(config, d_model, n_heads, 'n_head');
    // reorder_and_upcast_attn only says in what order and precision the same product is taken.
    config.refuse('scale_attn_by_inverse_layer_idx', false);
    return {
      n_layers,
      n_heads,
      n_key_value_heads: n_heads,
      d_model,
      d_head,
      d_mlp: config.optionalSize(['n_inner']) ?? 4 * d_model,
      d_vocab: config.size(['vocab_size']),
      n_ctx: config.size(['n_positions', 'max_position_embeddings'], MAX_CONTEXT),
      position: 'learned',
      norm: 'layer',
      norm_epsilon: config.positive(['layer_norm_epsilon'], 1e-5),
      block: 'serial',
      activation: config.choice(['activation_function'], activations, 'gelu_new'),
      gated: false,
      causal: true,
      windows: new Array<null>(n_layers).fill(null),
      attention_scale: config.flag('scale_attn_weights', true) ? 1 / Math.sqrt(d_head) : 1,
      tied: config.flag('tie_word_embeddings', true),
      biases: { qkv: true, attention_out: true, mlp: true, unembed: false },
    };
  },
  values: (configuration) => ({
    n_embd: configuration.d_model,
    n_head: configuration.n_heads,
    n_layer: configuration.n_layers,
    n_inner: configuration.d_mlp,
    vocab_size: configuration.d_vocab,
    n_positions: configuration.n_ctx,
    layer_norm_epsilon: configuration.norm_epsilon,
    activation_function: configuration.activation,
    scale_attn_weights: configuration.attention_scale !== 1,
    tie_word_embeddings: configuration.tied,
  }),
};
