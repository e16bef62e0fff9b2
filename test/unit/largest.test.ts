// The largest of a list, where some of its values are not numbers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { largestIndices } from '../../src/backend/interpret/largest';

describe('the largest of a list', () => {
  for (const count of [3, 100]) {
    it(`are the largest numbers, then what is none, wherever that stands: ${count}`, () => {
      const values = Float32Array.from({ length: 120 }, (_, index) => (index * 37) % 120);
      const plain = largestIndices(values, count);
      assert.deepEqual(plain, [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, count));
      const small = [...values.keys()].filter((index) => values[index] < 20);
      for (const index of small) values[index] = NaN;
      assert.deepEqual(largestIndices(values, count), plain);
      assert.deepEqual(largestIndices(values, 120).slice(100), small);
    });
  }

  it('of a list without a number are its first', () => {
    assert.deepEqual(largestIndices(Float32Array.of(NaN, NaN, NaN), 2), [0, 1]);
  });
});
