// What a run is said to need before it starts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parameterCount } from '../../src/backend/model/weights';
import { configurationOf } from '../../src/backend/train/architectures';
import { completed } from '../../src/backend/train/completed';
import { estimateMemory } from '../../src/backend/train/estimate';
import { checkRecipe, type NewModel } from '../../src/backend/train/recipe';

const recipeWith = (model: object) =>
  completed(
    checkRecipe(
      { data: { kind: 'stories' }, model, train: { steps: 1, batch: 1, context: 2, learning_rate: 1 } },
      'r',
    ),
    '/',
  );

describe('the memory of a run', () => {
  const { model } = recipeWith({ architecture: 'gpt2', layers: 2, width: 256, heads: 4 });
  const configuration = configurationOf(model as NewModel, 2, 30_000);
  const weights = 4 * parameterCount(configuration);

  it('holds each weight and its optimizer state twice', () => {
    const bytes = estimateMemory(configuration, recipeWith(model));
    assert.ok(bytes > 6 * weights, `${bytes / weights}`);
  });

  it('holds weights that only adapters are trained beside once', () => {
    const lora = (rank: number) => estimateMemory(configuration, recipeWith({ from: 'm', lora: { rank } }));
    assert.ok(lora(1) > weights && lora(1) < 2 * weights, `${lora(1) / weights}`);
    assert.ok(lora(64) - lora(1) >= 63 * 24 * 2 * 2 * 2 * 256);
  });
});
