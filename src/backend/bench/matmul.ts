// Matrix products.
import type { Executor, NamedTensors } from '../engine/executor';
import { Graph } from '../engine/graph/graph';
import { matmul } from '../engine/operations';
import { readable } from './read';
import { productOperations, type ProductSize } from './sizes';
import { normals, type Prepare } from './task';

/** On a card a product takes less time than to ask for it; then several follow each other in one run. */
export function chainOf(executor: Executor, { inner, columns }: ProductSize): number {
  return executor.ownMemory && inner === columns ? 8 : 1;
}

export const product: Prepare<ProductSize> = async (executor, size) => {
  const { batch, rows, inner, columns } = size;
  const repeats = chainOf(executor, size);
  const leading = batch === 1 ? [] : [batch];
  const [leftShape, rightShape] = [
    [...leading, rows, inner],
    [...leading, inner, columns],
  ];
  const graph = new Graph();
  const right = graph.weight('right', rightShape);
  let result = graph.weight('left', leftShape);
  for (let i = 0; i < repeats; i++) result = matmul(result, right);
  const outputs = readable(executor, new Map([['product', result]]));
  // Scaled so that a product of products keeps the size of its numbers.
  const weights: NamedTensors = new Map([
    ['left', { type: 'float32', shape: leftShape, data: normals(leftShape, 1) }],
    ['right', { type: 'float32', shape: rightShape, data: normals(rightShape, 2, 1 / Math.sqrt(inner)) }],
  ]);
  const executable = await executor.compile(graph, outputs, weights);
  return {
    detail: executor.detail,
    facts: { result: [...leading, rows, columns] },
    repeats,
    operations: productOperations(size),
    run: () => executable.run(new Map()),
    dispose: () => {
      executable.dispose();
      executor.release(weights);
    },
  };
};
