// What a recipe file is, and how it is checked.
import type { Requester } from '../backend/requester';
import { isProbeRecipe } from '../probes/recipe';
import { estimateWords } from '../runs/words';

export const recipeEnding = '.subtext.json';

/** Whether a document is a recipe, by its name; package.json's `when` clauses say the same. */
export function isRecipe({ path, scheme }: { path: string; scheme: string }): boolean {
  return path.endsWith(recipeEnding) && (scheme === 'file' || scheme === 'untitled');
}

/** One of the two kinds of recipes that the editor checks. */
export interface RecipeKind {
  includes(uri: { path: string; scheme: string }): boolean;
  /** What a recipe comes to, in words; rejects with what is wrong with it. */
  words(requester: Requester, source: { recipe: string; path: string }, signal: AbortSignal): Promise<string>;
}

export const trainingRecipes: RecipeKind = {
  includes: isRecipe,
  words: async (requester, source, signal) =>
    estimateWords(await requester.request('subtext/estimateRun', source, signal)),
};

export const probeRecipes: RecipeKind = {
  includes: isProbeRecipe,
  words: async (requester, source, signal) => {
    const { name, folder } = await requester.request('subtext/checkProbeRecipe', source, signal);
    return `kept in ${folder ?? `.subtext/probes/${name}`}`;
  },
};
