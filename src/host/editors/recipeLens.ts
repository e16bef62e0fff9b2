// The line above a recipe: *Run* or *Train Probe*, and what it comes to or why that is not known.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import { isProbeRecipe, probeRecipeEnding } from '../probes/recipe';
import { isRecipe, recipeEnding } from './recipe';
import type { RecipeChecks } from './recipeChecks';

export function registerRecipeLens(checks: RecipeChecks): Disposable {
  return registerLens(checks, recipeEnding, (uri) =>
    isRecipe(uri)
      ? [
          { title: '$(play) Run', command: 'subtext.runRecipe', arguments: [uri] },
          {
            title: stateOf(checks, uri, 'Estimating…') ?? 'Estimate',
            command: 'subtext.estimateRecipe',
            arguments: [uri],
          },
        ]
      : [],
  );
}

export function registerProbeRecipeLens(checks: RecipeChecks): Disposable {
  return registerLens(checks, probeRecipeEnding, (uri) => {
    const state = stateOf(checks, uri, 'Checking…');
    return isProbeRecipe(uri)
      ? [
          { title: '$(play) Train Probe', command: 'subtext.trainProbes', arguments: [uri] },
          ...(state === undefined ? [] : [{ title: state, command: 'workbench.action.problems.focus' }]),
        ]
      : [];
  });
}

function registerLens(
  checks: RecipeChecks,
  ending: string,
  commandsOf: (uri: vscode.Uri) => vscode.Command[],
): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  store.add(checks.onDidChange(() => changed.fire()));
  const top = new vscode.Range(0, 0, 0, 0);
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: ({ uri }) =>
      vscode.workspace.isTrusted ? commandsOf(uri).map((command) => new vscode.CodeLens(top, command)) : [],
  };
  const selector = ['file', 'untitled'].map((scheme) => ({ scheme, pattern: `**/*${ending}` }));
  store.add(vscode.languages.registerCodeLensProvider(selector, provider));
  return store;
}

/** What is known of the open text; undefined where nothing is. */
function stateOf(checks: RecipeChecks, uri: vscode.Uri, asking: string): string | undefined {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  const check = document && checks.of(document);
  if (check?.words !== undefined) return check.words;
  if (check?.failure?.reason === 'recipe') return `$(error) ${basename(uri.path)} has mistakes`;
  return check?.abort ? asking : undefined;
}
