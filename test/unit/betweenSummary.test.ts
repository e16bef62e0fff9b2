// Heads between two phrases, and one head's pattern alone, where patterns stay on the device: as from whole patterns.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { AttentionMaps } from '../../src/backend/interpret/attention/attentionMaps';
import { headsBetween } from '../../src/backend/interpret/attention/between';
import type { TextRange } from '../../src/protocol/types';
import { assertCloseValues } from '../support/numbers';
import {
  assertNear,
  madeUp,
  madeUpOn,
  PATTERN_CASES,
  SUMMING_ENGINES,
  type Shape,
} from '../support/summedPatterns';

/** By the length of a text: apart, touching, one inside the other, and all of it. */
const phrasesOf = (length: number): [TextRange, TextRange][] => {
  const third = Math.ceil(length / 3);
  const whole = { start: 0, end: length };
  return [
    [
      { start: 1, end: third },
      { start: 2 * third - 1, end: length },
    ],
    [
      { start: third, end: length },
      { start: 0, end: third },
    ],
    [whole, { start: third, end: third + 1 }],
    [whole, whole],
  ];
};

for (const [engine, start] of Object.entries(SUMMING_ENGINES)) {
  const maps = (context: TestContext, shape: Shape) => madeUpOn(context, start, shape);

  describe(`attention summed up by operations, on ${engine}`, () => {
    for (const name of [
      '17 tokens',
      '65 tokens',
      'special tokens in the text',
      'an encoder',
      'a local window',
      'a window of one token',
      'a row of NaN',
      'one cell of NaN',
      'a text of several windows',
      'several windows that each begin with a begin-of-text token',
      'several windows of an encoder',
    ]) {
      it(`of ${name}: heads between two phrases are those of the loops`, async (context) => {
        const made = await maps(context, PATTERN_CASES[name]);
        if (!made) return;
        for (const [first, second] of phrasesOf(PATTERN_CASES[name].length)) {
          const ask = (of: AttentionMaps) => headsBetween(of, first, second, NOT_CANCELLED);
          const expected = await ask(made.loops);
          const found = await ask(made.device);
          for (const direction of ['intoSecond', 'intoFirst'] as const) {
            assert.deepEqual(found[direction].pairs, expected[direction].pairs);
            for (const column of ['attention', 'weighted'] as const)
              assertNear(found[direction][column], expected[direction][column], `${column} ${direction}`);
          }
        }
      });
    }

    for (const name of ['one token', '17 tokens', 'several windows of an encoder', 'a row of NaN']) {
      it(`of ${name}: a head's rows are those of the whole pattern`, async (context) => {
        const made = await maps(context, PATTERN_CASES[name]);
        if (!made) return;
        const id = { layer: 1, head: 2 };
        for (const window of made.loops.patterns.windows) {
          const expected = await made.loops.rowsOfHead(id, window, NOT_CANCELLED);
          const found = await made.device.rowsOfHead(id, window, NOT_CANCELLED);
          assert.equal(expected.length, window.rows * window.keys);
          assertCloseValues(found, expected, 0, 'cells');
        }
      });
    }
  });
}

describe('attention summed up by operations', () => {
  it('reads sums of rows between two phrases, and of one head its own pattern', async () => {
    const length = 48;
    const { device, model } = madeUp(new ReferenceExecutor(), { length, n_layers: 1, n_ctx: length });
    const heads = 3;
    await headsBetween(device, { start: 3, end: 9 }, { start: 20, end: 40 }, NOT_CANCELLED);
    // Values of four numbers a head for their norms, then attention and weighted attention in both directions.
    assert.deepEqual(model.bytes.splice(0), [4 * heads * 4 * length, 4 * heads * 4 * length]);
    const [window] = device.patterns.windows;
    await device.rowsOfHead({ layer: 0, head: 1 }, window, NOT_CANCELLED);
    assert.deepEqual(model.bytes.splice(0), [4 * length * length]);
  });
});
