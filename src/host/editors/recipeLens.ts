// The line above a recipe: *Run*, and what it will cost or why that is not known.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import { isRecipe } from './recipe';
import type { RecipeChecks } from './recipeChecks';

export function registerRecipeLens(checks: RecipeChecks): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  store.add(checks.onDidChange(() => changed.fire()));
  const top = new vscode.Range(0, 0, 0, 0);
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses({ uri }) {
      return vscode.workspace.isTrusted && isRecipe(uri)
        ? [lens('$(play) Run', 'runRecipe', uri), lens(estimateTitle(checks, uri), 'estimateRecipe', uri)]
        : [];
    },
  };
  const lens = (title: string, command: string, uri: vscode.Uri) =>
    new vscode.CodeLens(top, { title, command: `subtext.${command}`, arguments: [uri] });
  const selector = ['file', 'untitled'].map((scheme) => ({ scheme, pattern: '**/*.subtext.json' }));
  store.add(vscode.languages.registerCodeLensProvider(selector, provider));
  return store;
}

function estimateTitle(checks: RecipeChecks, uri: vscode.Uri): string {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  const check = document && checks.of(document);
  if (check?.words !== undefined) return check.words;
  if (check?.failure?.reason === 'recipe') return `$(error) ${basename(uri.path)} has mistakes`;
  return check?.abort ? 'Estimating…' : 'Estimate';
}
