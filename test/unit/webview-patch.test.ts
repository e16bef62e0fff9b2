// What the patching view says of a map, and what it keeps of messages. No page.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PatchMap, PatchQuestion } from '../../src/protocol/patching';
import { initialState, receive } from '../../webview/patch/state';
import {
  cellNumber,
  cellWords,
  columnWords,
  csvOf,
  metricWarning,
  metricWords,
} from '../../webview/patch/words';

const question: PatchQuestion = {
  model: '/a',
  clean: 'Tom ran.',
  corrupted: 'Sue ran.',
  part: 'resid',
  align: 'equal',
};
const map: PatchMap = {
  model: '/a',
  modelName: 'a',
  engine: 'cpu',
  part: 'resid',
  layers: 2,
  columns: 3,
  effect: Float32Array.of(1, 0.25, NaN, -0.5, 0, 2),
  cleanPieces: ['Tom', ' ran', '.'],
  corruptedPieces: ['Sue', ' ran', '!'],
  alignment: { kind: 'subsequence', sources: Int32Array.of(0, 1, -1) },
  metric: { kind: 'log-probability', answer: { id: 4, piece: ' He' }, clean: -0.5, corrupted: -2 },
  interventions: 0,
  milliseconds: 3,
};

describe('the words of a patching map', () => {
  it('warn of an answer that is no likelier after the clean text', () => {
    assert.equal(metricWarning(map), '');
    const metric = { ...map.metric, clean: -2, corrupted: -0.5 };
    assert.match(
      metricWarning({ ...map, metric }),
      /^'·He' is no likelier.*blue makes it less likely. Type the token/,
    );
    const wrong = { id: 5, piece: ' She' };
    const difference = { ...metric, kind: 'logit-difference', wrong } as const;
    assert.match(metricWarning({ ...map, metric: difference }), /Exchange the two tokens/);
  });

  it('say what is 0 and what is 1', () => {
    assert.equal(
      metricWords(map),
      "Log-probability of '·He': −2.00 after the corrupted text (0 in the map), −0.500 after the clean one (1)",
    );
    const wrong = { id: 5, piece: ' She' };
    const difference = { ...map.metric, kind: 'logit-difference', wrong } as const;
    assert.match(metricWords({ ...map, metric: difference }), /^Logit of '·He' minus that of '·She'/);
  });

  it('name a token, the one that it gets the values of, and the one that gets none', () => {
    assert.equal(columnWords(map, 0), "Token 0, 'Sue', gets the values of 'Tom'");
    assert.equal(columnWords(map, 1), "Token 1, '·ran'");
    assert.equal(columnWords(map, 2), "Token 2, '!': corresponds to no token of the clean text");
  });

  it('say the exact effect of a cell, also where there is nothing to patch', () => {
    assert.equal(
      cellWords(map, 1, 0),
      `L1.resid · ${columnWords(map, 0)} · −0.5 of the clean text's prediction`,
    );
    assert.match(cellWords(map, 0, 2), /nothing to patch$/);
    assert.match(cellWords({ ...map, part: 'head' }, 1, 2), /^L1H2 · Head 2, at all tokens · 2 of/);
  });

  it('write numbers short, without a minus before zero', () => {
    assert.deepEqual([0.256, -0.5, -0.001, 0, NaN, 1234].map(cellNumber), [
      '0.26',
      '−0.50',
      '0.00',
      '0',
      '–',
      '1,234',
    ]);
  });

  it('give every cell a row of CSV', () => {
    const rows = csvOf(map);
    assert.equal(rows.length, 1 + map.layers * map.columns);
    assert.deepEqual(rows[4], [1, 0, 'Sue', 'Tom', -0.5]);
    assert.deepEqual(csvOf({ ...map, part: 'head' })[2], [0, 1, 'H1', '', 0.25]);
  });
});

describe('the state of the patching view', () => {
  const status = (phase: 'loading' | 'failed' | 'empty') =>
    ({ type: 'status', status: { phase, modelOpen: true }, question, alignable: false }) as const;
  const shown = receive(initialState(undefined), { type: 'map', map });

  it('keeps the map while the next is computed, and drops it where there is none', () => {
    assert.equal(receive(shown, status('loading')).map, shown.map);
    assert.equal(receive(shown, status('failed')).map, undefined);
    assert.equal(receive(shown, status('empty')).map, undefined);
  });

  it('waits for what was shown before a reload', () => {
    assert.equal(initialState({ question }).status.phase, 'loading');
    assert.equal(initialState({}).status.phase, 'empty');
  });

  it('takes typed arrays that became objects on the way', () => {
    const sent = {
      ...map,
      effect: Object.fromEntries(Array.from(map.effect, (value, index) => [index, value || 0])),
    };
    const { effect } = receive(shown, { type: 'map', map: sent as unknown as PatchMap }).map!;
    assert.ok(effect instanceof Float32Array);
    assert.equal(effect[5], 2);
  });
});
