// Mixtral: Llama with a mixture of experts for its MLP, and a window of attention in all layers or in none.
// Source: transformers, models/mixtral/modeling_mixtral.py and conversion_mapping.py; arXiv 2401.04088.
import { transposed, transposedRows, type Family, type Source } from './family';
import { llama, llamaConfiguration } from './llama';

/** Names are listed for each expert of each layer. Of published models Switch has the most, 15 times 2048. */
const MAX_EXPERTS_IN_ALL = 2 ** 16;

const block = 'model.layers.{}';
const expert = `${block}.block_sparse_moe.experts.{expert}`;

const separate = (axis: 0 | 1, source: Source): Source => ({ ...source, experts: { axis, stacked: false } });
const stacked = (axis: 0 | 1, source: Source): Source => ({ ...source, experts: { axis, stacked: true } });

export const mixtral: Family = {
  ...llama,
  modelType: 'mixtral',
  architecture: 'MixtralForCausalLM',
  // Both serve training only.
  harmless: /^router_(aux_loss_coef|jitter_noise)$/,
  sources: {
    ...llama.sources,
    'blocks.{}.mlp.W_router': transposed(`${block}.block_sparse_moe.gate.weight`),
    'blocks.{}.mlp.W_gate': separate(1, transposed(`${expert}.w1.weight`)),
    'blocks.{}.mlp.W_in': separate(1, transposed(`${expert}.w3.weight`)),
    'blocks.{}.mlp.W_out': separate(0, transposed(`${expert}.w2.weight`)),
  },
  // As transformers 5 holds them in memory, and writes them with save_original_format=False.
  renamed: {
    where: /\.mlp\.experts\./,
    sources: {
      'blocks.{}.mlp.W_router': transposed(`${block}.mlp.gate.weight`),
      'blocks.{}.mlp.W_gate': stacked(1, transposedRows(`${block}.mlp.experts.gate_up_proj`, 0, 2)),
      'blocks.{}.mlp.W_in': stacked(1, transposedRows(`${block}.mlp.experts.gate_up_proj`, 1, 2)),
      'blocks.{}.mlp.W_out': stacked(0, transposed(`${block}.mlp.experts.down_proj`)),
    },
  },
  configuration(config) {
    const found = llamaConfiguration(config, { normEpsilon: 1e-5, rotaryBase: 1_000_000 });
    const { n_layers, d_mlp } = found;
    const most = Math.floor(MAX_EXPERTS_IN_ALL / n_layers);
    const num_experts = config.optionalSize(['num_local_experts', 'num_experts'], most) ?? 8;
    const experts_per_token = config.optionalSize(['num_experts_per_tok']) ?? 2;
    if (experts_per_token > num_experts) {
      throw config.error('num_experts_per_tok', `is ${experts_per_token}, of ${num_experts} experts`);
    }
    return {
      ...found,
      d_mlp: num_experts * d_mlp,
      experts: { num_experts, experts_per_token, normalize: true },
      windows: new Array<number | null>(n_layers).fill(config.optionalSize(['sliding_window']) ?? null),
      // Whatever config.json says of them, the model has none.
      biases: { qkv: false, attention_out: false, mlp: false, unembed: false },
    };
  },
  values(configuration) {
    const { experts, d_mlp, windows } = configuration;
    const values = llama.values(configuration);
    return (
      values && {
        ...values,
        intermediate_size: d_mlp / (experts?.num_experts ?? 1),
        num_local_experts: experts?.num_experts,
        num_experts_per_tok: experts?.experts_per_token,
        sliding_window: windows[0],
      }
    );
  },
};
