// The pure parts of the neurons view: ranking, filter, examples, histogram, and how messages change its state.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentName as hostName } from '../../src/host/names';
import { documentName } from '../../webview/shared/names';
import type { NeuronTable } from '../../src/protocol/types';
import { csvOf } from '../../webview/neurons/activationTable';
import { binsOf, BINS } from '../../webview/neurons/bins';
import { examplesOf } from '../../webview/neurons/examples';
import { countOf, factsOf } from '../../webview/neurons/facts';
import { filtered } from '../../webview/neurons/filter';
import { normalise } from '../../webview/neurons/incoming';
import { nextIndex } from '../../webview/shared/listKeys';
import { barsOf } from '../../webview/neurons/profile';
import { ranked } from '../../webview/neurons/ranking';
import { strongestOf } from '../../webview/neurons/row';
import {
  completeFocus,
  noticeIn,
  initialState,
  receive,
  rowsOf,
  savedState,
  type NeuronsState,
} from '../../webview/neurons/state';
import type { ViewStatus } from '../../src/protocol/views';
import { readyStatus, tableMessage } from '../webview/harness/messages';
import { makeSample, type SampleOptions } from '../webview/harness/sample';

const size = { layers: 2, neuronsPerLayer: 12, tokens: 60 };

function stateOf(options: Partial<SampleOptions> = {}, before = initialState(undefined)): NeuronsState {
  const sample = makeSample({ ...size, ...options });
  return receive(receive(before, { type: 'status', status: readyStatus(sample) }), tableMessage(sample));
}

/** A table of four neurons whose columns are given. */
function tableOf(columns: Partial<NeuronTable>): NeuronTable {
  return { ...makeSample({ layers: 2, neuronsPerLayer: 2, tokens: 10 }).table, ...columns };
}

describe('ranking', () => {
  it('puts the largest first, equal ones by place, NaN last', () => {
    const table = tableOf({ maximum: Float32Array.of(1, NaN, 3, 1) });
    assert.deepEqual([...ranked(table, 'largest')], [2, 0, 3, 1]);
  });

  it('puts the sparsest first, equal ones by size, silent ones last', () => {
    const table = tableOf({ on: Float32Array.of(0.1, 0.1, 0.5, 0.01), maximum: Float32Array.of(1, 2, 1, 0) });
    assert.deepEqual([...ranked(table, 'sparsest')], [1, 0, 2, 3]);
  });

  it('ranks by the selection, infinities too', () => {
    const table = tableOf({ selectivity: Float32Array.of(-1, Infinity, 2, -Infinity) });
    assert.deepEqual([...ranked(table, 'selection')], [1, 2, 0, 3]);
  });

  it('leaves the neurons in their place', () => {
    const table = tableOf({ maximum: Float32Array.of(1, NaN, 3, 1) });
    assert.deepEqual([...ranked(table, 'place')], [0, 1, 2, 3]);
  });

  it('sorts a table once', () => {
    const { table } = makeSample(size);
    assert.equal(ranked(table, 'largest'), ranked(table, 'largest'));
  });
});

describe('filter', () => {
  const { table } = makeSample(size);
  const order = ranked(table, 'largest');
  const names = (text: string, layer?: number): string[] =>
    [...filtered(table, order, { text, layer })].map((row) => `L${Math.floor(row / 12)} N${row % 12}`).sort();

  it('leaves everything where nothing is asked', () => {
    assert.equal(filtered(table, order, { text: '  ' }), order);
  });

  it('matches names; the number that is being typed by its beginning', () => {
    assert.deepEqual(names('L1 N3'), ['L1 N3']);
    assert.deepEqual(names('n1', 0), ['L0 N1', 'L0 N10', 'L0 N11']);
    assert.deepEqual(names('N1 L0'), ['L0 N1']);
    assert.equal(names('l1').length, 12);
  });

  it('matches the strongest tokens', () => {
    const word = table.tokens.pieces[table.strongest[order[0] * 3]].trim().toLowerCase();
    const found = filtered(table, order, { text: word });
    assert.equal(found[0], order[0]);
    for (const row of found) {
      const tokens = [...table.strongest.subarray(row * 3, row * 3 + 3)];
      assert.ok(tokens.some((token) => table.tokens.pieces[token].toLowerCase().includes(word)));
    }
    assert.deepEqual(names('no such token'), []);
  });
});

describe('examples', () => {
  const scope = { start: 0, end: 100 };

  it('are the strongest tokens with five tokens of context, strongest first', () => {
    const values = new Float32Array(100);
    values[50] = 2;
    values[2] = 3;
    assert.deepEqual(examplesOf(values, scope), [
      { start: 0, end: 8, peaks: [2] },
      { start: 45, end: 56, peaks: [50] },
    ]);
  });

  it('are merged where they overlap', () => {
    const values = new Float32Array(100);
    [values[20], values[26], values[90]] = [1, 5, 3];
    assert.deepEqual(examplesOf(values, scope), [
      { start: 15, end: 32, peaks: [26, 20] },
      { start: 85, end: 96, peaks: [90] },
    ]);
  });

  it('are at most five, inside the selection, and none of a silent neuron', () => {
    const values = Float32Array.from({ length: 100 }, (_, index) => (index % 20 === 0 ? 1 + index : -1));
    assert.deepEqual(
      examplesOf(values, { start: 30, end: 70 }).map(({ peaks }) => peaks),
      [[60], [40]],
    );
    assert.equal(
      examplesOf(Float32Array.from(values, Math.abs), scope).flatMap(({ peaks }) => peaks).length,
      5,
    );
    assert.deepEqual(examplesOf(new Float32Array(100).fill(-0.1), scope), []);
  });
});

describe('histogram', () => {
  it('counts every finite value in 50 equal bins', () => {
    const bins = binsOf(Float32Array.of(-1, 0, 0.5, 4, NaN, Infinity));
    assert.equal(bins.length, BINS);
    assert.equal(bins[0].from, -1);
    assert.equal(bins[49].to, 4);
    assert.deepEqual(
      bins.flatMap(({ tokens }, index) => (tokens > 0 ? [[index, tokens]] : [])),
      [
        [0, 1],
        [10, 1],
        [15, 1],
        [49, 1],
      ],
    );
  });

  it('copes with equal values and with none', () => {
    assert.deepEqual(binsOf(Float32Array.of(2, 2)), [{ from: 2, to: 2, tokens: 2 }]);
    assert.deepEqual(binsOf(Float32Array.of(NaN)), []);
  });

  it('of a row keeps a line where nothing is', () => {
    const profile = new Uint8Array(16);
    profile[15] = 255;
    assert.match(barsOf(profile, 0), /^M0 14v-1h3v1z.*M60 14v-14h3v14z$/);
  });
});

describe('activations as CSV', () => {
  it('have a row for each token of the scope', () => {
    const sample = makeSample({ ...size, selection: { start: 10, end: 13 } });
    const { pieces } = sample.table.tokens;
    const values = new Float32Array(60);
    values.set([0.1, -2, NaN], 10);
    assert.deepEqual(csvOf(sample.table, values), [
      ['token', 'piece', 'activation'],
      [10, pieces[10], 0.1],
      [11, pieces[11], -2],
      [12, pieces[12], NaN],
    ]);
  });
});

describe('state', () => {
  it('starts with what was saved', () => {
    const saved = {
      uri: 'file:///a/my%20story.txt',
      model: '/m/tiny',
      ranking: 'sparsest',
      filter: 'x',
    } as const;
    const state = initialState(saved);
    assert.equal(state.status.phase, 'loading');
    assert.deepEqual(
      factsOf(state).map(({ text }) => text),
      ['my story.txt', 'tiny'],
    );
    assert.deepEqual(savedState(state), {
      ...saved,
      selection: undefined,
      layer: undefined,
      detailHeight: undefined,
    });
  });

  it('ranks by a new selection, and not without one', () => {
    const selection = { start: 10, end: 20 };
    const selected = stateOf({ selection });
    assert.equal(selected.ranking, 'selection');
    assert.equal(stateOf({}, selected).ranking, 'largest');
    const chosen: NeuronsState = { ...selected, ranking: 'sparsest' };
    assert.equal(stateOf({ selection }, chosen).ranking, 'sparsest', 'the same question');
    assert.equal(
      stateOf({ selection: { start: 10, end: 22 }, version: 2 }, chosen).ranking,
      'sparsest',
      'an edit',
    );
    assert.equal(
      stateOf({ selection: { start: 30, end: 40 } }, chosen).ranking,
      'selection',
      'another selection',
    );
    assert.equal(stateOf({ selection, document: 'other.txt' }, chosen).ranking, 'selection', 'another text');
  });

  it('drops a layer that the model does not have', () => {
    const before = { ...initialState(undefined), layer: 1 };
    assert.equal(stateOf({}, before).layer, 1);
    assert.equal(stateOf({ layers: 1 }, before).layer, undefined);
  });

  it('keeps rows as long as nothing changed that they depend on', () => {
    const state = stateOf();
    assert.equal(rowsOf(state), rowsOf({ ...state, cursor: 3 }));
    assert.notEqual(rowsOf(state), rowsOf({ ...state, layer: 1 }));
    assert.equal(rowsOf({ ...state, layer: 1 }).length, 12);
  });

  it('forgets the table once there is nothing to show', () => {
    const state = receive(stateOf(), { type: 'status', status: { phase: 'empty', modelOpen: true } });
    assert.equal(state.table, undefined);
    assert.equal(savedState(state).uri, undefined);
  });

  it('shows a focus only on the text that it was computed on', () => {
    const id = { layer: 1, neuron: 2 };
    const state = stateOf();
    const focusOf = (version: number): NeuronsState => {
      const activations = makeSample({ ...size, version }).activations(id);
      return receive(state, { type: 'focus', focus: { id, locked: true, activations }, locked: id });
    };
    assert.equal(completeFocus(focusOf(1))?.id, id);
    assert.equal(completeFocus(focusOf(2)), undefined);
    assert.deepEqual(focusOf(2).locked, id);
  });

  it('calls for a notice where the list has nothing to say', () => {
    assert.equal(noticeIn(initialState(undefined)), 'open');
    assert.equal(noticeIn(stateOf()), undefined);
    assert.equal(noticeIn({ ...stateOf(), filter: 'no such' }), 'noMatch');
    assert.equal(noticeIn({ ...stateOf(), status: { phase: 'failed', modelOpen: true } }), 'failed');
    assert.equal(
      noticeIn({ ...initialState(undefined), status: { phase: 'empty', modelOpen: true } }),
      'ask',
    );
  });
});

describe('words', () => {
  it('always say how a long text was cut', () => {
    const facts = factsOf(stateOf({ windows: { count: 3, length: 512, overlap: 256 } })).map(
      ({ text }) => text,
    );
    assert.deepEqual(facts, [
      'story.txt',
      '60 tokens',
      'stories260K',
      'wasm',
      '3 windows of 512, overlap 256',
    ]);
  });

  it('do not mix a text that is being read with the table of the one before', () => {
    const before = stateOf({ windows: { count: 3, length: 512, overlap: 256 } });
    const words = (status: Partial<ViewStatus>): string[] =>
      factsOf({ ...before, status: { ...before.status, ...status } }).map(({ text }) => text);
    const other = { document: 'other.txt' };
    assert.deepEqual(words({ phase: 'loading', ...other }), ['other.txt', 'reading…', 'stories260K', 'wasm']);
    assert.deepEqual(words({ phase: 'failed', ...other }), ['other.txt', 'stories260K', 'wasm']);
    assert.deepEqual(words({ phase: 'loading', model: 'tiny' }), ['story.txt', 'reading…', 'tiny', 'wasm']);
    assert.deepEqual(words({ phase: 'loading' }), words({}), 'the same text again');
    assert.deepEqual(
      words({ phase: 'loading', document: undefined }),
      words({}),
      'a wait for something else',
    );
  });

  it('name documents as the host does', () => {
    for (const uri of [
      'untitled:Untitled-1',
      'file:///a/b%20c.txt',
      'git:/a/b.txt?{"ref":"/x"}',
      'a:/b.ipynb#c/d',
    ]) {
      assert.equal(documentName(uri), hostName(uri));
    }
  });

  it('say how much was selected, and how many neurons are shown', () => {
    const facts = factsOf(stateOf({ selection: { start: 1, end: 4 } })).map(({ text }) => text);
    assert.deepEqual(facts.slice(1, 3), ['selection: 3 of 60 tokens', 'Whole Text']);
    assert.equal(countOf(2048, 2048), '2,048 neurons');
    assert.equal(countOf(37, 2048), '37 of 2,048 neurons');
  });

  it('name as many tokens as a neuron is on at', () => {
    const table = tableOf({ on: Float32Array.of(0.1, 0.2, 0.9, 0) });
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => strongestOf(table, row).length),
      [1, 2, 3, 1],
    );
  });
});

it('keys move over the rows', () => {
  assert.equal(nextIndex('ArrowDown', -1, 10, 100), 0);
  assert.equal(nextIndex('ArrowUp', 0, 10, 100), 0);
  assert.equal(nextIndex('PageDown', 95, 10, 100), 99);
  assert.equal(nextIndex('PageUp', 95, 10, 100), 85);
  assert.equal(nextIndex('End', 0, 10, 100), 99);
  assert.equal(nextIndex('x', 0, 10, 100), undefined);
});

it('typed arrays are restored from JSON', () => {
  const message = tableMessage(makeSample(size));
  const received = normalise(JSON.parse(JSON.stringify(message)) as typeof message);
  assert.deepEqual(received, message);
});
