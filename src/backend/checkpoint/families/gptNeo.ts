// GPT-Neo, the family of TinyStories. Layers look at everything or at a window, in turns; queries and keys have no
// bias, and their product is not scaled. All matrices are of nn.Linear, [out, in].
// Source: transformers, models/gpt_neo/modeling_gpt_neo.py and configuration_gpt_neo.py.
import { described, MAX_CONTEXT, MAX_LAYERS, type ConfigurationReader } from '../configurationReader';
import { activations, asIs, dividedHeads, transposed, type Family } from './family';

const block = 'transformer.h.{}';

export const gptNeo: Family = {
  modelType: 'gpt_neo',
  architecture: 'GPTNeoForCausalLM',
  prefix: 'transformer.',
  harmless: /^(vocab_parallel_embedding|make_vocab_size_divisible_by|type_vocab_size)$/,
  ignored: [{ pattern: /\.attn\.attention\.(bias|masked_bias)$/, what: 'attention mask buffer' }],
  sources: {
    'embed.W_E': asIs('transformer.wte.weight'),
    'pos_embed.W_pos': asIs('transformer.wpe.weight'),
    'blocks.{}.ln1.w': asIs(`${block}.ln_1.weight`),
    'blocks.{}.ln1.b': asIs(`${block}.ln_1.bias`),
    'blocks.{}.attn.W_Q': transposed(`${block}.attn.attention.q_proj.weight`),
    'blocks.{}.attn.W_K': transposed(`${block}.attn.attention.k_proj.weight`),
    'blocks.{}.attn.W_V': transposed(`${block}.attn.attention.v_proj.weight`),
    'blocks.{}.attn.W_O': transposed(`${block}.attn.attention.out_proj.weight`),
    'blocks.{}.attn.b_O': asIs(`${block}.attn.attention.out_proj.bias`),
    'blocks.{}.ln2.w': asIs(`${block}.ln_2.weight`),
    'blocks.{}.ln2.b': asIs(`${block}.ln_2.bias`),
    'blocks.{}.mlp.W_in': transposed(`${block}.mlp.c_fc.weight`),
    'blocks.{}.mlp.b_in': asIs(`${block}.mlp.c_fc.bias`),
    'blocks.{}.mlp.W_out': transposed(`${block}.mlp.c_proj.weight`),
    'blocks.{}.mlp.b_out': asIs(`${block}.mlp.c_proj.bias`),
    'ln_final.w': asIs('transformer.ln_f.weight'),
    'ln_final.b': asIs('transformer.ln_f.bias'),
    'unembed.W_U': transposed('lm_head.weight'),
  },
  configuration(config) {
    const d_model = config.size(['hidden_size']);
    const n_heads = config.size(['num_heads', 'num_attention_heads']);
    const n_layers = config.size(['num_layers', 'num_hidden_layers'], MAX_LAYERS);
    return {
      n_layers,
      n_heads,
      n_key_value_heads: n_heads,
      d_model,
      d_head: dividedHeads(config, d_model, n_heads, 'num_heads'),
      d_mlp: config.optionalSize(['intermediate_size']) ?? 4 * d_model,
      d_vocab: config.size(['vocab_size']),
      n_ctx: config.size(['max_position_embeddings'], MAX_CONTEXT),
      position: 'learned',
      norm: 'layer',
      norm_epsilon: config.positive(['layer_norm_epsilon'], 1e-5),
      block: 'serial',
      activation: config.choice(['activation_function'], activations, 'gelu_new'),
      gated: false,
      causal: true,
      windows: windows(config, n_layers),
      attention_scale: 1,
      tied: config.flag('tie_word_embeddings', true),
      biases: { qkv: false, attention_out: true, mlp: true, unembed: false },
    };
  },
  values: (configuration) => ({
    hidden_size: configuration.d_model,
    num_heads: configuration.n_heads,
    num_layers: configuration.n_layers,
    intermediate_size: configuration.d_mlp,
    vocab_size: configuration.d_vocab,
    max_position_embeddings: configuration.n_ctx,
    layer_norm_epsilon: configuration.norm_epsilon,
    activation_function: configuration.activation,
    attention_types: [[configuration.windows.map((window) => (window === null ? 'global' : 'local')), 1]],
    window_size: configuration.windows.find((window) => window !== null) ?? undefined,
    tie_word_embeddings: configuration.tied,
  }),
};

/** The window of each layer: `window_size` for local ones, null for global ones. */
function windows(config: ConfigurationReader, n_layers: number): (number | null)[] {
  const listed = config.value('attention_layers');
  const types = config.value('attention_types');
  const kinds =
    listed === undefined ? expand(config, types ?? defaultTypes, n_layers) : layerKinds(config, listed);
  if (
    listed !== undefined &&
    types !== undefined &&
    kinds.join() !== expand(config, types, n_layers).join()
  ) {
    throw config.error('attention_layers', 'says something else than attention_types');
  }
  if (kinds.length !== n_layers) {
    throw config.error('attention_types', `does not give a kind for each of ${n_layers} layers`);
  }
  const window = config.optionalSize(['window_size']) ?? 256;
  return kinds.map((kind) => (kind === 'local' ? window : null));
}

/** What transformers takes where the file says nothing: 24 layers in turns. */
const defaultTypes = [[['global', 'local'], 12]];

function layerKinds(config: ConfigurationReader, value: unknown): string[] {
  if (!Array.isArray(value)) throw config.error('attention_layers', `is ${described(value)}, not a list`);
  return value.map((kind: unknown) => {
    if (kind !== 'global' && kind !== 'local') {
      throw config.error('attention_layers', `holds ${described(kind)}, not only "global" and "local"`);
    }
    return kind;
  });
}

/** [[["global", "local"], 2]] is global, local, global, local. */
function expand(config: ConfigurationReader, types: unknown, n_layers: number): string[] {
  const kinds: unknown[] = [];
  if (!Array.isArray(types)) throw config.error('attention_types', `is ${described(types)}, not a list`);
  for (const item of types as unknown[]) {
    const [group, times] = Array.isArray(item) ? (item as unknown[]) : [];
    if (!Array.isArray(group) || group.length === 0 || !Number.isInteger(times)) {
      throw config.error('attention_types', 'is not a list of [[kinds], times]');
    }
    // One layer too many is enough to be refused; a wild number of times is not carried out.
    for (let i = 0; i < (times as number) * group.length && kinds.length <= n_layers; i++) {
      kinds.push(group[i % group.length]);
    }
  }
  return layerKinds(config, kinds);
}
