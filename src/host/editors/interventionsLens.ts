// The line above a file of interventions: loading it.
import * as vscode from 'vscode';
import { interventionsEnding } from '../commands/interventionFiles';

export function registerInterventionsLens(): vscode.Disposable {
  const top = new vscode.Range(0, 0, 0, 0);
  return vscode.languages.registerCodeLensProvider(
    { pattern: `**/*${interventionsEnding}` },
    {
      provideCodeLenses: ({ uri }) => [
        new vscode.CodeLens(top, {
          title: '$(arrow-up) Load Interventions',
          tooltip: 'The model that is in use computes under these from then on',
          command: 'subtext.loadInterventions',
          arguments: [uri],
        }),
      ],
    },
  );
}
