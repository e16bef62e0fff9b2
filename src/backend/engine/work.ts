// How much a graph computes, as far as it matters for how many threads are worth waking.
import type { Plan } from './executor';
import { resolveShape, sizeOf, type Bindings, type Shape } from './graph/dimension';

const PRODUCTS: ReadonlySet<string> = new Set(['matmul', 'halfMatmul']);

/** Floating-point operations of one run's matrix products: what else there is follows from them. */
export function productOperations(plan: Plan, bindings: Bindings): number {
  const size = (shape: Shape) => sizeOf(resolveShape(shape, bindings));
  let operations = 0;
  for (const node of plan.nodes) {
    if (node.kind !== 'operation') continue;
    const [a, b] = node.inputs;
    if (PRODUCTS.has(node.forms.name)) {
      const { transposeA } = node.attributes as { transposeA: boolean };
      operations += 2 * size(node.outputs[0].shape) * size([a.shape.at(transposeA ? -2 : -1)!]);
    }
    if (node.forms.name === 'attend') operations += 2 * size(a.shape) * size([b.shape.at(-2)!]);
  }
  return operations;
}
