// What is inspected: cancelling, dropping old answers, previews over locks, edits.
import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import { NeuronInspection } from '../../src/host/inspection/neuronInspection';
import type { NeuronId } from '../../src/protocol/types';
import { FakeRequester, activationsOf, settle, tableOf } from './host-fakes';

const uri = 'file:///story.txt';
const question = { uri, model: '/a' };
const first: NeuronId = { layer: 0, neuron: 1 };
const second: NeuronId = { layer: 1, neuron: 3 };

function inspected() {
  const requester = new FakeRequester();
  const document = { version: 1, length: 3 };
  let isOpen = true;
  const inspection = new NeuronInspection({
    requester,
    document: (asked) => (asked === uri && isOpen ? document : undefined),
    delay: () => 300,
  });
  requester.automatic = (name, params) => {
    if (name === 'subtext/rankNeurons') return tableOf(document.version);
    const { id } = params as { id: NeuronId };
    return name === 'subtext/neuronActivations'
      ? activationsOf(document.version, id)
      : { id, raises: [], lowers: [] };
  };
  const parts: string[] = [];
  inspection.onDidChange((part) => parts.push(part));
  // Through functions: the compiler takes a property that was undefined once for undefined ever after.
  const focused = () => inspection.focus;
  const locked = () => inspection.locked;
  return { requester, document, inspection, focused, locked, parts, close: () => (isOpen = false) };
}

describe('an inspection', () => {
  it('goes from empty over loading to ready', async () => {
    const { inspection } = inspected();
    const phases = new Set<string>([inspection.phase]);
    inspection.onDidChange(() => phases.add(inspection.phase));
    await inspection.ask(question);
    assert.deepEqual([...phases], ['empty', 'loading', 'ready']);
    assert.equal(inspection.table?.source.version, 1);
    assert.equal(inspection.computing, false);
  });

  it('cancels the question before', async () => {
    const { inspection, requester } = inspected();
    requester.automatic = () => undefined;
    void inspection.ask(question);
    void inspection.ask({ ...question, selection: { start: 0, end: 2 } });
    const [one, two] = requester.named('subtext/rankNeurons');
    assert.equal(one.signal?.aborted, true);
    two.answer(tableOf(1));
    one.answer(tableOf(99));
    await settle();
    assert.equal(inspection.phase, 'ready');
    assert.equal(inspection.table?.source.version, 1);
  });

  it('lets the backend forget the neurons of a text that is not shown any more', async () => {
    const { inspection, requester } = inspected();
    const released = () => requester.named('subtext/releaseNeurons').map(({ params }) => params);
    await inspection.ask(question);
    await inspection.refresh();
    assert.deepEqual(released(), []);
    await inspection.ask({ uri, model: '/b' });
    assert.deepEqual(released(), [question]);
    inspection.clear();
    assert.deepEqual(released(), [question, { uri, model: '/b' }]);
  });

  it('shows a failure, and recovers on refresh', async () => {
    const { inspection, requester } = inspected();
    const answers = requester.automatic;
    requester.automatic = () => new BackendFailure('binary-text', 'The text is binary', 'Open a text.');
    await inspection.ask(question);
    assert.equal(inspection.phase, 'failed');
    assert.equal(inspection.failure?.reason, 'binary-text');
    requester.automatic = answers;
    await inspection.refresh();
    assert.equal(inspection.phase, 'ready');
    assert.equal(inspection.failure, undefined);
  });

  it('says what to do with an empty document, and reads it once it has text', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection, document, requester } = inspected();
      document.length = 0;
      await inspection.ask(question);
      assert.equal(inspection.phase, 'empty');
      assert.match(inspection.message ?? '', /Type or paste/);
      assert.equal(requester.asked.length, 0);
      Object.assign(document, { version: 2, length: 3 });
      inspection.edited(uri, [{ start: 0, removed: 0, inserted: 3 }]);
      mock.timers.tick(300);
      await settle();
      assert.equal(inspection.phase, 'ready');
    } finally {
      mock.timers.reset();
    }
  });

  it('drops an answer for another version', async () => {
    const { inspection, requester } = inspected();
    requester.automatic = () => tableOf(7);
    await inspection.ask(question);
    assert.equal(inspection.phase, 'failed');
    assert.equal(inspection.table, undefined);
  });

  it('is cleared when its document closes, and only then', async () => {
    const { inspection } = inspected();
    await inspection.ask(question);
    inspection.closed('file:///other.txt');
    assert.equal(inspection.phase, 'ready');
    inspection.closed(uri);
    assert.equal(inspection.phase, 'empty');
    assert.equal(inspection.table, undefined);
    assert.equal(inspection.question, undefined);
  });

  it('says so when the document closed while it was to be computed again', async () => {
    const { inspection, close } = inspected();
    await inspection.ask(question);
    close();
    await inspection.refresh();
    assert.equal(inspection.phase, 'empty');
  });

  it('can be cancelled', async () => {
    const { inspection, requester } = inspected();
    requester.automatic = () => undefined;
    const shown = inspection.ask(question);
    inspection.cancel();
    assert.equal(requester.asked[0].signal?.aborted, true);
    assert.equal(inspection.phase, 'failed');
    requester.asked[0].fail(new Error('cancelled'));
    await shown;
    assert.equal(inspection.failure?.cancelled, true);
  });
});

describe('an edited text', () => {
  it('is computed again once the typing pauses, cancelling the computation before', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection, document, requester } = inspected();
      await inspection.ask(question);
      const answers = requester.automatic;
      requester.automatic = () => undefined;
      const type = () => {
        document.version++;
        inspection.edited(uri, [{ start: 3, removed: 0, inserted: 1 }]);
      };
      type();
      mock.timers.tick(299);
      type();
      mock.timers.tick(299);
      assert.equal(requester.named('subtext/rankNeurons').length, 1);
      mock.timers.tick(1);
      assert.equal(requester.named('subtext/rankNeurons').length, 2);
      type();
      assert.equal(requester.named('subtext/rankNeurons')[1].signal?.aborted, true);
      assert.equal(inspection.phase, 'loading');
      requester.automatic = answers;
      mock.timers.tick(300);
      await settle();
      assert.equal(inspection.phase, 'ready');
      assert.equal(inspection.table?.source.version, 4);
    } finally {
      mock.timers.reset();
    }
  });

  it('takes the selection along, and falls back to the whole text', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection } = inspected();
      await inspection.ask({ ...question, selection: { start: 1, end: 3 } });
      inspection.edited(uri, [{ start: 0, removed: 0, inserted: 4 }]);
      assert.deepEqual(inspection.question?.selection, { start: 5, end: 7 });
      inspection.edited(uri, [{ start: 0, removed: 9, inserted: 0 }]);
      assert.equal(inspection.question.selection, undefined);
    } finally {
      mock.timers.reset();
    }
  });

  it('of another document, or without a change, does nothing', async () => {
    const { inspection } = inspected();
    await inspection.ask(question);
    inspection.edited('file:///other.txt', [{ start: 0, removed: 0, inserted: 1 }]);
    inspection.edited(uri, []);
    assert.equal(inspection.phase, 'ready');
  });

  it('keeps a locked neuron locked, with fresh activations', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { inspection, focused, locked, document } = inspected();
      await inspection.ask(question);
      inspection.lock(first);
      await settle();
      assert.equal(focused()?.activations?.source.version, 1);
      document.version = 2;
      inspection.edited(uri, [{ start: 0, removed: 0, inserted: 1 }]);
      assert.equal(inspection.focusPending, true);
      mock.timers.tick(300);
      await settle();
      assert.deepEqual(locked(), first);
      assert.equal(focused()?.activations?.source.version, 2);
      assert.equal(inspection.focusPending, false);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('the neuron in focus', () => {
  it('is the previewed one over the locked one; leaving returns to the lock', async () => {
    const { inspection, focused, locked } = inspected();
    await inspection.ask(question);
    assert.equal(focused(), undefined);
    inspection.preview(first);
    assert.deepEqual([focused()?.id, focused()?.locked], [first, false]);
    inspection.lock(first);
    assert.equal(focused()?.locked, true);
    inspection.preview(second);
    assert.deepEqual([focused()?.id, focused()?.locked, locked()], [second, false, first]);
    inspection.preview(null);
    assert.deepEqual([focused()?.id, focused()?.locked], [first, true]);
    inspection.unlock();
    assert.equal(focused(), undefined);
  });

  it('has activations and writes, each fetched once', async () => {
    const { inspection, focused, requester } = inspected();
    await inspection.ask(question);
    for (const id of [first, second, first, second, first]) {
      inspection.preview(id);
      await settle();
    }
    assert.ok(focused()?.activations && focused()?.writes);
    assert.equal(requester.named('subtext/neuronActivations').length, 2);
    assert.equal(requester.named('subtext/neuronWrites').length, 2);
  });

  it('has its activations fetched anew for a new version, but not what it writes', async () => {
    const { inspection, requester, document } = inspected();
    await inspection.ask(question);
    inspection.lock(first);
    await settle();
    document.version = 2;
    await inspection.refresh();
    await settle();
    assert.equal(requester.named('subtext/neuronActivations').length, 2);
    assert.equal(requester.named('subtext/neuronWrites').length, 1);
  });

  it('cancels the preview before', async () => {
    const { inspection, focused, requester } = inspected();
    await inspection.ask(question);
    requester.automatic = () => undefined;
    inspection.preview(first);
    inspection.preview(second);
    const [one, two] = requester.named('subtext/neuronActivations');
    assert.equal(one.signal?.aborted, true);
    assert.equal(inspection.focusPending, true);
    one.answer(activationsOf(1, first));
    await settle();
    assert.equal(focused()?.activations, undefined);
    two.answer(activationsOf(1, second));
    await settle();
    assert.deepEqual(focused()?.activations?.id, second);
  });

  it('stops waiting when its activations cannot be had', async () => {
    const { inspection, requester, parts } = inspected();
    await inspection.ask(question);
    requester.automatic = () => new BackendFailure('engine-failed', 'Out of memory', 'Close a model.');
    inspection.preview(first);
    parts.length = 0;
    await settle();
    assert.equal(inspection.focusPending, false);
    assert.deepEqual(parts, ['focus']);
  });

  it('ignores neurons that the model does not have', async () => {
    const { inspection, focused, locked } = inspected();
    inspection.lock(first);
    assert.equal(locked(), undefined, 'nothing is inspected yet');
    await inspection.ask(question);
    inspection.lock({ layer: 2, neuron: 0 });
    inspection.preview({ layer: 0, neuron: 4 });
    assert.equal(focused(), undefined);
  });

  it('is let go when another model or document is inspected', async () => {
    const { inspection, locked } = inspected();
    await inspection.ask(question);
    inspection.lock(first);
    await inspection.ask({ ...question, selection: { start: 0, end: 1 } });
    assert.deepEqual(locked(), first);
    await inspection.ask({ ...question, model: '/b' });
    assert.equal(locked(), undefined);
  });

  it('is cleared as a whole', async () => {
    const { inspection, focused } = inspected();
    await inspection.ask(question);
    inspection.lock(first);
    inspection.preview(second);
    inspection.clearFocus();
    assert.equal(focused(), undefined);
    assert.equal(inspection.phase, 'ready');
  });
});
