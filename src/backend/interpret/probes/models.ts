// The models of a recipe: checkpoints, the checkpoints of a run, and of each its like with first weights.
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RUN_FILES } from '../../../protocol/runs';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { SubtextError } from '../../errors';
import { modelName } from '../../modelName';
import { initialWeights } from '../../train/architectures';
import type { ProbeRecipe } from './recipeSchema';

/** Where a model lies, and how results call it. */
export interface ModelPlace {
  path: string;
  name: string;
  /** Of the run. */
  step: number | null;
}

/**
 * All models in the order of the recipe, a run's by step. No two have the same name.
 * @throws SubtextError `run` for a run without checkpoints, or without one that is asked for
 */
export function modelPlaces(models: ProbeRecipe['models']): ModelPlace[] {
  const places = models.flatMap((model) =>
    typeof model === 'string'
      ? [{ path: model, name: modelName(model), step: null }]
      : runPlaces(model.run, model.steps),
  );
  return places.map((place, index) => {
    const alike = places.filter(({ name }) => name === place.name);
    if (alike.length === 1) return place;
    const longer = `${basename(dirname(place.path))}/${place.name}`;
    const isTold = new Set(alike.map(({ path }) => basename(dirname(path)))).size === alike.length;
    return { ...place, name: isTold ? longer : `${longer} ${index + 1}` };
  });
}

function runPlaces(run: string, wanted?: readonly number[]): ModelPlace[] {
  const folder = join(run, RUN_FILES.checkpoints);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const steps = names
    .flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  if (steps.length === 0) {
    throw new SubtextError(
      'run',
      `${run} has no checkpoints`,
      'Name the directory of a run that saved some.',
    );
  }
  const missing = wanted?.find((step) => !steps.includes(step));
  if (missing !== undefined) {
    throw new SubtextError(
      'run',
      `${run} has no checkpoint of step ${missing}`,
      `Steps: ${steps.join(', ')}.`,
    );
  }
  return steps
    .filter((step) => wanted?.includes(step) ?? true)
    .map((step) => {
      const path = join(folder, `step-${step}`);
      return { path, name: modelName(path), step };
    });
}

/**
 * A model of the same shape that has learnt nothing: first weights with the deviation 1/√d_model, which keeps the scale of
 * what goes through them.
 */
export function untrained(checkpoint: Checkpoint, seed: number): Checkpoint {
  const { configuration } = checkpoint;
  const weights = initialWeights(configuration, 1 / Math.sqrt(configuration.d_model), seed);
  return { ...checkpoint, weights };
}
