// BERT, an encoder with a head that guesses masked tokens. Norms stand behind attention and MLP; all matrices are of
// nn.Linear, [out, in]. Every token is of the first token type: texts do not come in pairs here.
// Source: transformers, models/bert/modeling_bert.py and configuration_bert.py; arXiv 1810.04805.
import { MAX_CONTEXT, MAX_LAYERS } from '../configurationReader';
import { activations, asIs, dividedHeads, transposed, type Family, type Sources } from './family';

const block = 'bert.encoder.layer.{}';
const head = 'cls.predictions';

/** Norms, whose gain and offset older files call gamma and beta. */
function norms(gain: string, offset: string): Sources {
  const norm = (weight: string, tensor: string): Sources => ({
    [`${weight}.w`]: asIs(`${tensor}.LayerNorm.${gain}`),
    [`${weight}.b`]: asIs(`${tensor}.LayerNorm.${offset}`),
  });
  return {
    ...norm('embed.ln', 'bert.embeddings'),
    ...norm('blocks.{}.ln1', `${block}.attention.output`),
    ...norm('blocks.{}.ln2', `${block}.output`),
    ...norm('mlm_head.ln', `${head}.transform`),
  };
}

export const bert: Family = {
  modelType: 'bert',
  architecture: 'BertForMaskedLM',
  prefix: 'bert.',
  harmless: /^((attention_probs|hidden)_dropout_prob|pooler_\w+|directionality)$/,
  ignored: [
    { pattern: /^bert\.embeddings\.position_ids$/, what: 'table of positions' },
    { pattern: /^(bert\.pooler|cls\.seq_relationship)\./, what: 'text pair tensor' },
    { pattern: /^cls\.predictions\.decoder\.bias$/, what: 'copy of the bias of the unembedding' },
  ],
  sources: {
    'embed.W_E': asIs('bert.embeddings.word_embeddings.weight'),
    'pos_embed.W_pos': asIs('bert.embeddings.position_embeddings.weight'),
    'token_type_embed.W_token_type': asIs('bert.embeddings.token_type_embeddings.weight'),
    ...norms('weight', 'bias'),
    'blocks.{}.attn.W_Q': transposed(`${block}.attention.self.query.weight`),
    'blocks.{}.attn.b_Q': asIs(`${block}.attention.self.query.bias`),
    'blocks.{}.attn.W_K': transposed(`${block}.attention.self.key.weight`),
    'blocks.{}.attn.b_K': asIs(`${block}.attention.self.key.bias`),
    'blocks.{}.attn.W_V': transposed(`${block}.attention.self.value.weight`),
    'blocks.{}.attn.b_V': asIs(`${block}.attention.self.value.bias`),
    'blocks.{}.attn.W_O': transposed(`${block}.attention.output.dense.weight`),
    'blocks.{}.attn.b_O': asIs(`${block}.attention.output.dense.bias`),
    'blocks.{}.mlp.W_in': transposed(`${block}.intermediate.dense.weight`),
    'blocks.{}.mlp.b_in': asIs(`${block}.intermediate.dense.bias`),
    'blocks.{}.mlp.W_out': transposed(`${block}.output.dense.weight`),
    'blocks.{}.mlp.b_out': asIs(`${block}.output.dense.bias`),
    'mlm_head.W': transposed(`${head}.transform.dense.weight`),
    'mlm_head.b': asIs(`${head}.transform.dense.bias`),
    // Only ever a copy: untied models are refused.
    'unembed.W_U': transposed(`${head}.decoder.weight`),
    'unembed.b_U': asIs(`${head}.bias`),
  },
  renamed: { where: /LayerNorm\.gamma$/, sources: norms('gamma', 'beta') },
  configuration(config) {
    const d_model = config.size(['hidden_size']);
    const n_heads = config.size(['num_attention_heads']);
    const n_layers = config.size(['num_hidden_layers'], MAX_LAYERS);
    const d_head = dividedHeads(config, d_model, n_heads, 'num_attention_heads');
    // A decoder would be causal; relative positions are another model's; untied, its head has two biases.
    config.refuse('is_decoder', false);
    config.refuse('position_embedding_type', 'absolute');
    config.refuse('tie_word_embeddings', true);
    return {
      n_layers,
      n_heads,
      n_key_value_heads: n_heads,
      d_model,
      d_head,
      d_mlp: config.size(['intermediate_size']),
      d_vocab: config.size(['vocab_size']),
      n_ctx: config.size(['max_position_embeddings'], MAX_CONTEXT),
      position: 'learned',
      norm: 'layer',
      norm_epsilon: config.positive(['layer_norm_eps'], 1e-12),
      block: 'post-norm',
      activation: config.choice(['hidden_act'], activations, 'gelu'),
      gated: false,
      causal: false,
      windows: new Array<null>(n_layers).fill(null),
      attention_scale: 1 / Math.sqrt(d_head),
      tied: true,
      embedding_norm: true,
      token_types: config.optionalSize(['type_vocab_size']) ?? 2,
      head_transform: true,
      biases: { qkv: true, attention_out: true, mlp: true, unembed: true },
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
    type_vocab_size: configuration.token_types,
    tie_word_embeddings: configuration.tied,
    // Where config.json says nothing, transformers 4 takes 0, the first token, for padding.
    pad_token_id: null,
  }),
};
