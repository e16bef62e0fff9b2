// Activation recomputation (arXiv 1604.06174): time for memory, where contexts are long.
import { add, multiply, sumAll } from '../operations';
import type { Graph, Node, Tensor } from './graph';

/**
 * Gives the backward pass values of the forward pass anew, computed from a few that are kept, the checkpoints. What comes
 * after the last checkpoint is needed at once and is not computed again.
 */
export class Recomputation {
  private readonly again = new Map<Tensor, Tensor>();
  private readonly checkpoints: ReadonlySet<Tensor>;
  private readonly order: ReadonlyMap<Node, number>;
  private readonly last: number;

  /** @param forward the nodes of the forward pass in order */
  constructor(
    private readonly graph: Graph,
    forward: readonly Node[],
    checkpoints: readonly Tensor[],
  ) {
    this.checkpoints = new Set(checkpoints);
    this.order = new Map(forward.map((node, index) => [node, index]));
    this.last = Math.max(-1, ...checkpoints.map(({ node }) => this.order.get(node) ?? -1));
  }

  /** @param gradient one that is there when the value is needed: nothing is computed again before it */
  value(tensor: Tensor, gradient: Tensor): Tensor {
    const { node } = tensor;
    if (node.kind !== 'operation' || this.order.get(node)! > this.last) return tensor;
    const known = this.again.get(tensor);
    if (known) return known;
    if (this.checkpoints.has(tensor)) {
      // A real dependency, without which engines would see the same computation twice and do it once.
      const nothing = multiply(sumAll(gradient), this.graph.scalar(0));
      const held = add(tensor, nothing);
      this.again.set(tensor, held);
      return held;
    }
    const inputs = node.inputs.map((input) => this.value(input, gradient));
    // What no checkpoint leads to (weights taken apart, masks) is not kept for the backward pass alone.
    if (inputs.every((input, index) => input === node.inputs[index])) return tensor;
    const outputs = this.graph.append({ ...node, inputs, outputs: [] }, node.outputs);
    node.outputs.forEach((output, index) => this.again.set(output, outputs[index]));
    return this.again.get(tensor)!;
  }
}
