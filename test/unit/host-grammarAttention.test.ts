// What a view of attention statistics kept, and what its status says.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import { ModelQuestion } from '../../src/host/inspection/modelQuestion';
import type { Models } from '../../src/host/models';
import { modelViewStatus } from '../../src/host/panels/modelViewStatus';
import { savedGrammarAttention } from '../../src/host/panels/savedState';
import type { Health } from '../../src/protocol/types';
import { FakeRequester } from './host-fakes';

const question = { model: '/models/a', grammar: 'cfg3b/3', strings: 200, seed: 0 };

describe('a view of attention statistics', () => {
  it('is asked again for what it kept where that makes sense', () => {
    assert.deepEqual(savedGrammarAttention({ question, heads: {}, table: false }), question);
    const wrong = [
      { model: '' },
      { grammar: 3 },
      { strings: 0 },
      { strings: 10_001 },
      { strings: '200' },
      { seed: -1 },
      { seed: undefined },
    ];
    for (const change of wrong) {
      assert.equal(savedGrammarAttention({ question: { ...question, ...change } }), undefined);
    }
    for (const state of [undefined, null, 'question', { question: [] }]) {
      assert.equal(savedGrammarAttention(state), undefined);
    }
  });

  it('says which model is asked, how far it is, and what went wrong', async () => {
    const requester = new FakeRequester();
    const asked = new ModelQuestion(requester, 'subtext/grammarAttention');
    const models = { active: {}, get: () => undefined } as unknown as Models;
    const health = { engine: 'cpu', progress: 0.5 } as Health;
    const status = () => modelViewStatus(asked, models, health, { ask: 'Ask.', open: 'Open.' });
    assert.deepEqual(status(), { phase: 'empty', modelOpen: true, message: 'Ask.', engine: 'cpu' });
    const answered = asked.ask(question);
    const loading = { phase: 'loading', modelOpen: true, progress: 0.5, model: 'a', engine: 'cpu' };
    assert.deepEqual(status(), loading);
    requester.asked[0].answer({ engine: 'wasm' });
    await answered;
    assert.deepEqual(status(), { phase: 'ready', modelOpen: true, model: 'a', engine: 'wasm' });
    requester.automatic = () => new BackendFailure('grammar', 'Too long', 'Drop levels.');
    await asked.refresh({ strings: 50 });
    assert.deepEqual(requester.asked[1].params, { ...question, strings: 50 });
    assert.equal(status().message, 'Too long. Drop levels.');
    const nothing = { active: undefined, get: () => undefined } as unknown as Models;
    asked.clear();
    assert.equal(modelViewStatus(asked, nothing, health, { ask: 'Ask.', open: 'Open.' }).message, 'Open.');
  });
});
