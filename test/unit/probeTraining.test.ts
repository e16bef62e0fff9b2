// Probes on made-up activations: what is there is found, what is not there is not; the same seed gives the same probe.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { fitProbes, type FittedProbe } from '../../src/backend/interpret/probes/fit';
import type { ProbeSettings } from '../../src/backend/interpret/probes/recipeSchema';
import { majorityShare, scoreOf } from '../../src/backend/interpret/probes/score';
import { tryEngine } from '../support/engines';
import { isError } from '../support/errors';
import { madeUpExamples, type MadeUp } from '../support/probes';

const TRAIN = {
  steps: 150,
  batch: 128,
  learning_rate: 0.03,
  weight_decay: 0,
  evaluate_every: 50,
  patience: 8,
};
const PROBES: Record<string, ProbeSettings> = {
  'logistic regression': { kind: 'linear', solver: 'adamw' },
  'ridge regression': { kind: 'linear', solver: 'ridge' },
  'the multi-head probe': { kind: 'multi-head', heads: 2, width: 8, locality: 'all' },
  'the diagonal probe': { kind: 'multi-head', heads: 2, width: 8, locality: 'diagonal' },
  'the tridiagonal probe': { kind: 'multi-head', heads: 2, width: 8, locality: 'tridiagonal' },
};

const cpu = async () => (await tryEngine('cpu')) as Executor;

async function fit(
  { activations, data }: MadeUp,
  probe: ProbeSettings,
  train: Partial<typeof TRAIN> = {},
): Promise<{ probe: FittedProbe; shuffled: FittedProbe }> {
  const recipe = { probe, train: { ...TRAIN, batch: probe.kind === 'linear' ? 128 : 24, ...train }, seed: 1 };
  const executor = await cpu();
  const found = await fitProbes(
    executor,
    { activations },
    data,
    recipe,
    true,
    NOT_CANCELLED,
    () => undefined,
  );
  return { probe: found.probes[0], shuffled: found.shuffled[0] };
}

/** Far from the boundary between the classes, of which each has its own sign pattern. */
const decodable = madeUpExamples({ texts: 100, length: 7, classes: 2 }, (x) => {
  x[2] = x[2] < 2 ? x[2] - 8 : x[2] + 8;
  return Number(x[2] > 2);
});

describe('labels that are linearly decodable by construction are read in 99 of 100 tokens', () => {
  for (const [name, settings] of Object.entries(PROBES)) {
    it(`by ${name}`, async () => {
      const { probe, shuffled } = await fit(decodable, settings);
      const { value } = scoreOf(probe, decodable.data);
      assert.ok(value >= 0.99, `accuracy ${value}`);
      const control = scoreOf(shuffled, decodable.data);
      assert.ok(control.value < 0.65, `shuffled ${control.value}`);
    });
  }
});

describe('labels that are independent of the text stay within the interval around the majority', () => {
  const independent = madeUpExamples({ texts: 300 }, (_, __, random) =>
    random() < 0.6 ? 0 : random() < 0.5 ? 1 : 2,
  );
  for (const [name, settings] of Object.entries(PROBES)) {
    it(`with ${name}`, async () => {
      const { probe, shuffled } = await fit(independent, settings, { steps: 50 });
      const { share } = majorityShare(probe.target, independent.data);
      for (const each of [probe, shuffled]) {
        const { value, interval } = scoreOf(each, independent.data);
        const half = (interval[1] - interval[0]) / 2;
        assert.ok(Math.abs(value - share) <= half, `accuracy ${value}, majority ${share}, ± ${half}`);
      }
    });
  }
});

describe('training probes', () => {
  it('gives the same probe for the same seed, whoever is trained beside it', async () => {
    const { probe } = await fit(decodable, PROBES['logistic regression'], { steps: 60 });
    const again = await fit(decodable, PROBES['logistic regression'], { steps: 60 });
    assert.deepEqual(again.probe.parameters, probe.parameters);
    const { activations, data } = decodable;
    const twice = { activations, data: { ...data, targets: [...data.targets, ...data.targets] } };
    const executor = await cpu();
    const recipe = { probe: PROBES['logistic regression'], train: { ...TRAIN, steps: 60 }, seed: 1 };
    const { probes } = await fitProbes(
      executor,
      { activations },
      twice.data,
      recipe,
      false,
      NOT_CANCELLED,
      () => undefined,
    );
    assert.deepEqual(probes[1].parameters.get('W'), probe.parameters.get('W'));
  });

  it('keeps the parameters that were best on the validation split, and stops once none is better', async () => {
    const noise = madeUpExamples({ texts: 60, length: 3, width: 40 }, (_, __, random) =>
      Math.floor(3 * random()),
    );
    let seen = 0;
    const executor = await cpu();
    const train = { ...TRAIN, steps: 5000, evaluate_every: 10, patience: 3 };
    const recipe = { probe: PROBES['logistic regression'], train, seed: 1 };
    const { probes } = await fitProbes(
      executor,
      { activations: noise.activations },
      noise.data,
      recipe,
      false,
      NOT_CANCELLED,
      () => seen++,
    );
    assert.ok(seen < 500, `${seen} steps`);
    assert.ok(probes[0].steps! <= seen - 30, `best at ${probes[0].steps} of ${seen}`);
  });

  it('ends with a named error where activations are no numbers', async () => {
    const broken = madeUpExamples({ texts: 40 }, (_, index) => index % 3);
    broken.activations.values[5] = NaN;
    await assert.rejects(fit(broken, PROBES['logistic regression']), isError('not-a-number', 'step 1'));
  });
});
