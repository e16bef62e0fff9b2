// What a graph itself sums up of attention patterns is what the loops over whole patterns say.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { widenHalves } from '../../src/backend/halfPrecision';
import { AttentionMaps } from '../../src/backend/interpret/attention/attentionMaps';
import { attentionOfToken } from '../../src/backend/interpret/attention/ofToken';
import { searchPattern } from '../../src/backend/interpret/attention/search';
import { attentionTile } from '../../src/backend/interpret/attention/tile';
import { spanOf } from '../../src/backend/interpret/attention/windows';
import { Reading } from '../../src/backend/interpret/reading';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import {
  HEAD_SCORES,
  PATTERN_NAMES,
  type PatternQuestion,
  type TileQuestion,
} from '../../src/protocol/attention';
import { characters } from '../support/characters';
import { countingExecutor } from '../support/countingExecutor';
import { tryEngine } from '../support/engines';
import { FedModel } from '../support/fedModel';
import { UNEVEN, type Weight } from '../support/madeUpPatterns';
import { assertCloseValues, floatTensor } from '../support/numbers';
import { configurationWith, randomCheckpoint, randomIds } from '../support/randomModel';

/** Sums of some dozen float32 numbers in another order. */
const BOUND = 3e-6;

interface Shape extends Partial<TransformerConfiguration> {
  length: number;
  begins?: boolean;
  /** Ids of the text, of which 0 is a special token. */
  ids?: number[];
  weight?: Weight;
  /** The pattern is what `weight` says, without rows that sum to one. */
  raw?: boolean;
}

const broken =
  (value: number): Weight =>
  (layer, head, destination, source) =>
    layer === 0 && head === 1 && destination === 5 && source === 2
      ? value
      : UNEVEN(layer, head, destination, source) / 40;

const cases: Record<string, Shape> = {
  'one token': { length: 1 },
  'two tokens': { length: 2 },
  'three tokens': { length: 3 },
  '17 tokens': { length: 17 },
  '65 tokens': { length: 65 },
  'a begin-of-text token': { length: 17, begins: true },
  'special tokens in the text': { length: 9, ids: [0, 5, 6, 0, 7, 8, 5, 0, 6] },
  'one token again and again': { length: 9, ids: [3, 3, 3, 3, 3, 3, 3, 3, 3] },
  'an encoder': { length: 17, causal: false },
  'a local window': { length: 33, windows: [5, null] },
  'a window of one token': { length: 9, windows: [1, null] },
  'an encoder with a local window': { length: 17, causal: false, windows: [4, null] },
  'uniform heads': { length: 33, position: 'uniform' },
  'heads that all attend alike': { length: 33, weight: () => 1 },
  'heads that nearly all attend alike': {
    length: 33,
    raw: true,
    weight: (layer, head, destination, source) => (1 + 1e-3 * UNEVEN(layer, head, destination, source)) / 33,
  },
  'heads that look at the first token alone': {
    length: 17,
    weight: (_l, _h, _d, source) => Number(source === 0),
  },
  'next to nothing outside the sink': {
    length: 17,
    weight: (_l, _h, _d, source) => (source === 0 ? 1 : 1e-7),
  },
  'a row of NaN': {
    length: 17,
    weight: (l, h, d, s) => (l === 0 && h === 1 && d === 5 ? NaN : UNEVEN(l, h, d, s)),
  },
  'one cell of NaN': { length: 17, raw: true, weight: broken(NaN) },
  'one infinite cell': { length: 17, raw: true, weight: broken(Infinity) },
  'one cell of minus infinity': { length: 17, raw: true, weight: broken(-Infinity) },
  'a text of several windows': { length: 40, n_ctx: 11 },
  'several windows that each begin with a begin-of-text token': { length: 40, n_ctx: 11, begins: true },
  'several windows of an encoder': { length: 40, n_ctx: 11, causal: false },
  'pictures smaller than the text, of several windows': { length: 75, n_ctx: 33, begins: true },
};

const engines: Record<string, () => Promise<Executor | string>> = {
  reference: () => Promise.resolve(new ReferenceExecutor()),
  cpu: () => tryEngine('cpu'),
  webgpu: () => tryEngine('webgpu'),
};

for (const [engine, start] of Object.entries(engines)) {
  const maps = async (context: TestContext, shape: Shape) => {
    const executor = await start();
    if (typeof executor !== 'string') return madeUp(executor, shape);
    context.skip(executor);
    return undefined;
  };

  describe(`attention summed up by operations, on ${engine}`, () => {
    for (const [name, shape] of Object.entries(cases)) {
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
        const made = await maps(context, cases[name]);
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
        const made = await maps(context, cases[name]);
        if (!made) return;
        const { length } = cases[name];
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
        const made = await maps(context, cases[name]);
        if (!made) return;
        for (const token of [0, 5, cases[name].length - 1]) {
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
      const ask = async ({ device }: ReturnType<typeof madeUp>, end: number) => {
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

/** Close, or relatively close where numbers are tokens; NaN where NaN is expected. */
function assertNear(found: Float32Array, expected: Float32Array, what: string): void {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value) || 0), 1);
  assertCloseValues(found, expected, BOUND * scale, what);
}

function madeUp(executor: Executor, shape: Shape) {
  const { length, begins = false, ids, weight = UNEVEN, raw = false, n_ctx = 65, ...changes } = shape;
  const plain = characters(17, begins);
  // Special tokens decode to nothing, as all do.
  const tokenizer = { ...plain, decode: (all: ArrayLike<number>) => (all[0] === 0 ? '' : 'x') };
  const model = new FedModel(
    randomCheckpoint(configurationWith({ n_ctx, ...changes }), 1, tokenizer),
    executor,
  );
  const letters = randomIds(length - Number(begins), 7).map((id) => String.fromCharCode(97 + id));
  const reading = ids
    ? new Reading(
        model,
        ids.map((id, at) => ({ id, piece: `${id}`, start: at, end: at + 1 })),
      )
    : Reading.ofText(model, letters.join(''));
  model.madeUp = (hook, { length: keys }) => {
    const found = /^blocks\.(\d+)\.attn\.hook_pattern$/.exec(hook);
    if (!found) return undefined;
    const { n_heads, causal } = model.configuration;
    const layer = Number(found[1]);
    const values: number[] = [];
    for (let head = 0; head < n_heads; head++) {
      const span = spanOf(model.configuration, layer, head);
      for (let i = 0; i < keys; i++) {
        const row = Array.from({ length: keys }, (_, j) =>
          i - j < span && (!causal || j <= i) ? weight(layer, head, i, j) : 0,
        );
        const total = raw ? 1 : row.reduce((a, b) => a + b, 0);
        values.push(...row.map((value) => value / total));
      }
    }
    return floatTensor([1, n_heads, keys, keys], values);
  };
  const [loops, device] = [false, true].map((on) => new AttentionMaps(reading, undefined, on));
  return { model, loops, device };
}
