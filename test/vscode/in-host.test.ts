// Runs test/vscode/in-host/ inside the extension host of the lowest supported VS Code.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { startServer } from '../../scripts/vscode-server.mjs';
import { storyFolder } from '../support/story';
import { runInHost } from './harness/run-in-host';
import { copyFolder } from './harness/workbench';

test('the in-host tests pass', async () => {
  await prepare();
  const server = await startServer();
  try {
    const result = await runInHost({
      server,
      extension: root,
      folder: await copyFolder(storyFolder),
      tests: join(root, 'dist', 'test', 'in-host.js'),
      onLine: (line) => console.log(line),
    });
    assert.equal(result.exitCode, 0, result.output);
  } finally {
    await server.stop();
  }
});
