// Says when a run that was seen at work is over; a person may be looking at something else by then.
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../disposables';
import { short } from '../numbers';
import type { RunDirectory } from '../runs/runDirectory';
import { failureWords } from '../runs/words';
import type { Session } from '../session';

const show = 'Show Run';
const open = 'Open Checkpoint';

export function announceRunEnds(session: Session): Disposable {
  const { runs, runPanel } = session.parts;
  const live = new Set<RunDirectory>();
  const look = (run: RunDirectory) => {
    if (run.isLive) live.add(run);
    else if (live.delete(run)) announce(session, run);
  };
  const store = new DisposableStore();
  store.add(runs.onDidChange(look));
  store.add(
    runs.onDidChangeList(() => {
      for (const run of live) if (runs.get(run.path) !== run) live.delete(run);
      for (const run of runs.all) look(run);
    }),
  );
  // What is shown where the person looks needs no message.
  function announce(session: Session, run: RunDirectory): void {
    const isSeen = runPanel.isVisible && runPanel.shown.includes(run.path);
    const { name, state, status, loss } = run;
    const then = (action: string | undefined) => {
      if (action === show) runPanel.show([run.path]);
      if (action === open) void session.openModel(run.checkpointPath('final'));
    };
    if (state === 'finished') {
      const facts = loss ? ` at a ${loss.of} loss of ${short(loss.nats)} nats per token` : '';
      const actions = [...(isSeen ? [] : [show]), ...(run.hasFinal ? [open] : [])];
      void vscode.window.showInformationMessage(`${name} finished${facts}.`, ...actions).then(then);
    } else if (state === 'failed' && !isSeen) {
      void vscode.window.showErrorMessage(`${name} failed: ${failureWords(status?.error)}`, show).then(then);
    } else if (state === 'interrupted' && !isSeen) {
      const text = `${name} was interrupted: its process is gone. Resume goes on from its last checkpoint.`;
      void vscode.window.showWarningMessage(text, show).then(then);
    }
  }
  return store;
}
