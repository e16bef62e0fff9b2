// A question of activation patching in the host: answers, changes, refusals, what a view kept.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import { PatchInspection } from '../../src/host/inspection/patchInspection';
import { savedPatch } from '../../src/host/panels/savedState';
import type { PatchQuestion } from '../../src/protocol/patching';
import { FakeRequester } from './host-fakes';

const question: PatchQuestion = {
  model: '/a',
  clean: 'Tom saw a dog.',
  corrupted: 'Sue saw a dog.',
  part: 'resid',
  align: 'equal',
};

function asked() {
  const requester = new FakeRequester();
  requester.automatic = (_, params) => ({ part: (params as PatchQuestion).part });
  return { requester, inspection: new PatchInspection(requester) };
}

describe('a question of patching', () => {
  it('is empty, loading, ready', async () => {
    const { inspection } = asked();
    const phases: string[] = [inspection.phase];
    inspection.onDidChange(() => phases.push(inspection.phase));
    await inspection.ask(question);
    assert.deepEqual(phases, ['empty', 'loading', 'ready']);
    assert.equal(inspection.map?.part, 'resid');
  });

  it('is asked again with what a person changed, of the same texts', async () => {
    const { inspection, requester } = asked();
    await inspection.ask(question);
    await inspection.refresh({ part: 'head' });
    assert.deepEqual(requester.named('subtext/patchMap')[1].params, { ...question, part: 'head' });
    assert.equal(inspection.map?.part, 'head');
  });

  it('shows the last of several, whatever order the answers come in', async () => {
    const { inspection, requester } = asked();
    requester.automatic = () => undefined;
    const first = inspection.ask(question);
    const second = inspection.ask({ ...question, part: 'mlp' });
    const [one, other] = requester.named('subtext/patchMap');
    assert.equal(one.signal?.aborted, true);
    other.answer({ part: 'mlp' });
    one.answer({ part: 'resid' });
    await Promise.all([first, second]);
    assert.equal(inspection.map?.part, 'mlp');
  });

  it('offers to align texts that were refused for their token counts, once', async () => {
    const { inspection, requester } = asked();
    requester.automatic = () =>
      new BackendFailure('alignment', 'The texts have 4 and 5 tokens', 'Align them.');
    await inspection.ask(question);
    assert.deepEqual([inspection.phase, inspection.alignable], ['failed', true]);
    assert.equal(inspection.map, undefined);
    await inspection.refresh({ align: 'subsequence' });
    assert.deepEqual([inspection.phase, inspection.alignable], ['failed', false]);
  });

  it('keeps what it showed when it is stopped', async () => {
    const { inspection, requester } = asked();
    await inspection.ask(question);
    requester.automatic = () => undefined;
    void inspection.refresh({ part: 'mlp' });
    inspection.cancel();
    assert.equal(requester.named('subtext/patchMap')[1].signal?.aborted, true);
    assert.deepEqual([inspection.phase, inspection.map?.part], ['ready', 'resid']);
  });

  it('is forgotten when it is cleared', async () => {
    const { inspection } = asked();
    await inspection.ask(question);
    inspection.clear();
    assert.deepEqual(
      [inspection.phase, inspection.question, inspection.map],
      ['empty', undefined, undefined],
    );
  });
});

describe('what a view of patching kept', () => {
  it('is asked again where it makes sense', () => {
    assert.deepEqual(savedPatch({ question }), question);
    const whole = { ...question, answer: ' dog', wrong: 7 };
    assert.deepEqual(savedPatch({ question: whole }), whole);
  });

  it('is nothing where it makes none', () => {
    const wrong = [
      { clean: '' },
      { corrupted: 3 },
      { part: 'soul' },
      { align: 'somehow' },
      { model: undefined },
    ];
    for (const change of wrong) assert.equal(savedPatch({ question: { ...question, ...change } }), undefined);
    for (const state of [undefined, null, 'question', { question: [] }]) {
      assert.equal(savedPatch(state), undefined);
    }
  });
});
