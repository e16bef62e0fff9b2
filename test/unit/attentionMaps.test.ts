// What is shown of attention beside scores: what is kept, pictures, tiles, links of a token, heads between two phrases.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError } from '../../src/backend/errors';
import { widenHalves } from '../../src/backend/halfPrecision';
import { AttentionMaps } from '../../src/backend/interpret/attention/attentionMaps';
import { headsBetween } from '../../src/backend/interpret/attention/between';
import { attentionOfToken } from '../../src/backend/interpret/attention/ofToken';
import { attentionTile } from '../../src/backend/interpret/attention/tile';
import { windowColumns } from '../../src/backend/interpret/attention/windows';
import { Reading } from '../../src/backend/interpret/reading';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import {
  HIDDEN_CELL,
  LEAST_LINKED,
  MASKED_CELL,
  MOST_LINKED,
  TILE_SIDE,
  type TileQuestion,
} from '../../src/protocol/attention';
import { characters } from '../support/characters';
import { isError } from '../support/errors';
import { MadeUpModel, rowsOf, UNEVEN, type Weight } from '../support/madeUpPatterns';
import { assertCloseValues } from '../support/numbers';
import { randomIds, randomModel } from '../support/randomModel';

const LONG = { length: 40, n_ctx: 11, begins: true };

describe('attention patterns: what is kept', () => {
  it('of a text that fits is computed in one run, and not again', async () => {
    const { maps, model } = madeUp({ length: 9 });
    await maps.grid(NOT_CANCELLED);
    await attentionTile(maps, question(9), NOT_CANCELLED);
    assert.equal(model.runs.length, 1);
    assert.equal(maps.patterns.bytes, 4 * 2 * 3 * 9 * 9);
  });

  it('never exceeds its capacity', async () => {
    const capacity = 4 * 3 * 11 * 11 * 3;
    const { maps } = madeUp(LONG, UNEVEN, capacity);
    let most = 0;
    const look = () => (most = Math.max(most, maps.patterns.bytes));
    await maps.patterns.visit(maps.layers, maps.patterns.windows, look, NOT_CANCELLED);
    assert.ok(most > 0 && most <= capacity, `${most} of ${capacity}`);
  });

  it('is nothing of a layer that alone exceeds the capacity: layers are then run one by one, with the same scores', async () => {
    const { maps, model } = madeUp({ length: 9 }, UNEVEN, 100);
    const { maps: whole } = madeUp({ length: 9 });
    const [found, expected] = [await maps.grid(NOT_CANCELLED), await whole.grid(NOT_CANCELLED)];
    assert.deepEqual(found.scores, expected.scores);
    assert.equal(maps.patterns.bytes, 0);
    assert.deepEqual(model.runs, [['blocks.0.attn.hook_pattern'], ['blocks.1.attn.hook_pattern']]);
  });

  it('stops between two layers when it is cancelled', async () => {
    const { maps } = madeUp(LONG);
    const cancellation = new SharedCancellation();
    let seen = 0;
    const visit = () => {
      seen++;
      cancellation.cancel();
    };
    await assert.rejects(
      maps.patterns.visit([0, 1], maps.patterns.windows, visit, cancellation),
      CancelledError,
    );
    assert.equal(seen, 1);
  });

  it('tells how far a text of several windows is read', async () => {
    const { maps } = madeUp(LONG);
    const shares: number[] = [];
    await maps.grid(NOT_CANCELLED, (share) => shares.push(share));
    assert.equal(shares.length, maps.patterns.windows.length);
    assert.equal(shares.at(-1), 1);
  });

  it('is refused of a text that fits into no message', () => {
    const model = randomModel({}, new ReferenceExecutor());
    const reading = Reading.ofIds(model, new Array<number>(50_001).fill(1));
    assert.throws(() => new AttentionMaps(reading), isError('text-too-large', '50,001'));
  });
});

describe('attention windows', () => {
  for (const begins of [false, true]) {
    it(`say which destinations each owns and which sources it sees, ${begins ? 'with' : 'without'} a begin of text`, () => {
      const { maps, reading } = madeUp({ ...LONG, begins });
      const { destinations, sources, begin } = windowColumns(reading, maps.patterns.windows);
      assert.equal(begin, begins);
      for (const row of rowsOf(reading, 0, 0)) {
        const window = destinations.findLastIndex((first) => first <= row.token);
        const [first, second] = row.sources.map(({ token }) => token);
        assert.equal(begins && window > 0 ? second : first, sources[window], `sources of token ${row.token}`);
      }
    });
  }
});

describe('attention pictures', () => {
  it('of a short text hold every cell, on the ramp up to the largest', async () => {
    const { maps, reading } = madeUp({ length: 9 });
    const { side, cells, maximum } = (await maps.grid(NOT_CANCELLED)).thumbnails(false);
    assert.equal(side, 9);
    for (const { token, sources } of rowsOf(reading, 1, 2)) {
      for (const source of sources) {
        const shade = 0.05 + 0.95 * Math.log10(1 + (9 * source.value) / maximum[5]);
        assertCloseValues([cells[(5 * 9 + token) * 9 + source.token]], [254 * shade], 0.51, 'shade');
      }
    }
    assert.equal(cells[5 * 81 + 8], 0, 'a later source');
  });

  it('of a long text hold the largest of each stretch, so that a thin diagonal stays', async () => {
    const previous: Weight = (_layer, _head, destination, source) =>
      Number(source === Math.max(0, destination - 1));
    const { maps } = madeUp({ length: 100, n_ctx: 100 }, previous);
    const { side, cells } = (await maps.grid(NOT_CANCELLED)).thumbnails(false);
    assert.equal(side, 32);
    for (let at = 0; at < side; at++) assert.equal(cells[at * side + at], 254);
  });

  it('leave out what goes to the sink where that is hidden', async () => {
    const toFirst: Weight = (_layer, _head, destination, source) =>
      source === 0 ? 1 : source === destination ? 0.25 : 0;
    const { maps } = madeUp({ length: 9 }, toFirst);
    const grid = await maps.grid(NOT_CANCELLED);
    const shown = grid.thumbnails(false);
    const hidden = grid.thumbnails(true);
    assert.deepEqual([shown.maximum[0], hidden.maximum[0]], [1, Math.fround(0.2)]);
    assert.deepEqual(
      [shown.cells[8 * 9], hidden.cells[8 * 9]].map((cell) => cell > 0),
      [true, false],
    );
  });

  it('mark what is not a number', async () => {
    const { maps } = madeUp({ length: 9 }, (_l, head, destination) =>
      head === 1 && destination === 4 ? NaN : 1,
    );
    const { cells } = (await maps.grid(NOT_CANCELLED)).thumbnails(true);
    const marked = Array.from(cells.subarray(81, 162)).flatMap((cell, at) => (cell === 255 ? [at] : []));
    assert.deepEqual(marked, [37, 38, 39, 40]);
  });
});

describe('attention tiles', () => {
  const cases: Record<
    string,
    { length: number; n_ctx?: number; begins?: boolean } & Partial<TransformerConfiguration>
  > = {
    'of a causal model': { length: 11 },
    'of an encoder': { length: 11, causal: false },
    'of a local window': { length: 11, windows: [4, null] },
    'of several windows': LONG,
  };
  for (const [name, shape] of Object.entries(cases)) {
    for (const step of [1, 3]) {
      for (const hideSink of [false, true]) {
        it(`${name}: a cell is the largest of ${step} × ${step}, masked or hidden where there is none${hideSink ? ', without the sink' : ''}`, async () => {
          const { maps, reading } = madeUp(shape);
          const ask = { ...question(shape.length), layer: 0, head: 1, step, hideSink };
          ask.destinations.start = 2;
          ask.sources = { start: 0, end: shape.length - 1 };
          const { rows, columns, cells } = await attentionTile(maps, ask, NOT_CANCELLED);
          const values = widenHalves('float16', cells);
          const expected = new Float32Array(rows * columns).fill(-2);
          for (const { token, sources } of rowsOf(reading, 0, 1)) {
            for (const { token: source, position, value } of sources) {
              if (token < 2 || source >= shape.length - 1) continue;
              const at = Math.floor((token - 2) / step) * columns + Math.floor(source / step);
              expected[at] = Math.max(expected[at], hideSink && position === 0 ? -1 : value);
            }
          }
          assertCloseValues(values, expected, 5e-4, 'cells');
        });
      }
    }
  }

  it('name masked and hidden cells by the bits that the protocol says', async () => {
    const { maps } = madeUp({ length: 5 });
    const { cells } = await attentionTile(maps, { ...question(5), hideSink: true }, NOT_CANCELLED);
    assert.deepEqual([cells[0], cells[1]], [HIDDEN_CELL, MASKED_CELL]);
  });

  it('of more tokens than fit are pooled more than was asked', async () => {
    const length = 2 * TILE_SIDE + 1;
    const { maps } = madeUp({ length, n_ctx: length, n_layers: 1, n_heads: 1 }, () => 1);
    const { step, rows, columns } = await attentionTile(maps, question(length), NOT_CANCELLED);
    assert.deepEqual([step, rows, columns], [3, 342, 342]);
  });

  it('weigh by the norm of what the head would write of each source, with shared keys too', async () => {
    const { maps, model, reading } = madeUp({ length: 7, n_heads: 4, n_key_value_heads: 2 });
    const ask = { ...question(7), layer: 1, head: 1, weighted: true };
    const { cells, maximum } = await attentionTile(maps, ask, NOT_CANCELLED);
    // Attention to one source alone: then the head's result is what it writes of that source.
    const { d_head, d_model } = model.configuration;
    const values = await reading.activation('blocks.1.attn.hook_v', NOT_CANCELLED);
    const outwards = model.weight('blocks.1.attn.W_O')!.data;
    const norms = Array.from({ length: 7 }, (_, token) => {
      let squares = 0;
      for (let axis = 0; axis < d_model; axis++) {
        let written = 0;
        for (let i = 0; i < d_head; i++)
          written += values.data[(token * 2 + 0) * d_head + i] * outwards[(1 * d_head + i) * d_model + axis];
        squares += written * written;
      }
      return Math.sqrt(squares);
    });
    const found = widenHalves('float16', cells);
    let largest = 0;
    for (const { token, sources } of rowsOf(reading, 1, 1)) {
      for (const { token: source, value } of sources) {
        largest = Math.max(largest, value * norms[source]);
        assertCloseValues([found[token * 7 + source]], [value * norms[source]], 2e-3, 'weighted');
      }
    }
    assertCloseValues([maximum], [largest], 1e-5, 'maximum');
  });

  it('show a cell that is not a number', async () => {
    const { maps } = madeUp({ length: 9 }, (_l, _h, destination) => (destination === 4 ? NaN : 1));
    const { cells } = await attentionTile(maps, { ...question(9), step: 3 }, NOT_CANCELLED);
    assert.ok(Number.isNaN(widenHalves('float16', cells)[3]));
  });

  it('of heads, tokens and steps that are not there are refused', async () => {
    const { maps } = madeUp({ length: 9 });
    const wrong: Partial<TileQuestion>[] = [
      { layer: 2 },
      { head: 3 },
      { step: 0 },
      { step: 1.5 },
      { destinations: { start: 0, end: 10 } },
      { sources: { start: 4, end: 4 } },
      { sources: { start: -1, end: 4 } },
    ];
    for (const each of wrong)
      await assert.rejects(attentionTile(maps, { ...question(9), ...each }, NOT_CANCELLED), isError('usage'));
  });
});

describe('attention of a token', () => {
  for (const shape of [{ length: 11 }, { length: 11, causal: false }, LONG]) {
    for (const token of [0, 6, shape.length - 1]) {
      it(`${token} of ${shape.length}: names the strongest and all that matter, in both directions, with exact values`, async () => {
        const { maps, reading } = madeUp(shape);
        const id = { layer: 1, head: 0 };
        const found = await attentionOfToken(maps, id, { token }, NOT_CANCELLED);
        const rows = rowsOf(reading, 1, 0);
        const sources = rows.find((row) => row.token === token)!.sources.map((s) => [s.token, s.value]);
        const destinations = rows.flatMap((row) =>
          row.sources.filter((s) => s.token === token).map(({ value }) => [row.token, value]),
        );
        for (const [links, all] of [
          [found.sources, sources],
          [found.destinations, destinations],
        ] as const) {
          const sorted = [...all].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
          const listed = sorted.filter(([, value], place) => place < MOST_LINKED || value >= LEAST_LINKED);
          assert.deepEqual(
            Array.from(links.tokens),
            listed.map(([each]) => each),
          );
          assert.deepEqual(
            Array.from(links.values),
            listed.map(([, value]) => value),
          );
          assertCloseValues([links.total], [all.reduce((sum, [, value]) => sum + value, 0)], 1e-6, 'total');
        }
      });
    }
  }

  it('at an offset of the document is that of the token there, and at the end of the last', async () => {
    const { maps } = madeUp({ length: 10, begins: true });
    const at = async (offset: number) => {
      const { token, start, end } = await attentionOfToken(
        maps,
        { layer: 0, head: 0 },
        { offset },
        NOT_CANCELLED,
      );
      return [token, start, end];
    };
    assert.deepEqual(await at(0), [1, 0, 1]);
    assert.deepEqual(await at(4), [5, 4, 5]);
    assert.deepEqual(await at(9), [9, 8, 9]);
  });
});

describe('heads between two phrases', () => {
  it('are ranked by how much they carry, weighted, in each direction', async () => {
    const { maps, reading, model } = madeUp({ length: 11, causal: false });
    const [first, second] = [
      { start: 1, end: 3 },
      { start: 6, end: 9 },
    ];
    const found = await headsBetween(maps, first, second, NOT_CANCELLED);
    const { n_heads } = model.configuration;
    for (let row = 0; row < 6; row++) {
      const [layer, head] = [Math.floor(row / n_heads), row % n_heads];
      const norms = await maps.norms.of(layer, maps.patterns.windows[0], NOT_CANCELLED);
      for (const [sums, into, from] of [
        [found.intoSecond, second, first],
        [found.intoFirst, first, second],
      ] as const) {
        const pairs = rowsOf(reading, layer, head)
          .filter(({ token }) => token >= into.start && token < into.end)
          .flatMap(({ sources }) => sources.filter(({ token }) => token >= from.start && token < from.end));
        const count = into.end - into.start;
        const attention = pairs.reduce((sum, { value }) => sum + value, 0) / count;
        const weighted =
          pairs.reduce((sum, { value, token }) => sum + value * norms[head * 11 + token], 0) / count;
        assertCloseValues([sums.attention[row]], [attention], 1e-6, 'attention');
        assertCloseValues([sums.weighted[row]], [weighted], 1e-6, 'weighted');
        assert.equal(sums.pairs[row], 6);
      }
    }
    const strength = (row: number) => Math.max(found.intoSecond.weighted[row], found.intoFirst.weighted[row]);
    const order = Array.from(found.order);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => strength(b) - strength(a)),
    );
    assert.equal(order.length, 6);
  });

  it('of a causal model carry nothing to what comes first', async () => {
    const { maps } = madeUp({ length: 11 });
    const found = await headsBetween(maps, { start: 1, end: 3 }, { start: 6, end: 9 }, NOT_CANCELLED);
    assert.deepEqual(Array.from(found.intoFirst.pairs), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(Array.from(found.intoFirst.attention), [0, 0, 0, 0, 0, 0]);
    assert.ok(found.intoSecond.attention.every((value) => value > 0));
  });

  it('that no window holds together say that there are no pairs', async () => {
    const { maps } = madeUp({ ...LONG, begins: false });
    const found = await headsBetween(maps, { start: 1, end: 3 }, { start: 30, end: 33 }, NOT_CANCELLED);
    assert.deepEqual(new Set([...found.intoSecond.pairs, ...found.intoFirst.pairs]), new Set([0]));
  });
});

interface Shape extends Partial<TransformerConfiguration> {
  length: number;
  begins?: boolean;
}

function madeUp({ length, begins = false, ...changes }: Shape, weight = UNEVEN, capacity?: number) {
  const model = new MadeUpModel({ n_ctx: 11, ...changes }, weight, characters(17, begins));
  const letters = randomIds(length - Number(begins), 7).map((id) => String.fromCharCode(97 + id));
  const reading = Reading.ofText(model, letters.join(''));
  return { model, reading, maps: new AttentionMaps(reading, capacity) };
}

/** All of the first head's map. */
function question(length: number): TileQuestion {
  const whole = { start: 0, end: length };
  return {
    layer: 0,
    head: 0,
    destinations: { ...whole },
    sources: { ...whole },
    step: 1,
    hideSink: false,
    weighted: false,
  };
}
