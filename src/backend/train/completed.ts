// A recipe as it is run: paths absolute, and every default written out.
import { resolve } from 'node:path';
import { isPresetName } from '../data/cfg/presets';
import { checkRecipe, type Recipe } from './recipe';

const BPE = { kind: 'bpe', vocabulary: 2048, megabytes: 8 } as const;

/** Evaluations and checkpoints of a run, unless its recipe says how many. */
const EVALUATIONS = 20;
const CHECKPOINTS = 10;

/** @param folder that paths in the recipe are relative to */
export function completed(recipe: Recipe, folder: string): Recipe {
  const { data, model, train } = recipe;
  const absolute = (path: string) => resolve(folder, path);
  const tokenizer = recipe.tokenizer ?? defaultTokenizer(recipe);
  return {
    ...recipe,
    data:
      data.kind === 'text'
        ? {
            ...data,
            files: data.files.map(absolute),
            ...(data.validation_files && { validation_files: data.validation_files.map(absolute) }),
          }
        : data.kind === 'cfg' && isGrammarPath(data.grammar)
          ? { ...data, grammar: absolute(data.grammar) }
          : data,
    tokenizer: tokenizer.kind === 'file' ? { ...tokenizer, path: absolute(tokenizer.path) } : tokenizer,
    model: 'from' in model ? { ...model, from: absolute(model.from) } : { context: train.context, ...model },
    train: {
      ...train,
      eval_every: train.eval_every ?? Math.ceil(train.steps / EVALUATIONS),
      checkpoint_every: train.checkpoint_every ?? Math.ceil(train.steps / CHECKPOINTS),
    },
  };
}

/** A completed recipe as a run keeps it: the same recipe is always the same text, whatever the order of its keys was. */
export function recipeText(recipe: Recipe): string {
  return `${JSON.stringify(checkRecipe(recipe, 'The recipe'), undefined, 2)}\n`;
}

function defaultTokenizer({ data, model }: Recipe): NonNullable<Recipe['tokenizer']> {
  if (data.kind === 'cfg') return { kind: 'grammar' };
  return 'from' in model ? { kind: 'file', path: model.from } : BPE;
}

/** Whether a grammar is a file and not one that Subtext knows by name. */
export function isGrammarPath(grammar: string): boolean {
  return !isPresetName(grammar);
}

/** Keys, with their path, in which two recipes differ; names for people do not count. */
export function changedKeys(before: Recipe, after: Recipe): string[] {
  return differences({ ...before, name: '', $schema: '' }, { ...after, name: '', $schema: '' }, '');
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
