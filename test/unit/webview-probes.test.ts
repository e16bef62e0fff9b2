// The view of probes: its state, its words, and the confusion matrix with its tokens.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellWords, leftOutWords, matrixOf, matrixRows, MOST_CLASSES } from '../../webview/probes/matrix';
import { choicesOf } from '../../webview/probes/series';
import { initialState, receive, savedState, selectionOf, withSettings } from '../../webview/probes/state';
import { TokenPages } from '../../webview/probes/tokenPages';
import { className, share } from '../../webview/probes/words';
import { compared, probesOf, run } from './webview-probes';

describe('the state', () => {
  const shown = receive(initialState(undefined), { type: 'folders', folders: [compared] });

  it('offers steps only where a run has several', () => {
    assert.equal(choicesOf(probesOf(compared)).hasSteps, true);
    assert.equal(
      choicesOf(probesOf(compared).filter(({ step }) => step !== 100 && step !== 200)).hasSteps,
      false,
    );
  });

  it('gives up what another folder has not', () => {
    const state = withSettings(shown, {
      open: probesOf(compared)[0].id,
      step: 100,
      hidden: ['x'],
      ownScales: true,
    });
    const { settings } = receive(state, { type: 'folders', folders: [{ ...run, path: '/other' }] });
    assert.deepEqual([settings.open, settings.step, settings.hidden], [undefined, undefined, undefined]);
    assert.equal(settings.ownScales, true);
  });

  it('comes back as it was', () => {
    const state = withSettings(shown, { axis: 'step', layer: 1, open: probesOf(compared)[0].id });
    const again = receive(initialState(savedState(state)), { type: 'folders', folders: [compared] });
    assert.deepEqual(again.settings, state.settings);
    assert.deepEqual(again.series, state.series);
  });

  it('shows what there is where a saved step or layer is gone', () => {
    assert.deepEqual(selectionOf({ axis: 'step', step: 7, layer: 9 }, choicesOf(probesOf(compared))), {
      axis: 'step',
      step: 'last',
      layer: 'all',
    });
    assert.equal(selectionOf({ axis: 'step' }, choicesOf([])).axis, 'layer');
  });

  it('takes a matrix of the open probe alone', () => {
    const state = withSettings(shown, { open: 'a' });
    const confusion = { classes: ['x', 'y'], counts: Int32Array.of(1, 2, 3, 4) };
    assert.equal(receive(state, { type: 'confusion', probe: 'b', confusion }).confusion, undefined);
    assert.deepEqual(receive(state, { type: 'confusion', probe: 'a', confusion }).confusion, confusion);
  });
});

describe('words', () => {
  it('say 100% only for all', () => {
    assert.deepEqual([0, 0.5, 0.88432, 0.99951, 0.99999, 1].map(share), [
      '0.0%',
      '50.0%',
      '88.4%',
      '99.95%',
      '99.999%',
      '100%',
    ]);
  });

  it('show blanks of classes that begin with them, and leave those between words', () => {
    assert.equal(className(' the'), '·the');
    assert.equal(className('no name'), 'no name');
    assert.equal(className('\n'), '↵');
  });
});

describe('the confusion matrix', () => {
  it('says how many of a class were read as what', () => {
    const matrix = matrixOf({ classes: ['7', '8'], counts: Int32Array.of(30, 10, 0, 0) });
    assert.equal(cellWords(matrix, 0, 1), '7 read as 8: 10 of 40 tokens (25.0%)');
    assert.equal(cellWords(matrix, 0, 0), '7 read right: 30 of 40 tokens (75.0%)');
    assert.equal(cellWords(matrix, 1, 0), '8 read as 7: 0 of 0 tokens');
    assert.equal(leftOutWords(matrix), undefined);
  });

  it('shows of many classes those with the most tokens, and says so', () => {
    const size = MOST_CLASSES + 10;
    const classes = Array.from({ length: size }, (_, index) => String(index));
    const counts = new Int32Array(size * size);
    for (let index = 0; index < size; index++) counts[index * size + index] = index;
    const matrix = matrixOf({ classes, counts });
    assert.equal(matrix.shown.length, MOST_CLASSES);
    assert.equal(matrix.shown[0], 10);
    assert.match(
      leftOutWords(matrix)!,
      /^64 of 74 classes, those with the most test tokens: 2,656 of 2,701$/,
    );
  });

  it('is copied with all its classes', () => {
    const counts = Int32Array.of(1, 2, 3, 4);
    assert.deepEqual(matrixRows({ classes: ['a', 'b'], counts }), [
      ['true \\ read', 'a', 'b'],
      ['a', 1, 2],
      ['b', 3, 4],
    ]);
  });
});

describe('the tokens of a cell', () => {
  const cell = { probe: 'a', true: 0, read: 1 };
  const token = { start: 0, end: 1, text: 'x', before: '', after: '' };

  it('are asked for once for each page', () => {
    const asked: number[] = [];
    const pages = new TokenPages(cell, 1000, (first) => asked.push(first));
    for (const index of [0, 5, 199, 450, 401]) pages.at(index);
    assert.deepEqual(asked, [0, 400]);
    assert.ok(pages.receive({ type: 'tokens', cell, first: 400, total: 402, tokens: [token, token] }));
    assert.deepEqual([pages.at(401), pages.length], [token, 402]);
  });

  it('are not those of another cell', () => {
    const pages = new TokenPages(cell, 1, () => undefined);
    const other = { ...cell, read: 0 };
    assert.ok(!pages.receive({ type: 'tokens', cell: other, first: 0, total: 1, tokens: [token] }));
  });
});
