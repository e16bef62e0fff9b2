// Attention statistics of a grammar as the extension host asks for them: interventions, cancelling, refusals.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver-protocol/node';
import { BackendProcess } from '../support/backendProcess';
import { isFailure } from '../support/errors';

const GRAMMAR = 'cfg3h/3';

describe('backend: attention statistics of a grammar', () => {
  let model: string;
  let backend: BackendProcess;

  before(async () => {
    backend = await BackendProcess.start();
    const path = join(__dirname, '../../media/models/cfg');
    model = (await backend.request('subtext/openModel', { path })).id;
  });
  after(() => backend.stop());

  it('come as typed arrays with the names of model, engine and grammar', async () => {
    const question = { model, grammar: GRAMMAR, strings: 4, seed: 1 };
    const found = await backend.request('subtext/grammarAttention', question);
    assert.deepEqual(
      [found.modelName, found.grammar, found.strings, found.layers, found.heads, found.levels],
      ['cfg', GRAMMAR, 4, 3, 4, [2, 3]],
    );
    assert.equal(found.position.length, 12 * found.distances.length);
    assert.equal(found.boundary.length, 12 * 2 * 5);
    assert.equal(found.between.length, 12 * 2 * 25);
    assert.equal(found.ends.length, 12 * 4 * found.back.length);
    assert.equal(found.endPairs.length, 4 * found.back.length);
  });

  it('stand under the interventions of the model', async () => {
    const question = { model, grammar: GRAMMAR, strings: 4, seed: 1 };
    const plain = await backend.request('subtext/grammarAttention', question);
    const change = { kind: 'ablate', to: 'zero' } as const;
    await backend.request('subtext/setInterventions', {
      model,
      interventions: [{ id: 'a', on: true, part: 'L0.attn', change }],
    });
    const changed = await backend.request('subtext/grammarAttention', question);
    await backend.request('subtext/setInterventions', { model, interventions: [] });
    assert.deepEqual([plain.interventions, changed.interventions], [0, 1]);
    assert.notDeepEqual(changed.ends, plain.ends);
  });

  it('are given up once nobody wants them', async () => {
    const source = new CancellationTokenSource();
    const asked = backend.request(
      'subtext/grammarAttention',
      { model, grammar: GRAMMAR, strings: 10_000, seed: 1 },
      source.token,
    );
    source.cancel();
    await assert.rejects(asked, { code: LSPErrorCodes.RequestCancelled });
  });

  it('are refused with the reason and what to do', async () => {
    const refused = async (change: object, reason: string, ...parts: string[]) => {
      const question = { model, grammar: GRAMMAR, strings: 4, seed: 1, ...change };
      await assert.rejects(
        backend.request('subtext/grammarAttention', question),
        isFailure(reason, ...parts),
      );
    };
    await refused({ strings: 0 }, 'usage', '0 is not a number of strings');
    await refused({ grammar: 'cfg3b' }, 'grammar', 'the model reads 128 tokens');
    await refused({ grammar: 'nothing' }, 'not-found', 'no grammar nothing');
    await refused({ model: 'nothing' }, 'no-model');
  });
});
