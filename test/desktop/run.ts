// `npm run test:desktop`: the in-host tests in a desktop VS Code that @vscode/test-electron downloads. For desktops
// and hosted CI (on Linux without a display: under xvfb-run); needs Node 22 or newer and the network.
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptError, fail, root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { storyFolder } from '../support/story';

async function main(): Promise<void> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 22)
    throw new ScriptError(`The desktop tests need Node 22 or newer; this is ${process.version}.`);
  await prepare();
  const { runTests } = await import('@vscode/test-electron');
  const folder = await mkdtemp(join(tmpdir(), 'subtext-workspace-'));
  await cp(storyFolder, folder, { recursive: true });
  const code = await runTests({
    version: process.env.VSCODE_VERSION ?? 'stable',
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist', 'test', 'in-host.js'),
    launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust', '--skip-welcome'],
  });
  process.exitCode = code;
}

main().catch(fail);
