// The weights of a configuration: their names, shapes, and the check that a checkpoint has them all.
import { sizeOf } from '../engine/graph/dimension';
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from './configuration';

/** One weight, row-major. Matrices are stored [in, out], so that a layer computes x·W + b. */
export interface Weight {
  shape: number[];
  data: Float32Array;
}

/** By TransformerLens name: `embed.W_E`, `blocks.3.attn.W_Q`, … */
export type Weights = Map<string, Weight>;

/**
 * Names and shapes of all weights of a model, in the order of the forward pass.
 *
 * Heads lie side by side in the columns of W_Q, W_K, W_V (`[d_model, heads · d_head]`) and in the rows of W_O
 * (`[heads · d_head, d_model]`): TransformerLens's `[head, d_model, d_head]` without the copy that would need.
 * Experts lie side by side likewise, in the columns of W_in and W_gate and the rows of W_out; each has its own row of b_out
 * `[num_experts, d_model]`. Their router is W_router, because TransformerLens's name for it, W_gate, is taken. A tied model has no `unembed.W_U`.
 */
export function weightShapes(configuration: TransformerConfiguration): Map<string, number[]> {
  const { d_model, d_head, d_mlp, d_vocab, n_ctx, n_heads, n_key_value_heads, n_layers, position, biases } =
    configuration;
  const shapes = new Map<string, number[]>();
  const norm = (name: string) => {
    shapes.set(`${name}.w`, [d_model]);
    if (configuration.norm === 'layer') shapes.set(`${name}.b`, [d_model]);
  };
  const linear = (path: string, name: string, from: number, to: number, bias: boolean) => {
    shapes.set(`${path}.W_${name}`, [from, to]);
    if (bias) shapes.set(`${path}.b_${name}`, [to]);
  };

  shapes.set('embed.W_E', [d_vocab, d_model]);
  if (position === 'learned') shapes.set('pos_embed.W_pos', [n_ctx, d_model]);
  const { token_types = 0 } = configuration;
  if (token_types > 0) shapes.set('token_type_embed.W_token_type', [token_types, d_model]);
  if (configuration.embedding_norm) norm('embed.ln');
  for (let layer = 0; layer < n_layers; layer++) {
    const attention = `blocks.${layer}.attn`;
    const mlp = `blocks.${layer}.mlp`;
    norm(`blocks.${layer}.ln1`);
    if (position === 'distance-only') shapes.set(`${attention}.distance_scores`, [n_heads, n_ctx]);
    if (position !== 'distance-only' && position !== 'uniform') {
      linear(attention, 'Q', d_model, n_heads * d_head, biases.qkv);
      linear(attention, 'K', d_model, n_key_value_heads * d_head, biases.qkv);
    }
    if (position === 'relative') {
      shapes.set(`${attention}.relative_keys`, [n_heads, n_ctx, d_head]);
      shapes.set(`${attention}.relative_queries`, [n_heads, n_ctx, d_head]);
    }
    linear(attention, 'V', d_model, n_key_value_heads * d_head, biases.qkv);
    linear(attention, 'O', n_heads * d_head, d_model, biases.attention_out);
    if (d_mlp > 0) {
      norm(`blocks.${layer}.ln2`);
      const { experts } = configuration;
      if (experts) linear(mlp, 'router', d_model, experts.num_experts, false);
      if (configuration.gated) linear(mlp, 'gate', d_model, d_mlp, biases.mlp);
      linear(mlp, 'in', d_model, d_mlp, biases.mlp);
      linear(mlp, 'out', d_mlp, d_model, biases.mlp && !experts);
      if (experts && biases.mlp) shapes.set(`${mlp}.b_out`, [experts.num_experts, d_model]);
    }
  }
  if (configuration.block !== 'post-norm') norm('ln_final');
  if (configuration.head_transform) {
    shapes.set('mlm_head.W', [d_model, d_model]);
    shapes.set('mlm_head.b', [d_model]);
    norm('mlm_head.ln');
  }
  if (!configuration.tied) shapes.set('unembed.W_U', [d_model, d_vocab]);
  if (biases.unembed) shapes.set('unembed.b_U', [d_vocab]);
  return shapes;
}

/** How many numbers a model of this configuration holds. */
export function parameterCount(configuration: TransformerConfiguration): number {
  let count = 0;
  for (const shape of weightShapes(configuration).values()) count += sizeOf(shape);
  return count;
}

/**
 * Checks that `weights` are exactly those of `configuration`.
 * @throws SubtextError `checkpoint-tensors` that names up to five missing, extra and misshaped weights each.
 */
export function checkWeights(configuration: TransformerConfiguration, weights: Weights, path: string): void {
  const expected = weightShapes(configuration);
  const missing = [...expected.keys()].filter((name) => !weights.has(name));
  const extra = [...weights.keys()].filter((name) => !expected.has(name));
  const misshaped = [...expected].flatMap(([name, shape]) => {
    const found = weights.get(name)?.shape;
    return found && found.join() !== shape.join()
      ? [`${name} is [${found.join()}], not [${shape.join()}]`]
      : [];
  });
  const parts = [
    listed('missing', missing),
    listed('unknown', extra),
    listed('of the wrong shape', misshaped),
  ];
  const problems = parts.filter((part) => part !== '');
  if (problems.length > 0) {
    throw new SubtextError(
      'checkpoint-tensors',
      `${path} does not fit its configuration: ${problems.join('; ')}`,
      'Check that the weights and the configuration come from the same model.',
    );
  }
}

function listed(what: string, names: string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 5).join(', ');
  return `${what}: ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}
