// What executors keep: weights are shared while a model is open, and gone once it is closed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memory } from '@tensorflow/tfjs-core';
import { largestIndices } from '../../src/backend/interpret/largest';
import { tryEngine } from '../support/engines';
import { randomModel } from '../support/randomModel';

describe('the wasm executor', () => {
  it('has as many tensors after each run as before, and none of a closed model', async (context) => {
    const executor = await tryEngine('wasm');
    if (typeof executor === 'string') {
      context.skip(executor);
      return;
    }
    const before = memory().numTensors;
    const model = randomModel({}, executor);
    await model.runWithCache([[1, 2, 3]], ['logits']);
    const open = memory().numTensors;
    assert.ok(open > before, 'weights are on the device');
    await model.runWithCache([[1, 2, 3, 4]], ['logits', 'blocks.0.mlp.hook_post']);
    await model.runWithCache([[4, 3]], ['logits']);
    assert.equal(memory().numTensors, open);
    model.dispose();
    assert.equal(memory().numTensors, before);
  });
});

describe('the largest values', () => {
  const values = Float32Array.from({ length: 500 }, (_, index) => (index * 37) % 100);

  it('are the same whether the list is short or long', () => {
    const long = largestIndices(values, 300);
    assert.deepEqual(long.slice(0, 20), largestIndices(values, 20));
    assert.deepEqual(
      long.map((index) => values[index]),
      Array.from(values)
        .sort((a, b) => b - a)
        .slice(0, 300),
    );
  });
});
