// A thin line of text above line 1 while a neuron is locked. Previews have none: the text would jump each time that
// the pointer comes to the list or leaves it, and not only at a click that is meant.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import { documentSchemes } from '../documentSchemes';
import type { Inspection } from '../inspection/inspection';
import { neuronName } from '../names';
import { short } from '../numbers';

export function registerLockLens(inspection: Inspection): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<void>());
  let shown: string | undefined;
  store.add(
    inspection.onDidChange(() => {
      const title = lensTitle(inspection);
      if (title === shown) return;
      shown = title;
      changed.fire();
    }),
  );
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      const title = lensTitle(inspection);
      if (title === undefined || inspection.question?.uri !== document.uri.toString()) return [];
      const command = { title, command: 'subtext.clearHighlight', tooltip: 'Clear the highlight' };
      return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
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

function lensTitle({ locked, table }: Inspection): string | undefined {
  if (!locked || !table) return undefined;
  const maximum = table.maximum[locked.layer * table.neuronsPerLayer + locked.neuron];
  return `${neuronName(locked)} · max ${short(maximum)} · Esc clears`;
}
