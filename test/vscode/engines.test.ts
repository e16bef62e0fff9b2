// Choosing an engine, and installing the one for CUDA, in a real VS Code: card and servers are the test's own.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { runtimeVersion } from '../../src/backend/engine/cuda/runtime';
import { serveNuget } from '../support/cudaServer';
import { FileServer } from '../support/fileServer';
import { temporaryWorkspace } from '../support/runDirectories';
import { exactly } from './harness/palette';
import { openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

const version = runtimeVersion();
/** What it fails of here: no machine for these tests has CUDA's libraries, and what is installed is no provider. */
const UNUSABLE = /was installed, and cannot be used yet: .*(cannot be loaded|does not start|No NVIDIA card)/;

describe(
  'choosing an engine',
  { timeout: 295_000, skip: process.platform !== 'linux' || process.arch !== 'x64' },
  () => {
    let workbench: Workbench;
    const server = new FileServer();
    const programs = mkdtempSync(join(tmpdir(), 'subtext-programs-'));

    const input = () => workbench.page.locator('.quick-input-widget');
    const row = (label: string) =>
      input()
        .locator('.monaco-list-row')
        .filter({
          has: workbench.page.locator('.monaco-icon-label-container > .monaco-icon-name-container', {
            hasText: exactly(label),
          }),
        })
        .first();
    const notification = (text: string | RegExp) =>
      workbench.page.locator('.notification-list-item', { hasText: text }).first();
    const dialog = () => workbench.page.locator('.monaco-dialog-box');

    before(async () => {
      await prepare();
      await server.start();
      serveNuget(server, version);
      const card = 'NVIDIA GeForce RTX 3090, 24576, 535.129.03, 8.6';
      writeFileSync(join(programs, 'nvidia-smi'), `#!/bin/sh\necho '${card}'\n`, { mode: 0o755 });
      // VS Code takes its environment from the login shell: the backend's own is given by what starts it.
      const node = join(programs, 'node');
      const environment = `PATH='${programs}':"$PATH" SUBTEXT_ENGINE_MIRROR='${server.address}'`;
      writeFileSync(node, `#!/bin/sh\n${environment} exec '${process.execPath}' "$@"\n`, { mode: 0o755 });
      workbench = await openWorkbench({
        folder: temporaryWorkspace(),
        extension: root,
        settings: { 'subtext.backend.nodePath': join(programs, 'node') },
        size: { width: 1200, height: 800 },
      });
    });
    after(async () => {
      await workbench.close();
      server.stop();
      rmSync(programs, { recursive: true, force: true });
    });

    it('lists every engine with what it computes on, or why it cannot', async () => {
      await workbench.runCommand('Subtext: Select Engine…');
      await row('wasm').waitFor();
      const text = async (name: string) => (await row(name).innerText()).replace(/\s+/g, ' ');
      assert.match(await text('auto'), /auto ?cpu .*The first of cuda, webgpu, cpu and wasm/);
      assert.match(await text('cpu'), /ONNX Runtime on the CPU/);
      assert.match(
        await text('cuda'),
        /cannot be used The CUDA engine is not installed\. Run Subtext: Install CUDA Engine…/,
      );
      assert.match(await text('webgpu'), /Vulkan|SwiftShader|\(/);
      await row('Install CUDA Engine…').waitFor();
    });

    it('looks at home in every kind of theme', async () => {
      await workbench.page.keyboard.press('Escape');
      for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
        await workbench.setTheme(theme);
        await workbench.runCommand('Subtext: Select Engine…');
        await row('wasm').waitFor();
        await workbench.screenshot(`engines-list-${themes[theme]}`);
        await workbench.page.keyboard.press('Escape');
      }
    });

    it('says what would be downloaded, and downloads nothing where that is refused', async () => {
      await workbench.runCommand('Subtext: Install CUDA Engine…');
      await dialog().waitFor();
      const text = await dialog().innerText();
      assert.match(
        text,
        new RegExp(`Download and install ONNX Runtime ${version} for CUDA 12 \\(less than 1 MB\\)\\?`),
      );
      assert.match(text, /NVIDIA GeForce RTX 3090, 24 GB, driver 535\.129\.03/);
      assert.match(text, /Downloads http:\/\/127\.0\.0\.1:\d+\/v3-flatcontainer\/.*\.nupkg/);
      assert.match(text, /Installs into .*globalStorage.*engines/);
      await workbench.screenshot('engines-question');
      await dialog().getByRole('button', { name: 'Cancel' }).click();
      await dialog().waitFor({ state: 'hidden' });
      assert.ok(!server.asked.some((each) => each.endsWith('.nupkg')));
    });

    it('installs with progress, and says why it does not compute', async () => {
      await workbench.runCommand('Subtext: Install CUDA Engine…');
      await dialog().getByRole('button', { name: 'Install' }).click();
      await notification(UNUSABLE).waitFor({ timeout: 120_000 });
      await workbench.screenshot('engines-installed');
      await workbench.runCommand('Subtext: Select Engine…');
      await row('wasm').waitFor();
      const text = (await row('cuda').innerText()).replace(/\s+/g, ' ');
      assert.match(text, /cannot be used ?.*(cannot be loaded|does not start)/);
      await workbench.page.keyboard.press('Escape');
    });

    it('removes it', async () => {
      await workbench.runCommand('Subtext: Remove CUDA Engine');
      await notification('The CUDA engine was removed.').waitFor();
      await workbench.runCommand('Subtext: Remove CUDA Engine');
      await notification('The CUDA engine is not installed.').waitFor();
    });

    it('takes an engine that is chosen, and says in the status bar what it computes on', async () => {
      await workbench.runCommand('Subtext: Select Engine…');
      await workbench.pick('cpu');
      const item = workbench.page.locator('.statusbar-item[id*="subtext.status"]');
      await item.filter({ hasText: 'cpu' }).waitFor();
      await item.hover();
      const hover = workbench.page.locator('.monaco-hover', { hasText: 'cpu: ONNX Runtime on the CPU' });
      await hover.waitFor();
      await workbench.screenshot('engines-status-bar');
    });

    it('leaves no error behind', () => assert.deepEqual(workbench.errors, [], workbench.errors.join('\n')));
  },
);
