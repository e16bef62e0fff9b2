// Typed arrays on their way between backend and editor.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packArrays, unpackArrays } from '../../src/protocol/arrays';

const sent = (value: unknown) => JSON.stringify(packArrays(value));
const arrived = (value: unknown) => unpackArrays(JSON.parse(sent(value)));

describe('typed arrays in a message', () => {
  it('arrive as they were sent, at any depth', () => {
    const values = {
      list: [{ floats: Float32Array.of(1.5, NaN, -Infinity) }, { words: Uint16Array.of(1, 65535) }],
      bytes: Uint8Array.of(0, 255),
      text: 'steps',
      nothing: null,
    };
    assert.deepEqual(arrived(values), values);
  });

  for (const [what, values] of [
    ['that rise slowly', [-7, -7, 0, 255, 256]],
    ['that fall', [3, 2, 9]],
    ['that leap', [0, 256]],
    ['that leap from end to end', [-(2 ** 31), 2 ** 31 - 1]],
    ['of one value', [5]],
    ['of none', []],
  ] as const)
    it(`arrive as whole numbers ${what}`, () => {
      assert.deepEqual(arrived(Int32Array.from(values)), Int32Array.from(values));
    });

  it('take a byte and a third for each place of a text', () => {
    const starts = Int32Array.from({ length: 30_000 }, (_, index) => 4 * index);
    assert.ok(sent(starts).length < 40_100);
  });

  it('are those of a view into a longer one alone', () => {
    const whole = Int32Array.of(9, 9, 1, 900, 9);
    assert.deepEqual(arrived(whole.subarray(2, 4)), Int32Array.of(1, 900));
  });
});
