// The header line of the neurons view where it does not fit into one line, in a real browser.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../vscode/harness/browser';
import { withSample } from './harness/actions';
import { makeSample } from './harness/sample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const cut = makeSample({
  layers: 1,
  neuronsPerLayer: 40,
  tokens: 248,
  selection: { start: 20, end: 52 },
  windows: { count: 3, length: 128, overlap: 64 },
});

for (const width of [220, 300, 420]) {
  it(`separates facts inside a line only, in ${width} pixels`, () =>
    withSample(
      browser,
      cut,
      async ({ page }) => {
        const facts = await page.evaluate(() => {
          const left = document.querySelector('.facts-frame')!.getBoundingClientRect().left;
          return Array.from(document.querySelectorAll('.fact'), (fact) => {
            const box = fact.getBoundingClientRect();
            const { content, width: separator } = getComputedStyle(fact, '::before');
            return { left: box.left - left, top: box.top, content, separator: parseFloat(separator) };
          });
        });
        facts.forEach((fact, index) => {
          assert.equal(fact.content, '"·"');
          // A line starts with its separator outside the frame, which clips it.
          if (index === 0 || fact.top > facts[index - 1].top) assert.equal(fact.left, -fact.separator);
          else assert.ok(fact.left > 0);
        });
        assert.ok(facts.at(-1)!.top > facts[0].top);
      },
      { width },
    ));
}
