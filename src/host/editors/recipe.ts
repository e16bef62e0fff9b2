// What a recipe file is.

export const recipeEnding = '.subtext.json';

/** Whether a document is a recipe, by its name; package.json's `when` clauses say the same. */
export function isRecipe({ path, scheme }: { path: string; scheme: string }): boolean {
  return path.endsWith(recipeEnding) && (scheme === 'file' || scheme === 'untitled');
}
