// Whether a process that was started for a run really took it up.
import { setTimeout as sleep } from 'node:timers/promises';
import { BackendFailure } from '../backend/failure';
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
  // Counted in ticks, which stop while this machine sleeps: the process sleeps too.
  let awake = 0;
  let clock: NodeJS.Timeout | undefined;
  const isOver = () => awake >= patience;
  const over = new Promise<void>((resolve) => {
    clock = setInterval(() => {
      awake += LOOK_MILLISECONDS;
      if (isOver()) resolve();
    }, LOOK_MILLISECONDS);
  });
  try {
    for (;;) {
      // Asked first: what it wrote before it ended is then there to read.
      const isRunning = machine.isRunning(pid);
      await Promise.race([runs.refreshRun(run.path), over]);
      if (run.status?.pid === pid) return;
      if (!isRunning) break;
      if (isOver()) {
        const said = `${run.name} has not begun: process ${pid} says nothing`;
        throw new BackendFailure('run', said, `See its log, ${run.file('log')}.`);
      }
      await sleep(LOOK_MILLISECONDS);
    }
  } finally {
    clearInterval(clock);
  }
  const line = await findLast(run.file('log'), (text) => text.trim() || undefined);
  throw new BackendFailure('run', `${run.name} did not begin: ${line ?? 'its log is empty'}`, 'See its log.');
}
