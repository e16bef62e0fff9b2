// The backend dies: it is started again, with its models and the inspection, but not for ever.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { SubtextApi } from '../../../src/host/api';
import { MAXIMUM_RESTARTS } from '../../../src/host/backend/restartPolicy';
import { BACKEND_ENVIRONMENT } from '../../../src/protocol/environment';
import { activated, now, openModel, openStory, showNeurons, until } from './subtext';

let api: SubtextApi;
let story: vscode.TextEditor;

const processId = () => (api.backend.state.kind === 'running' ? api.backend.state.processId : undefined);

async function kill(): Promise<void> {
  const id = processId();
  assert.ok(id !== undefined, 'no backend runs');
  process.kill(id, 'SIGKILL');
  await until('the end of the backend is noticed', () => processId() !== id);
}

const restarted = () => until('the backend runs again', () => processId() !== undefined);

describe('a backend that is killed', () => {
  before(async () => {
    api = await activated();
    // A fresh count: other tests may have had crashes of their own.
    await vscode.commands.executeCommand('subtext.restartBackend');
    await openModel();
    story = await openStory();
    story.selection = new vscode.Selection(0, 0, 0, 0);
    await showNeurons(story);
    api.inspection.lock({ layer: 0, neuron: 1 });
    await until('the lock is painted', () => api.painted(story.document.uri) !== undefined);
  });

  it('fails the request that it was working on, starts again, and shows what it showed', async () => {
    const models = api.models.all.map(({ id }) => id);
    const reasons: string[] = [];
    const listening = api.inspection.onDidChange(() => {
      if (api.inspection.failure) reasons.push(api.inspection.failure.reason);
    });
    const asked = api.inspection.refresh();
    await kill();
    await asked;
    await restarted();
    await until('the inspection is back', () => api.inspection.phase === 'ready');
    listening.dispose();
    assert.deepEqual([...new Set(reasons)], ['backend-stopped']);
    assert.deepEqual(
      api.models.all.map(({ id }) => id),
      models,
    );
    assert.deepEqual(api.inspection.locked, { layer: 0, neuron: 1 });
    await until('the lock is painted again', () => api.painted(story.document.uri) !== undefined);
  });

  it('has its large blocks of memory in huge pages on Linux, unless the user says otherwise', function () {
    if (process.platform !== 'linux') this.skip();
    const environment = readFileSync(`/proc/${processId()!}/environ`, 'utf8').split('\0');
    const wanted = process.env.GLIBC_TUNABLES ?? BACKEND_ENVIRONMENT.GLIBC_TUNABLES;
    assert.ok(environment.includes(`GLIBC_TUNABLES=${wanted}`), environment.join('\n'));
  });

  it('answers the next request', async () => {
    await kill();
    await showNeurons(story);
    await until('the question is answered', () => now(() => api.inspection.phase) === 'ready');
  });

  it('is given up after too many restarts, which is said, until a person restarts it', async () => {
    await vscode.commands.executeCommand('subtext.restartBackend');
    for (let restart = 0; restart < MAXIMUM_RESTARTS; restart++) {
      await restarted();
      await kill();
    }
    await restarted();
    await kill();
    await until('the backend is given up', () => api.backend.state.kind === 'stopped');
    await api.inspection.refresh();
    assert.equal(api.inspection.failure?.reason, 'backend-given-up');
    assert.match(api.inspection.failure.remedy, /Restart Backend/);

    await vscode.commands.executeCommand('subtext.restartBackend');
    await until('the inspection is back', () => now(() => api.inspection.phase) === 'ready');
    assert.equal(
      now(() => api.backend.state.kind),
      'running',
    );
  });
});
