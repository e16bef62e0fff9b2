// Tells when a directory changes, as the operating system sees it. Not everywhere does it see anything (network
// drives, used-up watches), so whoever needs to know looks from time to time as well.
import { watch, type FSWatcher } from 'node:fs';
import type { Disposable } from '../disposables';

/** Calls back after changes in a directory, not in those below it; a directory that is not there is not watched. */
export function watchDirectory(path: string, onChange: () => void): Disposable {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(path, { persistent: false }, onChange);
    watcher.on('error', () => watcher?.close());
  } catch {
    // Looking from time to time has to do.
  }
  return { dispose: () => watcher?.close() };
}
