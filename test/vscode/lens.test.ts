// The logit lens in the extension under development, by mouse and keyboard.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { prepare } from '../../scripts/prepare.mjs';
import type { LensTable } from '../../src/protocol/lens';
import { storyFolder } from '../support/story';
import { Twin } from './flows/twin';
import { copyFolder, openWorkbench, themes, type Theme, type Workbench } from './harness/workbench';

const model = join(root, 'media', 'models', 'stories');

describe('logit lens', () => {
  let workbench: Workbench;
  let twin: Twin;
  let expected: LensTable;
  let view: Frame;

  before(async () => {
    await prepare();
    const folder = await copyFolder(storyFolder);
    twin = await Twin.open(model);
    expected = await twin.lens(await readFile(join(folder, 'story.txt'), 'utf8'));
    workbench = await openWorkbench({
      folder,
      extension: root,
      settings: { 'subtext.model': model, 'files.autoSave': 'off' },
    });
    await workbench.openFile('story.txt');
  });

  after(async () => {
    await workbench.close();
    twin.close();
  });

  /** The likeliest token in a cell, as the model in this process finds it. */
  function topAt(point: number, token: number): string {
    const { pieces, top, tokens } = expected;
    return pieces.pieces[pieces.ids.indexOf(top[point * tokens.pieces.length + token])].trim();
  }

  /** The pane of the place that is open. */
  const title = async () => (await view.locator('.lens-detail .detail-title').textContent()) ?? '';

  it('shows the likeliest token of every layer beside the text', async () => {
    await workbench.rightClickText('little');
    await workbench.menu('Subtext', 'Show Logit Lens');
    view = await workbench.webview('Logit Lens');
    // It opens where the cursor is, and goes with it.
    await view.locator('.map-token.under-cursor', { hasText: 'little' }).waitFor();
    assert.ok(await view.locator('.lens-map').evaluate((map) => map.scrollLeft > 0));
    await workbench.clickText('Once');
    await view.locator('#place-0-0 .map-number').waitFor();
    const { points, note } = expected;
    assert.deepEqual(
      await view.locator('.map-row:not(.token-row) .map-head').allInnerTexts(),
      points.map(({ label }) => label).reverse(),
    );
    assert.match(await view.locator('.fact.note').innerText(), new RegExp(note));
    for (let point = 0; point < points.length; point++) {
      for (const token of [0, 1, 2]) {
        const piece = await view.locator(`#place-${point}-${token} .map-piece`).innerText();
        assert.equal(piece.replace(/[✓·]/g, ''), topAt(point, token));
      }
    }
  });

  it('opens the likeliest tokens of a place that is clicked, and the path of the next token', async () => {
    await view.locator('#place-2-1').click();
    await view.locator('.candidate').nth(19).waitFor();
    assert.equal(await title(), "L1 after '·upon' (token 1)");
    assert.equal((await view.locator('.candidate .token').first().innerText()).replace('·', ''), topAt(2, 1));
    await view.locator('.path svg').waitFor();
  });

  it('looks at home in every kind of theme', async () => {
    for (const theme of [...Object.keys(themes), 'Default Dark Modern'] as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`lens-${themes[theme]}`);
    }
  });

  it('marks a token in the editor while the pointer is on its column, and the reverse', async () => {
    await view.locator('.map-token', { hasText: 'upon' }).first().hover();
    const marked = await workbench.waitForDecorations((found) => found.some(({ text }) => text === 'upon'));
    assert.equal(marked.length, 1);
    await workbench.clickText('time');
    await view.locator('.map-token.under-cursor', { hasText: 'time' }).waitFor();
    await workbench.waitForDecorations((found) => found.length === 0);
  });

  it('is moved through, opened and closed by keys', async () => {
    const { page } = workbench;
    await view.locator('.lens-map').focus();
    await view.locator('#place-2-1').click();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await workbench.until('the place is open', async () => (await title()) === "L2 after '·a' (token 2)");
    await page.keyboard.press('/');
    await page.keyboard.type(' girl');
    await page.keyboard.press('Enter');
    await view.locator('h2', { hasText: "'·girl' over the layers" }).waitFor();
    await page.keyboard.press('Escape');
    await view.locator('.lens-detail').waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await workbench.until('the place is open', async () => (await title()) === "L2 after '·a' (token 2)");
  });

  it('comes back as it was when the window is loaded again', async () => {
    await workbench.reload();
    view = await workbench.webview('Logit Lens');
    await view.locator('.candidate').nth(19).waitFor();
    assert.equal(await title(), "L2 after '·a' (token 2)");
  });

  it('follows what a person types', async () => {
    const { page } = workbench;
    await workbench.clickText('upon');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('Tom ran. ');
    await view.locator('.map-token', { hasText: 'Tom' }).first().waitFor();
    // The place that is open stays on its word, which stands further back now.
    await workbench.until('the place moved', async () =>
      /^L2 after '·a' \(token [4-9]\)$/.test(await title()),
    );
  });

  it('leads from the output to the parts that it is the sum of, and from a neuron to its own view', async () => {
    await view.locator('.lens-map').focus();
    await workbench.page.keyboard.press('ArrowUp');
    await workbench.page.keyboard.press('Enter');
    await view.getByRole('button', { name: 'Attribute to heads and neurons' }).click();
    const parts = await workbench.webview('Logit Attribution');
    const [, sum, logit] = /Sum (\S+) = logit (\S+)/.exec(await parts.locator('.sum').innerText())!;
    assert.equal(sum, logit);
    // In the column of the lens, though the keyboard was there, and with its token marked in the text.
    assert.equal(await workbench.page.locator('.editor-group-container').count(), 2);
    await workbench.waitForDecorations((found) => found.some(({ kind }) => kind === 'background'));
    await workbench.screenshot('attribution-vs-dark');
    const neuron = parts.locator('button.bar-row', { hasText: / N\d/ }).first();
    const name = await neuron.locator('.bar-name').innerText();
    await neuron.click();
    const neurons = await workbench.webview('Neurons');
    // Its row may be out of sight: the pane under the list names what is locked.
    await neurons.locator('.detail-title:has(.codicon-lock)', { hasText: name }).waitFor();
  });

  it('prints no error', () => {
    assert.deepEqual(workbench.errors, []);
  });
});
