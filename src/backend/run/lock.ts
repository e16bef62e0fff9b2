// One process per run directory.
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { basename, dirname } from 'node:path';
import { SubtextError } from '../errors';
import { fileError } from '../files';

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
    try {
      const file = openSync(path, 'wx');
      const holder: Holder = { pid: process.pid, host: hostname(), since: Date.now() };
      writeSync(file, JSON.stringify(holder));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(error, path, 'write');
    }
    const holder = readHolder(path);
    if (holder && isAlive(holder)) {
      throw new SubtextError(
        'run',
        `The run ${basename(dirname(path))} is in the hands of process ${holder.pid} on ${holder.host}`,
        `Wait for it or end it; if there is no such process, delete ${path}.`,
      );
    }
    rmSync(path, { force: true });
  }
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
