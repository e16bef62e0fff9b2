// Causal attention alone: scores, mask, softmax, and the mean of the values.
import type { NamedTensors } from '../engine/executor';
import { Graph } from '../engine/graph/graph';
import { add, attend, matmul, multiply } from '../engine/operations';
import { readable } from './read';
import { attentionOperations, type AttentionSize } from './sizes';
import { normals, type Prepare } from './task';

export const attention: Prepare<AttentionSize> = async (executor, size) => {
  const { batch, heads, tokens, width } = size;
  const shape = [batch, heads, tokens, width];
  const across = [batch, heads, width, tokens];
  const graph = new Graph();
  const queries = graph.weight('queries', shape);
  const [keys, values] = ['keys', 'values'].map((name) => graph.weight(name, across));
  const scores = multiply(matmul(queries, keys), graph.scalar(1 / Math.sqrt(width)));
  const mixed = attend(add(scores, graph.weight('mask', [tokens, tokens])), values);
  const outputs = readable(executor, new Map([['mixed', mixed]]));
  const weights: NamedTensors = new Map([
    ...[shape, across, across].map((of, index) => {
      const name = ['queries', 'keys', 'values'][index];
      return [name, { type: 'float32' as const, shape: of, data: normals(of, index + 1) }] as const;
    }),
    ['mask', { type: 'float32' as const, shape: [tokens, tokens], data: causalMask(tokens) }],
  ]);
  const executable = await executor.compile(graph, outputs, weights);
  return {
    detail: executor.detail,
    facts: { result: shape },
    operations: attentionOperations(size),
    tokens: batch * tokens,
    run: () => executable.run(new Map()),
    dispose: () => {
      executable.dispose();
      executor.release(weights);
    },
  };
};

/** 0 where a query sees the key, −∞ where it does not. */
function causalMask(tokens: number): Float32Array {
  const mask = new Float32Array(tokens * tokens);
  for (let query = 0; query < tokens; query++)
    mask.fill(-Infinity, query * tokens + query + 1, (query + 1) * tokens);
  return mask;
}
