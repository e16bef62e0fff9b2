// Activation patching in the extension under development: from two selections to a map, and back after a reload.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { storyFolder } from '../support/story';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

const model = join(root, 'media', 'models', 'stories');
const clean = 'There was a boy named Tom. One day, Tom';
const corrupted = 'There was a boy named Ben. One day, Ben';

describe('activation patching', () => {
  let workbench: Workbench;
  let view: Frame;

  before(async () => {
    await prepare();
    const folder = await copyFolder(storyFolder);
    await writeFile(join(folder, 'names.txt'), `${clean}\n\n${corrupted}\n`);
    workbench = await openWorkbench({
      folder,
      extension: root,
      settings: { 'subtext.model': model, 'files.autoSave': 'off' },
    });
    await workbench.openFile('names.txt');
  });

  after(async () => {
    await workbench.close();
  });

  const texts = () => view.locator('.texts dd').allInnerTexts();

  it('shows a map of two texts that are selected', async () => {
    const { page } = workbench;
    await workbench.selectText(clean);
    await page.keyboard.down('Alt');
    await workbench.selectText(corrupted);
    await page.keyboard.up('Alt');
    await workbench.runCommand('Subtext: Activation Patching…');
    view = await workbench.webview('Activation Patching');
    await view.locator('.patch-map td').first().waitFor();
    assert.deepEqual(
      (await texts()).map((text) => text.trim()),
      [clean, corrupted],
    );
    assert.equal(await view.locator('.patch-map tbody tr').count(), 4);
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`patch-${themes[theme]}`);
    }
  });

  it('exchanges the two texts', async () => {
    await view.getByRole('button', { name: 'Exchange the Two Texts' }).click();
    await workbench.until('they are exchanged', async () => (await texts())[0].trim() === corrupted);
    await view.locator('.patch-map td').first().waitFor();
  });

  it('comes back as it was when the window is loaded again', async () => {
    await workbench.reload();
    view = await workbench.webview('Activation Patching');
    await view.locator('.patch-map td').first().waitFor();
    assert.equal((await texts())[0].trim(), corrupted);
  });

  it('leaves no error behind', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
