// Layer norm and RMS norm, with TransformerLens's two looks inside.
import type { Tensor } from '../engine/graph/graph';
import {
  add,
  average,
  divide,
  layerNorm,
  multiply,
  rmsNorm,
  squareRoot,
  standardize,
  subtract,
} from '../engine/operations';
import type { ModelContext } from './context';

/**
 * Normalises `[…, d_model]`. Captures `hook_scale` [batch, pos, 1], what the (centered) input is divided by, and
 * `hook_normalized`, the quotient before gain and offset.
 */
export function norm(context: ModelContext, name: string, x: Tensor): Tensor {
  const { configuration, hooks, weights } = context;
  const { norm: kind, norm_epsilon: epsilon } = configuration;
  const gain = weights.get(`${name}.w`);
  const offset = weights.find(`${name}.b`);
  const [scaleName, normalizedName] = [`${name}.hook_scale`, `${name}.hook_normalized`];
  if (!hooks.wants(scaleName) && !hooks.wants(normalizedName)) {
    return kind === 'layer' ? layerNorm(x, gain, offset!, epsilon) : rmsNorm(x, gain, epsilon);
  }
  const normalized = hooks.at(normalizedName, normalizedBy(context, scaleName, x));
  const gained = multiply(normalized, gain);
  return offset ? add(gained, offset) : gained;
}

/** The (centered) input divided by its scale, which is one piece only where nobody puts another scale in its place. */
function normalizedBy({ configuration, hooks }: ModelContext, scaleName: string, x: Tensor): Tensor {
  const { norm: kind, norm_epsilon: epsilon } = configuration;
  if (kind === 'layer' && !hooks.changes(scaleName)) {
    const { normalized, scale } = standardize(x, epsilon);
    hooks.at(scaleName, scale);
    return normalized;
  }
  const centered = kind === 'layer' ? subtract(x, average(x)) : x;
  const variance = average(multiply(centered, centered));
  const scale = hooks.at(scaleName, squareRoot(add(variance, x.graph.scalar(epsilon))));
  return divide(centered, scale);
}
