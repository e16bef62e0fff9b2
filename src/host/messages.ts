// What a person is told in notifications: never modal, always with a way on.
import * as vscode from 'vscode';
import type { BackendCrash } from './backend/supervisor';
import type { BackendFailure } from './backend/failure';

const showLog = 'Show Log';
const restart = 'Restart Backend';

/** Shows a failure, unless it is one that somebody asked for. */
export function showFailure(failure: BackendFailure): void {
  if (failure.cancelled) return;
  const actions = failure.reason === 'backend-given-up' ? [showLog, restart] : [showLog];
  void vscode.window.showErrorMessage(failure.line, ...actions).then(run);
}

/** Says that the backend died: once when it is started again, and when it no longer is. */
export function showCrash({ how, restarts, failure }: BackendCrash): void {
  if (failure) showFailure(failure);
  else if (restarts === 1) {
    void vscode.window
      .showWarningMessage(`The Subtext backend stopped (${how}) and is started again.`, showLog)
      .then(run);
  }
}

function run(action: string | undefined): void {
  if (action === showLog) void vscode.commands.executeCommand('subtext.showLog');
  if (action === restart) void vscode.commands.executeCommand('subtext.restartBackend');
}
