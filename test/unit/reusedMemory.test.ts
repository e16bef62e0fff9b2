// Memory of outputs that is used again, and only what nobody else has.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { giveBack, memoryFor } from '../../src/backend/engine/reusedMemory';

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

  it('is made anew at other sizes', () => {
    giveBack(new Map([['x', output(memoryFor(LARGE))]]));
    assert.equal(memoryFor(2 * LARGE).byteLength, 2 * LARGE);
  });
});
