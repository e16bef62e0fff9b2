// One process per run directory.
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { basename, dirname } from 'node:path';
import { SubtextError } from '../errors';
import { fileError } from '../files';

/** Longer than a few bytes ever take. */
const WRITING_MILLISECONDS = 5000;

interface Holder {
  pid: number;
  host: string;
  /** Milliseconds since 1970. */
  since: number;
}

/**
 * Takes the lock of a run directory. That of a process which is gone is taken over.
 * @param path of the lock file
 * @returns gives it back
 * @throws SubtextError `run` while another process holds it
 */
export function takeLock(path: string): () => void {
  for (;;) {
    if (createExclusively(path)) return () => rmSync(path, { force: true });
    if (isHeld(path)) {
      const holder = readHolder(path);
      const whose = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
      throw new SubtextError(
        'run',
        `The run ${basename(dirname(path))} is in the hands of ${whose}`,
        `Wait for it or end it; if there is no such process, delete ${path}.`,
      );
    }
    removeStale(path);
  }
}

function createExclusively(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    const holder: Holder = { pid: process.pid, host: hostname(), since: Date.now() };
    writeSync(file, JSON.stringify(holder));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(error, path, 'write');
  }
}

/** Under a lock of its own: of two processes that saw the same stale lock, the second must not remove the first one's. */
function removeStale(path: string): void {
  const removing = `${path}.taking`;
  if (!createExclusively(removing)) {
    if (!isHeld(removing)) rmSync(removing, { force: true });
    return;
  }
  try {
    if (!isHeld(path)) rmSync(path, { force: true });
  } finally {
    rmSync(removing, { force: true });
  }
}

/** A lock that names nobody is just being written, or was cut short by a full disk: its age tells. */
function isHeld(path: string): boolean {
  const holder = readHolder(path);
  if (holder) return isAlive(holder);
  const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written < WRITING_MILLISECONDS;
}

/** Undefined for a file that is no lock: one that was cut short by a full disk. */
function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return undefined;
    return { pid, host, since };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, since }: Holder): boolean {
  // Of another machine nothing can be known: its lock stands.
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  // A number may have been given to another process since the machine started anew.
  if (since < Date.now() - uptime() * 1000) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
