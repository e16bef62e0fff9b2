// The MLP of one layer, or its mixture of experts. Hidden units after the activation are the neurons.
import type { Tensor } from '../engine/graph/graph';
import {
  add,
  addAlong,
  cast,
  divide,
  equal,
  gelu,
  geluTanh,
  matmul,
  multiply,
  relu,
  reshape,
  silu,
  softmax,
  subtract,
  sum,
  topK,
  zerosLike,
} from '../engine/operations';
import type { ActivationKind, ExpertsConfiguration } from './configuration';
import type { ModelContext } from './context';

export const ACTIVATIONS: Record<ActivationKind, (x: Tensor) => Tensor> = {
  gelu,
  gelu_new: geluTanh,
  relu,
  silu,
};

/**
 * `[batch, pos, d_model]` → the same. Captures `hook_pre` and `hook_post` [batch, pos, d_mlp]; gated MLPs also
 * `hook_pre_linear`, the factor without activation: post = act(pre) ⊙ pre_linear; mixtures of experts those of `route`.
 */
export function mlp(context: ModelContext, layer: number, x: Tensor): Tensor {
  const { configuration, hooks, weights } = context;
  const name = `blocks.${layer}.mlp`;
  const out = `blocks.${layer}.hook_mlp_out`;
  const { experts } = configuration;
  if (!experts) {
    const post = hooks.at(`${name}.hook_post`, neurons(context, name, x));
    return hooks.at(out, linear(context, name, 'out', post));
  }
  const routing = route(context, experts, name, x); // [batch, pos, expert]
  const { graph } = x;
  const chosen = subtract(graph.scalar(1), cast(equal(routing, graph.scalar(0)), 'float32'));
  const post = hooks.at(`${name}.hook_post`, perExpert(context, neurons(context, name, x), chosen));
  const written = matmul(perExpert(context, post, routing), weights.get(`${name}.W_out`));
  const bias = weights.find(`${name}.b_out`); // [expert, d_model]
  return hooks.at(out, bias ? add(written, matmul(routing, bias)) : written);
}

/** The activations of all neurons, [batch, pos, d_mlp]. */
function neurons(context: ModelContext, name: string, x: Tensor): Tensor {
  const { configuration, hooks } = context;
  const activate = ACTIVATIONS[configuration.activation];
  if (!configuration.gated) return activate(hooks.at(`${name}.hook_pre`, linear(context, name, 'in', x)));
  const pre = hooks.at(`${name}.hook_pre`, linear(context, name, 'gate', x));
  const straight = hooks.at(`${name}.hook_pre_linear`, linear(context, name, 'in', x));
  return multiply(activate(pre), straight);
}

/**
 * What each token's experts count, [batch, pos, expert], zero for those that its router does not choose: captured as
 * `hook_expert_weights`. (TransformerLens's activation of that name is the softmax over all experts, before any is
 * chosen.) All experts are computed, and `hook_post` is zero for the neurons of those that are not chosen.
 */
function route(
  context: ModelContext,
  { experts_per_token, normalize }: ExpertsConfiguration,
  name: string,
  x: Tensor,
): Tensor {
  const probabilities = softmax(linear(context, name, 'router', x));
  const { values, indices } = topK(probabilities, experts_per_token);
  const shares = normalize ? divide(values, sum(values)) : values;
  const routing = addAlong(zerosLike(probabilities), indices, shares);
  return context.hooks.at(`${name}.hook_expert_weights`, routing);
}

/** Multiplies the neurons of each expert, [batch, pos, d_mlp], by the expert's own factor, [batch, pos, expert]. */
function perExpert({ configuration }: ModelContext, post: Tensor, factors: Tensor): Tensor {
  const { d_mlp } = configuration;
  const { num_experts } = configuration.experts!;
  const apart = reshape(post, ['batch', 'pos', num_experts, d_mlp / num_experts]);
  return reshape(multiply(apart, reshape(factors, ['batch', 'pos', num_experts, 1])), post.shape);
}

/** x·W + b with the weights `<path>.W_<name>` and, where the model has it, `<path>.b_<name>`. */
export function linear({ weights }: ModelContext, path: string, name: string, x: Tensor): Tensor {
  const product = matmul(x, weights.get(`${path}.W_${name}`));
  const bias = weights.find(`${path}.b_${name}`);
  return bias ? add(product, bias) : product;
}
