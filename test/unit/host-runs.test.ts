// All runs of a workspace, live: which are there, what changes, who follows them, what is asked of them.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { BackendFailure } from '../../src/host/backend/failure';
import type { Event } from '../../src/host/emitter';
import { askRun, resumeRun } from '../../src/host/runs/control';
import { waitUntilBegun } from '../../src/host/runs/beginning';
import { createRunDirectory, removeIfEmpty, slugOf } from '../../src/host/runs/create';
import { oneAtATime } from '../../src/host/runs/oneAtATime';
import { Runs } from '../../src/host/runs/runs';
import { UnderWay } from '../../src/host/runs/underWay';
import { WrittenRun, temporaryWorkspace } from '../support/runDirectories';
import { FakeRequester } from './host-fakes';

const made: Runs[] = [];
after(() => made.forEach((runs) => runs.dispose()));

/** Runs that look by themselves every 20 ms, and a workspace for them. */
function watching() {
  const workspace = temporaryWorkspace();
  const runs = new Runs({ interval: 20, delay: 5 });
  made.push(runs);
  const names = () => runs.all.map(({ name }) => name);
  return { workspace, runs, names };
}

/** Resolves with the next value for which something holds. */
function next<Value>(event: Event<Value>, holds: (value: Value) => boolean = () => true): Promise<Value> {
  return new Promise((resolve) => {
    const listening = event((value) => {
      if (!holds(value)) return;
      listening.dispose();
      resolve(value);
    });
  });
}

describe('the runs of a workspace', () => {
  it('are none without a folder, or in a folder without runs', async () => {
    const { runs, workspace, names } = watching();
    await runs.setFolders([]);
    await runs.setFolders([workspace, join(workspace, 'nowhere')]);
    assert.deepEqual(names(), []);
  });

  it('are the directories that hold a run, newest first', async () => {
    const { runs, workspace, names } = watching();
    new WrittenRun(workspace, 'old', { started: '2026-01-01T00:00:00Z' }).say({});
    new WrittenRun(workspace, 'new', { started: '2026-02-01T00:00:00Z' }).say({});
    new WrittenRun(workspace, 'about-to-start');
    mkdirSync(join(workspace, '.subtext/runs/empty'));
    writeFileSync(join(workspace, '.subtext/runs/file'), '');
    await runs.setFolders([workspace]);
    assert.deepEqual(names(), ['about-to-start', 'new', 'old']);
    await runs.setFolders([]);
    assert.deepEqual(names(), []);
  });

  it('come and go while one looks', async () => {
    const { runs, workspace, names } = watching();
    await runs.setFolders([workspace]);
    const came = next(runs.onDidChangeList);
    const written = new WrittenRun(workspace, 'fresh');
    await came;
    assert.deepEqual(names(), ['fresh']);
    const went = next(runs.onDidChangeList);
    written.remove();
    await went;
    assert.deepEqual(names(), []);
  });

  it('tell when a state changes, and give what is new to who follows', async () => {
    const { runs, workspace } = watching();
    const written = new WrittenRun(workspace, 'one');
    written.train(1);
    await runs.setFolders([workspace]);
    const run = runs.get(written.path)!;
    const first = next(runs.onDidGrow);
    const following = runs.follow(run.path);
    assert.deepEqual((await first).rows, { train: 0, evaluation: 0 });

    const grown = next(runs.onDidGrow, ({ rows }) => rows.train === 1);
    written.train(2);
    written.evaluate(2);
    await grown;
    await runs.refresh();
    assert.equal(runs.snapshot(run).samples?.step, 2);
    assert.deepEqual(
      [...[...runs.record(run.path)!.points({ train: 0, evaluation: 0 })][0].train.step],
      [1, 2],
    );

    const ended = next(runs.onDidChange, ({ state }) => state === 'finished');
    written.say({ state: 'finished' });
    await ended;

    following.dispose();
    assert.equal(runs.record(run.path), undefined);
  });

  it('can be opened from elsewhere, and stay when the folders change', async () => {
    const { runs, workspace, names } = watching();
    const written = new WrittenRun(workspace, 'elsewhere');
    assert.equal(await runs.open(join(workspace, 'nowhere')), undefined);
    assert.equal(await runs.open(workspace), undefined);
    assert.equal((await runs.open(`${written.path}/`))?.path, written.path);
    await runs.setFolders([]);
    assert.deepEqual(names(), ['elsewhere']);
    const went = next(runs.onDidChangeList);
    written.remove();
    await went;
    assert.deepEqual(names(), []);
  });
});

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

describe('what is under way', () => {
  it('is not begun again, until it has ended or failed', async () => {
    const starts = new UnderWay();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const work = (key: string) =>
      starts.once(key, () => {
        begun.push(key);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const first = work('a');
    await work('a');
    void work('b');
    assert.deepEqual(begun, ['a', 'b']);
    ends[0]();
    await first;
    await assert.rejects(starts.once('a', () => Promise.reject(new Error('no'))));
    void work('a');
    assert.deepEqual(begun, ['a', 'b', 'a']);
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

describe('the directory of a new run', () => {
  it('is called after the recipe, with the first free number', async () => {
    const workspace = temporaryWorkspace();
    const path = (name: string) => join(workspace, '.subtext/runs', name);
    new WrittenRun(workspace, 'cfg-small-02');
    const three = await Promise.all([1, 2, 3].map(() => createRunDirectory(workspace, 'CFG small')));
    assert.deepEqual(three.sort(), [path('cfg-small-01'), path('cfg-small-03'), path('cfg-small-04')]);
  });

  it('keeps runs out of commits, unless somebody decided otherwise', async () => {
    const workspace = temporaryWorkspace();
    const path = join(workspace, '.subtext/.gitignore');
    await createRunDirectory(workspace, 'x');
    assert.equal(readFileSync(path, 'utf8'), '*\n');
    writeFileSync(path, 'runs/*/checkpoints\n');
    await createRunDirectory(workspace, 'x');
    assert.equal(readFileSync(path, 'utf8'), 'runs/*/checkpoints\n');
  });

  it('can be taken back while it is empty, and stays when it holds something', async () => {
    const workspace = temporaryWorkspace();
    const empty = await createRunDirectory(workspace, 'x');
    const full = await createRunDirectory(workspace, 'x');
    writeFileSync(join(full, 'recipe.json'), '{}');
    await removeIfEmpty(empty);
    await removeIfEmpty(full);
    assert.deepEqual(readdirSync(join(workspace, '.subtext/runs')), ['x-02']);
  });

  it('says where it cannot be made', async () => {
    const workspace = temporaryWorkspace();
    writeFileSync(join(workspace, '.subtext'), 'a file');
    await assert.rejects(createRunDirectory(workspace, 'x'), /A run cannot be kept in .*\.subtext.runs: /);
  });

  it('has a name that any file system takes', () => {
    assert.equal(slugOf('  Été à Genève / 3b?! '), 'ete-a-geneve-3b');
    assert.equal(slugOf('日本'), 'run');
    assert.equal(slugOf('../..'), 'run');
    assert.ok(slugOf('long '.repeat(100)).length <= 60);
  });
});

describe('work one at a time', () => {
  it('never overlaps, and calls during a run share the next', async () => {
    let running = 0;
    let begun = 0;
    const ends: (() => void)[] = [];
    const run = oneAtATime(async () => {
      assert.equal(++running, 1);
      begun++;
      await new Promise<void>((resolve) => ends.push(resolve));
      running--;
    });
    const calls = [run(), run(), run()];
    assert.equal(begun, 1);
    ends[0]();
    await calls[0];
    await new Promise(setImmediate);
    assert.equal(begun, 2);
    ends[1]();
    await Promise.all(calls);
    assert.equal(begun, 2);
  });
});
