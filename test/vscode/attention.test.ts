// Attention in the extension under development, by mouse and keyboard: the heads of a text, an open head, and what the
// token under the cursor lights up in the editor.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import { storyFolder } from '../support/story';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

describe('attention', () => {
  let workbench: Workbench;
  let view: Frame;

  const lens = () => workbench.page.locator('.contentWidgets .codelens-decoration').first();
  const title = (word: string, more = '') =>
    `"${word}" attends to blue, orange attends to it${more} · Esc clears`;

  async function lensText(): Promise<string> {
    const text = await lens()
      .innerText()
      .catch(() => '');
    return text.replaceAll('\u00a0', ' ');
  }

  async function lensSays(words: string): Promise<void> {
    await workbench.until(`the line above the text says ${words}`, async () =>
      (await lensText()).includes(words),
    );
  }

  /** Colours behind the text: how many stretches are solid blue, and how many dashed orange. */
  async function painted(): Promise<{ blue: number; orange: number }> {
    const found = await workbench.editorDecorations();
    const of = (style: string) => found.filter(({ border }) => border.includes(style)).length;
    return { blue: of('solid'), orange: of('dashed') };
  }

  before(async () => {
    await prepare();
    const folder = await copyFolder(storyFolder);
    workbench = await openWorkbench({
      folder,
      // No file: with one, the window would not bring back its other editors.
      extension: root,
      settings: {
        'subtext.model': join(root, 'media', 'models', 'stories'),
        'files.autoSave': 'off',
        'editor.wordWrap': 'on',
        'editor.occurrencesHighlight': 'off',
        'editor.selectionHighlight': false,
      },
      size: { width: 1500, height: 860 },
    });
    await workbench.openFile('story.txt');
  });
  after(() => workbench.close());

  it('is shown for a story by its context menu', async () => {
    await workbench.rightClickText('little');
    await workbench.menu('Subtext', 'Show Attention');
    view = await workbench.webview('Attention');
    await view.locator('.head-cell').first().waitFor();
    assert.equal(await view.locator('.counter').innerText(), '32 heads');
    await workbench.screenshot('attention-heads');
  });

  it('is sorted by a score', async () => {
    await view.getByRole('button', { name: 'Sort', exact: true }).click();
    await workbench.until('the best head stands first', async () => {
      const values = await view.locator('.head-value').allInnerTexts();
      const numbers = values.map(Number);
      return numbers.every((value, place) => place === 0 || value <= numbers[place - 1]);
    });
    await view.getByRole('button', { name: 'Sort', exact: true }).click();
  });

  it('lights up what the token under the cursor attends to, once a head is open', async () => {
    await view.locator('[id="head-30"]').click();
    await view.locator('.map-canvas').waitFor();
    // A click is lost where the line above the text comes in just then, and moves it.
    await workbench.until('the line above the text names the head and the word', async () => {
      await workbench.clickText('loved');
      return (await lensText()).includes(`L3 H6 · ${title('loved')}`);
    });
    await workbench.until('both colours are there', async () => {
      const { blue, orange } = await painted();
      return blue > 0 && orange > 0;
    });
    // What the backend says of the token may stand there first.
    await workbench.until('the hover names the head', async () =>
      (await workbench.hoverText('loved')).includes('L3 H6'),
    );
  });

  it('follows the cursor by keyboard', async () => {
    await workbench.clickText('loved');
    await workbench.page.keyboard.press('Control+ArrowRight');
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.page.keyboard.press('ArrowRight');
    await lensSays('"to" attends to');
  });

  it('follows the pointer over the text in the view, and returns to the cursor', async () => {
    await view.getByRole('button', { name: 'Text', exact: true }).click();
    const token = view.locator('.text-tokens .token', { hasText: 'house' }).first();
    await token.hover();
    await lensSays('"house" attends to');
    await view.locator('.text-lines path').first().waitFor({ state: 'attached' });
    await view.locator('.head-title').hover();
    await lensSays('"to" attends to');
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await view.getByRole('button', { name: 'Text', exact: true }).click();
      await workbench.screenshot(`attention-vscode-text-${themes[theme]}`);
      await view.getByRole('button', { name: 'Map', exact: true }).click();
      await workbench.page.waitForTimeout(500);
      await workbench.screenshot(`attention-vscode-map-${themes[theme]}`);
    }
  });

  it('comes back after the window is loaded again, with the head that was open', async () => {
    await workbench.reload();
    view = await workbench.webview('Attention');
    await view.locator('.head-cell.open[id="head-30"]').waitFor();
    await view.locator('.map-canvas').waitFor();
  });

  it('stays on a pinned token while something is typed elsewhere', async () => {
    await lensSays('attends to');
    await workbench.clickText('loved');
    await lensSays('"loved" attends to');
    await workbench.runCommand('Subtext: Pin or Unpin Token of Attention');
    await lensSays(title('loved', ' · pinned'));
    await workbench.clickText('Once upon');
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.type('One day. ');
    await view.locator('.fact', { hasText: /^36[4-9] tokens$/ }).waitFor();
    await lensSays(title('loved', ' · pinned'));
    assert.ok((await painted()).blue > 0);
    const framed = (await workbench.editorDecorations()).filter(({ outline }) => /solid 2px$/.test(outline));
    assert.deepEqual(
      framed.map(({ text }) => text),
      ['loved'],
    );
    await workbench.screenshot('attention-pinned');
  });

  it('is cleared by Esc in the editor', async () => {
    await workbench.clickText('loved');
    await lensSays('"loved" attends to');
    await workbench.page.keyboard.press('Escape');
    await workbench.waitForDecorations((found) => found.length === 0);
    await view.locator('.head-pane').waitFor({ state: 'hidden' });
    await workbench.page.locator('.codelens-decoration').first().waitFor({ state: 'detached' });
  });

  it('ranks heads by what they carry between two selections', async () => {
    const { page } = workbench;
    await workbench.selectText('little girl');
    await page.keyboard.down('Alt');
    await workbench.selectText('small house');
    await page.keyboard.up('Alt');
    await workbench.runCommand('Subtext: Heads Between Two Selections');
    await view.locator('.ranking-line', { hasText: '“little girl” and “small house”' }).waitFor();
    await workbench.screenshot('attention-between');
  });

  it('leaves no error behind', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
