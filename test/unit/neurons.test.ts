// Neuron statistics against a slow plain recomputation, on activations that are made up to be awkward.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED, SharedCancellation } from '../../src/backend/cancellation';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { CancelledError } from '../../src/backend/errors';
import { NeuronActivationStore, neuronStatistics } from '../../src/backend/interpret/neurons';
import { hookPost } from '../../src/backend/interpret/neuronSummary';
import { Reading } from '../../src/backend/interpret/reading';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { seededNormal } from '../../src/backend/random';
import { ON_THRESHOLD, PROFILE_BINS, STRONGEST, type TextRange } from '../../src/protocol/types';
import { characters } from '../support/characters';
import { assertCloseValues, floatTensor } from '../support/numbers';
import { configurationWith, randomCheckpoint } from '../support/randomModel';
import { fails } from './checkpointFiles';

const LAYERS = 2;
const NEURONS = 14;

/** By `[layer][token][neuron]`: the kinds of neurons that there are, by their index. */
function activation(layer: number, token: number, neuron: number): number {
  if (neuron === 0) return 0; // Dead.
  if (neuron === 1) return -1 - token; // All negative, falling.
  if (neuron === 2) return Math.fround(0.1); // The same everywhere: all are ties.
  if (neuron === 3) return token % 3 === 0 ? 1 : 0; // Ties among zeros.
  if (neuron === 4) return token === 4 ? 7 : -0.125; // One token alone.
  if (neuron === 5) return token % 2 === 0 ? 10 : 10 * ON_THRESHOLD; // At the threshold, which is not above it.
  const value = seededNormal(1000 * layer + 50 * token + neuron)();
  return Math.fround(neuron < 10 ? value : Math.max(0, value));
}

describe('neuron statistics', () => {
  const cases: Record<string, { length: number; begins?: boolean; scope?: TextRange }> = {
    'of a whole text': { length: 11 },
    'of one token': { length: 1 },
    'of two tokens, fewer than are named': { length: 2 },
    'of a text longer than the context': { length: 40 },
    'of a longer text after a begin-of-text token': { length: 40, begins: true },
    'of a selection in the middle': { length: 11, scope: { start: 3, end: 7 } },
    'of a selection at the start': { length: 11, scope: { start: 0, end: 2 } },
    'of a selection at the end': { length: 11, scope: { start: 10, end: 11 } },
    'of everything selected': { length: 11, scope: { start: 0, end: 11 } },
    'of a selection across windows': { length: 40, scope: { start: 5, end: 33 } },
    'of a selection in a later window': { length: 40, begins: true, scope: { start: 30, end: 36 } },
  };
  for (const [name, { length, begins = false, scope }] of Object.entries(cases)) {
    it(`${name}: every column is what it says`, async () => {
      const reading = madeUp(length, begins);
      const first = begins ? 1 : 0;
      const range = scope ?? { start: first, end: reading.tokens.length };
      const store = new NeuronActivationStore(reading);
      for (const run of ['first', 'kept']) {
        const found = await neuronStatistics(reading, store, range, scope !== undefined, NOT_CANCELLED);
        assert.deepEqual([found.layers, found.neuronsPerLayer], [LAYERS, NEURONS]);
        assert.deepEqual([found.scope, found.selected], [range, scope !== undefined]);
        for (let row = 0; row < LAYERS * NEURONS; row++) {
          const [layer, neuron] = [Math.floor(row / NEURONS), row % NEURONS];
          const values = reading.tokens.map((_, token) => activation(layer, token, neuron));
          const expected = recompute(values, range, first, scope !== undefined);
          const what = (column: string) => `${column} of L${layer} N${neuron}, ${run} run`;
          assert.equal(found.maximum[row], expected.maximum, what('maximum'));
          const strongest = Array.from(found.strongest.subarray(row * STRONGEST, (row + 1) * STRONGEST));
          assert.deepEqual(strongest, expected.strongest, what('strongest'));
          assertCloseValues([found.on[row]], [expected.on], 1e-6, what('on'));
          assertCloseValues([found.selectivity[row]], [expected.selectivity], 1e-4, what('selectivity'));
          const profile = found.profile.subarray(row * PROFILE_BINS, (row + 1) * PROFILE_BINS);
          assertCloseValues(profile, expected.profile, 1, what('profile'));
        }
      }
    });
  }
});

describe('neuron activations', () => {
  it('are the same before and after the statistics kept them, in each window', async () => {
    const reading = madeUp(40, true);
    const store = new NeuronActivationStore(reading);
    const id = { layer: 1, neuron: 8 };
    const expected = reading.tokens.map((_, token) => activation(1, token, 8));
    assert.deepEqual(Array.from((await store.columns([id], NOT_CANCELLED))[0]), expected);
    await store.read(() => undefined, NOT_CANCELLED);
    assert.deepEqual(Array.from((await store.columns([id], NOT_CANCELLED))[0]), expected);
  });

  it('are shown a layer at a time, each token once, in the order of the text', async () => {
    const reading = madeUp(40, false);
    const store = new NeuronActivationStore(reading);
    const next = [0, 0];
    const visit = (layer: number, firstToken: number, rows: Float32Array) => {
      assert.equal(firstToken, next[layer]);
      next[layer] += rows.length / NEURONS;
    };
    await store.read(visit, NOT_CANCELLED);
    assert.deepEqual(next, [40, 40]);
  });

  it('of a model without MLPs or of a neuron that is not there are refused', async () => {
    const reading = madeUp(5, false);
    const store = new NeuronActivationStore(reading);
    for (const id of [
      { layer: 2, neuron: 0 },
      { layer: 0, neuron: NEURONS },
      { layer: -1, neuron: 0 },
    ])
      await fails(store.columns([id], NOT_CANCELLED), 'usage', /There is no (layer|neuron)/);
    const bare = new LanguageModel(
      randomCheckpoint(configurationWith({ d_mlp: 0 }), 1, characters(17, false)),
      new ReferenceExecutor(),
    );
    const open = () => new NeuronActivationStore(Reading.ofText(bare, 'abc'));
    await fails(Promise.resolve().then(open), 'hook', 'no MLP');
  });

  it('are not kept of a reading that was cancelled', async () => {
    const reading = madeUp(40, false);
    const store = new NeuronActivationStore(reading);
    const cancellation = new SharedCancellation();
    await assert.rejects(
      store.read(() => cancellation.cancel(), cancellation),
      CancelledError,
    );
    const [found] = await store.columns([{ layer: 0, neuron: 9 }], NOT_CANCELLED);
    assert.deepEqual(
      Array.from(found),
      reading.tokens.map((_, token) => activation(0, token, 9)),
    );
  });
});

/** A reading whose model has no weights to run: its activations are those of `activation`. */
function madeUp(length: number, begins: boolean): Reading {
  class MadeUp extends LanguageModel {
    override runWithHooks(
      texts: readonly ArrayLike<number>[],
      names: readonly string[],
    ): Promise<NamedTensors> {
      const window = reading.windows.find(({ ids }) => ids === texts[0])!;
      const rows = Array.from({ length: window.ids.length }, (_, row) => row);
      const values = (name: string) => {
        const layer = Number(name.split('.')[1]);
        assert.equal(name, hookPost(layer));
        return rows.flatMap((row) => {
          // Rows that do not count must not be looked at.
          const counts = row >= window.keepRow && row < window.keepRow + window.keepEnd - window.keepStart;
          const token = row - window.keepRow + window.keepStart;
          return Array.from({ length: NEURONS }, (_, n) => (counts ? activation(layer, token, n) : 1e6));
        });
      };
      return Promise.resolve(
        new Map(names.map((name) => [name, floatTensor([1, rows.length, NEURONS], values(name))])),
      );
    }
  }
  const checkpoint = randomCheckpoint(configurationWith(), 1, characters(17, begins));
  const text = Array.from({ length }, (_, index) => String.fromCharCode(97 + (index % 16))).join('');
  const reading = Reading.ofText(new MadeUp(checkpoint, new ReferenceExecutor()), text);
  return reading;
}

/** One neuron's columns from its activations at every token, by the words of `NeuronTable`. */
function recompute(values: number[], { start, end }: TextRange, first: number, selected: boolean) {
  const tokens = values.map((_, token) => token).slice(start, end);
  const order = [...tokens].sort((a, b) => values[b] - values[a] || a - b);
  const maximum = values[order[0]];
  const share = (holds: (value: number) => boolean) =>
    tokens.filter((token) => holds(values[token])).length / tokens.length;
  const profile = new Array<number>(PROFILE_BINS).fill(0);
  for (const token of tokens) {
    const bin = Math.floor(((token - start) / tokens.length) * PROFILE_BINS + 1e-9);
    if (maximum > 0) profile[bin] = Math.max(profile[bin], Math.round((255 * values[token]) / maximum));
  }
  return {
    maximum,
    strongest: Array.from({ length: STRONGEST }, (_, place) => order[place] ?? -1),
    on: share((value) => maximum > 0 && value > ON_THRESHOLD * maximum),
    selectivity: selected ? selectivity(values.slice(first), start - first, end - first) : 0,
    profile,
  };
}

function selectivity(values: number[], start: number, end: number): number {
  const mean = (of: number[]) => of.reduce((a, b) => a + b, 0) / of.length;
  const inside = values.filter((_, index) => index >= start && index < end);
  const outside = values.filter((_, index) => index < start || index >= end);
  const all = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - all) ** 2)));
  if (outside.length === 0 || deviation < 1e-9) return 0;
  return (mean(inside) - mean(outside)) / deviation;
}
