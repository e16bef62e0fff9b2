// From a recipe's model to the configuration of the transformer, and the weights that it starts from.
import { sizeOf } from '../engine/graph/dimension';
import type { PositionKind, TransformerConfiguration } from '../model/configuration';
import { weightShapes, type Weights } from '../model/weights';
import { seededNormal } from '../random';
import type { NewModel } from './recipe';

/** TinyStories' local layers (arXiv 2305.07759; `window_size` of its checkpoints). */
const LOCAL_WINDOW = 256;

type Architecture = NewModel['architecture'];

const positions: Record<Architecture, PositionKind> = {
  gpt2: 'learned',
  gpt_neo: 'learned',
  gpt_rotary: 'rotary',
  gpt_relative: 'relative',
  gpt_distance_only: 'distance-only',
  gpt_uniform: 'uniform',
  llama: 'rotary',
  encoder: 'learned',
};

/**
 * @param context of the texts that it is trained on, which `model.context` may exceed
 * @param d_vocab of the tokenizer
 */
export function configurationOf(model: NewModel, context: number, d_vocab: number): TransformerConfiguration {
  const { architecture, layers, width, heads } = model;
  const llama = architecture === 'llama';
  const neo = architecture === 'gpt_neo';
  const position = positions[architecture];
  const d_head = width / heads;
  const rotary =
    position === 'rotary' ? ({ base: 10000, dimensions: d_head, pairing: 'halves' } as const) : undefined;
  return {
    n_layers: layers,
    n_heads: heads,
    n_key_value_heads: model.key_value_heads ?? heads,
    d_model: width,
    d_head,
    // Llama's three matrices of 8/3 d hold as much as the usual two of 4 d; a multiple of 8 suits engines.
    d_mlp: model.mlp ?? (llama ? 8 * Math.ceil(width / 3) : 4 * width),
    d_vocab,
    n_ctx: model.context ?? context,
    position,
    ...(rotary && { rotary }),
    norm: llama ? 'rms' : 'layer',
    norm_epsilon: 1e-5,
    block: 'serial',
    activation: llama ? 'silu' : architecture === 'gpt_rotary' ? 'gelu' : 'gelu_new',
    gated: llama,
    causal: architecture !== 'encoder',
    windows: Array.from({ length: layers }, (_, layer) =>
      neo && layer % 2 === 1 ? (model.window ?? LOCAL_WINDOW) : null,
    ),
    attention_scale: neo ? 1 : 1 / Math.sqrt(d_head),
    tied: model.tied ?? !llama,
    biases: { qkv: !llama && !neo, attention_out: !llama, mlp: !llama, unembed: false },
  };
}

/**
 * First weights as GPT-2's: normal, those that write into the residual stream smaller by √(2 · layers), norms 1, biases and
 * scores by distance 0.
 * @param deviation standard deviation; GPT-2's is 0.02
 */
export function initialWeights(
  configuration: TransformerConfiguration,
  deviation: number,
  seed: number,
): Weights {
  const normal = seededNormal(seed);
  const weights: Weights = new Map();
  const written = deviation / Math.sqrt(2 * configuration.n_layers);
  for (const [name, shape] of weightShapes(configuration)) {
    const data = new Float32Array(sizeOf(shape));
    if (/\.w$/.test(name)) data.fill(1);
    else if (!/\.b(_\w+)?$|distance_scores$/.test(name)) {
      const scale = /\.W_(O|out)$/.test(name) ? written : deviation;
      for (let i = 0; i < data.length; i++) data[i] = normal() * scale;
    }
    weights.set(name, { shape, data });
  }
  return weights;
}
