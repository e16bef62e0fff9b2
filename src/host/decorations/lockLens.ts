// A thin line of text above line 1 that says what is highlighted.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import { documentSchemes } from '../documentSchemes';
import type { Highlights } from './highlight';

export function registerLockLens(highlights: Highlights): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  let shown: string | undefined;
  store.add(
    highlights.onDidChange(() => {
      const line = JSON.stringify(highlights.shown?.line);
      if (line === shown) return;
      shown = line;
      changed.fire();
    }),
  );
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      const line = highlights.shown?.line;
      if (line?.uri !== document.uri.toString()) return [];
      const command = {
        title: line.title,
        command: 'subtext.clearHighlight',
        // A narrow editor cuts the line itself.
        tooltip: `${line.title}\nClick to clear the highlight`,
      };
      const { start } = document.lineAt(document.positionAt(line.at ?? 0)).range;
      return [new vscode.CodeLens(new vscode.Range(start, start), command)];
    },
  };
  store.add(
    vscode.languages.registerCodeLensProvider(
      documentSchemes.map((scheme) => ({ scheme })),
      provider,
    ),
  );
  return store;
}
