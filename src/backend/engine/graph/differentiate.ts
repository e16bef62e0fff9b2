// Reverse-mode differentiation: gradients as further nodes of the same graph.
import { add, zerosLike } from '../operations';
import { Recomputation } from './recompute';
import { describeType, graphError, neededNodes, type Tensor } from './graph';

/**
 * Gradients of a scalar in any tensors that it was made from: weights, inputs, or activations on the way. Only what
 * leads from the loss to these is built; a tensor used in several places gets the sum over all of them.
 * @param loss float32 with one element
 * @param checkpoints values of the forward pass from which the others are computed again, so that they need not be kept;
 * undefined keeps all
 * @returns for each source a tensor of its shape; zeros where the loss does not depend on it
 * @throws SubtextError `graph` when the loss is no scalar
 */
export function differentiate(
  loss: Tensor,
  sources: readonly Tensor[],
  checkpoints?: readonly Tensor[],
): Tensor[] {
  const { graph } = loss;
  if (loss.type !== 'float32' || loss.shape.some((size) => size !== 1)) {
    throw graphError(`a loss is one float32 number, not ${describeType(loss)}`);
  }
  const forward = neededNodes(graph, [loss]);
  const recomputation = checkpoints && new Recomputation(graph, forward, checkpoints);
  const leading = tensorsBehind(forward, sources);
  const parts = new Map<number, Tensor[]>();
  const total = ({ id }: Tensor): Tensor | undefined => {
    const [first, ...others] = parts.get(id) ?? [];
    if (others.length === 0) return first;
    const sum = others.reduce(add, first);
    parts.set(id, [sum]);
    return sum;
  };

  parts.set(loss.id, [onesOf(loss)]);
  for (const node of forward.toReversed()) {
    if (node.kind !== 'operation' || !node.inputs.some(({ id }) => leading.has(id))) continue;
    const { inputs, outputs, attributes, forms } = node;
    if (!outputs.some(({ id }) => parts.has(id))) continue;
    if (!forms.everyOutput && outputs.slice(1).some(({ id }) => parts.has(id)))
      throw graphError(`${forms.name} has a gradient in its first output only`);
    graph.within(`gradient of ${node.scope === '' ? forms.name : node.scope}`, () => {
      const gradients = () => outputs.map((output) => total(output) ?? zerosLike(output));
      const gradient = total(outputs[0]) ?? zerosLike(outputs[0]);
      const again = (tensors: Tensor[]) =>
        recomputation ? tensors.map((tensor) => recomputation.value(tensor, gradient)) : tensors;
      const wanted = inputs.map(({ id, type }) => type === 'float32' && leading.has(id));
      const values = { inputs: again(inputs), outputs: again(outputs) };
      forms.gradient?.({ ...values, gradient, gradients, wanted, attributes }).forEach((make, index) => {
        const { id } = inputs[index];
        if (!make || !wanted[index]) return;
        parts.set(id, [...(parts.get(id) ?? []), make()]);
      });
    });
  }
  return sources.map((source) => total(source) ?? zerosLike(source));
}

/** Ids of the tensors that depend on one of the sources, themselves included. */
function tensorsBehind(forward: ReturnType<typeof neededNodes>, sources: readonly Tensor[]): Set<number> {
  const behind = new Set(sources.map(({ id }) => id));
  for (const node of forward) {
    if (node.kind !== 'operation' || !node.inputs.some(({ id }) => behind.has(id))) continue;
    for (const { id } of node.outputs) behind.add(id);
  }
  return behind;
}

function onesOf({ graph, shape }: Tensor): Tensor {
  return graph.constant({ type: 'float32', shape: shape as number[], data: new Float32Array([1]) });
}
