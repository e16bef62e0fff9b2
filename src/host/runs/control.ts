// What a person asks of a run: to wait, to end, to go on, to go away.
import { rm } from 'node:fs/promises';
import type { RunControl } from '../../protocol/runs';
import { BackendFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { waitUntilBegun } from './beginning';
import { isMissing, readJson, writeJson } from './files';
import { readControl } from './parse';
import type { RunDirectory } from './runDirectory';
import type { Runs } from './runs';

/** Asks the run's process to pause or to end; it obeys after the step that it computes. */
export async function askRun(run: RunDirectory, request: RunControl['request']): Promise<void> {
  if (!run.isLive) {
    throw new BackendFailure('usage', `${run.name} does not run (${run.state})`, 'Resume it first.');
  }
  const control: RunControl = { request };
  // Whoever cancelled wants no pause, and the process may have seen only the first of the two.
  if (request === 'pause' && readControl(await readJson(run.file('control'))) === 'cancel') {
    throw new BackendFailure('usage', `${run.name} is being cancelled`, 'Resume it once it has ended.');
  }
  try {
    await writeJson(run.file('control'), control);
  } catch (error) {
    throw isMissing(error) ? gone(run) : unwritable(run, error);
  }
}

/**
 * Lets a run go on from its last checkpoint; resolves once its new process has taken it up. Until then the run is shown
 * as starting, and to resume it once more does nothing.
 */
export async function resumeRun(
  requester: Requester,
  runs: Pick<Runs, 'refreshRun'>,
  run: RunDirectory,
): Promise<void> {
  if (run.isResuming) return;
  if (!run.isResumable) {
    const remedy = run.isLive ? 'It is at work already.' : 'Run its recipe to train anew.';
    throw new BackendFailure('usage', `${run.name} cannot be resumed (${run.state})`, remedy);
  }
  run.isResuming = true;
  try {
    void runs.refreshRun(run.path);
    // A request that the process before did not live to obey is not meant for the next one.
    await rm(run.file('control'), { force: true });
    const { pid } = await requester.request('subtext/startRun', { directory: run.path });
    await waitUntilBegun(runs, run, pid);
  } finally {
    run.isResuming = false;
    void runs.refreshRun(run.path);
  }
}

function gone(run: RunDirectory): BackendFailure {
  return new BackendFailure('not-found', `${run.path} is not there any more`, 'Start the run anew.');
}

function unwritable(run: RunDirectory, error: unknown): BackendFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new BackendFailure(
    'usage',
    `${run.name} cannot be asked anything: ${why}`,
    'Make its directory writable, or end its process.',
  );
}
