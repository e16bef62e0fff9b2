// What the run view shows as text, in a real browser: the table of logged steps, and samples.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts } from './harness/actions';
import { withRun } from './harness/runActions';
import { grammarSamples, storySamples } from './harness/runSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

describe('the table', () => {
  it('has a row for every logged step, and few elements', () =>
    withRun(browser, {}, async (view, { points }) => {
      await view.page.getByRole('button', { name: 'Show as Table' }).click();
      await settle(view);
      const grid = view.page.getByRole('grid', { name: 'Logged steps' });
      // 1,240 steps, the evaluation before them, and the head.
      assert.equal(await grid.getAttribute('aria-rowcount'), '1242');
      assert.ok((await view.page.locator('.point-table .row').count()) < 60);
      await grid.focus();
      await view.page.keyboard.press('End');
      await settle(view);
      const cells = await texts(view, '.row.active .cell');
      assert.equal(cells[1], '1,240');
      const tip = await view.page.locator('.row.active .cell.loss').first().getAttribute('data-tip');
      assert.equal(Math.fround(Number(tip)), points.train.loss[1239]);
      assert.equal((await view.saved())?.table, true);
    }));

  it('says that not all steps are there', () =>
    withRun(browser, {}, async (view, { snapshot: { directory }, points }) => {
      await view.page.getByRole('button', { name: 'Show as Table' }).click();
      await settle(view);
      assert.ok(!(await view.page.locator('.table-caption').isVisible()));
      const train = Object.fromEntries(
        Object.keys(points.train).map((name) => [name, new Float32Array(1 << 17)]),
      ) as unknown as typeof points.train;
      train.step = new Int32Array(1 << 17);
      train.step.forEach((_, index) => (train.step[index] = 1 + 2 * index));
      await view.send({ type: 'points', points: { ...points, directory, train } });
      await settle(view);
      assert.match((await texts(view, '.table-caption')).join(), /1 of 2 of cfg-small-01/);
    }));
});

describe('samples', () => {
  it('of a grammar say which are valid, and where the others die', () =>
    withRun(browser, { samples: grammarSamples }, async (view) => {
      assert.deepEqual(await texts(view, '.samples-head h2'), ['Samples at step 1,200']);
      assert.equal(await view.page.getByRole('img', { name: 'Valid', exact: true }).count(), 2);
      assert.equal(await view.page.getByRole('img', { name: 'Invalid' }).count(), 2);
      assert.deepEqual(await texts(view, '.dead'), [grammarSamples.samples[1].text.slice(28)]);
    }));

  it('of stories are texts and nothing else', () =>
    withRun(browser, { samples: storySamples }, async (view) => {
      assert.deepEqual(
        await texts(view, '.sample-text'),
        storySamples.samples.map(({ text }) => text),
      );
      assert.equal(await view.page.locator('.verdict').count(), 0);
    }));

  it('keep the height that was chosen', () =>
    withRun(browser, { samples: grammarSamples }, async (view) => {
      await view.page.getByRole('separator', { name: 'Height of the samples' }).focus();
      await view.page.keyboard.press('ArrowUp');
      await settle(view);
      const height = await view.page.locator('.samples').evaluate((element) => element.clientHeight);
      assert.equal((await view.saved())?.samplesHeight, height);
    }));
});
