// Recipes of probes: reading them, and what is said about one that is wrong.
import { resolve } from 'node:path';
import { isPresetName } from '../../data/cfg/presets';
import { jsonOf, recipeError } from '../../train/recipe';
import { problemsOf } from '../../train/recipeProblems';
import { probeRecipeSchema, type ProbeRecipe, type TargetSettings } from './recipeSchema';

const REMEDY = 'The editor completes and checks such files (*.probe.json); docs/probes.md says more.';

/**
 * Reads a recipe of probes.
 * @param text JSON
 * @param name of the file, for messages
 * @throws SubtextError `recipe`: what is wrong, each with its path in the file
 */
export function parseProbeRecipe(text: string, name: string): ProbeRecipe {
  const value = jsonOf(text, name);
  const result = probeRecipeSchema.safeParse(value, { reportInput: true });
  if (!result.success)
    throw recipeError(name, problemsOf(probeRecipeSchema, result.error.issues, value), REMEDY);
  const found = contradictions(result.data);
  if (found.length > 0) throw recipeError(name, found, REMEDY);
  return result.data;
}

/**
 * A recipe with its paths made absolute.
 * @param folder that they are relative to
 * @param modelPath of a checkpoint that is given by a name or a path
 */
export function resolvedProbeRecipe(
  recipe: ProbeRecipe,
  folder: string,
  modelPath: (given: string) => string,
): ProbeRecipe {
  const { data, models } = recipe;
  const absolute = (path: string) => resolve(folder, path);
  return {
    ...recipe,
    models: models.map((model) =>
      typeof model === 'string' ? modelPath(model) : { ...model, run: absolute(model.run) },
    ),
    data:
      data.kind === 'text'
        ? { ...data, files: data.files.map(absolute) }
        : isPresetName(data.grammar)
          ? data
          : { ...data, grammar: absolute(data.grammar) },
  };
}

/** What no single value says. */
function contradictions({ data, targets, split }: ProbeRecipe): string[] {
  const found = targets.flatMap((target, index) => problemsOfTarget(target, data.kind, `targets.${index}`));
  if (split.validation + split.test >= 0.9)
    found.push(
      `split leaves ${(100 * (1 - split.validation - split.test)).toFixed(0)} % to train on, not at least 10 %`,
    );
  return found;
}

function problemsOfTarget(target: TargetSettings, data: 'cfg' | 'text', path: string): string[] {
  switch (target.kind) {
    case 'ancestor':
    case 'boundary':
      return data === 'cfg' ? [] : [`${path}.kind is ${target.kind}, which only data.kind cfg has`];
    case 'column':
    case 'pattern': {
      if (data === 'cfg') return [`${path}.kind is ${target.kind}, which only data.kind text has`];
      if (target.kind === 'column') return [];
      try {
        new RegExp(target.pattern, target.flags);
        return [];
      } catch (error) {
        return [`${path}.pattern: ${(error as Error).message}`];
      }
    }
    case 'next-token':
    case 'position':
      return [];
  }
}
