// One matrix product through the executor, its right side a weight.
import type { NamedTensors } from '../../src/backend/engine/executor';
import { Graph } from '../../src/backend/engine/graph/graph';
import { matmul } from '../../src/backend/engine/operations';
import type { ProductSize } from '../sizes';
import { normals, startedExecutor, type OwnTask } from './task';

export async function product({ batch, rows, inner, columns }: ProductSize): Promise<OwnTask> {
  const executor = await startedExecutor();
  const leading = batch === 1 ? [] : [batch];
  const leftShape = [...leading, rows, inner];
  const rightShape = [...leading, inner, columns];
  const graph = new Graph();
  const result = matmul(graph.input('left', 'float32', leftShape), graph.weight('right', rightShape));
  const weights: NamedTensors = new Map([
    ['right', { type: 'float32', shape: rightShape, data: normals(rightShape, 2) }],
  ]);
  const executable = await executor.compile(graph, new Map([['product', result]]), weights);
  const inputs: NamedTensors = new Map([
    ['left', { type: 'float32', shape: leftShape, data: normals(leftShape, 1) }],
  ]);
  return {
    detail: executor.detail,
    facts: { result: [...leading, rows, columns] },
    run: () => executable.run(inputs),
  };
}
