// Graphs as ONNX models: the shapes of Reshape, and what ONNX Runtime makes of inputs, weights and outputs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Plan } from '../../src/backend/engine/executor';
import type { Bindings } from '../../src/backend/engine/graph/dimension';
import { Graph, type Tensor } from '../../src/backend/engine/graph/graph';
import { reshapeTarget, writeOnnx } from '../../src/backend/engine/onnx/writer';
import { add, broadcastTo, multiply, reshape } from '../../src/backend/engine/operations';
import { tryEngine } from '../support/engines';
import { floatTensor } from '../support/numbers';
import { fails } from './checkpointFiles';

describe('the target of an ONNX Reshape', () => {
  it('keeps numbers, copies names that stay in place, and leaves one size to follow from the rest', () => {
    assert.deepEqual(reshapeTarget(['batch', 'pos', 12], ['batch', 'pos', 3, 4]), [0, 0, 3, 4]);
    assert.deepEqual(reshapeTarget(['batch', 3, 'pos'], ['batch', 'pos', 3]), [0, -1, 3]);
    assert.deepEqual(reshapeTarget([2, 6], [3, 4]), [3, 4]);
  });

  it('is refused where two sizes would be open', () => {
    assert.throws(() => reshapeTarget([6, 'batch', 'pos'], ['batch', 'pos', 6]), /leaves two sizes open/);
  });
});

describe('a graph on ONNX Runtime', () => {
  it('gives one value under two names, and an input or a weight as an output', async (context) => {
    const executor = await tryEngine('cpu');
    if (typeof executor === 'string') {
      context.skip(executor);
      return;
    }
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n']);
    const weight = graph.weight('w', [2]);
    const doubled = add(x, x);
    const outputs = new Map([
      ['a', doubled],
      ['b', doubled],
      ['x', x],
      ['w', weight],
    ]);
    const executable = await executor.compile(graph, outputs, new Map([['w', floatTensor([2], [5, 6])]]));
    const found = await executable.run(new Map([['x', floatTensor([3], [1, 2, 3])]]));
    const values = Object.fromEntries([...found].map(([name, { data }]) => [name, Array.from(data)]));
    assert.deepEqual(values, { a: [2, 4, 6], b: [2, 4, 6], x: [1, 2, 3], w: [5, 6] });
    executable.dispose();
  });

  it('leaves out what the outputs do not need, and asks for nothing that they do not depend on', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const unused = multiply(graph.input('unused', 'float32', [2]), graph.weight('heavy', [2]));
    const small = writeOnnx(new Plan(graph, new Map([['y', add(x, x)]])), 'cpu');
    const both = writeOnnx(new Plan(graph, new Map([['y', unused]])), 'cpu');
    assert.doesNotMatch(Buffer.from(small).toString('latin1'), /unused|heavy/);
    assert.match(Buffer.from(both).toString('latin1'), /weight:heavy/);
  });

  it('writes equal constants once, unless they are long', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n', 6]);
    const twice = add(add(x, graph.scalar(3)), graph.scalar(3));
    const bytes = writeOnnx(new Plan(graph, new Map([['y', reshape(twice, ['n', 2, 3])]])), 'cpu');
    const three = Buffer.from(new Float32Array([3]).buffer).toString('latin1');
    assert.equal(Buffer.from(bytes).toString('latin1').split(three).length - 1, 1);
  });

  it('writes an operation on the same values once', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n', 6]);
    const same = add(multiply(x, graph.scalar(3)), multiply(x, graph.scalar(3)));
    assert.equal(operatorsIn(same).filter((name) => name === 'Mul').length, 1);
    const other = add(multiply(x, graph.scalar(3)), multiply(x, graph.scalar(4)));
    assert.equal(operatorsIn(other).filter((name) => name === 'Mul').length, 2);
  });

  it('leaves out what was only asked for its size, where the sizes are known', () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n', 6]);
    const ones = broadcastTo(graph.scalar(1), multiply(x, x));
    assert.deepEqual(operatorsIn(ones), ['Mul', 'Shape', 'Expand']);
    assert.deepEqual(operatorsIn(ones, new Map([['n', 2]])), ['Expand']);
  });

  it('refuses inputs that are missing or of another shape, by name', async () => {
    const executor = await tryEngine('reference');
    assert.ok(typeof executor !== 'string');
    const graph = new Graph();
    const outputs = new Map([['y', add(graph.input('x', 'float32', ['n', 2]), graph.scalar(1))]]);
    const executable = await executor.compile(graph, outputs, new Map());
    await fails(run(new Map()), 'graph', 'x was not given');
    await fails(
      run(new Map([['x', floatTensor([3], [1, 2, 3])]])),
      'graph',
      'x is [3], not [n,2], as add takes it',
    );

    async function run(inputs: Parameters<typeof executable.run>[0]) {
      return executable.run(inputs);
    }
  });

  it('refuses sizes other than those that it was compiled for, which are written into it', async (context) => {
    const executor = await tryEngine('cpu');
    if (typeof executor === 'string') {
      context.skip(executor);
      return;
    }
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n']);
    const outputs = new Map([['y', broadcastTo(graph.scalar(2), x)]]);
    const executable = await executor.compile(graph, outputs, new Map(), { sizes: { n: 2 } });
    const run = async (size: number) =>
      executable.run(new Map([['x', floatTensor([size], new Float32Array(size))]]));
    assert.deepEqual([...(await run(2)).get('y')!.data], [2, 2]);
    await fails(run(3), 'graph', 'x is [3], not [n] (n 2)');
    executable.dispose();
  });

  it('refuses a number that is missing, also after a run that had it', async () => {
    const executor = await tryEngine('reference');
    assert.ok(typeof executor !== 'string');
    const graph = new Graph();
    const outputs = new Map([['y', add(graph.input('x', 'float32', []), graph.scalar(1))]]);
    const executable = await executor.compile(graph, outputs, new Map());
    await executable.run(new Map([['x', floatTensor([], [1])]]));
    await fails((async () => executable.run(new Map()))(), 'graph', 'x was not given');
  });
});

/** The operators that one value is computed with, in their order. */
function operatorsIn(value: Tensor, sizes?: Bindings): string[] {
  const bytes = writeOnnx(new Plan(value.graph, new Map([['y', value]])), 'webgpu', undefined, sizes);
  // A node's operator is its fourth field, a text.
  return [
    ...Buffer.from(bytes)
      .toString('latin1')
      .matchAll(/\x22[\x02-\x1f]([A-Z]\w+)/g),
  ].map(([, name]) => name);
}
