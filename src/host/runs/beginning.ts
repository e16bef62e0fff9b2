// Whether a process that was started for a run really took it up.
import { setTimeout as sleep } from 'node:timers/promises';
import { BackendFailure } from '../backend/failure';
import { findLast } from './files';
import { type Machine, thisMachine } from './process';
import type { RunDirectory } from './runDirectory';
import type { Runs } from './runs';

const LOOK_MILLISECONDS = 100;

/**
 * Resolves once the run's status is that of process `pid`, whatever it says.
 * @throws BackendFailure `run` with the last line of the log, when the process ended without one
 */
export async function waitUntilBegun(
  runs: Pick<Runs, 'refresh'>,
  run: RunDirectory,
  pid: number,
  machine: Machine = thisMachine,
): Promise<void> {
  for (;;) {
    // Asked first: what it wrote before it ended is then there to read.
    const isRunning = machine.isRunning(pid);
    await runs.refresh();
    if (run.status?.pid === pid) return;
    if (!isRunning) break;
    await sleep(LOOK_MILLISECONDS);
  }
  const line = await findLast(run.file('log'), (text) => text.trim() || undefined);
  throw new BackendFailure('run', `${run.name} did not begin: ${line ?? 'its log is empty'}`, 'See its log.');
}
