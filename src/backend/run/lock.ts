// One process per run directory.
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { basename, dirname } from 'node:path';
import { SubtextError } from '../errors';
import { fileError } from '../files';

/** Longer than a few bytes ever take. */
const WRITING_MILLISECONDS = 5000;
/** Times that a stale lock is looked at while another process takes it over, and milliseconds between two of them. */
const TRIES = 50;
const PAUSE = 20;

interface Holder {
  pid: number;
  host: string;
  /** Milliseconds since 1970. */
  since: number;
  /** When the process started, in the system's own count: of two processes with one number it is not the same. */
  start?: string;
}

/**
 * Takes the lock of a run directory. That of a process which is gone is taken over.
 * @param path of the lock file
 * @param what is locked, for the message
 * @returns gives it back
 * @throws SubtextError `run` while another process holds it
 */
export function takeLock(path: string, what = `The run ${basename(dirname(path))}`): () => void {
  for (let tries = 0; tries < TRIES; tries++) {
    const mine = createExclusively(path);
    if (mine) return () => release(path, mine);
    if (isHeld(path)) throw heldError(what, path);
    if (!removeStale(path)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
  throw heldError(what, takingOf(path));
}

function heldError(what: string, held: string): SubtextError {
  const holder = readHolder(held);
  const whose = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new SubtextError(
    'run',
    `${what} is in the hands of ${whose}`,
    `Wait for it or end it; if there is no such process, delete ${held}.`,
  );
}

/** Somebody who believed that we are gone may have it by now. */
function release(path: string, mine: Holder): void {
  if (JSON.stringify(readHolder(path)) === JSON.stringify(mine)) rmSync(path, { force: true });
}

/** Undefined where the file is there already. */
function createExclusively(path: string): Holder | undefined {
  const { pid } = process;
  const start = startOf(pid);
  const holder: Holder = { pid, host: hostname(), since: Date.now(), ...(start !== undefined && { start }) };
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw fileError(error, path, 'write');
  }
  try {
    writeFileSync(file, JSON.stringify(holder));
    return holder;
  } catch (error) {
    rmSync(path, { force: true });
    throw fileError(error, path, 'write');
  } finally {
    closeSync(file);
  }
}

function takingOf(path: string): string {
  return `${path}.taking`;
}

/**
 * Under a lock of its own: of two processes that saw the same stale lock, the second must not remove the first one's.
 * @returns whether there is something new to look at; not while another process does the same
 */
function removeStale(path: string): boolean {
  const taking = takingOf(path);
  const mine = createExclusively(taking);
  if (!mine) {
    if (isHeld(taking)) return false;
    rmSync(taking, { force: true });
    return true;
  }
  try {
    if (!isHeld(path)) rmSync(path, { force: true });
    return true;
  } finally {
    release(taking, mine);
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
    const { pid, host, since, start } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return undefined;
    return { pid, host, since, ...(typeof start === 'string' && { start }) };
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, since, start }: Holder): boolean {
  // Of another machine nothing can be known: its lock stands.
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  // A number may have been given to another process since the machine started anew, or since its first one ended.
  if (since < Date.now() - uptime() * 1000) return false;
  const present = startOf(pid);
  if (start !== undefined && present !== undefined && present !== start) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Clock ticks from the start of the machine to that of a process (proc_pid_stat(5), field 22); undefined where unknown. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, which may hold any character.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
  } catch {
    return undefined;
  }
}
