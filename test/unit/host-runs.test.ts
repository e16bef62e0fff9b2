// All runs of a workspace, live: which are there, what changes, who follows them.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WrittenRun } from '../support/runDirectories';
import { next, watching } from './host-watching';

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
