// The status line of the views: what it says when, and which link the empty state offers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import { Emitter } from '../../src/host/emitter';
import { NeuronInspection } from '../../src/host/inspection/neuronInspection';
import { Models } from '../../src/host/models';
import { TextStatus } from '../../src/host/panels/viewStatus';
import type { Health } from '../../src/protocol/types';
import { FakeRequester, healthWith, modelSummary, tableOf } from './host-fakes';

const invitation = { ask: 'Show Top-Activating Neurons.', open: 'Open a model.' };
const question = { uri: 'file:///my%20story.txt', model: '/a' };

function shown() {
  const requester = new FakeRequester();
  const inspection = new NeuronInspection({
    requester,
    document: () => ({ version: 1, length: 3 }),
    delay: () => 300,
  });
  const models = new Models(requester, { get: () => undefined, update: () => Promise.resolve() });
  const changed = new Emitter<Health | undefined>();
  const backend: { health: Health | undefined; onDidChangeHealth: typeof changed.event } = {
    health: undefined,
    onDidChangeHealth: changed.event,
  };
  const status = new TextStatus({ inspection, models, backend, invitation });
  const tell = (health: Health) => {
    backend.health = health;
    models.follow(health);
    changed.fire(health);
  };
  return { requester, inspection, status, tell };
}

describe('the status of the views', () => {
  it('says what to do next: open a model, then ask', () => {
    const { status, tell } = shown();
    assert.deepEqual([status.read().phase, status.read().modelOpen], ['empty', false]);
    assert.match(status.read().message ?? '', /Open a model/);
    tell(healthWith(modelSummary('/a')));
    assert.equal(status.read().modelOpen, true);
    assert.match(status.read().message ?? '', /Show Top-Activating Neurons/);
  });

  it('names document, model and engine, with progress while it loads', async () => {
    const { status, tell, inspection, requester } = shown();
    tell({ ...healthWith(modelSummary('/a')), state: 'busy', progress: 0.4 });
    const asked = inspection.ask(question);
    const names = { document: 'my story.txt', model: 'a', engine: 'cpu', modelOpen: true };
    assert.deepEqual(status.read(), { ...names, phase: 'loading', progress: 0.4 });
    const table = tableOf(1);
    requester.asked[0].answer({ ...table, source: { ...table.source, engine: 'wasm' } });
    await asked;
    assert.deepEqual(status.read(), { ...names, phase: 'ready', engine: 'wasm' });
  });

  it('says what went wrong and what to do', async () => {
    const { status, inspection, requester } = shown();
    requester.automatic = () => new BackendFailure('binary-text', 'The text is binary', 'Open a text.');
    await inspection.ask(question);
    assert.equal(status.read().phase, 'failed');
    assert.equal(status.read().message, 'The text is binary. Open a text.');
  });

  it('offers what mends a failure, where asking again would not', async () => {
    const { status, inspection, requester } = shown();
    const mendingOf = async (reason: string) => {
      requester.automatic = () => new BackendFailure(reason, 'It broke', 'Mend it.');
      await inspection.ask(question);
      return status.read().mending;
    };
    assert.deepEqual(await mendingOf('engine-failed'), {
      title: 'Select Engine…',
      command: 'subtext.selectEngine',
    });
    assert.deepEqual(await mendingOf('precision-unavailable'), {
      title: 'Use float32',
      command: 'subtext.useFloat32',
    });
    assert.equal((await mendingOf('backend-unavailable'))?.title, 'Open Settings');
    assert.equal((await mendingOf('backend-given-up'))?.title, 'Restart Backend');
    assert.equal((await mendingOf('no-model'))?.title, 'Open Model…');
    assert.equal(await mendingOf('backend-stopped'), undefined);
    requester.automatic = () => tableOf(1);
    await inspection.ask(question);
    assert.equal(status.read().mending, undefined);
  });

  it('announces a wait that comes before an inspection', () => {
    const { status } = shown();
    let told = 0;
    status.onDidChange(() => told++);
    status.announce('Opening a');
    assert.deepEqual(status.read(), { phase: 'loading', message: 'Opening a', modelOpen: false });
    status.announce(undefined);
    assert.equal(status.read().phase, 'empty');
    assert.equal(told, 2);
  });
});
