// The pure parts of the attention view: state, order, the part of a map in sight, tiles, pairs, words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  HEAD_SCORES,
  HIDDEN_CELL,
  MASKED_CELL,
  type AttentionGrid,
  type AttentionTile,
  type HeadKind,
} from '../../src/protocol/attention';
import type { AttentionViewState } from '../../src/protocol/attentionView';
import { narrowToHalves } from '../../src/backend/halfPrecision';
import { cellWords } from '../../webview/attention/cellWords';
import { factsOf } from '../../webview/attention/facts';
import { halves } from '../../webview/attention/half';
import { mapKey } from '../../webview/attention/mapKeys';
import { rowsOf } from '../../webview/attention/order';
import { rampOf } from '../../webview/attention/palette';
import { initialState, receive, savedState, withSettings } from '../../webview/attention/state';
import { Strongest } from '../../webview/attention/strongest';
import { TileStore, type MapSubject } from '../../webview/attention/tiles';
import {
  clamped,
  fitted,
  panned,
  revealing,
  stepAt,
  TILE_CELLS,
  tilesAt,
  tokenUnder,
  zoomed,
} from '../../webview/attention/viewport';
import { blocksOf, pairsOf } from '../../webview/attention/wholeMap';
import { sourceOf } from './host-fakes';

const kinds: HeadKind[] = ['semantic', 'distance', 'semantic', 'unlearned'];

function gridOf(changes: Partial<AttentionGrid> = {}, tokens = 4): AttentionGrid {
  const scores = Object.fromEntries(
    HEAD_SCORES.map((name) => [name, Float32Array.of(0.1, 0.9, NaN, 0.5)]),
  ) as AttentionGrid['scores'];
  const places = Int32Array.from({ length: tokens }, (_, index) => index);
  return {
    source: sourceOf(1),
    tokens: {
      ids: places,
      pieces: Array.from(places, (index) => `t${index}`),
      starts: places,
      ends: places.map((start) => start + 1),
    },
    layers: 2,
    heads: 2,
    learned: 'content',
    causal: true,
    spans: new Int32Array(4),
    windows: { destinations: Int32Array.of(0), sources: Int32Array.of(0), begin: false },
    sinkTokens: Int32Array.of(0),
    scores,
    scoresWithoutSink: scores,
    kinds,
    notNumbers: new Int32Array(4),
    thumbnails: { side: 1, cells: new Uint8Array(4), maximum: new Float32Array(4) },
    milliseconds: 1,
    ...changes,
  };
}

function shown(saved?: Partial<AttentionViewState>, grid = gridOf()) {
  const state = initialState(saved as AttentionViewState);
  return receive(state, {
    type: 'grid',
    grid,
    hideSink: false,
    question: { uri: 'file:///a.txt', model: '/m' },
  });
}

describe('attention view: order of heads', () => {
  it('is that of the model, or by score with what has none last', () => {
    const state = shown();
    assert.deepEqual(rowsOf(state), [0, 1, 2, 3]);
    assert.deepEqual(rowsOf(withSettings(state, { order: 'score' })), [1, 3, 0, 2]);
  });

  it('is filtered by kind and by name; the term that is typed may be incomplete', () => {
    const state = shown();
    const rows = (filter: string, kind?: HeadKind) => rowsOf(withSettings(state, { filter, kind }));
    assert.deepEqual(rows('', 'semantic'), [0, 2]);
    assert.deepEqual(rows('l1'), [2, 3]);
    assert.deepEqual(rows('L1 h0'), [2]);
    assert.deepEqual(rows('dist'), [1]);
    assert.deepEqual(rows('l7'), []);
  });

  it('is that of a comparison once there is one, and the model’s again after it', () => {
    const answer = { order: Int32Array.of(3, 1, 0, 2), cosine: Float32Array.of(0.3, 0.4, 0.1, 0.9) };
    const ranking = { kind: 'pattern', pattern: { name: 'self' }, answer } as never;
    const compared = receive(shown(), { type: 'ranking', ranking });
    assert.deepEqual(rowsOf(compared), [3, 1, 0, 2]);
    assert.deepEqual(rowsOf(receive(compared, { type: 'ranking', ranking: null })), [0, 1, 2, 3]);
  });
});

describe('attention view: state', () => {
  it('comes back after a reload, with the head that was open', () => {
    const place = { source: 1, destination: 2, scale: 9 };
    const before = withSettings(shown(), { score: 'self', hideSink: true, picture: 'text', place });
    const head = { layer: 1, head: 0 };
    const opened = receive(before, {
      type: 'head',
      focus: { head, pinned: false, token: null, links: null },
    });
    const restored = initialState(savedState(opened));
    assert.deepEqual(restored.settings, before.settings);
    assert.deepEqual(restored.wantedHead, head);
    assert.equal(restored.status.phase, 'loading');
    assert.deepEqual(savedState(restored), savedState(opened));
  });

  it('forgets where the map of another text was looked at', () => {
    const before = withSettings(shown(), { place: { source: 1, destination: 2, scale: 9 } });
    const message = { type: 'grid', grid: gridOf(), hideSink: false } as const;
    assert.ok(receive(before, { ...message, question: before.question! }).settings.place);
    const other = receive(before, { ...message, question: { uri: 'file:///b.txt', model: '/m' } });
    assert.equal(other.settings.place, undefined);
  });

  it('is nothing once the host has nothing', () => {
    const state = receive(shown(), { type: 'status', status: { phase: 'empty', modelOpen: true } });
    assert.equal(state.grid, undefined);
    assert.equal(savedState(state).uri, undefined);
  });
});

describe('attention view: the header', () => {
  const facts = (grid: AttentionGrid) => factsOf(shown({}, grid)).map(({ text }) => text);

  it('says where windows meet', () => {
    const windows = {
      destinations: Int32Array.of(0, 512, 768),
      sources: Int32Array.of(0, 256, 512),
      begin: false,
    };
    assert.ok(facts(gridOf({ windows })).includes('windows meet at token 512, 768'));
  });

  it('says what is no number, and that nothing was learned', () => {
    const broken = gridOf({ notNumbers: Int32Array.of(0, 3, 0, 0), learned: 'uniform' });
    assert.ok(facts(broken).includes('3 cells not a number'));
    assert.ok(facts(broken).includes('no learned patterns'));
  });
});

describe('attention map: what is in sight', () => {
  const size = { width: 512, height: 400 };

  it('is all of it at first, and no less than that', () => {
    assert.deepEqual(fitted(size, 1000), { source: 0, destination: 0, scale: 0.4 });
    const small = clamped({ source: -5, destination: 990, scale: 0.01 }, size, 1000);
    assert.deepEqual(small, { source: 0, destination: 0, scale: 0.4 });
  });

  it('keeps the cell under the pointer when it is zoomed', () => {
    const before = { source: 100, destination: 300, scale: 2 };
    const at = { x: 200, y: 100 };
    const after = zoomed(before, size, 1000, at, 3);
    assert.equal(after.scale, 6);
    assert.ok(Math.abs(after.source + at.x / 6 - (100 + 200 / 2)) < 1e-9);
    assert.ok(Math.abs(after.destination + at.y / 6 - (300 + 100 / 2)) < 1e-9);
  });

  it('ends at the edges when it is moved', () => {
    const before = { source: 900, destination: 10, scale: 4 };
    assert.deepEqual(panned(before, size, 1000, -4000, 400), { source: 872, destination: 0, scale: 4 });
  });

  it('moves as little as needed to a cell', () => {
    const before = { source: 100, destination: 100, scale: 4 };
    assert.deepEqual(revealing(before, size, 1000, { source: 150, destination: 50 }), {
      source: 100,
      destination: 50,
      scale: 4,
    });
  });

  it('is asked for in tiles of which a cell takes a pixel at least', () => {
    assert.deepEqual(
      [0.4, 0.5, 1, 7].map((scale) => stepAt(scale, 1)),
      [2, 2, 1, 1],
    );
    assert.equal(stepAt(0.5, 2), 1);
    const tiles = tilesAt({ source: 250, destination: 0, scale: 4 }, size, 300, 1);
    assert.deepEqual(tiles, [
      { step: 1, row: 0, column: 0 },
      { step: 1, row: 0, column: 1 },
    ]);
  });

  it('says which token is where', () => {
    assert.equal(tokenUnder(10, 25, 10, 40), 12);
    assert.equal(tokenUnder(10, 400, 10, 40), undefined);
  });
});

describe('attention map: keys', () => {
  it('pan by arrows, move over cells with Shift, zoom', () => {
    assert.deepEqual(mapKey('ArrowLeft', false), { does: 'pan', right: -1, down: 0 });
    assert.deepEqual(mapKey('ArrowDown', true), { does: 'cell', right: 0, down: 1 });
    assert.deepEqual(mapKey('+', true), { does: 'zoom', factor: 1.5 });
    assert.equal(mapKey('x', false), undefined);
  });
});

describe('attention map: tiles', () => {
  const subject: MapSubject = {
    uri: 'file:///a.txt',
    version: 1,
    model: '/m',
    interventions: 0,
    tokens: 600,
    head: { layer: 0, head: 1 },
    hideSink: false,
    weighted: false,
    maximum: 0.5,
  };
  function store() {
    const asked: { step: number; destinations: { start: number; end: number } }[] = [];
    const dropped: number[] = [];
    const tiles = new TileStore({
      ask: (_, question) => asked.push(question) - 1,
      drop: (requests) => dropped.push(...requests),
    });
    tiles.setSubject(subject);
    return { tiles, asked, dropped };
  }
  const place = (row: number, column: number) => ({ step: 1, row, column });
  const answered = (value: number): AttentionTile =>
    ({
      rows: 1,
      columns: 2,
      destinations: { start: 256, end: 512 },
      sources: { start: 0, end: 256 },
      cells: narrowToHalves('float16', Float32Array.of(value, -2)),
      maximum: value,
    }) as unknown as AttentionTile;

  it('are asked for once, a few at a time, and end with the text', () => {
    const { tiles, asked } = store();
    const all = [0, 1, 2].flatMap((row) => [place(row, 0), place(row, 1)]);
    tiles.want(all);
    tiles.want(all);
    assert.equal(asked.length, 4);
    tiles.want([place(2, 2)]);
    assert.deepEqual(asked[4].destinations, { start: 2 * TILE_CELLS, end: 600 });
  });

  it('that left sight before they came are dropped', () => {
    const { tiles, dropped } = store();
    tiles.want([place(0, 0), place(1, 0)]);
    tiles.want([place(1, 0)]);
    assert.deepEqual(dropped, [0]);
    assert.equal(tiles.receive(0, answered(0.1)), false);
    assert.equal(tiles.receive(1, answered(0.1)), true);
  });

  it('hold values, and raise the end of the colour scale', () => {
    const { tiles } = store();
    tiles.want([place(1, 0)]);
    tiles.receive(0, answered(0.75));
    assert.equal(tiles.value(256, 0), 0.75);
    assert.equal(tiles.bits(256, 1), MASKED_CELL);
    assert.equal(tiles.bits(0, 0), undefined);
    assert.equal(tiles.largest, 0.75);
  });

  it('of another head are other tiles', () => {
    const { tiles, dropped } = store();
    tiles.want([place(1, 0)]);
    tiles.setSubject({ ...subject, head: { layer: 1, head: 1 } });
    assert.deepEqual(dropped, [0]);
    assert.equal(tiles.receive(0, answered(0.75)), false);
  });

  it('that failed are not asked for again, and say why', () => {
    const { tiles, asked } = store();
    tiles.want([place(1, 0)]);
    tiles.receive(0, undefined, 'out of memory');
    tiles.want([place(1, 0)]);
    assert.equal(asked.length, 1);
    assert.equal(tiles.failure, 'out of memory');
  });
});

describe('attention map: what is said of a cell', () => {
  const input = { grid: gridOf(), labels: ['a', 'b', 'c', 'd'], weighted: false };
  const say = (bits: number | undefined, cell = { destination: 2, source: 1 }) =>
    cellWords(input, { bits: () => bits, value: () => halves[bits!], isWaiting: false }, cell);

  it('is its value, or why there is none', () => {
    assert.equal(say(0x3800), '“c” (2) → “b” (1)  0.500');
    assert.match(say(0x7e00), /not a number$/);
    assert.match(say(HIDDEN_CELL), /sink, hidden$/);
    for (const bits of [MASKED_CELL, undefined]) {
      assert.match(say(bits, { destination: 1, source: 3 }), /it comes later$/);
    }
    assert.match(say(MASKED_CELL, { destination: 3, source: 1 }), /another window$/);
  });
});

describe('attention of a whole text', () => {
  it('is read in blocks that leave out what no token sees', () => {
    const blocks = [...blocksOf(gridOf({}, 5), 2)].map(({ destinations, sources }) => [
      destinations.start,
      sources.start,
    ]);
    assert.deepEqual(blocks, [
      [0, 0],
      [2, 0],
      [2, 2],
      [4, 0],
      [4, 2],
      [4, 4],
    ]);
    const windows = { destinations: Int32Array.of(0, 4), sources: Int32Array.of(0, 2), begin: false };
    const cut = [...blocksOf(gridOf({ windows }, 5), 2)].map(({ destinations, sources }) => [
      destinations.start,
      sources.start,
    ]);
    assert.deepEqual(cut, [
      [0, 0],
      [2, 0],
      [2, 2],
      [4, 2],
      [4, 4],
    ]);
  });

  it('is pairs from a value up, with what is no number', () => {
    const cells = narrowToHalves('float16', Float32Array.of(0.5, 0.001, -1, NaN, 0.25, -2));
    const tile = { cells, columns: 3, destinations: { start: 10, end: 12 }, sources: { start: 4, end: 7 } };
    assert.deepEqual(pairsOf(tile as unknown as AttentionTile, 0.005), [
      { destination: 10, source: 4, value: 0.5 },
      { destination: 11, source: 4, value: NaN },
      { destination: 11, source: 5, value: 0.25 },
    ]);
  });

  it('keeps the strongest sources of each token', () => {
    const strongest = new Strongest(2);
    strongest.add([0.1, 0.5, 0.2, 0.4, 0.3].map((value, source) => ({ destination: 1, source, value })));
    strongest.add([{ destination: 1, source: 9, value: NaN }]);
    assert.deepEqual(
      strongest.of(1).map(({ source }) => source),
      [9, 1, 3, 4],
    );
    assert.deepEqual(strongest.of(0), []);
  });
});

it('half-precision numbers are read as the backend writes them', () => {
  const values = Float32Array.of(0, 1, 0.333251953125, 6.103515625e-5, 5.960464477539063e-8, 65504, -2);
  const bits = narrowToHalves('float16', values);
  assert.deepEqual(
    Array.from(bits, (each) => halves[each]),
    Array.from(values),
  );
  assert.ok(Number.isNaN(halves[narrowToHalves('float16', Float32Array.of(NaN))[0]]));
});

it('the ramp shows weak attention, and nothing below the least', () => {
  assert.equal(rampOf(1e-5, 1), 0);
  assert.ok(rampOf(1e-4, 1) > 0.05);
  assert.equal(rampOf(2, 2), 1);
  assert.equal(rampOf(NaN, 1), 0);
});
