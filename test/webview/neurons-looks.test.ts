// Pictures of the neurons view for people to look at (`.vscode-test/screenshots/`), and what can be checked of its
// looks: nothing scrolls sideways at any width, text on data colours is readable in every theme.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { cacheFolder } from '../../scripts/cache.mjs';
import { launchBrowser } from '../vscode/harness/browser';
import { openSample } from './harness/host';
import { openView, type Theme } from './harness/page';
import { makeSample } from './harness/sample';

const folder = join(cacheFolder, 'screenshots');
const themes: Theme[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
const small = makeSample({ layers: 5, neuronsPerLayer: 172, tokens: 248 });
const long = makeSample({
  layers: 12,
  neuronsPerLayer: 1024,
  tokens: 300,
  selection: { start: 40, end: 70 },
  document: 'a-very-long-file-name-that-somebody-chose-for-a-story-about-lily.txt',
  model: 'TinyStories-33M-finetuned-on-something-else-step-120000',
  windows: { count: 3, length: 128, overlap: 64 },
});

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
  await mkdir(folder, { recursive: true });
});
after(() => browser.close());

async function lockAndPreview(page: Page): Promise<void> {
  await page.locator('.virtual-list .row').nth(2).click();
  await page.locator('.virtual-list .row').nth(5).locator('.neuron').hover();
  await page.locator('.writes .effect').first().waitFor();
  await page.waitForTimeout(200);
}

for (const theme of themes) {
  it(`is readable in the theme ${theme}`, async () => {
    const view = await openSample(browser, small, { theme, width: 760 });
    await lockAndPreview(view.page);
    await view.page.screenshot({ path: join(folder, `neurons-${theme}.png`) });
    const contrast = await view.page.evaluate(lowestContrast);
    assert.ok(contrast >= 4.5, `contrast ${contrast.toFixed(2)} on a painted token`);
    await view.close();
    const empty = await openView(browser, { theme, width: 420, height: 240 });
    await empty.send({ type: 'status', status: { phase: 'empty', modelOpen: false } });
    await empty.page.getByRole('button', { name: 'Open Model…' }).waitFor();
    await empty.page.screenshot({ path: join(folder, `neurons-empty-${theme}.png`) });
    await empty.close();
  });
}

for (const width of [300, 420, 760, 1100, 1600]) {
  it(`fits into ${width} pixels`, async () => {
    const view = await openSample(browser, long, { width });
    await lockAndPreview(view.page);
    await view.page.screenshot({ path: join(folder, `neurons-${width}.png`) });
    const outside = await view.page.evaluate(() => {
      const scrolling = [
        document.documentElement,
        ...document.querySelectorAll('.virtual-list, .detail-body, .toolbar, .view-header'),
      ];
      return scrolling
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map(({ className }) => className);
    });
    assert.deepEqual(outside, []);
    await view.close();
  });
}

/** The lowest contrast ratio (WCAG 2) between a painted token's text and its background; runs in the page. */
function lowestContrast(): number {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  const background = getComputedStyle(document.documentElement).backgroundColor;
  return Math.min(
    ...Array.from(document.querySelectorAll('[data-level]'), (element) => {
      const style = getComputedStyle(element);
      const [back, front] = [
        [background, style.backgroundColor],
        [background, style.backgroundColor, style.color],
      ].map((layers) => {
        for (const layer of layers) {
          context.fillStyle = layer;
          context.fillRect(0, 0, 1, 1);
        }
        const [red, green, blue] = Array.from(context.getImageData(0, 0, 1, 1).data.slice(0, 3), (byte) =>
          byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
        );
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      });
      return (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
    }),
  );
}
