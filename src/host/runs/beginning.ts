// Whether a process that was started for a run really took it up.
import { setTimeout as sleep } from 'node:timers/promises';
import { BackendFailure } from '../backend/failure';
import { orAfter } from './atMost';
import { findLast } from './files';
import { type Machine, thisMachine } from './process';
import type { RunDirectory } from './runDirectory';
import type { Runs } from './runs';

const LOOK_MILLISECONDS = 100;
/** A process that has said nothing after this time hangs, or cannot write. */
const PATIENCE_MILLISECONDS = 60_000;

/**
 * Resolves once the run's status is that of process `pid`, whatever it says.
 * @throws BackendFailure `run` with the last line of the log, when the process ended without one, or says nothing
 */
export async function waitUntilBegun(
  runs: Pick<Runs, 'refreshRun'>,
  run: RunDirectory,
  pid: number,
  machine: Machine = thisMachine,
  patience = PATIENCE_MILLISECONDS,
): Promise<void> {
  let end = Date.now() + patience;
  for (;;) {
    // Asked first: what it wrote before it ended is then there to read.
    const isRunning = machine.isRunning(pid);
    await orAfter(Math.max(0, end - Date.now()), runs.refreshRun(run.path));
    if (run.status?.pid === pid) return;
    if (!isRunning) break;
    if (Date.now() >= end) {
      const said = `${run.name} has not begun: process ${pid} says nothing`;
      throw new BackendFailure('run', said, `See its log, ${run.file('log')}.`);
    }
    const before = Date.now();
    await sleep(LOOK_MILLISECONDS);
    // While this machine slept, so did the process.
    end += Math.max(0, Date.now() - before - LOOK_MILLISECONDS);
  }
  const line = await findLast(run.file('log'), (text) => text.trim() || undefined);
  throw new BackendFailure('run', `${run.name} did not begin: ${line ?? 'its log is empty'}`, 'See its log.');
}
