// Whether the process that a status names still runs.
import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** What else is known of a process: the system gives its number to another one after its end. */
export interface ProcessTraits {
  /** When it started, in the system's own count, as the run's lock has it. */
  start?: string;
  /** A time at which it ran, in milliseconds since 1970. */
  seen?: number;
}

/** What a run's state depends on besides its files; tests give their own. */
export interface Machine {
  readonly host: string;
  /** Whether a process of this number runs here, as far as can be told the one that is meant. */
  isRunning(pid: number, traits?: ProcessTraits): boolean;
}

export const thisMachine: Machine = {
  host: hostname(),
  isRunning(pid, { start, seen = Infinity } = {}) {
    if (pid <= 0) return false;
    if (seen < Date.now() - uptime() * 1000) return false;
    const present = start === undefined ? undefined : startOf(pid);
    if (present !== undefined && present !== start) return false;
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // It runs, but belongs to somebody else.
      return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
  },
};

/** As the backend's run/lock.ts reads it (proc_pid_stat(5), field 22); undefined where the system does not say. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, which may hold any character.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
  } catch {
    return undefined;
  }
}
