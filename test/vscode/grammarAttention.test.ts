// Attention statistics of a grammar in the extension under development: from the palette to the maps, back after a reload.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { storyFolder } from '../support/story';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

const model = join(root, 'media', 'models', 'cfg');

describe('attention statistics of a grammar', () => {
  let workbench: Workbench;
  let view: Frame;

  before(async () => {
    await prepare();
    workbench = await openWorkbench({
      folder: await copyFolder(storyFolder),
      extension: root,
      settings: { 'subtext.model': model },
    });
  });

  after(async () => {
    await workbench.close();
  });

  const facts = () => view.locator('.fact').allInnerTexts();
  const titles = () => view.locator('.statistic h2').allInnerTexts();

  it('offers first the grammars whose strings fit into the context, and shows the maps', async () => {
    const { page } = workbench;
    await workbench.runCommand('Subtext: Show Attention Statistics of a Grammar…');
    const first = page.locator('.quick-input-list .monaco-list-row').first();
    await first.filter({ hasText: 'cfg3h/3' }).waitFor();
    await page.keyboard.press('Enter');
    view = await workbench.webview('Attention Statistics');
    await view.locator('.heat-canvas').first().waitFor();
    assert.deepEqual((await facts()).slice(0, 2), ['cfg3h/3', '200 strings']);
    assert.equal(await view.locator('.heat-canvas').count(), 6);
  });

  it('shows a head that is chosen by Enter', async () => {
    const { page } = workbench;
    await view.getByRole('application', { name: /by distance/ }).focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await workbench.until('one head', async () => (await titles()).includes('Between ends · L0H1'));
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`grammarAttention-${themes[theme]}`);
    }
  });

  it('follows the interventions of the model', async () => {
    await workbench.runCommand('Subtext: Ablate…');
    await workbench.answer('l0h1');
    await workbench.pick('Zero');
    await workbench.until('it was read again', async () => (await facts()).includes('1 intervention'));
  });

  it('comes back with its head when the window is loaded again', async () => {
    await workbench.reload();
    view = await workbench.webview('Attention Statistics');
    await view.locator('.heat-canvas').first().waitFor();
    await workbench.until('one head', async () => (await titles()).includes('Between ends · L0H1'));
    assert.deepEqual((await facts()).slice(0, 2), ['cfg3h/3', '200 strings']);
  });

  it('leaves no error behind', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
