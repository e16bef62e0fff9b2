// The menu behind the status bar item: everything that can be done now.
import * as vscode from 'vscode';
import { CFG_TEXT_LANGUAGE } from '../../protocol/grammars';
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
  const { models, interventions, highlights, backend, runs } = parts;
  const isChanged = models.active !== undefined && interventions.activeCount(models.active.id) > 0;
  const hasText = vscode.window.visibleTextEditors.length > 0;
  const hasStrings = vscode.window.visibleTextEditors.some(
    ({ document }) => document.languageId === CFG_TEXT_LANGUAGE,
  );
  const separator = (label: string): CommandItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const entry = (icon: string, label: string, command: string): CommandItem => ({
    label: `$(${icon}) ${label}`,
    command: `subtext.${command}`,
  });
  const when = (condition: boolean, ...items: CommandItem[]) => (condition ? items : []);
  return [
    ...when(hasText, entry('pulse', 'Show Top-Activating Neurons', 'showNeurons')),
    ...when(hasText, entry('eye', 'Show Attention', 'showAttention')),
    ...when(hasText, entry('layers', 'Show Logit Lens', 'showLens')),
    ...when(hasStrings, entry('type-hierarchy-sub', 'Inspect Parse-Tree Probe', 'inspectParseTree')),
    ...when(hasText, entry('arrow-right', 'Continue Story', 'continueStory')),
    ...when(
      hasText && isChanged,
      entry('diff', 'Compare Continuations', 'compareContinuations'),
      entry('graph-scatter', 'Show Loss Changes', 'showLossChanges'),
    ),
    ...when(
      hasText,
      entry('list-tree', 'Attribute Next Token', 'attribute'),
      entry('replace', 'Activation Patching…', 'patchMap'),
    ),
    ...when(
      models.active !== undefined,
      entry('graph', 'Show Attention Statistics of a Grammar…', 'showGrammarAttention'),
    ),
    ...when(highlights.shown !== undefined, entry('clear-all', 'Clear Highlight', 'clearHighlight')),
    separator('model'),
    ...when(models.all.length > 1, entry('check', 'Select Model…', 'selectModel')),
    entry('folder-opened', 'Open Model…', 'openModel'),
    ...when(models.all.length > 0, entry('close', 'Close Model', 'closeModel')),
    separator('training'),
    entry('beaker', 'Train Model…', 'train'),
    entry('telescope', 'Train Probe…', 'trainProbes'),
    ...when(runs.all.length > 0, entry('graph-line', 'Show Run…', 'showRun')),
    entry('graph-line', 'Show Probes…', 'showProbes'),
    separator('backend'),
    entry('chip', 'Select Engine…', 'selectEngine'),
    entry('output', 'Show Log', 'showLog'),
    ...when(backend.state.kind !== 'off', entry('refresh', 'Restart Backend', 'restartBackend')),
  ];
}
