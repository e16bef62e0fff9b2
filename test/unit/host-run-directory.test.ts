// What is read of a run directory: every state of its files, whole, half written, cut and replaced.
import assert from 'node:assert/strict';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { short } from '../../src/host/numbers';
import { startOf } from '../../src/host/runs/process';
import { RunDirectory } from '../../src/host/runs/runDirectory';
import { titleOf } from '../../src/host/runs/title';
import { descriptionOf, spokenOf } from '../../src/host/runs/words';
import { freshRun, lossAt } from '../support/runDirectories';

describe('a run directory', () => {
  it('tells state, progress, losses and what it trains', async () => {
    const written = freshRun();
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
    assert.deepEqual(run.loss, { of: 'validation', nats: 0.402 });
    assert.equal(run.title, 'GPT-2 type, 2 layers, width 64 · cfg3b');
    assert.equal(await run.refresh(), false);
  });

  it('is described with the name of the loss: that of validation, where there is one', async () => {
    const written = freshRun();
    written.trainAll(1, 1600);
    const run = new RunDirectory(written.path);
    await run.refresh();
    const training = ` 1,600 / 2,000 · training ${short(lossAt(1600))} nats `;
    assert.ok(descriptionOf(run).includes(training), descriptionOf(run));
    written.evaluate(1600, 0.402);
    await run.refresh();
    assert.ok(descriptionOf(run).includes(' · validation 0.402 nats '), descriptionOf(run));
    assert.ok(spokenOf(run).includes(', validation loss 0.402 nats, '), spokenOf(run));
  });

  it('finds an evaluation that is long ago', async () => {
    const written = freshRun();
    written.evaluate(0, 1.1);
    written.trainAll(1, 5000);
    const run = new RunDirectory(written.path);
    await run.refresh();
    assert.equal(run.validationLoss, 1.1);
  });

  it('finds it again after its metrics were cut', async () => {
    const written = freshRun();
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
    const written = freshRun({ pid: 7777, host: 'here' });
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
    const written = freshRun();
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
    const written = freshRun({ host: 'elsewhere' });
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
    const written = freshRun();
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
    const written = freshRun();
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
    const run = new RunDirectory(freshRun().path);
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
