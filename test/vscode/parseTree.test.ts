// The parse tree that probes read, in the editor and beside it, in the extension under development.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { samplesFile } from '../../src/backend/data/cfg/samplesFile';
import { openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

const model = join(root, 'media', 'models', 'cfg');

describe('parse trees', () => {
  let workbench: Workbench;
  let folder: string;
  let view: Frame;

  before(async () => {
    await prepare();
    folder = await mkdtemp(join(tmpdir(), 'subtext-workspace-'));
    await writeFile(join(folder, 'small.cfgtext'), samplesFile('cfg3h/3', 12, 1));
    await writeFile(join(folder, 'other.cfgtext'), samplesFile('cfg3i/3', 2, 1));
    workbench = await openWorkbench({
      folder,
      extension: root,
      settings: { 'subtext.model': model, 'files.autoSave': 'off', 'editor.inlayHints.enabled': 'on' },
    });
    await workbench.openFile('small.cfgtext');
  });

  after(async () => {
    await workbench.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The stripes under the tokens that are on the screen, as CSS. */
  const stripes = () =>
    workbench.page
      .locator('.monaco-editor .view-line span')
      .evaluateAll((spans) =>
        spans
          .map((span) => getComputedStyle(span).backgroundImage)
          .filter((image) => image.includes('gradient')),
      );

  it('stands under the text and beside it', async () => {
    await workbench.rightClickText('3', { occurrence: 4 });
    await workbench.menu('Inspect Parse-Tree Probe');
    view = await workbench.webview('Parse Tree');
    await view.locator('.held-out li').first().waitFor();
    await workbench.until('stripes are drawn', async () => (await stripes()).length > 20);
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`parse-tree-${themes[theme]}`);
    }
  });

  it('says over a token what the probes read, beside how good they are', async () => {
    const hover = await workbench.hoverText('2', { occurrence: 6 });
    assert.match(hover, /Probes of blocks\.\d\.hook_resid_post/);
    assert.match(hover, /majority \d+/);
  });

  it('comes back when the window is loaded again, and Esc takes it out of the text', async () => {
    await workbench.reload();
    view = await workbench.webview('Parse Tree');
    await view.locator('.held-out li').first().waitFor();
    await workbench.until('stripes are drawn', async () => (await stripes()).length > 20);
    await workbench.clickText('seed');
    await workbench.page.keyboard.press('Escape');
    await workbench.until('no stripe is drawn', async () => (await stripes()).length === 0);
  });

  it('says what to do about strings of another grammar', async () => {
    await workbench.openFile('other.cfgtext');
    await workbench.runCommand('Subtext: Inspect Parse-Tree Probe');
    await view.locator('.notice.failed', { hasText: 'trained on cfg3h/3' }).waitFor();
    await view.locator('button.link', { hasText: 'Train Probe…' }).waitFor();
  });

  it('prints no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
