// What the host does around the parts of a model that views show: directions from files, the list that views are sent, and
// the mark of the token that is attributed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AttributionHighlight } from '../../src/host/decorations/attributionHighlight';
import { AttributionInspection } from '../../src/host/inspection/attributionInspection';
import { parseDirection } from '../../src/host/interventions/directionFile';
import { shownInterventions } from '../../src/host/interventions/shown';
import type { Intervention, InterventionState } from '../../src/protocol/interventions';
import { FakeRequester, settle, sourceOf } from './host-fakes';

describe('a direction in a file', () => {
  const numbers = (values: number[], name: string) => ({ kind: 'numbers', values, name });

  it('is a JSON array, named after the file', () => {
    assert.deepEqual(
      parseDirection('\uFEFF[1, -0.5, 2e-3]', 'probe.json'),
      numbers([1, -0.5, 0.002], 'probe.json'),
    );
  });

  it('is an object with a name of its own', () => {
    const text = JSON.stringify({ name: 'truth', values: [1, 2], layer: 3 });
    assert.deepEqual(parseDirection(text, 'probe.json'), numbers([1, 2], 'truth'));
  });

  it('is plain text between blanks, commas and line ends', () => {
    assert.deepEqual(
      parseDirection('1.0e+00\n-2.5\r\n3,4; 5\n', 'w.txt'),
      numbers([1, -2.5, 3, 4, 5], 'w.txt'),
    );
  });

  for (const [what, text, message] of [
    ['nothing', ' \n', /w\.txt holds no numbers/],
    ['a word', '1 two 3', /Value 2 of w\.txt is no number/],
    ['an infinity', '1 1e999', /Value 2 of w\.txt is no number/],
    ['text in JSON', '[1, "2"]', /Value 2 of w\.txt is no number/],
    ['an object without numbers', '{"weights": [1]}', /w\.txt has no array "values"/],
    ['half of a JSON array', '[1, 2', /w\.txt is no JSON/],
    ['a matrix', '[[1, 2], [3, 4]]', /Value 1 of w\.txt is no number/],
    ['far too many', '1 '.repeat(65_537), /holds 65,537 numbers; a direction has at most 65,536/],
  ] as const) {
    it(`is refused where it holds ${what}, and the remedy says how to write one`, () => {
      assert.throws(
        () => parseDirection(text, 'w.txt'),
        (error: Error & { line?: string }) =>
          message.test(error.line ?? '') && /JSON array/.test(error.line ?? ''),
      );
    });
  }
});

describe('the list that views are sent', () => {
  const entry: Intervention = {
    id: 'a',
    on: false,
    part: 'L1H2',
    change: { kind: 'ablate', to: 'mean' },
  };
  const listed = (state?: InterventionState) =>
    shownInterventions({ of: () => [entry], stateOf: () => state }, '/m');

  it('names every entry, and says what it does or why it does nothing', () => {
    const plain = { id: 'a', on: false, part: 'L1H2', kind: 'ablate', name: 'ablate-mean L1H2' };
    assert.deepEqual(listed(), [{ ...plain, does: 'ablate-mean L1H2' }]);
    assert.deepEqual(listed({ id: 'a', does: 'L1H2 becomes its mean' }), [
      { ...plain, does: 'L1H2 becomes its mean' },
    ]);
    assert.equal(listed({ id: 'a', problem: 'There is none.' })[0].problem, 'There is none.');
  });
});

describe('the token that is attributed', () => {
  const question = { uri: 'file:///story.txt', model: '/a' };

  function attributed() {
    const requester = new FakeRequester();
    requester.automatic = () => ({
      source: sourceOf(1),
      position: 2,
      range: { start: 4, end: 8 },
      token: { id: 7, piece: ' dog' },
      logits: Float32Array.of(3.25),
    });
    const inspection = new AttributionInspection({
      requester,
      document: () => ({ version: 1, length: 20 }),
      delay: () => 300,
    });
    return { inspection, highlight: new AttributionHighlight(inspection) };
  }

  it('is painted with the logit in its hover, until Esc', async () => {
    const { inspection, highlight } = attributed();
    assert.equal(highlight.subject, undefined);
    inspection.choose({ position: 2 });
    await inspection.ask(question);
    assert.deepEqual(highlight.values, {
      source: sourceOf(1),
      starts: Int32Array.of(4),
      ends: Int32Array.of(8),
      values: Float32Array.of(1),
    });
    assert.equal(highlight.describe(), 'logit of "dog" after it: 3.25');
    assert.equal(highlight.line?.title, 'Logit of "dog" after the marked token · Esc clears');
    highlight.clear();
    assert.equal(highlight.subject, undefined);
    assert.equal(highlight.values, undefined);
  });

  it('follows the cursor by what ends before it, which at the beginning is the first token', () => {
    const { inspection } = attributed();
    inspection.chooseAtCursor(5);
    assert.deepEqual(inspection.choice, { offset: 4 });
    inspection.chooseAtCursor(0);
    assert.deepEqual(inspection.choice, { position: 0 });
  });

  it('that the lens chose stays on its text while that is edited', async () => {
    const { inspection } = attributed();
    inspection.choose({ position: 2, against: ' cat' });
    await inspection.ask(question);
    inspection.edited(question.uri, [{ start: 0, removed: 0, inserted: 10 }]);
    // Of the text at 4 to 8 the last character, at which the next token is predicted.
    assert.deepEqual(inspection.choice, { position: undefined, offset: 17, against: ' cat' });
    inspection.edited(question.uri, [{ start: 0, removed: 3, inserted: 0 }]);
    assert.deepEqual(inspection.choice, { position: undefined, offset: 14, against: ' cat' });
    inspection.dispose();
  });

  it('is marked again by another choice, not by the same one asked again', async () => {
    const { inspection, highlight } = attributed();
    inspection.choose({ position: 2 });
    await inspection.ask(question);
    const first = highlight.subject;
    highlight.clear();
    await inspection.refresh();
    assert.equal(highlight.subject, undefined);
    inspection.choose({ position: 2, against: ' cat' });
    await inspection.refresh();
    assert.notEqual(highlight.subject, undefined);
    assert.notEqual(highlight.subject, first);
  });

  it('is not painted any more once the view forgets it', async () => {
    const { inspection, highlight } = attributed();
    let told = 0;
    highlight.onDidChange(() => told++);
    await inspection.ask(question);
    inspection.clear();
    await settle();
    assert.equal(highlight.subject, undefined);
    assert.ok(told > 0);
  });
});
