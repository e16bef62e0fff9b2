// Which tokens a probe reads: the multi-head probe and its local forms, where the label hangs on the token before.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { fitProbes } from '../../src/backend/interpret/probes/fit';
import type { ProbeSettings } from '../../src/backend/interpret/probes/recipeSchema';
import { scoreOf } from '../../src/backend/interpret/probes/score';
import { tryEngine } from '../support/engines';
import { madeUpExamples } from '../support/probes';

const LENGTH = 7;
const WIDTH = 4;
const multiHead = (locality: 'all' | 'diagonal' | 'tridiagonal'): ProbeSettings => ({
  kind: 'multi-head',
  heads: 2,
  width: 8,
  locality,
});
const TRAIN = {
  steps: 300,
  batch: 32,
  learning_rate: 0.05,
  weight_decay: 0,
  evaluate_every: 100,
  patience: 9,
};

/** Whether a number of the token before is large: nothing of the token's own tells. */
function labelledByTokenBefore() {
  const made = madeUpExamples({ texts: 200, length: LENGTH, width: WIDTH, classes: 2 }, () => 0);
  const { values } = made.activations;
  for (let at = 2; at < values.length; at += WIDTH) values[at] += values[at] < 2 ? -8 : 8;
  made.data.targets[0].labels.forEach((_, example, labels) => {
    const before = (example - 1) * WIDTH + 2;
    labels[example] = example % LENGTH === 0 ? -100 : Number(values[before] > 2);
  });
  return made;
}

describe('the token before a token', () => {
  const { activations, data } = labelledByTokenBefore();
  const cases: [string, ProbeSettings, boolean][] = [
    ['the multi-head probe reads', multiHead('all'), true],
    ['the tridiagonal probe reads', multiHead('tridiagonal'), true],
    ['the diagonal probe does not read', multiHead('diagonal'), false],
    ['logistic regression does not read', { kind: 'linear', solver: 'adamw' }, false],
  ];
  for (const [name, probe, reads] of cases) {
    it(name, async () => {
      const executor = (await tryEngine('cpu')) as Executor;
      const recipe = { probe, train: TRAIN, seed: 1 };
      const { probes } = await fitProbes(
        executor,
        { activations },
        data,
        recipe,
        false,
        NOT_CANCELLED,
        () => undefined,
      );
      const { value } = scoreOf(probes[0], data);
      assert.ok(reads ? value > 0.95 : value < 0.65, `accuracy ${value}`);
    });
  }
});
