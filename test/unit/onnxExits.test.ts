// How outputs leave a session of ONNX Runtime: which are copied, which share, and that nobody outside sees the difference.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Graph, type Tensor } from '../../src/backend/engine/graph/graph';
import { Exits } from '../../src/backend/engine/onnx/exits';
import { add, equal, matmul, multiply, reshape, sum, transpose } from '../../src/backend/engine/operations';
import { tryEngine } from '../support/engines';
import { floatTensor } from '../support/numbers';

/** Values of several shapes and types that follow from x [n, 6]. */
function valuesOf(graph: Graph): Map<string, Tensor> {
  const x = graph.input('x', 'float32', ['n', 6]);
  const doubled = add(x, x);
  const halves = reshape(doubled, ['n', 2, 3]);
  return new Map([
    ['doubled', doubled],
    ['halves', halves],
    ['again', doubled],
    ['squared', multiply(x, x)],
    ['turned', transpose(halves, [0, 2, 1])],
    ['total', sum(x, [0, 1])],
    ['whether', equal(x, doubled)],
    ['given', x],
  ]);
}

const names = (exits: Exits) => exits.all.map(({ name, tensors }) => `${name} ${tensors.length}`);

describe('what leaves a session', () => {
  it('leaves once where it is the same numbers: under two names, before and after a reshape', () => {
    const exits = new Exits(valuesOf(new Graph()));
    assert.deepEqual(names(exits), ['doubled 1', 'squared 1', 'turned 1', 'total 1', 'whether 1', 'given 1']);
  });

  it('leaves with others of its shape and type where that is asked for, but for single numbers', () => {
    const exits = new Exits(valuesOf(new Graph()), { joined: true });
    assert.deepEqual(names(exits), ['doubled 3', 'turned 1', 'total 1', 'whether 1']);
  });

  it('leaves as it is where others are to read it', () => {
    const exits = new Exits(valuesOf(new Graph()), { joined: true, apart: new Set(['halves', 'again']) });
    const [doubled, halves, again] = exits.all;
    assert.deepEqual([doubled.name, halves.name, again.name], ['doubled', 'halves', 'again']);
    assert.deepEqual(halves.tensors[0].shape, ['n', 2, 3]);
    assert.deepEqual(
      [...exits.outputs(new Map([['n', 0]]), () => new Float32Array()).keys()],
      ['doubled', 'squared', 'turned', 'total', 'whether', 'given'],
    );
  });
});

describe('outputs', () => {
  for (const rows of [0, 1, 3]) {
    it(`of ${rows} rows have their names, shapes and numbers on every engine`, async (context) => {
      const found: Record<string, unknown> = {};
      for (const engine of ['cpu', 'reference'] as const) {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const graph = new Graph();
        const executable = await executor.compile(graph, valuesOf(graph), new Map());
        const x = floatTensor(
          [rows, 6],
          Array.from({ length: rows * 6 }, (_, i) => i - 4),
        );
        const outputs = await executable.run(new Map([['x', x]]));
        found[engine] = [...outputs].map(([name, { type, shape, data }]) => [name, type, shape, [...data]]);
        executable.dispose();
      }
      assert.deepEqual(found.cpu, found.reference);
    });
  }

  it('of runs of other sizes follow each other, small and large', async (context) => {
    const executor = await tryEngine('cpu');
    if (typeof executor === 'string') {
      context.skip(executor);
      return;
    }
    const graph = new Graph();
    const values = valuesOf(graph);
    // So wide that the run of many rows is not a small one.
    values.set('product', matmul(values.get('given')!, graph.weight('w', [6, 1000])));
    const weights = new Map([['w', floatTensor([6, 1000], new Array<number>(6000).fill(0.5))]]);
    const executable = await executor.compile(graph, values, weights);
    for (const rows of [2, 5, 2, 4000, 1]) {
      const outputs = await executable.run(
        new Map([['x', floatTensor([rows, 6], new Array<number>(rows * 6).fill(3))]]),
      );
      assert.deepEqual(outputs.get('halves')!.shape, [rows, 2, 3]);
      assert.ok(outputs.get('halves')!.data.every((value) => value === 6));
      assert.ok(outputs.get('squared')!.data.every((value) => value === 9));
      assert.equal(outputs.get('squared')!.data.length, rows * 6);
      assert.ok(outputs.get('product')!.data.every((value) => value === 9));
    }
    executable.dispose();
  });
});
