// The directory that a new run gets.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createRunDirectory, removeIfEmpty, slugOf } from '../../src/host/runs/create';
import { WrittenRun, temporaryWorkspace } from '../support/runDirectories';

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
