// What a person asks of a run: to wait, to end, to go on, to go away.
import { rm } from 'node:fs/promises';
import type { RunControl } from '../../protocol/runs';
import { BackendFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { isMissing, writeJson } from './files';
import type { RunDirectory } from './runDirectory';

/** Asks the run's process to pause or to end; it obeys after the step that it computes. */
export async function askRun(run: RunDirectory, request: RunControl['request']): Promise<void> {
  if (!run.isLive) {
    throw new BackendFailure('usage', `${run.name} does not run (${run.state})`, 'Resume it first.');
  }
  const control: RunControl = { request };
  try {
    await writeJson(run.file('control'), control);
  } catch (error) {
    throw isMissing(error) ? gone(run) : unwritable(run, error);
  }
}

/** Lets a run go on from its last checkpoint; resolves with the number of its new process. */
export async function resumeRun(requester: Requester, run: RunDirectory): Promise<number> {
  // A request that the process before did not live to obey is not meant for the next one.
  await rm(run.file('control'), { force: true });
  return (await requester.request('subtext/startRun', { directory: run.path })).pid;
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
