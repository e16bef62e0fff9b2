// Losses before and after: what is painted, what is said, and what the view is sent.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LossHighlight } from '../../src/host/decorations/lossHighlight';
import { LossInspection } from '../../src/host/inspection/lossInspection';
import { lossReport } from '../../src/host/losses/report';
import { describeLoss, lineOf } from '../../src/host/losses/words';
import { savedReader } from '../../src/host/panels/savedReader';
import type { LossComparison } from '../../src/protocol/losses';
import { FakeRequester, sourceOf } from './host-fakes';

const text = 'Lily had a red ball';

/** Five words, of which the first has no loss: `had` is worse by 1, `a` the same, `red` better by 2, `ball` worse by 3. */
function comparison(change: Partial<LossComparison> = {}): LossComparison {
  return {
    source: { ...sourceOf(1), interventions: 2 },
    before: { model: '/a', modelName: 'a', interventions: 0 },
    alignedBy: 'tokens',
    starts: Int32Array.of(0, 4, 8, 10, 14),
    ends: Int32Array.of(4, 8, 10, 14, 19),
    lossBefore: Float32Array.of(NaN, 1, 2, 4, 1),
    lossAfter: Float32Array.of(NaN, 2, 2, 2, 4),
    total: { spans: 4, tokensBefore: 4, tokensAfter: 4, before: 8, after: 10, characters: 15 },
    ...change,
  };
}

function inspected() {
  const requester = new FakeRequester();
  const inspection = new LossInspection({
    requester,
    document: () => ({ version: 1, length: 19 }),
    delay: () => 300,
  });
  return { requester, inspection, highlight: new LossHighlight(inspection) };
}

describe('the losses of a text before and after', () => {
  it('are asked against the reader that was chosen, and painted until they are cleared', async () => {
    const { requester, inspection, highlight } = inspected();
    inspection.compareWith({ interventions: false });
    const asked = inspection.ask({ uri: 'file:///story.txt', model: '/a', selection: { start: 4, end: 9 } });
    assert.deepEqual(requester.asked[0].params, {
      uri: 'file:///story.txt',
      model: '/a',
      before: { interventions: false },
      range: { start: 4, end: 9 },
    });
    assert.ok(highlight.pending);
    requester.asked[0].answer(comparison());
    await asked;
    assert.deepEqual([...highlight.values!.values], [0, 1, 0, -2, 3]);
    assert.equal(highlight.values, highlight.values);
    assert.match(highlight.line!.title, /^Loss \+0\.500 nats per token · .* · 2\.00 → 2\.50 · Esc clears$/);

    highlight.clear();
    assert.equal(highlight.subject, undefined);
    assert.equal(inspection.phase, 'ready');
  });

  it('come to the front again when they are asked for again', async () => {
    const { requester, inspection, highlight } = inspected();
    requester.automatic = () => comparison();
    const subjects = new Set<string | undefined>();
    for (let time = 0; time < 2; time++) {
      inspection.compareWith({ interventions: false });
      await inspection.ask({ uri: 'file:///story.txt', model: '/a' });
      subjects.add(highlight.subject);
    }
    assert.equal(subjects.size, 2);
  });

  it('change sides where the model that is compared with is asked instead', async () => {
    const { requester, inspection } = inspected();
    requester.automatic = () => comparison();
    inspection.compareWith({ model: '/b', interventions: true });
    await inspection.ask({ uri: 'file:///story.txt', model: '/a' });
    await inspection.ask({ uri: 'file:///story.txt', model: '/b' });
    assert.deepEqual(inspection.before, { model: '/a', interventions: true });
  });
});

describe('the words about losses', () => {
  it('say which colour is worse, and under what', () => {
    assert.match(
      lineOf(comparison()),
      /^Loss \S+ nats per token · blue worse, orange better with 2 interventions · /,
    );
    const models = comparison({ before: { model: '/b', modelName: 'b', interventions: 1 } });
    assert.match(lineOf(models), /better under a with 2 interventions · /);
  });

  it('give no rate per token where the readers cut the text otherwise', () => {
    const line = lineOf(comparison({ alignedBy: 'characters' }));
    assert.match(line, /^Loss \+0\.133 nats per character · .* · 0\.533 → 0\.667 · Esc clears$/);
  });

  it('say before, after and the difference of a token', () => {
    const said = (span: number) => describeLoss(comparison(), span);
    assert.equal(
      said(4),
      'loss 1.00 nats without interventions, 4.00 with 2 interventions: +3.00 nats, worse',
    );
    assert.match(said(3), /: −2\.00 nats, better$/);
    assert.match(said(2), /: the same$/);
    assert.match(said(0), /has no loss/);
  });

  it('say of a text of one token that nothing can be compared', () => {
    const total = { spans: 0, tokensBefore: 0, tokensAfter: 0, before: 0, after: 0, characters: 0 };
    assert.match(lineOf(comparison({ total })), /no loss/);
    assert.deepEqual(lossReport(comparison({ total }), text).rates, []);
  });
});

describe('the report of losses', () => {
  it('lists what changed, the largest change first', () => {
    const { places, pieces, worse, better, spans } = lossReport(comparison(), text);
    assert.deepEqual(places, [4, 3, 1]);
    assert.deepEqual(pieces, [' ball', ' red', ' had']);
    assert.deepEqual({ worse, better, spans }, { worse: 2, better: 1, spans: 4 });
  });

  it('sums over the text, and divides by tokens, characters and words', () => {
    const { rates } = lossReport(comparison(), text);
    assert.deepEqual(
      rates.map(({ unit, count, before, after }) => [unit, count, before, after]),
      [
        ['text', 1, 8, 10],
        ['token', 4, 2, 2.5],
        ['character', 15, 8 / 15, 10 / 15],
        ['word', 5, 1.6, 2],
      ],
    );
  });

  it('leaves tokens out of the rates where the readers have not as many', () => {
    const total = { ...comparison().total, tokensBefore: 7 };
    const { rates, span } = lossReport(comparison({ total, alignedBy: 'characters' }), text);
    assert.deepEqual(
      rates.map(({ unit }) => unit),
      ['text', 'character', 'word'],
    );
    assert.equal(span, 'span');
  });

  it('sends at most a thousand rows of a long text, and counts all', () => {
    const length = 1500;
    const columns = {
      starts: Int32Array.from({ length }, (_, index) => index),
      ends: Int32Array.from({ length }, (_, index) => index + 1),
      lossBefore: new Float32Array(length),
      lossAfter: Float32Array.from({ length }, (_, index) => index),
    };
    const report = lossReport(comparison(columns), 'x'.repeat(length));
    assert.equal(report.places.length, 1000);
    assert.equal(report.places[0], length - 1);
    assert.equal(report.worse, length - 1);
  });
});

describe('the reader in what a view kept', () => {
  it('is taken where it makes sense', () => {
    assert.deepEqual(savedReader({ before: { interventions: false } }), { interventions: false });
    const before = { model: '/b', interventions: true };
    assert.deepEqual(savedReader({ before }), before);
    for (const state of [
      undefined,
      {},
      { before: 1 },
      { before: { interventions: 'no' } },
      { before: { model: 3, interventions: true } },
    ]) {
      assert.equal(savedReader(state), undefined);
    }
  });
});
