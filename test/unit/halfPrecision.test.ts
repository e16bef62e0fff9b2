// Narrowing many numbers by their bits gives what the arithmetic definition gives, one by one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { halfBits, narrowToHalves } from '../../src/backend/halfPrecision';
import { randomNumbers } from './checkpointFiles';

/** Float32 numbers of every exponent, with fractions at, just below and just above what is halfway between two halves. */
function telling(): Float32Array {
  const below = randomNumbers(3);
  const words: number[] = [];
  for (let exponent = 0; exponent < 256; exponent++) {
    for (const cut of [13, 16]) {
      for (let i = 0; i < 12; i++) {
        const kept = below(2 ** (23 - cut)) * 2 ** cut;
        const half = 2 ** (cut - 1);
        for (const rest of [0, 1, half - 1, half, half + 1, 2 * half - 1]) {
          words.push(exponent * 2 ** 23 + kept + rest, 2 ** 31 + exponent * 2 ** 23 + kept + rest);
        }
      }
    }
  }
  return new Float32Array(Uint32Array.from(words).buffer);
}

describe('many numbers in 16 bits', () => {
  for (const type of ['float16', 'bfloat16'] as const) {
    it(`${type}: are the nearest, as one by one`, () => {
      const values = telling();
      const found = narrowToHalves(type, values);
      for (const [i, value] of values.entries()) {
        const expected = halfBits(type, value);
        if (found[i] !== expected) assert.equal(found[i], expected, `of ${value}`);
      }
      // From other arrays too, and from a part of one.
      assert.deepEqual(narrowToHalves(type, Array.from(values.subarray(5, 99))), found.subarray(5, 99));
      assert.deepEqual(narrowToHalves(type, values.subarray(5, 99)), found.subarray(5, 99));
    });
  }
});
