// Progress with Cancel, for work that turns out to take long.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Health, ProgressNote } from '../protocol/types';
import type { Event } from './emitter';

/** Work that is done sooner shows no progress: a notification that flashes up says nothing. */
const LATE_MILLISECONDS = 600;

export interface ProgressSource {
  readonly onDidChangeHealth: Event<Health | undefined>;
}

/** Resolves with `work`; shows a notification with Cancel once it takes long. `cancel` has to make `work` settle. */
export async function withLateProgress<Value>(
  title: string,
  source: ProgressSource,
  work: Promise<Value>,
  cancel: () => void,
): Promise<Value> {
  const settled = work.then(
    () => true,
    () => true,
  );
  if (await Promise.race([settled, sleep(LATE_MILLISECONDS, false)])) return work;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  await vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(cancel);
    let shown = 0;
    const listening = source.onDidChangeHealth((health) => {
      const done = (health?.progress ?? 0) * 100;
      if (done > shown) progress.report({ increment: done - shown });
      shown = Math.max(shown, done);
    });
    await settled;
    listening.dispose();
  });
  return work;
}

/** Shows a notification with Cancel at once, and in it what the backend notes under the given stream. */
export async function withNotes<Value>(
  title: string,
  source: { readonly onDidProgress: Event<ProgressNote> },
  work: (stream: string, signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const stream = randomUUID();
  const abort = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => abort.abort());
    let shown = 0;
    const listening = source.onDidProgress((note) => {
      if (note.stream !== stream) return;
      const share = Math.max(shown, 100 * note.share);
      progress.report({ increment: share - shown, message: note.doing });
      shown = share;
    });
    try {
      return await work(stream, abort.signal);
    } finally {
      listening.dispose();
    }
  });
}
