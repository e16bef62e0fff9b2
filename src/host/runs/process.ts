// Whether the process that a status names still runs.
import { hostname } from 'node:os';

/** What a run's state depends on besides its files; tests give their own. */
export interface Machine {
  readonly host: string;
  /** Whether a process of this number runs here. */
  isRunning(pid: number): boolean;
}

export const thisMachine: Machine = {
  host: hostname(),
  isRunning(pid) {
    if (pid <= 0) return false;
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // It runs, but belongs to somebody else.
      return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
  },
};
