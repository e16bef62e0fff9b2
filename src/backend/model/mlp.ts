// The MLP of one layer. Its hidden units after the activation are the neurons.
import type { Tensor } from '../engine/graph/graph';
import { add, gelu, geluTanh, matmul, multiply, relu, silu } from '../engine/operations';
import type { ActivationKind } from './configuration';
import type { ModelContext } from './context';

const ACTIVATIONS: Record<ActivationKind, (x: Tensor) => Tensor> = { gelu, gelu_new: geluTanh, relu, silu };

/**
 * `[batch, pos, d_model]` → the same. Captures `hook_pre` and `hook_post` [batch, pos, d_mlp]; gated MLPs also
 * `hook_pre_linear`, the factor without activation: post = act(pre) ⊙ pre_linear.
 */
export function mlp(context: ModelContext, layer: number, x: Tensor): Tensor {
  const { configuration, hooks } = context;
  const name = `blocks.${layer}.mlp`;
  const activate = ACTIVATIONS[configuration.activation];
  let post: Tensor;
  if (configuration.gated) {
    const pre = hooks.at(`${name}.hook_pre`, linear(context, name, 'gate', x));
    const straight = hooks.at(`${name}.hook_pre_linear`, linear(context, name, 'in', x));
    post = multiply(activate(pre), straight);
  } else {
    post = activate(hooks.at(`${name}.hook_pre`, linear(context, name, 'in', x)));
  }
  const neurons = hooks.at(`${name}.hook_post`, post);
  return hooks.at(`blocks.${layer}.hook_mlp_out`, linear(context, name, 'out', neurons));
}

/** x·W + b with the weights `<path>.W_<name>` and, where the model has it, `<path>.b_<name>`. */
export function linear({ weights }: ModelContext, path: string, name: string, x: Tensor): Tensor {
  const product = matmul(x, weights.get(`${path}.W_${name}`));
  const bias = weights.find(`${path}.b_${name}`);
  return bias ? add(product, bias) : product;
}
