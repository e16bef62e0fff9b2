// Run directories that would stop whoever reads them: devices, pipes, folders in place of files, contents without end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findLast, readJson } from '../../src/host/runs/files';
import { GrowingLines } from '../../src/host/runs/growingLines';
import { Runs } from '../../src/host/runs/runs';
import { WrittenRun, temporaryWorkspace } from '../support/runDirectories';

const made: Runs[] = [];
after(() => made.forEach((runs) => runs.dispose()));

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
      const workspace = temporaryWorkspace();
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
      const runs = new Runs({ interval: 20, delay: 5 });
      made.push(runs);
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
