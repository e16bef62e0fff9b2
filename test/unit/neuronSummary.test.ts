// The statistics of neurons that a graph makes itself are those of the loops over whole activations.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { Executor } from '../../src/backend/engine/executor';
import { CancelledError } from '../../src/backend/errors';
import { NeuronActivationStore, neuronStatistics } from '../../src/backend/interpret/neurons';
import { Reading } from '../../src/backend/interpret/reading';
import { seededNormal } from '../../src/backend/random';
import { ON_THRESHOLD, type TextRange } from '../../src/protocol/types';
import { characters } from '../support/characters';
import { countingExecutor } from '../support/countingExecutor';
import { tryEngine } from '../support/engines';
import { FedModel, type MadeUpActivation } from '../support/fedModel';
import { assertCloseValues, floatTensor } from '../support/numbers';
import { configurationWith, randomCheckpoint } from '../support/randomModel';

const NEURONS = 18;

/** The kinds of neurons that there are, by their index, at each token. */
function activation(layer: number, token: number, neuron: number): number {
  switch (neuron) {
    case 0:
      return 0; // Dead.
    case 1:
      return -1 - token; // All negative, falling.
    case 2:
      return Math.fround(0.1); // The same everywhere: all are ties.
    case 3:
      return token % 3 === 0 ? 1 : 0; // Ties among zeros.
    case 4:
      return token === 4 ? 7 : -0.125; // One token alone.
    case 5:
      return token % 2 === 0 ? 10 : 10 * ON_THRESHOLD; // At the threshold, which is not above it.
    case 6:
      return token === 3 ? NaN : token;
    case 7:
      return token === 3 ? Infinity : token % 5;
    case 8:
      return token === 3 ? -Infinity : token % 4;
    case 9:
      return NaN;
    case 10:
      return token % 2 === 0 ? -Infinity : Infinity;
    case 11:
      return 1e4 + (token % 2) * 2 ** -10; // Next to no deviation: the last digit of float32.
  }
  const value = seededNormal(1000 * layer + 50 * token + neuron)();
  return Math.fround(neuron < 15 ? value : Math.max(0, value));
}

const cases: Record<string, { length: number; begins?: boolean; scope?: TextRange }> = {
  'a whole text': { length: 11 },
  'one token': { length: 1 },
  'a begin of text alone': { length: 1, begins: true },
  'two tokens, fewer than are named': { length: 2 },
  'a text longer than the context': { length: 40 },
  'a longer text after a begin-of-text token': { length: 40, begins: true },
  'a selection in the middle': { length: 11, scope: { start: 3, end: 7 } },
  'a selection of one token': { length: 11, scope: { start: 3, end: 4 } },
  'a selection that holds the begin of text': { length: 11, begins: true, scope: { start: 0, end: 3 } },
  'everything selected': { length: 11, scope: { start: 0, end: 11 } },
  'a selection across windows': { length: 40, scope: { start: 5, end: 33 } },
  'a selection in a later window': { length: 40, begins: true, scope: { start: 30, end: 36 } },
};

const engines: Record<string, () => Promise<Executor | string>> = {
  reference: () => Promise.resolve(new ReferenceExecutor()),
  cpu: () => tryEngine('cpu'),
  webgpu: () => tryEngine('webgpu'),
};

for (const [engine, start] of Object.entries(engines)) {
  describe(`neuron statistics as operations, on ${engine}`, () => {
    for (const [name, { length, begins = false, scope }] of Object.entries(cases)) {
      it(`of ${name} are those of the loops`, async (context) => {
        const executor = await start();
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const { reading } = madeUp(executor, length, begins);
        const range = scope ?? { start: begins && length > 1 ? 1 : 0, end: reading.tokens.length };
        const [loops, device] = [false, true].map((on) => new NeuronActivationStore(reading, on));
        const ask = (store: NeuronActivationStore) =>
          neuronStatistics(reading, store, range, scope !== undefined, NOT_CANCELLED);
        const [expected, found] = [await ask(loops), await ask(device)];
        assert.deepEqual(found.maximum, expected.maximum);
        assert.deepEqual(found.strongest, expected.strongest);
        assert.deepEqual(found.on, expected.on);
        assert.deepEqual(found.profile, expected.profile);
        assertCloseValues(found.selectivity, expected.selectivity, 2e-6, 'selectivity');
        assert.deepEqual(
          [found.layers, found.neuronsPerLayer, found.scope, found.selected],
          [expected.layers, expected.neuronsPerLayer, expected.scope, expected.selected],
        );
      });
    }

    it('of another selection compile nothing', async (context) => {
      const executor = await start();
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const counted = countingExecutor(executor);
      const { reading } = madeUp(counted.executor, 11, false);
      const store = new NeuronActivationStore(reading, true);
      for (const range of [
        { start: 1, end: 4 },
        { start: 2, end: 11 },
      ])
        await neuronStatistics(reading, store, range, true, NOT_CANCELLED);
      assert.deepEqual([counted.compiled, counted.runs], [1, 2]);
    });

    it('give single neurons at every token, of several layers and windows, in the order that was asked for', async (context) => {
      const executor = await start();
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const { reading, model } = madeUp(executor, 40, true);
      const ids = [
        { layer: 1, neuron: 13 },
        { layer: 0, neuron: 7 },
        { layer: 1, neuron: 6 },
      ];
      const [loops, device] = [false, true].map((on) => new NeuronActivationStore(reading, on));
      const expected = await loops.columns(ids, NOT_CANCELLED);
      model.bytes.length = 0;
      assert.deepEqual(await device.columns(ids, NOT_CANCELLED), expected);
      assert.deepEqual(
        model.bytes,
        reading.windows.map((window) => 4 * ids.length * window.ids.length),
      );
    });
  });
}

describe('neuron statistics as operations', () => {
  it('read as many bytes of a long text as of a short one', async () => {
    const read = async (length: number, selected: boolean) => {
      const { reading, model } = madeUp(new ReferenceExecutor(), length, false, 64);
      const store = new NeuronActivationStore(reading, true);
      const scope = { start: 0, end: Math.ceil(length / 2) };
      await neuronStatistics(reading, store, scope, selected, NOT_CANCELLED);
      return model.bytes;
    };
    for (const length of [3, 64]) {
      // Three values and their places, 16 bins, one count; with a selection four sums.
      assert.deepEqual(await read(length, false), [2 * NEURONS * 4 * (3 + 3 + 16 + 1)]);
      assert.deepEqual(await read(length, true), [2 * NEURONS * 4 * (3 + 3 + 16 + 1 + 4)]);
    }
  });

  it('stop between two windows when they are cancelled', async () => {
    const { reading } = madeUp(new ReferenceExecutor(), 40, false);
    const cancellation = new SharedCancellation();
    const store = new NeuronActivationStore(reading, true);
    const seen: number[] = [];
    const progress = (share: number) => {
      seen.push(share);
      cancellation.cancel();
    };
    const scope = { start: 0, end: 40 };
    await assert.rejects(
      neuronStatistics(reading, store, scope, false, cancellation, progress),
      CancelledError,
    );
    assert.equal(seen.length, 1);
  });

  it('give the memory of their graphs back', async () => {
    const counted = countingExecutor(new ReferenceExecutor());
    const { reading } = madeUp(counted.executor, 40, false);
    const store = new NeuronActivationStore(reading, true);
    await neuronStatistics(reading, store, { start: 0, end: 40 }, false, NOT_CANCELLED);
    await store.columns([{ layer: 1, neuron: 2 }], NOT_CANCELLED);
    assert.equal(counted.compiled, 3);
    store.release();
    await new Promise(setImmediate);
    assert.equal(counted.disposed, 3);
  });
});

/** A reading of made-up activations; rows that do not count are large, because they must not be looked at. */
function madeUp(executor: Executor, length: number, begins: boolean, n_ctx = 11) {
  const checkpoint = randomCheckpoint(
    configurationWith({ d_mlp: NEURONS, n_ctx }),
    1,
    characters(17, begins),
  );
  const model = new FedModel(checkpoint, executor);
  const letters = Array.from({ length: length - Number(begins && length === 1) }, (_, index) =>
    String.fromCharCode(97 + (index % 16)),
  );
  const text = letters.join('');
  const reading = text === '' ? new Reading(model, model.tokenizer.encode('')) : Reading.ofText(model, text);
  const madeUp: MadeUpActivation = (hook, ids) => {
    const found = /^blocks\.(\d+)\.mlp\.hook_post$/.exec(hook);
    if (!found) return undefined;
    const window = reading.windows.find((each) => each.ids === ids)!;
    const values = Array.from(ids, (_, row) => {
      const counts = row >= window.keepRow && row < window.keepRow + window.keepEnd - window.keepStart;
      const token = row - window.keepRow + window.keepStart;
      return Array.from({ length: NEURONS }, (_, n) =>
        counts ? activation(Number(found[1]), token, n) : 1e6,
      );
    });
    return floatTensor([1, ids.length, NEURONS], values.flat());
  };
  model.madeUp = madeUp;
  return { model, reading };
}
