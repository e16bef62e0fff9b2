// Training runs a process on files that a recipe names: only where the person trusts the folder.
import * as vscode from 'vscode';

const manage = 'Manage Workspace Trust';

/** Whether a run may be started; says why not. */
export function trainingIsAllowed(): boolean {
  if (vscode.workspace.isTrusted) return true;
  const message =
    'Training is off in an untrusted workspace: recipes name files to read and start a process.';
  void vscode.window.showWarningMessage(message, manage).then((action) => {
    if (action === manage) void vscode.commands.executeCommand('workbench.trust.manage');
  });
  return false;
}
