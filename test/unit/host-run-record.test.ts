// The record of a run: steps and evaluations as columns that grow, go back and are thinned out, events and samples.
import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MOST_ROWS, trainColumns } from '../../src/host/runs/columns';
import { RunRecord } from '../../src/host/runs/record';
import { freshRun, lossAt } from '../support/runDirectories';

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

describe('the record of a run', () => {
  it('has steps, evaluations, events, references and the latest samples', async () => {
    const written = freshRun();
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
    const written = freshRun();
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
    const written = freshRun();
    written.append('nonsense\n{"step":-1,"loss":3}\n[]\n{"loss":2}\n\u0000\u0000\n{"step":1,"loss":null}\n');
    written.append(`${'x'.repeat(6 << 20)}\n`);
    written.train(1);
    const record = new RunRecord(written.path);
    await record.refresh();
    assert.deepEqual([...[...record.points({ train: 0, evaluation: 0 })][0].train.step], [1]);
  });

  it('follows a run that goes back: later steps and evaluations go, those from before stay', async () => {
    const written = freshRun();
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
    const written = freshRun();
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
    const record = new RunRecord(freshRun().path);
    assert.deepEqual(await record.refresh(), { train: 0, evaluation: 0 });
    assert.equal(record.isRead, true);
  });

  it('is given in parts that go on where the one before ended', async () => {
    const written = freshRun();
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
