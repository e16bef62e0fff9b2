// The neurons view in a narrow panel, in a real browser: what is shown is whole.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { cacheFolder } from '../../scripts/cache.mjs';
import { launchBrowser } from '../vscode/harness/browser';
import { row, settle, withSample } from './harness/actions';
import { makeSample } from './harness/sample';

const folder = join(cacheFolder, 'screenshots');
const size = { layers: 12, neuronsPerLayer: 1024, tokens: 248 };
const samples = {
  text: makeSample(size),
  selection: makeSample({ ...size, selection: { start: 20, end: 52 } }),
};

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
  await mkdir(folder, { recursive: true });
});
after(() => browser.close());

for (const scope of ['text', 'selection'] as const) {
  for (const width of [220, 260, 300, 320, 420]) {
    it(`cuts no number of a ${scope} in ${width} pixels`, () =>
      withSample(
        browser,
        samples[scope],
        async (view) => {
          const { page } = view;
          await row(view, 2).click();
          await page.locator('.writes .effect').first().waitFor();
          await page.screenshot({ path: join(folder, `neurons-narrow-${scope}-${width}.png`) });
          const check = (): Promise<string[]> => page.evaluate(cutElements);
          assert.deepEqual(await check(), []);
          await page.locator('.column-head .neuron').click();
          await settle(view);
          for (const name of ['max', 'on']) {
            assert.ok(
              await page.locator(`.virtual-list .row .${name}`).first().isVisible(),
              `${name} is shown`,
            );
          }
          assert.deepEqual(await check(), []);
        },
        { width },
      ));
  }
}

/** Numbers, names and facts that are cut, or that stand outside the page; runs in the page. */
function cutElements(): string[] {
  const selector = '.cell:is(.neuron, .max, .on, .selection), .detail-title, .detail-facts, .example-value';
  const elements = Array.from(document.querySelectorAll<HTMLElement>(selector));
  const edge = document.documentElement.clientWidth;
  return elements
    .filter((element) => element.checkVisibility())
    .filter(
      (element) =>
        element.scrollWidth > element.clientWidth || element.getBoundingClientRect().right > edge + 0.5,
    )
    .map(({ className, textContent }) => `${className}: ${textContent}`);
}
