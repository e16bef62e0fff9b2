// Which of several highlights is painted: the one that a person asked for last.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AttentionHighlight } from '../../src/host/decorations/attentionHighlight';
import { Highlights } from '../../src/host/decorations/highlight';
import { LossHighlight } from '../../src/host/decorations/lossHighlight';
import { NeuronHighlight } from '../../src/host/decorations/neuronHighlight';
import { AttentionInspection } from '../../src/host/inspection/attentionInspection';
import { LossInspection } from '../../src/host/inspection/lossInspection';
import { NeuronInspection } from '../../src/host/inspection/neuronInspection';
import { FakeRequester, sourceOf, tableOf } from './host-fakes';

const uri = 'file:///story.txt';
const question = { uri, model: '/a' };
const head = { layer: 1, head: 0 };
const neuron = { layer: 1, neuron: 2 };

/** A head and a neuron that are locked, and losses that were asked for after both. */
async function lossesOverLocks() {
  const requester = new FakeRequester();
  const { tokens } = tableOf(1);
  const nothing = { ...tokens, lossBefore: new Float32Array(3), lossAfter: new Float32Array(3) };
  requester.automatic = (name) => {
    if (name === 'subtext/rankNeurons') return tableOf(1);
    if (name === 'subtext/attentionGrid')
      return { source: sourceOf(1), tokens, layers: 2, heads: 2, kinds: [] };
    return name === 'subtext/compareLosses' ? { source: sourceOf(1), ...nothing } : undefined;
  };
  const asking = { requester, document: () => ({ version: 1, length: 3 }), delay: () => 300 };
  const neurons = new NeuronInspection(asking);
  const attention = new AttentionInspection({ ...asking, words: () => '', cursor: () => 0 });
  const losses = new LossInspection(asking);
  const all = {
    neurons: new NeuronHighlight(neurons),
    attention: new AttentionHighlight(attention),
    losses: new LossHighlight(losses),
  };
  const highlights = new Highlights(Object.values(all));
  const shown = () => Object.entries(all).find(([, each]) => each === highlights.shown)?.[0];
  await attention.ask(question);
  attention.lock(head);
  await neurons.ask(question);
  neurons.lock(neuron);
  losses.compareWith({ interventions: false });
  await losses.ask(question);
  return { neurons, attention, losses, shown };
}

it('a locked head and a locked neuron give way to losses that are asked for', async () => {
  const { shown } = await lossesOverLocks();
  assert.equal(shown(), 'losses');
});

it('a head that is locked is painted again when its view is shown by a command', async () => {
  const { attention, shown } = await lossesOverLocks();
  attention.countChoice();
  const asked = attention.ask(question);
  assert.equal(shown(), 'attention', 'at once');
  await asked;
  assert.equal(shown(), 'attention');
});

it('a part that is locked is painted again when it is locked again', async () => {
  const { neurons, attention, shown } = await lossesOverLocks();
  neurons.lock(neuron);
  assert.equal(shown(), 'neurons');
  attention.lock(head);
  assert.equal(shown(), 'attention');
});

it('what is only computed again stays behind what was chosen after it', async () => {
  const { neurons, attention, shown } = await lossesOverLocks();
  await attention.refresh();
  await neurons.refresh();
  assert.equal(shown(), 'losses');
});
