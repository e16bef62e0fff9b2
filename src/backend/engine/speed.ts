// How fast an engine multiplies matrices here: what estimates of time are made from.
import type { Executor } from './executor';
import { Graph } from './graph/graph';
import { matmul } from './operations';

const SIZE = 512;
const RUNS = 6;

/** Floating-point operations per second of a product of two 512 × 512 matrices: the best of a few, some tens of milliseconds. */
export async function measureSpeed(executor: Executor): Promise<number> {
  const graph = new Graph();
  const shape = [SIZE, SIZE];
  const product = matmul(graph.input('left', 'float32', shape), graph.input('right', 'float32', shape));
  const executable = await executor.compile(graph, new Map([['product', product]]), new Map());
  const ones = { type: 'float32' as const, shape, data: new Float32Array(SIZE * SIZE).fill(1) };
  const inputs = new Map([
    ['left', ones],
    ['right', ones],
  ]);
  let shortest = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await executable.run(inputs);
    shortest = Math.min(shortest, performance.now() - start);
  }
  executable.dispose();
  return (2 * SIZE ** 3 * 1000) / shortest;
}
