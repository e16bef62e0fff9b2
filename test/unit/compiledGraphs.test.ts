// Compiled graphs that are kept: for how long, and what each of them holds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as onnxruntime from 'onnxruntime-node';
import type { Executable, NamedTensors } from '../../src/backend/engine/executor';
import { Graph, type TensorData } from '../../src/backend/engine/graph/graph';
import { OnnxExecutor } from '../../src/backend/engine/onnx/executor';
import { gather, matmul, sumAll } from '../../src/backend/engine/operations';
import { SubtextError } from '../../src/backend/errors';
import { CompiledGraphs } from '../../src/backend/model/compiledGraphs';
import { tryEngine } from '../support/engines';
import { floatTensor } from '../support/numbers';

const GIGABYTE = 2 ** 30;

describe('compiled graphs', () => {
  it('are kept while they hold less than the limit; then the one unused for longest goes', async () => {
    const disposed: string[] = [];
    const compiled: string[] = [];
    const graphs = new CompiledGraphs(100);
    const get = (signature: string, bytes: number) =>
      graphs.get(signature, () => {
        compiled.push(signature);
        const run: Executable['run'] = () => Promise.reject(new Error('not run'));
        const runHolding: Executable['runHolding'] = () => Promise.reject(new Error('not run'));
        return Promise.resolve({ run, runHolding, bytes, dispose: () => void disposed.push(signature) });
      });
    await get('a', 40);
    await get('b', 40);
    await get('a', 40);
    await get('c', 40);
    await Promise.resolve();
    assert.deepEqual([compiled, disposed], [['a', 'b', 'c'], ['b']]);
    await get('larger than all', 200);
    await Promise.resolve();
    assert.deepEqual(disposed, ['b', 'a', 'c']);
    await get('larger than all', 200);
    assert.deepEqual(compiled, ['a', 'b', 'c', 'larger than all']);
  });

  it('go when the run of another one does not fit, which is tried once more', async () => {
    const graphs = new CompiledGraphs(100);
    const held = new Set<string>();
    const none: NamedTensors = new Map();
    const refused = () => Promise.reject(new SubtextError('memory', 'too much', 'Lower tokens.'));
    const get = (signature: string) =>
      graphs.get(signature, () => {
        held.add(signature);
        const run: Executable['run'] = () => (held.size > 1 ? refused() : Promise.resolve(none));
        const dispose = () => void held.delete(signature);
        return Promise.resolve({ run, runHolding: refused, bytes: 1, dispose });
      });
    await get('a');
    const b = await get('b');
    assert.equal(await b.run(none), none);
    assert.deepEqual([...held], ['b']);
    await assert.rejects(b.runHolding(none), /too much/);
    assert.deepEqual([...held], ['b']);
  });

  it('are compiled again after a failure', async () => {
    const graphs = new CompiledGraphs(100);
    await assert.rejects(
      graphs.get('a', () => Promise.reject(new Error('no'))),
      /no/,
    );
    await assert.rejects(
      graphs.get('a', () => Promise.reject(new Error('still not'))),
      /still not/,
    );
  });

  it('hold no copy of a table that rows are taken from, and see it as it is at each run', async (context) => {
    const executor = await tryEngine('cpu');
    if (typeof executor === 'string') {
      context.skip(executor);
      return;
    }
    const graph = new Graph();
    const table = graph.weight('table', [40, 30]);
    const rows = gather(table, graph.input('ids', 'int32', ['n']));
    const product = matmul(matmul(rows, graph.weight('w', [30, 30])), table, { transposeB: true });
    const weights = new Map([
      ['table', floatTensor([40, 30], new Float32Array(1200).fill(1))],
      ['w', floatTensor([30, 30], new Float32Array(900).fill(1))],
    ]);
    const outputs = new Map([['y', product]]);
    const shared = await executor.compile(graph, outputs, weights);
    const packed = await executor.compile(graph, outputs, weights, { packWeights: true });
    assert.equal(packed.bytes - shared.bytes, 4 * 900);
    for (const size of [1, 2]) {
      weights.get('table')!.data.fill(size);
      for (const each of [shared, packed]) {
        const ids: TensorData = { type: 'int32', shape: [3], data: Int32Array.of(0, 7, 39) };
        const { data } = (await each.run(new Map([['ids', ids]]))).get('y')!;
        assert.ok(data.every((value) => value === 900 * size ** 2));
      }
    }
    shared.dispose();
    packed.dispose();
  });

  it('hold no copy of an unembedding that is the embedding, nor of anything without the memory for it', async () => {
    const bytesWith = async (available: number, packWeights: boolean) => {
      const executor = new OnnxExecutor(onnxruntime, 'CPU', { threads: 1, availableMemory: () => available });
      const graph = new Graph();
      const hidden = matmul(graph.input('x', 'float32', ['n', 300]), graph.weight('w', [300, 300]));
      const logits = matmul(hidden, graph.weight('table', [500, 300]), { transposeB: true });
      const weights = new Map([
        ['w', floatTensor([300, 300], new Float32Array(90_000))],
        ['table', floatTensor([500, 300], new Float32Array(150_000))],
      ]);
      const compiled = await executor.compile(graph, new Map([['y', logits]]), weights, { packWeights });
      const { bytes } = compiled;
      compiled.dispose();
      return bytes;
    };
    const shared = await bytesWith(GIGABYTE, false);
    assert.equal((await bytesWith(GIGABYTE, true)) - shared, 4 * 90_000);
    assert.equal(await bytesWith(4 * 90_000 - 1, true), shared);
  });

  it('say what they hold: packed weights, and more after a larger run', async (context) => {
    const executor = await tryEngine('cpu');
    if (typeof executor === 'string') {
      context.skip(executor);
      return;
    }
    const graph = new Graph();
    const product = matmul(graph.input('x', 'float32', ['n', 300]), graph.weight('w', [300, 500]));
    const weights = new Map([['w', floatTensor([300, 500], new Float32Array(150_000))]]);
    const outputs = new Map([['y', sumAll(product)]]);
    const shared = await executor.compile(graph, outputs, weights);
    const packed = await executor.compile(graph, outputs, weights, { packWeights: true });
    assert.equal(packed.bytes - shared.bytes, 4 * 150_000);
    const before = packed.bytes;
    await packed.run(new Map([['x', floatTensor([64, 300], new Float32Array(64 * 300))]]));
    assert.ok(packed.bytes - before >= 4 * 64 * 500);
    shared.dispose();
    packed.dispose();
  });
});
