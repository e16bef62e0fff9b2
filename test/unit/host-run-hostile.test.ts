// Run directories that would stop whoever reads them: devices, pipes, folders in place of files, contents without end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';
import { atMost } from '../../src/host/runs/atMost';
import { findLast, readJson } from '../../src/host/runs/files';
import { GrowingLines } from '../../src/host/runs/growingLines';
import { readStatus } from '../../src/host/runs/parse';
import { RunRecord } from '../../src/host/runs/record';
import { RunDirectory } from '../../src/host/runs/runDirectory';
import { WrittenRun, temporaryWorkspace } from '../support/runDirectories';
import { watching } from './host-watching';

const isPosix = process.platform !== 'win32';
const noRestart = () => assert.ok(false, 'nothing was read before');
const names = ['status.json', 'control.json', 'lock', 'metrics.jsonl', 'samples.jsonl', 'references.json'];

describe('what stands in place of a file of a run', { skip: !isPosix }, () => {
  const kinds: Record<string, (path: string) => void> = {
    'a device without end': (path) => symlinkSync('/dev/zero', path),
    'a pipe that nobody writes to': (path) => execFileSync('mkfifo', [path]),
    'a folder': (path) => mkdirSync(path),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    it(`is read as nothing where it is ${kind}`, { timeout: 5000 }, async () => {
      const { workspace, runs } = watching();
      const path = join(workspace, 'file');
      make(path);
      assert.equal(await readJson(path), undefined);
      assert.equal(await findLast(path, (line) => line), undefined);
      const lines: string[] = [];
      const growing = new GrowingLines(path);
      await growing.read(noRestart, (line) => lines.push(line));
      assert.deepEqual(lines, []);

      const good = new WrittenRun(workspace, 'good');
      good.train(1);
      const bad = new WrittenRun(workspace, 'bad');
      for (const name of names) make(join(bad.path, name));
      await runs.setFolders([workspace]);
      runs.follow(bad.path);
      await runs.refresh();
      assert.deepEqual(runs.all.map(({ name }) => name).sort(), ['bad', 'good']);
    });
  }
});

describe('a link to a file of a run', { skip: !isPosix }, () => {
  it('is followed', async () => {
    const workspace = temporaryWorkspace();
    writeFileSync(join(workspace, 'elsewhere'), '{"a":1}');
    symlinkSync(join(workspace, 'elsewhere'), join(workspace, 'link'));
    assert.deepEqual(await readJson(join(workspace, 'link')), { a: 1 });
  });
});

describe('what a run says without end', () => {
  it('is cut: events, samples, references, checkpoints', async () => {
    const written = new WrittenRun(temporaryWorkspace(), 'endless');
    const long = 'x'.repeat(100_000);
    const lines = Array.from({ length: 1500 }, (_, step) => ({
      step,
      tokens: 0,
      seconds: 0,
      event: `${step} ${long.slice(0, 600)}`,
    }));
    written.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    writeFileSync(
      join(written.path, 'samples.jsonl'),
      `${JSON.stringify({ step: 1, samples: Array(110).fill({ text: long.slice(0, 25_000) }) })}\n`,
    );
    written.refer(Array.from({ length: 500 }, () => ({ name: 'x', loss: 1 })));
    const record = new RunRecord(written.path);
    await record.refresh();
    assert.equal(record.events.length, 1000);
    assert.equal(record.events[0].step, 500);
    assert.ok(record.events.every(({ text }) => text.length === 500));
    assert.equal(record.samples?.samples.length, 100);
    assert.ok(record.samples.samples.every(({ text }) => text.length === 20_000));
    assert.equal(record.references.length, 100);
    written.measure({ step: 1600, tokens: 0, seconds: 0, event: 'one more' });
    assert.ok(await record.refresh());

    const status = readStatus({
      state: 'failed',
      started: 'yesterday',
      ended: 'tomorrow',
      checkpoints: [7, 7, ...Array.from({ length: 2000 }, (_, step) => step), 1999],
      error: { message: long },
    });
    assert.equal(status?.checkpoints.length, 1000);
    assert.deepEqual(status.checkpoints.slice(-2), [1998, 1999]);
    assert.deepEqual([status.started, status.ended], ['', undefined]);
    assert.equal(status.error?.message.length, 5000);
    const precisionOf = (precision: unknown) => readStatus({ state: 'running', precision })?.precision;
    assert.deepEqual([precisionOf('float16'), precisionOf('float8')], ['float16', undefined]);
  });
});

describe('thousands of runs', () => {
  it('are read a few at once', async () => {
    const sparingly = atMost(3);
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
    };
    const failing = sparingly(() => Promise.reject(new Error('no')));
    await Promise.all([assert.rejects(failing), ...Array.from({ length: 20 }, () => sparingly(work))]);
    assert.deepEqual([most, running], [3, 0]);
  });

  it(
    'stay where their folder cannot be read for a moment, and go when it is gone',
    { skip: !isPosix },
    async () => {
      const { workspace, runs } = watching();
      new WrittenRun(workspace, 'one').say({});
      const folder = join(workspace, '.subtext/runs');
      await runs.setFolders([workspace]);
      renameSync(folder, `${folder}-away`);
      // A link to itself: an error, but not that of a folder which is not there.
      symlinkSync(folder, folder);
      await runs.refresh();
      assert.equal(runs.all.length, 1);
      rmSync(folder);
      await runs.refresh();
      assert.equal(runs.all.length, 0);
    },
  );

  it('are listed though one of them is never read', async () => {
    const { workspace, runs } = watching({ interval: 1e6, delay: 5 });
    new WrittenRun(workspace, 'good').say({});
    new WrittenRun(workspace, 'slow').say({});
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const { refresh } = RunDirectory.prototype;
    mock.method(RunDirectory.prototype, 'refresh', async function (this: RunDirectory) {
      if (this.name === 'slow') await ended;
      return refresh.call(this);
    });
    await runs.setFolders([workspace]);
    mock.restoreAll();
    assert.deepEqual(
      runs.all.map(({ name }) => name),
      ['good'],
    );
    const listed = new Promise<void>((resolve) => runs.onDidChangeList(resolve));
    end();
    await listed;
    assert.deepEqual(runs.all.map(({ name }) => name).sort(), ['good', 'slow']);
  });
});

describe('metrics of many megabytes', () => {
  it('are told part by part', async () => {
    const { workspace, runs } = watching({ interval: 1e6, delay: 5 });
    const written = new WrittenRun(workspace, 'long');
    written.trainAll(1, 40_000);
    await runs.setFolders([workspace]);
    const run = runs.get(written.path)!;
    const now = mock.method(Date, 'now', () => (now.mock.callCount() + 1) * 1000);
    const told: [number, boolean | undefined][] = [];
    runs.onDidGrow(({ rows }) => told.push([rows.train, runs.snapshot(run).isReading]));
    runs.follow(run.path);
    assert.equal(runs.snapshot(run).isReading, true);
    await runs.refresh();
    mock.restoreAll();
    assert.ok(told.length > 2);
    assert.deepEqual(told[0], [0, true]);
    assert.ok(told[1][0] > 0);
    assert.equal(told.at(-1)?.[1], undefined);
    assert.equal(runs.record(run.path)?.train.rows, 40_000);
  });

  it('let the state be told while they are read', async () => {
    const { workspace, runs } = watching({ interval: 1e6, delay: 1e6 });
    const written = new WrittenRun(workspace, 'long');
    written.say({});
    await runs.setFolders([workspace]);
    let end = () => {};
    const reading = new Promise<undefined>((resolve) => (end = () => resolve(undefined)));
    mock.method(RunRecord.prototype, 'refresh', () => reading);
    runs.follow(written.path);
    const states: string[] = [];
    runs.onDidChange(({ state }) => states.push(state));
    written.replace('control.json', { request: 'pause' });
    await runs.refreshRun(written.path);
    written.say({ state: 'paused' });
    await runs.refreshRun(written.path);
    assert.deepEqual(states, ['pausing', 'paused']);
    end();
    mock.restoreAll();
  });
});
