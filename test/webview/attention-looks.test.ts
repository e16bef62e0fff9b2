// Pictures of the attention view for people to look at (`.vscode-test/screenshots/`), and what can be checked of its
// looks: nothing scrolls sideways at any width.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { cacheFolder } from '../../scripts/cache.mjs';
import { storyFile } from '../support/story';
import { launchBrowser } from '../vscode/harness/browser';
import { settle } from './harness/actions';
import { openAttention, type AttentionConversation } from './harness/attentionPage';
import { openPage, type Theme } from './harness/page';
import { startReader, type Reader } from './harness/reader';

const folder = join(cacheFolder, 'screenshots');
const themes: Theme[] = ['dark', 'light', 'highContrast', 'highContrastLight'];

let browser: Browser;
let reader: Reader;
before(async () => {
  browser = await launchBrowser();
  await mkdir(folder, { recursive: true });
  reader = await startReader(await readFile(storyFile, 'utf8'));
});
after(async () => {
  await browser.close();
  reader.backend.stop();
});

/** Waits until the map shows no stand-ins and the links of the token are there. */
async function isComplete(page: Page): Promise<void> {
  await page.waitForTimeout(300);
}

for (const theme of themes) {
  it(`shows heads, map and text in the theme ${theme}`, async () => {
    const { view, moveCursor } = await openAttention(browser, reader, { theme, width: 1200, height: 800 });
    const { page } = view;
    moveCursor(reader.text.indexOf('She') + 1);
    await page.locator('.head-cell').nth(20).click();
    await page.locator('.link-line .link').first().waitFor();
    await isComplete(page);
    await page.screenshot({ path: join(folder, `attention-map-${theme}.png`) });
    await page.getByRole('button', { name: 'Text' }).click();
    await settle(view);
    await page.screenshot({ path: join(folder, `attention-text-${theme}.png`) });
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

for (const width of [300, 620, 1200]) {
  it(`fits into ${width} pixels`, async () => {
    const { view, moveCursor } = await openAttention(browser, reader, { width, height: 760 });
    const { page } = view;
    await page.screenshot({ path: join(folder, `attention-heads-${width}.png`) });
    moveCursor(reader.text.indexOf('She') + 1);
    await page.locator('.head-cell').nth(20).click();
    await page.locator('.link-line .link').first().waitFor();
    await isComplete(page);
    for (const picture of ['Map', 'Text', 'Table']) {
      await page.getByRole('button', { name: picture, exact: true }).click();
      await isComplete(page);
      await page.screenshot({ path: join(folder, `attention-${picture.toLowerCase()}-${width}.png`) });
      const outside = await page.evaluate(() =>
        [
          document.documentElement,
          ...document.querySelectorAll('.head-grid, .head-bar, .toolbar, .text-view, .virtual-list'),
        ]
          .filter((element) => element.scrollWidth > element.clientWidth)
          .map(({ className }) => className),
      );
      assert.deepEqual(outside, []);
      assert.deepEqual(await page.evaluate(cutLinks), [], 'links are whole or not there');
    }
    assert.deepEqual(view.errors, []);
    await view.close();
  });
}

/** Links of the token that can be seen in part. */
function cutLinks(): string[] {
  return [...document.querySelectorAll('.linked .link')]
    .filter((link) => {
      const [inner, outer] = [link, link.parentElement!].map((element) => element.getBoundingClientRect());
      const isOutside = inner.top >= outer.bottom;
      return !isOutside && (inner.right > outer.right || inner.bottom > outer.bottom);
    })
    .map(({ textContent }) => textContent);
}

it('says what to do while there is nothing to show', async () => {
  const bundle = { name: 'attention', title: 'Attention' };
  const view = await openPage<AttentionConversation>(browser, bundle, { width: 420, height: 240 });
  await view.send({ type: 'status', status: { phase: 'empty', modelOpen: false } });
  await view.page.getByRole('button', { name: 'Open Model…' }).waitFor();
  await view.page.screenshot({ path: join(folder, 'attention-empty.png') });
  await view.close();
});
