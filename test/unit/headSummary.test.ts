// What a graph itself sums up of attention patterns is what the loops over whole patterns say.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { widenHalves } from '../../src/backend/halfPrecision';
import { AttentionMaps } from '../../src/backend/interpret/attention/attentionMaps';
import { attentionOfToken } from '../../src/backend/interpret/attention/ofToken';
import { searchPattern } from '../../src/backend/interpret/attention/search';
import { attentionTile } from '../../src/backend/interpret/attention/tile';
import { Reading } from '../../src/backend/interpret/reading';
import {
  HEAD_SCORES,
  PATTERN_NAMES,
  type PatternQuestion,
  type TileQuestion,
} from '../../src/protocol/attention';
import { countingExecutor } from '../support/countingExecutor';
import { assertCloseValues } from '../support/numbers';
import { randomIds } from '../support/randomModel';
import {
  assertNear,
  BOUND,
  madeUp,
  madeUpOn,
  PATTERN_CASES,
  SUMMING_ENGINES,
  type MadeUp,
  type Shape,
} from '../support/summedPatterns';

for (const [engine, start] of Object.entries(SUMMING_ENGINES)) {
  const maps = (context: TestContext, shape: Shape) => madeUpOn(context, start, shape);

  describe(`attention summed up by operations, on ${engine}`, () => {
    for (const [name, shape] of Object.entries(PATTERN_CASES)) {
      it(`of ${name}: scores, kinds and pictures are those of the loops`, async (context) => {
        const made = await maps(context, shape);
        if (!made) return;
        const [expected, found] = [
          await made.loops.grid(NOT_CANCELLED),
          await made.device.grid(NOT_CANCELLED),
        ];
        for (const score of HEAD_SCORES) {
          assertNear(found.scores[score], expected.scores[score], score);
          assertNear(
            found.scoresWithoutSink[score],
            expected.scoresWithoutSink[score],
            `${score} without sink`,
          );
        }
        assert.deepEqual(found.notNumbers, expected.notNumbers);
        assert.deepEqual(found.kinds, expected.kinds);
        for (const hideSink of [false, true]) {
          assert.deepEqual(found.thumbnails(hideSink), expected.thumbnails(hideSink));
        }
      });
    }

    for (const name of [
      '17 tokens',
      'a text of several windows',
      'an encoder',
      'a local window',
      'a row of NaN',
    ]) {
      it(`of ${name}: heads that look like any pattern are those of the loops`, async (context) => {
        const made = await maps(context, PATTERN_CASES[name]);
        if (!made) return;
        const drawn: [number, number][] = [
          [3, 1],
          [6, 0],
          [6, 4],
          [0, 0],
        ];
        const questions: PatternQuestion[] = [...PATTERN_NAMES.map((each) => ({ name: each })), { drawn }];
        for (const question of questions) {
          const what = 'name' in question ? question.name : 'drawn';
          const expected = await searchPattern(made.loops, question, NOT_CANCELLED);
          const found = await searchPattern(made.device, question, NOT_CANCELLED);
          for (const column of ['mass', 'massWithoutSink', 'cosine'] as const)
            assertNear(found[column], expected[column], `${column} of ${what}`);
          assert.deepEqual(found.pairs, expected.pairs);
        }
      });
    }

    for (const name of [
      '17 tokens',
      'several windows of an encoder',
      'one infinite cell',
      'a window of one token',
    ]) {
      it(`of ${name}: tiles are those of the loops`, async (context) => {
        const made = await maps(context, PATTERN_CASES[name]);
        if (!made) return;
        const { length } = PATTERN_CASES[name];
        for (const step of [1, 3]) {
          for (const [hideSink, weighted] of [
            [false, false],
            [true, false],
            [true, true],
          ]) {
            for (const destinations of [
              { start: 0, end: length },
              { start: 4, end: length - 1 },
            ]) {
              const sources = { start: 0, end: Math.ceil(length / 2) };
              const ask: TileQuestion = {
                layer: 0,
                head: 1,
                destinations,
                sources,
                step,
                hideSink,
                weighted,
              };
              const expected = await attentionTile(made.loops, ask, NOT_CANCELLED);
              const found = await attentionTile(made.device, ask, NOT_CANCELLED);
              const cells = (tile: typeof found) => widenHalves('float16', tile.cells);
              // A number may be rounded to the next half.
              assertCloseValues(cells(found), cells(expected), weighted ? 2e-3 : 0, 'cells');
              assertCloseValues([found.maximum], [expected.maximum], BOUND, 'maximum');
            }
          }
        }
      });
    }

    for (const name of ['17 tokens', 'several windows of an encoder', 'a row of NaN']) {
      it(`of ${name}: what a token attends to, and what attends to it, are those of the loops`, async (context) => {
        const made = await maps(context, PATTERN_CASES[name]);
        if (!made) return;
        for (const token of [0, 5, PATTERN_CASES[name].length - 1]) {
          const ask = (of: AttentionMaps) =>
            attentionOfToken(of, { layer: 0, head: 1 }, { token }, NOT_CANCELLED);
          assert.deepEqual(await ask(made.device), await ask(made.loops));
        }
      });
    }

    it('compiles nothing for another text, another tile or another token', async (context) => {
      const executor = await start();
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const counted = countingExecutor(executor);
      const ask = async ({ device }: MadeUp, end: number) => {
        await device.grid(NOT_CANCELLED);
        const tile = { layer: 0, head: 2, step: 2, hideSink: false, weighted: false };
        await attentionTile(
          device,
          { ...tile, destinations: { start: 1, end }, sources: { start: 0, end: 3 } },
          NOT_CANCELLED,
        );
        await attentionOfToken(device, { layer: 0, head: 1 }, { token: end - 1 }, NOT_CANCELLED);
      };
      const { device, model } = madeUp(counted.executor, { length: 9 });
      await ask({ device, model, loops: device }, 4);
      const other = Reading.ofIds(model, randomIds(7, 17));
      await ask({ device: new AttentionMaps(other, undefined, true), model, loops: device }, 6);
      assert.deepEqual([counted.compiled, counted.runs], [3, 6]);
      device.release();
      await new Promise(setImmediate);
      assert.equal(counted.disposed, 3);
    });
  });
}

describe('attention summed up by operations', () => {
  it('reads rows and pictures, and of a tile its cells: no whole pattern', async () => {
    const length = 48;
    const { device, model } = madeUp(new ReferenceExecutor(), { length, n_layers: 1, n_ctx: length });
    const heads = 3;
    const pattern = 4 * heads * length * length;
    await device.grid(NOT_CANCELLED);
    const [grid] = model.bytes.splice(0);
    // Eleven numbers of each destination, a sum of each distance, a picture whose first source has a column of its own.
    assert.equal(grid, 4 * heads * (11 * length + length + 33 * 32 + 1));
    assert.ok(grid < pattern);
    const range = { start: 8, end: 24 };
    const ask = {
      layer: 0,
      head: 0,
      destinations: range,
      sources: range,
      step: 2,
      hideSink: false,
      weighted: false,
    };
    await attentionTile(device, ask, NOT_CANCELLED);
    assert.deepEqual(model.bytes.splice(0), [4 * (8 * 8 + 1)]);
    await attentionOfToken(device, { layer: 0, head: 0 }, { token: 9 }, NOT_CANCELLED);
    assert.deepEqual(model.bytes.splice(0), [4 * 2 * length]);
    await searchPattern(device, { name: 'induction' }, NOT_CANCELLED);
    assert.deepEqual(model.bytes.splice(0), [4 * heads * 3 * length]);
  });
});
