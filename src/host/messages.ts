// What a person is told in notifications: never modal, always with a way on.
import * as vscode from 'vscode';
import type { BackendCrash } from './backend/supervisor';
import { DEVICE_LOST, type BackendFailure } from './backend/failure';
import { mendingOf } from './backend/mending';
import { runOffered } from './offeredCommands';

const showLog = 'Show Log';
const useCpu = 'Use CPU Engine';
const startAgain = 'Start It Again';

/** Shows a failure, unless it is one that somebody asked for. */
export function showFailure(failure: BackendFailure): void {
  // What to do about a lost device is asked for all that it fails at once.
  if (failure.cancelled || failure.reason === DEVICE_LOST) return;
  const mending = mendingOf(failure);
  const actions = mending ? [mending.title, showLog] : [showLog];
  void vscode.window.showErrorMessage(failure.line, ...actions).then((action) => {
    if (mending && action === mending.title) runOffered(mending.command);
    else run(action);
  });
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

/** Asks with what to go on after the device of an engine was lost; undefined where nothing is chosen. */
export async function askAfterLoss(failure: BackendFailure): Promise<'cpu' | 'again' | undefined> {
  const action = await vscode.window.showErrorMessage(failure.line, useCpu, startAgain, showLog);
  run(action);
  return action === useCpu ? 'cpu' : action === startAgain ? 'again' : undefined;
}

function run(action: string | undefined): void {
  if (action === showLog) runOffered('subtext.showLog');
}
