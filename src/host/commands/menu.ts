// The menu behind the status bar item: everything that can be done now.
import * as vscode from 'vscode';
import type { Session } from '../session';

interface CommandItem extends vscode.QuickPickItem {
  command?: string;
}

/** Shows the menu and runs what is chosen. */
export async function showMenu(session: Session): Promise<void> {
  const picked = await vscode.window.showQuickPick(entries(session), { placeHolder: 'Subtext' });
  if (picked?.command !== undefined) await vscode.commands.executeCommand(picked.command);
}

function entries({ parts }: Session): CommandItem[] {
  const { models, inspection, backend, runs } = parts;
  const hasText = vscode.window.visibleTextEditors.length > 0;
  const separator = (label: string): CommandItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const entry = (icon: string, label: string, command: string): CommandItem => ({
    label: `$(${icon}) ${label}`,
    command: `subtext.${command}`,
  });
  const when = (condition: boolean, ...items: CommandItem[]) => (condition ? items : []);
  return [
    ...when(hasText, entry('pulse', 'Show Top-Activating Neurons', 'showNeurons')),
    ...when(inspection.focus !== undefined, entry('clear-all', 'Clear Highlight', 'clearHighlight')),
    separator('model'),
    ...when(models.all.length > 1, entry('check', 'Select Model…', 'selectModel')),
    entry('folder-opened', 'Open Model…', 'openModel'),
    ...when(models.all.length > 0, entry('close', 'Close Model', 'closeModel')),
    separator('training'),
    entry('beaker', 'Train Model…', 'train'),
    ...when(runs.all.length > 0, entry('graph-line', 'Show Run…', 'showRun')),
    separator('backend'),
    entry('chip', 'Select Engine…', 'selectEngine'),
    entry('output', 'Show Log', 'showLog'),
    ...when(backend.state.kind !== 'off', entry('refresh', 'Restart Backend', 'restartBackend')),
  ];
}
