// What a neuron writes, against W_out · centering · gain · W_U by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { neuronWrites } from '../../src/backend/interpret/writes';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { element } from '../support/numbers';
import { NO_BIASES, randomModel } from '../support/randomModel';
import { fails } from './checkpointFiles';

const reference = new ReferenceExecutor();

const kinds: Record<string, Partial<TransformerConfiguration>> = {
  'layer norm, free unembedding with a bias': {},
  'layer norm, tied': { tied: true },
  'rms norm, free': { norm: 'rms', biases: NO_BIASES },
  'rms norm, tied, gated, parallel': { norm: 'rms', tied: true, gated: true, block: 'parallel' },
};

describe('neuron writes', () => {
  for (const [kind, changes] of Object.entries(kinds)) {
    it(`takes output weights through the final norm's gain to every token: ${kind}`, async () => {
      const model = randomModel(changes, reference);
      for (const id of [
        { layer: 0, neuron: 3 },
        { layer: 1, neuron: 13 },
      ])
        await assertByHand(model, id);
    });
  }

  for (const engine of TESTED_ENGINES) {
    it(`gives the same on ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const model = randomModel({}, executor);
      await assertByHand(model, { layer: 0, neuron: 5 });
      model.dispose();
    });
  }

  it('lists as many tokens as wanted, and not more than there are', async () => {
    const model = randomModel({}, reference);
    const few = await neuronWrites(model, { layer: 0, neuron: 0 }, 3);
    assert.deepEqual([few.raises.length, few.lowers.length], [3, 3]);
    const all = await neuronWrites(model, { layer: 0, neuron: 0 }, 100);
    assert.equal(all.raises.length, model.configuration.d_vocab);
    assert.deepEqual(
      all.lowers.map(({ id }) => id),
      all.raises.map(({ id }) => id).reverse(),
    );
  });

  it('refuses layers and neurons that are not there', async () => {
    const model = randomModel({}, reference);
    await fails(neuronWrites(model, { layer: 2, neuron: 0 }, 5), 'usage', 'layer 2');
    await fails(neuronWrites(model, { layer: 0, neuron: 14 }, 5), 'usage', 'neuron 14');
  });
});

async function assertByHand(model: LanguageModel, id: { layer: number; neuron: number }): Promise<void> {
  const { d_model, d_vocab, norm, tied } = model.configuration;
  const output = model.weight(`blocks.${id.layer}.mlp.W_out`)!;
  const row = Array.from({ length: d_model }, (_, i) => element(output, id.neuron, i));
  const mean = norm === 'layer' ? row.reduce((a, b) => a + b, 0) / d_model : 0;
  const gain = model.weight('ln_final.w')!;
  const unembedding = model.weight(tied ? 'embed.W_E' : 'unembed.W_U')!;
  const effects = Array.from({ length: d_vocab }, (_, token) =>
    row.reduce((sum, value, i) => {
      const weight = tied ? element(unembedding, token, i) : element(unembedding, i, token);
      return sum + (value - mean) * element(gain, i) * weight;
    }, 0),
  );
  const order = effects.map((_, token) => token).sort((a, b) => effects[b] - effects[a]);
  const found = await neuronWrites(model, id, 5);
  assert.deepEqual(found.id, id);
  assert.deepEqual(
    found.raises.map((each) => each.id),
    order.slice(0, 5),
  );
  assert.deepEqual(
    found.lowers.map((each) => each.id),
    order.slice(-5).reverse(),
  );
  for (const { id: token, value, piece } of [...found.raises, ...found.lowers]) {
    assert.ok(Math.abs(value - effects[token]) < 1e-4, `token ${token}: ${value}, not ${effects[token]}`);
    assert.equal(piece, `<${token}>`);
  }
}
