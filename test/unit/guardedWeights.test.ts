// Weights that a guarded engine updates while their numbers outside lie in another process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GuardedExecutor } from '../../src/backend/engine/guarded/executor';
import { Graph } from '../../src/backend/engine/graph/graph';
import { add } from '../../src/backend/engine/operations';

test('an engine that exchanges two buffers of its own memory gives the numbers back too', async () => {
  // As ONNX Runtime's CUDA provider, which no machine must have: its executor is the same.
  const executor = await GuardedExecutor.start({ engine: 'cpu', threads: 1 });
  try {
    const graph = new Graph();
    const weight = graph.weight('w', [2]);
    const sum = add(weight, graph.input('x', 'float32', [2]));
    const value = { type: 'float32' as const, shape: [2], data: Float32Array.of(1, 2) };
    const weights = new Map([
      ['w', value],
      ['other', { ...value, data: Float32Array.of(7, 7) }],
    ]);
    const updates = new Map([['w', sum]]);
    const step = await executor.compile(graph, new Map([['sum', sum]]), weights, { updates });
    const x = new Map([['x', { ...value, data: Float32Array.of(10, 20) }]]);
    await step.run(x);
    const { data } = (await step.run(x)).get('sum')!;
    assert.deepEqual([...data], [21, 42]);
    assert.deepEqual([...value.data], [1, 2]);
    assert.deepEqual(await executor.fetchWeights(weights), ['w']);
    assert.deepEqual([...value.data], [21, 42]);
    assert.deepEqual(await executor.fetchWeights(weights), []);
  } finally {
    executor.dispose();
  }
});
