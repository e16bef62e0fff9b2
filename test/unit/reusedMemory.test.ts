// Memory of outputs that is used again, and only what nobody else has.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Graph } from '../../src/backend/engine/graph/graph';
import { add } from '../../src/backend/engine/operations';
import { giveBack, memoryFor } from '../../src/backend/engine/reusedMemory';
import { tryEngine } from '../support/engines';

const LARGE = 2 ** 20;
const output = (memory: ArrayBuffer) => ({
  type: 'float32' as const,
  shape: [memory.byteLength / 4],
  data: new Float32Array(memory),
});

describe('memory of outputs', () => {
  it('is used again where it was given back, once', () => {
    const memory = memoryFor(LARGE);
    const outputs = new Map([['x', output(memory)]]);
    giveBack(outputs);
    assert.equal(outputs.size, 0);
    assert.equal(memoryFor(LARGE), memory);
    assert.notEqual(memoryFor(LARGE), memory);
  });

  it('is taken back once where outputs share it', () => {
    const values = output(memoryFor(LARGE));
    giveBack(
      new Map([
        ['x', values],
        ['y', { ...values, data: values.data.subarray(0, 8) }],
      ]),
    );
    assert.notEqual(memoryFor(LARGE), memoryFor(LARGE));
  });

  it("is nobody else's: a weight, an input", () => {
    const memory = new ArrayBuffer(LARGE);
    giveBack(new Map([['x', output(memory)]]));
    assert.notEqual(memoryFor(LARGE), memory);
  });

  it('takes the next run of a graph, and leaves alone the runs that were not given back', async () => {
    const engine = await tryEngine('cpu');
    assert.ok(typeof engine !== 'string');
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['n']);
    const executable = await engine.compile(graph, new Map([['y', add(x, x)]]), new Map());
    const run = (value: number) =>
      executable.run(
        new Map([['x', { type: 'float32', shape: [4], data: new Float32Array(4).fill(value) }]]),
      );
    const [first, kept] = [await run(1), await run(2)];
    const { buffer } = first.get('y')!.data;
    giveBack(first);
    const next = (await run(3)).get('y')!.data;
    assert.equal(next.buffer, buffer);
    assert.deepEqual([[...next], [...kept.get('y')!.data]], [Array(4).fill(6), Array(4).fill(4)]);
    executable.dispose();
  });

  it('goes to the system when no run has taken it for two seconds', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const returned = () => {
      const memory = memoryFor(LARGE);
      giveBack(new Map([['x', output(memory)]]));
      return memory;
    };
    const soon = returned();
    context.mock.timers.tick(1999);
    assert.equal(memoryFor(LARGE), soon);
    const late = returned();
    context.mock.timers.tick(2000);
    assert.notEqual(memoryFor(LARGE), late);
  });

  it('is made anew at other sizes', () => {
    giveBack(new Map([['x', output(memoryFor(LARGE))]]));
    assert.equal(memoryFor(2 * LARGE).byteLength, 2 * LARGE);
  });
});
