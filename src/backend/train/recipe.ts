// Recipes of training runs: reading them, and what is said about one that is wrong.
import { SubtextError } from '../errors';
import { problemsOf } from './recipeProblems';
import { recipeSchema, type Recipe } from './recipeSchema';

export {
  ARCHITECTURES,
  recipeJsonSchema,
  recipeSchema,
  type NewModel,
  type Recipe,
  type RecipeInput,
  type StartedModel,
  type TrainSettings,
} from './recipeSchema';

/**
 * Reads a recipe.
 * @param text JSON
 * @param name of the file, for messages
 * @throws SubtextError `recipe`: what is wrong, each with its path in the file
 */
export function parseRecipe(text: string, name: string): Recipe {
  return checkRecipe(jsonOf(text, name), name);
}

/** The value of a recipe's JSON. @throws SubtextError `recipe` with the line of a mistake */
export function jsonOf(text: string, name: string): unknown {
  try {
    // Some editors begin a file with a mark of its byte order.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw recipeError(name, [`${(error as Error).message}${lineOf(error as Error, text)}`], 'Mend the JSON.');
  }
}

/** Where a mistake in JSON stands. The error names a place in the text, or quotes what is around it, or says that it ends. */
function lineOf({ message }: Error, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  const quoted = /token '(.)', (\.\.\.)?"(.+)"(?:\.\.\.)? is not valid JSON$/su.exec(message);
  let before = text;
  if (position !== undefined) before = text.slice(0, Number(position));
  else if (quoted) {
    const [, token, cut, around] = quoted;
    // V8 begins ten characters before the mistake, or with the text; a short text is there as a whole.
    before = text.slice(0, text.indexOf(around) + (cut ? 10 : around.lastIndexOf(token)));
  }
  return `, line ${before.split('\n').length}`;
}

/** As `parseRecipe`, for a value. */
export function checkRecipe(value: unknown, name: string): Recipe {
  const result = recipeSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw recipeError(name, problemsOf(recipeSchema, result.error.issues, value));
  const recipe = result.data;
  const found = contradictions(recipe);
  if (found.length > 0) throw recipeError(name, found);
  return recipe;
}

export function recipeError(
  name: string,
  found: readonly string[],
  remedy = 'The editor completes and checks recipes (*.subtext.json); docs/recipes.md lists all keys.',
): SubtextError {
  const shown = found.slice(0, 5).join('; ');
  return new SubtextError(
    'recipe',
    `${name}: ${shown}${found.length > 5 ? `; and ${found.length - 5} more` : ''}`,
    remedy,
  );
}

/** What no single value says: sizes that do not fit each other. */
function contradictions({ data, tokenizer: tokens, model, train }: Recipe): string[] {
  const found: string[] = [];
  const say = (wrong: boolean, what: string) => wrong && found.push(what);
  say(
    train.batch % train.accumulate !== 0,
    `train.accumulate is ${train.accumulate}, which does not divide train.batch, ${train.batch}`,
  );
  say(
    tokens?.kind === 'grammar' && data.kind !== 'cfg',
    'tokenizer.kind is grammar, but data.kind is not cfg',
  );
  say(
    data.kind === 'cfg' && tokens !== undefined && tokens.kind !== 'grammar',
    `tokenizer.kind is ${tokens?.kind}, but a grammar has tokens of its own`,
  );
  say(
    train.schedule.warmup > train.steps,
    `train.schedule.warmup is ${train.schedule.warmup}, more than train.steps, ${train.steps}`,
  );
  if ('from' in model) return found;
  const { width, heads, key_value_heads, context, architecture } = model;
  say(width % heads !== 0, `model.width is ${width}, which model.heads, ${heads}, does not divide`);
  say(key_value_heads !== undefined && architecture !== 'llama', 'model.key_value_heads is for llama only');
  say(
    key_value_heads !== undefined && heads % key_value_heads !== 0,
    `model.key_value_heads is ${key_value_heads}, which does not divide model.heads, ${heads}`,
  );
  say(model.window !== undefined && architecture !== 'gpt_neo', 'model.window is for gpt_neo only');
  const rotary = architecture === 'gpt_rotary' || architecture === 'llama';
  say(
    rotary && (width / heads) % 2 !== 0,
    `model.width / model.heads is ${width / heads}, which is odd: rotary positions turn pairs`,
  );
  say(
    context !== undefined && train.context > context,
    `train.context is ${train.context}, more than model.context, ${context}`,
  );
  return found;
}
