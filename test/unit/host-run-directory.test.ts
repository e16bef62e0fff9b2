// What is read of a run directory: every state of its files, whole, half written, cut and replaced.
import assert from 'node:assert/strict';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MOST_ROWS, trainColumns } from '../../src/host/runs/columns';
import { findLast } from '../../src/host/runs/files';
import { GrowingLines } from '../../src/host/runs/growingLines';
import { RunRecord } from '../../src/host/runs/record';
import { startOf } from '../../src/host/runs/process';
import { RunDirectory } from '../../src/host/runs/runDirectory';
import type { RunStatus } from '../../src/protocol/runs';
import { titleOf } from '../../src/host/runs/title';
import { WrittenRun, lossAt, temporaryWorkspace } from '../support/runDirectories';

const workspace = temporaryWorkspace();
let made = 0;
const fresh = (status: Partial<RunStatus> = {}) => new WrittenRun(workspace, `run-${++made}`, status);

function linesOf(path: string) {
  const lines = new GrowingLines(path);
  let held: string[] = [];
  let restarts = 0;
  const read = async () => {
    await lines.read(
      () => {
        restarts++;
        held = [];
      },
      (line) => held.push(line),
    );
    return held;
  };
  return { read, restarts: () => restarts };
}

describe('a growing file of lines', () => {
  const path = join(workspace, 'lines');

  it('has no lines while it is not there, and is begun anew when it is gone', async () => {
    const { read, restarts } = linesOf(join(workspace, 'nowhere'));
    assert.deepEqual(await read(), []);
    assert.equal(restarts(), 0);
  });

  it('gives each line once, and an unfinished one when it is finished', async () => {
    const { read } = linesOf(path);
    writeFileSync(path, 'one\ntw');
    assert.deepEqual(await read(), ['one']);
    writeFileSync(path, 'o\nthree\n', { flag: 'a' });
    assert.deepEqual(await read(), ['one', 'two', 'three']);
    assert.deepEqual(await read(), ['one', 'two', 'three']);
  });

  it('is read again from the start once its end was cut off and written anew', async () => {
    const { read, restarts } = linesOf(path);
    writeFileSync(path, 'one\ntwo\nthree\n');
    await read();
    truncateSync(path, 4);
    writeFileSync(path, 'TWO!\nTHREE\nfour\n', { flag: 'a' });
    assert.deepEqual(await read(), ['one', 'TWO!', 'THREE', 'four']);
    assert.equal(restarts(), 1);
    truncateSync(path, 4);
    assert.deepEqual(await read(), ['one']);
  });

  it('may be longer than what is read at once, with characters across its parts', async () => {
    const { read } = linesOf(path);
    const wanted = Array.from({ length: 40_000 }, (_, index) => `${index} ${'é€😀'.repeat(index % 30)}`);
    writeFileSync(path, `${wanted.join('\n')}\n`);
    assert.deepEqual(await read(), wanted);
  });
});

describe('the last line of a kind', () => {
  const path = join(workspace, 'last');
  const wanted = (line: string) => (line.startsWith('x') ? line : undefined);

  it('is found from the end, without the unfinished line', async () => {
    writeFileSync(path, 'x1\ny\nx2\ny\nx3 unfini');
    assert.equal(await findLast(path, wanted), 'x2');
    writeFileSync(path, 'x unfinished');
    assert.equal(await findLast(path, wanted), undefined);
    assert.equal(await findLast(`${path}-not-there`, wanted), undefined);
  });

  it('is found whole where it is longer than what is read at once, or far from the end', async () => {
    const long = `x${'€'.repeat(100_000)}`;
    const filler = `${'y'.repeat(999)}\n`.repeat(500);
    for (const text of [`y\n${long}\n`, `${long}\n${filler}z`, `${filler}${long}\n${'y'.repeat(200_000)}`]) {
      writeFileSync(path, text);
      assert.equal(await findLast(path, wanted), long);
    }
  });
});

describe('growing columns', () => {
  const row = (step: number) => ({
    step,
    tokens: step,
    seconds: step,
    loss: step / 2,
    lr: 1,
    gradientNorm: 1,
    tokensPerSecond: 1,
  });

  it('go back with a run that goes back', () => {
    const columns = trainColumns();
    for (const step of [1, 2, 3, 4]) columns.push(row(step));
    assert.equal(columns.push({ ...row(3), loss: 9 }), 2);
    assert.deepEqual([...columns.from(0).step], [1, 2, 3]);
    assert.deepEqual([...columns.from(2).loss], [9]);
  });

  it('leave out every second row of a run without end, and stay in order', () => {
    const columns = trainColumns();
    let whole = Infinity;
    for (let step = 1; step <= 3 * MOST_ROWS; step++) {
      if (columns.push(row(step)) === 0 && step > 1) whole = Math.min(whole, step);
    }
    const { step, loss } = columns.from(0);
    assert.equal(whole, MOST_ROWS, 'all rows are new once some were left out');
    assert.ok(step.length <= MOST_ROWS && step.length > MOST_ROWS / 2, `${step.length} rows`);
    assert.ok(
      step.every((value, index) => loss[index] === value / 2 && (index === 0 || value > step[index - 1])),
    );
    assert.ok(step[step.length - 1] > 3 * MOST_ROWS - 8);
  });
});

describe('a run directory', () => {
  it('tells state, progress, losses and what it trains', async () => {
    const written = fresh();
    written.trainAll(1, 1500);
    written.evaluate(1200, 0.402);
    written.trainAll(1501, 1600);
    written.keep(500);
    const run = new RunDirectory(written.path);
    assert.equal(await run.refresh(), true);
    assert.equal(run.state, 'running');
    assert.equal(run.status?.step, 1600);
    assert.deepEqual(run.status.checkpoints, [500]);
    assert.equal(run.trainLoss, lossAt(1600));
    assert.equal(run.loss, 0.402);
    assert.equal(run.title, 'GPT-2 type, 2 layers, width 64 · cfg3b');
    assert.equal(await run.refresh(), false);
  });

  it('finds an evaluation that is long ago', async () => {
    const written = fresh();
    written.evaluate(0, 1.1);
    written.trainAll(1, 5000);
    const run = new RunDirectory(written.path);
    await run.refresh();
    assert.equal(run.validationLoss, 1.1);
  });

  it('finds it again after its metrics were cut', async () => {
    const written = fresh();
    written.evaluate(0, 1.1);
    written.trainAll(1, 5000);
    const run = new RunDirectory(written.path);
    await run.refresh();
    const metrics = run.file('metrics');
    truncateSync(metrics, statSync(metrics).size - 1000);
    await run.refresh();
    assert.equal(run.validationLoss, 1.1);
  });

  it('is interrupted once its process is gone, on this machine only', async () => {
    const written = fresh({ pid: 7777, host: 'here' });
    written.say({});
    let isRunning = true;
    const run = new RunDirectory(written.path, {
      host: 'here',
      isRunning: (pid) => pid === 7777 && isRunning,
    });
    await run.refresh();
    assert.deepEqual([run.state, run.isLive, run.isResumable], ['running', true, false]);
    isRunning = false;
    assert.equal(await run.refresh(), true);
    assert.deepEqual([run.state, run.isLive, run.isResumable], ['interrupted', false, true]);
    written.say({ host: 'elsewhere' });
    await run.refresh();
    assert.equal(run.state, 'running');
    // A paused run needs no process.
    written.say({ host: 'here', state: 'paused' });
    await run.refresh();
    assert.deepEqual([run.state, run.isLive, run.isResumable], ['paused', false, true]);
    written.say({ state: 'finished' });
    await run.refresh();
    assert.deepEqual([run.state, run.isResumable], ['finished', false]);
  });

  it('is interrupted where another process has its number by now', async () => {
    const written = fresh();
    written.say({});
    const { pid } = process;
    const run = new RunDirectory(written.path);
    const start = startOf(pid);
    for (const [lock, state] of [
      [{ pid, host: hostname(), start: '1' }, start === undefined ? 'running' : 'interrupted'],
      [{ pid, host: hostname(), start }, 'running'],
      [{ pid: 1, host: hostname(), start: '1' }, 'running'],
      ['nonsense', 'running'],
    ] as const) {
      written.replace('lock', lock);
      await run.refresh();
      assert.equal(run.state, state);
    }
    // Before the machine was started.
    written.replace('status.json', { ...run.status, updated: '2001-01-01T00:00:00Z' });
    await run.refresh();
    assert.equal(run.state, 'interrupted');
  });

  it('is interrupted on another machine once it was silent for long', async () => {
    const written = fresh({ host: 'elsewhere' });
    written.say({});
    const run = new RunDirectory(written.path);
    for (const [minutes, state] of [
      [5, 'running'],
      [15, 'interrupted'],
      [0, 'running'],
    ] as const) {
      const updated = new Date(Date.now() - minutes * 60_000).toISOString();
      written.replace('status.json', { ...run.status, state: 'running', host: 'elsewhere', updated });
      await run.refresh();
      assert.equal(run.state, state);
    }
    written.replace('status.json', { ...run.status, updated: 'yesterday' });
    await run.refresh();
    assert.equal(run.state, 'interrupted');
  });

  it('shows what it was asked for until it obeys', async () => {
    const written = fresh();
    written.say({});
    const run = new RunDirectory(written.path);
    for (const [request, shown] of [
      ['pause', 'pausing'],
      ['cancel', 'cancelling'],
    ]) {
      written.replace('control.json', { request });
      await run.refresh();
      assert.equal(run.state, shown);
    }
    written.say({ state: 'cancelled' });
    await run.refresh();
    assert.equal(run.state, 'cancelled');
  });

  it('keeps its last status while the file makes no sense', async () => {
    const written = fresh();
    written.say({ step: 7 });
    const run = new RunDirectory(written.path);
    await run.refresh();
    for (const nonsense of ['', '{"state":"runn', '[]', '{"state":"flying"}']) {
      writeFileSync(join(written.path, 'status.json'), nonsense);
      await run.refresh();
      assert.equal(run.status?.step, 7);
    }
    writeFileSync(
      join(written.path, 'status.json'),
      '{"state":"running","step":"x","checkpoints":[1,"2",null,3]}',
    );
    await run.refresh();
    assert.deepEqual([run.status?.step, run.status?.checkpoints], [0, [1, 3]]);
  });

  it('is about to start while it has no status', async () => {
    const run = new RunDirectory(fresh().path);
    await run.refresh();
    assert.deepEqual([run.state, run.status, run.loss], ['starting', undefined, undefined]);
  });
});

describe('the title of a run', () => {
  it('names model and data as the field does', () => {
    const model = { architecture: 'gpt_neo', layers: 1, width: 1024 };
    assert.equal(
      titleOf({ model, data: { kind: 'stories' } }),
      'GPT-Neo type, 1 layer, width 1,024 · stories',
    );
    const lora = { from: '/models/stories', lora: { rank: 4 } };
    const text = { kind: 'text', files: ['a/b.txt', 'c'] };
    assert.equal(titleOf({ model: lora, data: text }), 'stories with LoRA · b.txt and 1 more');
    const odd = { architecture: 'constructor', layers: 2 };
    assert.equal(titleOf({ model: odd }), 'constructor, 2 layers');
    assert.equal(titleOf({ model: 3, data: null }), '');
    assert.equal(titleOf(undefined), '');
  });
});

describe('the record of a run', () => {
  it('has steps, evaluations, events, references and the latest samples', async () => {
    const written = fresh();
    written.refer([
      { name: 'true entropy', loss: 0.367 },
      { name: '3-gram', loss: 0.76 },
    ]);
    written.evaluate(0);
    written.trainAll(1, 300);
    written.evaluate(300);
    written.measure({ step: 300, tokens: 1, seconds: 1, event: 'the rate was halved' });
    const record = new RunRecord(written.path);
    assert.deepEqual(await record.refresh(), { train: 0, evaluation: 0 });
    const [{ train, evaluation }] = record.points({ train: 0, evaluation: 0 });
    assert.equal(train.step.length, 300);
    assert.equal(train.loss[299], Math.fround(lossAt(300)));
    assert.equal(train.tokens[299], 300 * 2048);
    assert.equal(train.gradientNorm[299], Math.fround(0.7));
    assert.deepEqual([...evaluation.step], [0, 300]);
    assert.deepEqual(record.events, [{ step: 300, text: 'the rate was halved' }]);
    assert.equal(record.references.length, 2);
    assert.equal(record.samples?.step, 300);
    assert.equal(record.samples.samples[1].dies_at, 6);
  });

  it('gives only new rows as the run goes on, and none where nothing is new', async () => {
    const written = fresh();
    written.trainAll(1, 10);
    const record = new RunRecord(written.path);
    await record.refresh();
    assert.equal(await record.refresh(), undefined);
    written.append('{"step": 11, "los');
    assert.equal(await record.refresh(), undefined);
    written.append('s": 0.5}\n');
    const changed = await record.refresh();
    assert.deepEqual(changed, { train: 10, evaluation: 0 });
    assert.deepEqual([...[...record.points(changed)][0].train.step], [11]);
  });

  it('passes over lines that make no sense', async () => {
    const written = fresh();
    written.append('nonsense\n{"step":-1,"loss":3}\n[]\n{"loss":2}\n\u0000\u0000\n{"step":1,"loss":null}\n');
    written.append(`${'x'.repeat(6 << 20)}\n`);
    written.train(1);
    const record = new RunRecord(written.path);
    await record.refresh();
    assert.deepEqual([...[...record.points({ train: 0, evaluation: 0 })][0].train.step], [1]);
  });

  it('follows a run that goes back: later steps and evaluations go, those from before stay', async () => {
    const written = fresh();
    written.trainAll(1, 30);
    written.evaluate(10);
    // The order is the file's: this evaluation comes after step 30.
    written.evaluate(30);
    const record = new RunRecord(written.path);
    await record.refresh();
    written.measure({ step: 30, tokens: 0, seconds: 0, event: 'went back to step 20 after a spike' });
    written.trainAll(21, 25);
    const changed = await record.refresh();
    assert.deepEqual(changed, { train: 20, evaluation: 1 });
    const [{ train, evaluation }] = record.points({ train: 0, evaluation: 0 });
    assert.equal(train.step[train.step.length - 1], 25);
    assert.deepEqual([...evaluation.step], [10]);
  });

  it('tells of rows that are gone, also where no others came', async () => {
    const written = fresh();
    written.trainAll(1, 10);
    written.evaluate(10);
    const record = new RunRecord(written.path);
    assert.equal(record.isRead, false);
    await record.refresh();
    assert.equal(record.isRead, true);
    truncateSync(join(written.path, 'metrics.jsonl'), 0);
    assert.deepEqual(await record.refresh(), { train: 0, evaluation: 0 });
    assert.equal(await record.refresh(), undefined);
  });

  it('is read at once, and says so, where there is nothing to read', async () => {
    const record = new RunRecord(fresh().path);
    assert.deepEqual(await record.refresh(), { train: 0, evaluation: 0 });
    assert.equal(record.isRead, true);
  });

  it('is given in parts that go on where the one before ended', async () => {
    const written = fresh();
    written.trainAll(1, 10);
    for (let step = 1; step <= 5; step++)
      written.measure({ step: 10 + step, tokens: 0, seconds: 0, validation_loss: 1 });
    const record = new RunRecord(written.path);
    await record.refresh();
    const parts = [...record.points({ train: 3, evaluation: 0 }, 4)];
    assert.deepEqual(
      parts.map(({ trainFrom, train, evaluationFrom, evaluation }) => [
        trainFrom,
        [...train.step],
        evaluationFrom,
        [...evaluation.step],
      ]),
      [
        [3, [4, 5, 6, 7], 0, []],
        [7, [8, 9, 10], 0, [11]],
        [10, [], 1, [12, 13, 14, 15]],
      ],
    );
    assert.equal([...record.points({ train: 10, evaluation: 5 })].length, 1);
  });
});
