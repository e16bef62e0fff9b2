// The lens view without a page: its state, the columns that are here, colours, keys, CSV.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ToLensView } from '../../src/protocol/lensView';
import { lookOf } from '../../webview/lens/colouring';
import { Columns, type Cell } from '../../webview/lens/columns';
import { normalise } from '../../webview/lens/incoming';
import { describe as words, nextPlace } from '../../webview/lens/places';
import { csvOf } from '../../webview/lens/saving';
import { initialState, receive, savedState } from '../../webview/lens/state';
import { partsAt } from '../../webview/lens/parts';
import { lensTable, source } from './webview-lens';

const question = { uri: source.uri, model: source.model };
const shown = (table = lensTable(0, 4)) =>
  receive(initialState(undefined), { type: 'lens', table, question });

it('the parts at a row are what its layer adds, and the stream that leaves it', () => {
  const parts = (point: number) => partsAt(point, 3).map(({ part, label }) => `${part}: ${label}`);
  assert.deepEqual(parts(0), ['L0.resid: Residual stream into layer 0']);
  assert.deepEqual(parts(1), [
    'L0.attn: Attention of layer 0',
    'L0.mlp: MLP of layer 0',
    'L1.resid: Residual stream into layer 1',
  ]);
  assert.equal(parts(2).at(-1), 'L2.resid: Residual stream out of the model');
});

describe('the columns of the lens', () => {
  const first = lensTable(0, 4, { complete: false, textTokens: 10 });

  it('cover the text where the first answer is cut, and else what was asked for', () => {
    assert.deepEqual(new Columns([first]).scope, { start: 0, end: 10 });
    assert.deepEqual(new Columns([lensTable(2, 4, { textTokens: 10 })]).scope, { start: 2, end: 4 });
  });

  it('are asked for in windows as long as the first answer, and only those that are missing', () => {
    const columns = new Columns([first, lensTable(8, 10)]);
    assert.deepEqual(columns.missing({ start: 0, end: 4 }), []);
    assert.deepEqual(columns.missing({ start: 2, end: 10 }), [{ start: 4, end: 8 }]);
    assert.deepEqual(new Columns([first]).missing({ start: 9, end: 99 }), [{ start: 8, end: 10 }]);
  });

  it('find a cell in the window that has its token', () => {
    const window = lensTable(4, 6, { targetRank: Int32Array.of(1, 2, 7, 8) });
    const columns = new Columns([first, window]);
    assert.equal(columns.cell(1, 5)?.rank, 8);
    assert.equal(columns.cell(0, 5)?.rank, 2);
    assert.deepEqual(columns.cell(0, 5)?.top, { id: 5, piece: 't5' });
    assert.equal(columns.piece(5), 't5');
    assert.equal(columns.cell(0, 7), undefined);
  });

  it('have no target at the end of the text, and no token where a prediction is not made of numbers', () => {
    const table = lensTable(0, 2, { targets: Int32Array.of(1, -1), top: Int32Array.of(0, -1, 0, 1) });
    const columns = new Columns([table]);
    assert.equal(columns.cell(0, 1)?.target, undefined);
    assert.equal(columns.cell(0, 1)?.top, undefined);
    assert.deepEqual(columns.cell(1, 1)?.top, { id: 1, piece: 't1' });
  });
});

describe('the look of a cell', () => {
  const cell: Cell = {
    top: { id: 1, piece: ' a' },
    probability: 0.42,
    target: { id: 2, piece: ' b' },
    targetProbability: 0.01,
    rank: 10,
    divergence: 2,
    entropy: 1,
  };

  it('says its number beside its colour', () => {
    assert.deepEqual(lookOf(cell, 'probability', 0), { level: '5', text: '42%' });
    assert.deepEqual(lookOf(cell, 'rank', 0), { level: '8', text: '#10' });
    assert.deepEqual(lookOf({ ...cell, rank: 1 }, 'rank', 0), { level: '10', text: '#1' });
    assert.deepEqual(lookOf({ ...cell, rank: 50_000 }, 'rank', 0), { level: undefined, text: '#50,000' });
    assert.deepEqual(lookOf(cell, 'divergence', 2), { level: '10', text: '2.00' });
  });

  it('marks what is not a number, in the prediction or only in the measure', () => {
    const broken = { level: 'broken', text: 'NaN' };
    assert.deepEqual(lookOf({ ...cell, top: undefined, rank: 0 }, 'rank', 0), broken);
    assert.deepEqual(lookOf({ ...cell, divergence: NaN }, 'divergence', 2), broken);
  });

  it('leaves a place without a target uncoloured where the target is asked for', () => {
    const last = { ...cell, target: undefined, targetProbability: NaN, rank: 0 };
    assert.deepEqual(lookOf(last, 'target', 0), { level: undefined, text: '–' });
    assert.deepEqual(lookOf(last, 'rank', 0), { level: undefined, text: '–' });
    assert.equal(lookOf(last, 'probability', 0).text, '42%');
  });

  it('is told in words', () => {
    const said = words(cell, 'L3', ' the', false);
    assert.match(said, /^L3, after '·the': '·a' 42% \(0\.42\); what follows, '·b', has 1%, rank 10; /);
    assert.match(words({ ...cell, target: cell.top }, 'L3', ' the', false), /that is what follows/);
    assert.match(words({ ...cell, top: undefined }, 'L3', 'x', true), /^L3, at 'x': .* not made of numbers$/);
  });
});

describe('the keys of the map', () => {
  const extent = { scope: { start: 2, end: 9 }, points: 3, page: 4, first: 5 };

  it('start at the output of the token that is looked at', () => {
    assert.deepEqual(nextPlace('ArrowRight', undefined, extent), { point: 2, token: 5 });
    assert.deepEqual(nextPlace('End', undefined, extent), { point: 2, token: 8 });
  });

  it('go up towards the output, and stay in the map', () => {
    const from = { point: 1, token: 3 };
    assert.deepEqual(nextPlace('ArrowUp', from, extent), { point: 2, token: 3 });
    assert.deepEqual(nextPlace('ArrowUp', { point: 2, token: 3 }, extent), { point: 2, token: 3 });
    assert.deepEqual(nextPlace('PageDown', from, extent), { point: 1, token: 7 });
    assert.deepEqual(nextPlace('PageUp', from, extent), { point: 1, token: 2 });
    assert.equal(nextPlace('x', from, extent), undefined);
  });
});

describe('the state of the lens view', () => {
  const place = { point: 1, token: 2 };
  const cell = {
    source,
    ...place,
    ids: Int32Array.of(1),
    pieces: ['a'],
    probabilities: Float32Array.of(1),
  };

  it('takes windows of its own version only', () => {
    const state = shown(lensTable(0, 4, { complete: false, textTokens: 8 }));
    const late = lensTable(4, 8, { source: { ...source, version: 2 } });
    assert.equal(receive(state, { type: 'window', table: late }), state);
    assert.equal(receive(state, { type: 'window', table: lensTable(4, 8) }).columns?.piece(6), 't6');
  });

  it('keeps the cell that was shown until the next is there', () => {
    const open = receive(shown(), { type: 'selection', selection: { place, cell } });
    const moving = receive(open, { type: 'selection', selection: { place: { point: 0, token: 1 } } });
    assert.equal(moving.cell, cell);
    assert.equal(receive(moving, { type: 'selection', selection: null }).cell, undefined);
  });

  it('remembers what is open across a reload, and across a second one before it is open again', () => {
    const open = receive(shown(), { type: 'selection', selection: { place } });
    const saved = savedState({ ...open, colouring: 'rank' });
    assert.deepEqual([saved.uri, saved.place, saved.colouring], [source.uri, place, 'rank']);
    const empty = { type: 'status', status: { phase: 'empty', modelOpen: true } } as const;
    const again = receive(receive(initialState(saved), empty), { type: 'selection', selection: null });
    assert.deepEqual(savedState(again).place, place);
    const closed = receive(open, { type: 'selection', selection: null });
    assert.equal(savedState(closed).place, undefined);
  });

  it('forgets all of a text that is gone', () => {
    const gone = receive(shown(), { type: 'status', status: { phase: 'empty', modelOpen: true } });
    assert.deepEqual([gone.table, gone.columns, savedState(gone).uri], [undefined, undefined, undefined]);
  });

  it('starts with a colouring that it knows', () => {
    assert.equal(initialState({ colouring: 'sound' as never }).colouring, 'probability');
  });

  it('takes typed arrays that became plain objects', () => {
    const message = { type: 'lens', table: lensTable(0, 2), question } as const;
    const plain = JSON.parse(JSON.stringify(message)) as ToLensView;
    assert.deepEqual(normalise(plain), message);
  });
});

it('the map as CSV has a row for each cell that is here', () => {
  const table = lensTable(0, 2, { complete: false, textTokens: 9 });
  const rows = csvOf(table.points, new Columns([table]));
  assert.equal(rows.length, 1 + 4);
  assert.deepEqual(rows[2], ['L0', 0, 't0', 't1', 't0', 0.5, 0.5, 3, 0.5, 0.5]);
});
