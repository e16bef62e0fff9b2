// What is asked of a run: to pause, to end, to go on; and whether the process that was started for it has begun.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { BackendFailure } from '../../src/host/backend/failure';
import { waitUntilBegun } from '../../src/host/runs/beginning';
import { askRun, resumeRun } from '../../src/host/runs/control';
import { WrittenRun } from '../support/runDirectories';
import { FakeRequester } from './host-fakes';
import { next, watching } from './host-watching';

describe('what is asked of a run', () => {
  it('stands in its directory, whole', async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one');
    written.say({});
    await runs.setFolders([workspace]);
    const run = runs.get(written.path)!;
    await askRun(run, 'pause');
    assert.deepEqual(JSON.parse(readFileSync(run.file('control'), 'utf8')), { request: 'pause' });
    await runs.refresh();
    assert.equal(run.state, 'pausing');
    await askRun(run, 'cancel');
    assert.deepEqual(JSON.parse(readFileSync(run.file('control'), 'utf8')), { request: 'cancel' });
    assert.deepEqual(readdirSync(run.path).sort(), ['control.json', 'recipe.json', 'status.json']);
    await assert.rejects(askRun(run, 'pause'), /one is being cancelled/);
    assert.deepEqual(JSON.parse(readFileSync(run.file('control'), 'utf8')), { request: 'cancel' });
  });

  it('is refused where no process is there to obey', async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one');
    written.say({ state: 'finished' });
    await runs.setFolders([workspace]);
    await assert.rejects(
      askRun(runs.get(written.path)!, 'pause'),
      (error: BackendFailure) => error.line === 'one does not run (finished). Resume it first.',
    );
  });

  it('may be to go on, without what was asked of the process before', async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one');
    written.say({ state: 'paused' });
    written.replace('control.json', { request: 'pause' });
    await runs.setFolders([workspace]);
    const requester = new FakeRequester();
    requester.automatic = () => {
      written.say({ state: 'starting', pid: 7777 });
      return { pid: 7777 };
    };
    await resumeRun(requester, runs, runs.get(written.path)!);
    assert.deepEqual(
      requester.asked.map(({ name, params }) => [name, params]),
      [['subtext/startRun', { directory: written.path }]],
    );
    assert.ok(!readdirSync(written.path).includes('control.json'));
  });
});

describe('a run that is resumed', () => {
  it('is shown as starting, and is started once however often one asks', async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one');
    written.say({ state: 'paused' });
    await runs.setFolders([workspace]);
    const run = runs.get(written.path)!;
    const requester = new FakeRequester();
    const told = next(runs.onDidChange);
    const resuming = resumeRun(requester, runs, run);
    assert.equal((await told).state, 'starting');
    assert.deepEqual([run.isLive, run.isResumable], [false, false]);
    await resumeRun(requester, runs, run);
    assert.equal(requester.asked.length, 1);
    const over = next(runs.onDidChange, ({ state }) => state === 'paused');
    requester.asked[0].fail(new Error('no memory'));
    await assert.rejects(resuming, /no memory/);
    await over;
    assert.equal(run.isResumable, true);
  });

  it('is refused where it cannot go on', async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one');
    const requester = new FakeRequester();
    for (const [state, line] of [
      ['running', 'one cannot be resumed (running). It is at work already.'],
      ['finished', 'one cannot be resumed (finished). Run its recipe to train anew.'],
    ] as const) {
      written.say({ state });
      await runs.setFolders([workspace]);
      await runs.refresh();
      const resuming = resumeRun(requester, runs, runs.get(written.path)!);
      await assert.rejects(resuming, (error: BackendFailure) => error.line === line);
    }
    assert.equal(requester.asked.length, 0);
  });
});

describe('a process that was started for a run', () => {
  const started = async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one', { pid: 1, state: 'paused' });
    written.say({});
    await runs.setFolders([workspace]);
    return { runs, written, run: runs.get(written.path)! };
  };

  it('has taken it up once the status is its own', async () => {
    const { runs, written, run } = await started();
    let looks = 0;
    const isRunning = () => {
      if (++looks === 3) written.say({ pid: 7777, state: 'starting' });
      return true;
    };
    await waitUntilBegun(runs, run, 7777, { host: 'here', isRunning });
    assert.equal(looks, 3);
  });

  for (const [when, looked] of [
    ['between two looks', 10],
    ['during a look', 0],
  ] as const) {
    it(`has time for that beside the time in which the machine slept, ${when}`, async () => {
      const { runs, written, run } = await started();
      let looks = 0;
      const isRunning = () => {
        if (++looks === 1) setTimeout(stopTheThread, looked, 1500);
        if (looks === 3) written.say({ pid: 7777, state: 'starting' });
        return true;
      };
      await waitUntilBegun(runs, run, 7777, { host: 'here', isRunning }, 1000);
      assert.equal(looks, 3);
    });
  }

  it('has not when it ends without: then its last words are said', async () => {
    const { runs, written, run } = await started();
    writeFileSync(join(written.path, 'log.txt'), 'first\nThe recipe is not the one of this run\n');
    const gone = { host: 'here', isRunning: () => false };
    await assert.rejects(
      waitUntilBegun(runs, run, 7777, gone),
      (error: BackendFailure) =>
        error.line === 'one did not begin: The recipe is not the one of this run. See its log.',
    );
    written.say({ pid: 7777, state: 'failed' });
    await waitUntilBegun(runs, run, 7777, gone);
  });
});

describe('a process that says nothing', () => {
  it('is given up with the name of its log', async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one', { pid: 1, state: 'paused' });
    written.say({});
    await runs.setFolders([workspace]);
    const run = runs.get(written.path)!;
    await assert.rejects(
      waitUntilBegun(runs, run, 7777, { host: 'here', isRunning: () => true }, 150),
      (error: BackendFailure) =>
        error.line === `one has not begun: process 7777 says nothing. See its log, ${run.file('log')}.`,
    );
  });
});

/** Nothing of this thread goes on, timers neither, as while a machine sleeps. */
function stopTheThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
