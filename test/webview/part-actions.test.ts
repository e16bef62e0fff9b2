// What every view offers for the parts of the model that it shows: the same menu by pointer and keyboard, and the mark of
// what is done to a part already. In a real browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { storyFile } from '../support/story';
import { launchBrowser } from '../vscode/harness/browser';
import { nameAt, row, settle, small, until, withSample, withView } from './harness/actions';
import { openAttention, type AttentionPage } from './harness/attentionPage';
import { LensText } from './harness/lensPage';
import { asked, menuItem, menuLabels, shown } from './harness/partActions';
import { startReader, type Reader } from './harness/reader';

const common = ['Ablate', 'Ablate to Mean', 'Scale…'];

let browser: Browser;
before(async () => (browser = await launchBrowser()));
after(() => browser.close());

describe('a head', () => {
  let reader: Reader;
  before(async () => {
    reader = await startReader(await readFile(storyFile, 'utf8'));
  });
  after(() => reader.backend.stop());

  const withHeads = async (work: (view: AttentionPage) => Promise<void>): Promise<void> => {
    const { view } = await openAttention(browser, reader, { width: 620 });
    await withView(Promise.resolve(view), work);
  };

  it('has its menu under a right-click, which does not open it', () =>
    withHeads(async (view) => {
      await view.page.locator('#head-11').click({ button: 'right' });
      assert.deepEqual(await menuLabels(view), [...common, 'Steer L1.attn…', 'Patch from Another Text…']);
      await menuItem(view, 'Ablate to Mean').click();
      await until('asked', () => asked(view).length === 1);
      assert.deepEqual(asked(view), ['ablateToMean L1H3']);
      assert.ok(!view.messages.some(({ type }) => type === 'lock'));
    }));

  it('has it under the menu key and Shift+F10 too, and steers the attention that it is part of', () =>
    withHeads(async (view) => {
      const { keyboard } = view.page;
      await view.page.locator('.head-grid').focus();
      await keyboard.press('ArrowRight');
      for (const key of ['ContextMenu', 'Shift+F10']) {
        await keyboard.press(key);
        await menuItem(view, 'Steer').waitFor();
        for (let step = 0; step < 3; step++) await keyboard.press('ArrowDown');
        await keyboard.press('Enter');
        await view.page.locator('.menu').waitFor({ state: 'detached' });
      }
      assert.deepEqual(asked(view), ['steer L0.attn', 'steer L0.attn']);
      assert.ok(await view.page.locator('.head-grid').evaluate((grid) => grid === document.activeElement));
    }));

  it('has buttons where it is open', () =>
    withHeads(async (view) => {
      await view.page.locator('#head-5').click();
      await view.page.getByRole('button', { name: 'Ablate' }).click();
      await view.page.getByRole('button', { name: 'Scale…' }).click();
      await view.page.getByRole('button', { name: 'More Interventions…' }).click();
      await menuItem(view, 'Patch from Another Text').click();
      await until('all', () => asked(view).length === 3);
      assert.deepEqual(asked(view), ['ablate L0H5', 'scale L0H5', 'patch L0H5']);
    }));

  it('is marked by an icon and in words while something is done to it, and its menu takes that back', () =>
    withHeads(async (view) => {
      const off = { ...shown('L2H1'), on: false };
      const refused = { ...shown('L2H2'), problem: 'The model has no L2H2' };
      await view.send({ type: 'interventions', interventions: [shown('L1H3', 'scale'), off, refused] });
      await view.page.locator('#head-11 .codicon-arrow-both').waitFor();
      assert.equal(await view.page.locator('.head-cell .codicon').count(), 1);
      assert.match((await view.page.locator('#head-11').getAttribute('aria-label')) ?? '', /L1H3 is changed/);
      await view.page.locator('#head-11').click({ button: 'right' });
      assert.equal(await menuItem(view, 'scale L1H3').getAttribute('aria-checked'), 'true');
      await menuItem(view, 'scale L1H3').click();
      await until('asked', () => asked(view).length === 1);
      assert.deepEqual(asked(view), ['off scale L1H3']);
      await view.send({ type: 'interventions', interventions: [] });
      await view.page.locator('.head-cell .codicon').waitFor({ state: 'detached' });
    }));
});

describe('a layer of the lens', () => {
  let text: LensText;
  before(async () => (text = await LensText.open()));
  after(() => text.close());

  const attention = 'Attention of layer 1';
  const [mlp, stream] = ['MLP of layer 1', 'Residual stream into layer 2'];

  it('offers its attention, its MLP and the stream that leaves it, from its name', () =>
    withView(text.show(browser), async (view) => {
      await view.page.getByRole('rowheader', { name: 'L1' }).click();
      const each = [...common, 'Steer…', 'Patch from Another Text…'];
      assert.deepEqual(await menuLabels(view), [attention, ...each, mlp, ...each, stream, ...each]);
      await menuItem(view, 'Steer…').nth(2).click();
      await until('asked', () => asked(view).length === 1);
      assert.deepEqual(asked(view), ['steer L2.resid']);
    }));

  it('has its menu on every cell, by pointer and keys, and in the pane of an open place', () =>
    withView(text.show(browser), async (view) => {
      await view.page.locator('#place-0-2').click({ button: 'right' });
      assert.equal((await menuLabels(view))[0], 'Residual stream into layer 0');
      await view.page.keyboard.press('Escape');
      await view.page.locator('.lens-map').focus();
      await view.page.keyboard.press('ArrowDown');
      await view.page.keyboard.press('Shift+F10');
      assert.equal((await menuLabels(view)).at(-6), 'Residual stream out of the model');
      await view.page.keyboard.press('Escape');
      await view.page.locator('#place-1-3').click();
      await view.page.getByRole('button', { name: 'Intervene on this layer…' }).click();
      await menuItem(view, 'Scale…').nth(1).click();
      await until('asked', () => asked(view).length === 1);
      assert.deepEqual(asked(view), ['scale L0.mlp']);
    }));

  it('is marked at its name', () =>
    withView(text.show(browser), async (view) => {
      const interventions = [shown('L0.mlp'), shown('L1.resid', 'steer'), shown('L3H0', 'patch')];
      await view.send({ type: 'interventions', interventions });
      const marked = view.page.locator('.map-head', { has: view.page.locator('.codicon') });
      await marked.first().waitFor();
      assert.deepEqual(await marked.allInnerTexts(), ['L0']);
      assert.equal(await marked.locator('.codicon-circle-slash').count(), 1);
      assert.equal(await marked.locator('.codicon-compass').count(), 1);
    }));
});

describe('a neuron of the list', () => {
  it('has its menu, and is marked in its row and its details', () =>
    withSample(browser, small, async (view) => {
      const name = await nameAt(view, 2);
      const part = name.replace(' ', '');
      await row(view, 2).click({ button: 'right' });
      assert.deepEqual(await menuLabels(view), [...common, 'Steer…', 'Patch from Another Text…']);
      await menuItem(view, 'Scale…').click();
      await until('asked', () => asked(view).length === 1);
      await view.page.locator('.neuron-list').focus();
      await view.page.keyboard.press('Shift+F10');
      await menuItem(view, 'Steer…').click();
      await until('asked again', () => asked(view).length === 2);
      assert.deepEqual(asked(view), [`scale ${part}`, `steer ${part}`]);
      await row(view, 2).click();
      await view.send({ type: 'interventions', interventions: [shown(part, 'steer')] });
      await row(view, 2).locator('.codicon-compass').waitFor();
      await view.page.locator('.detail-title .codicon-compass').waitFor();
      await settle(view);
      assert.equal(await view.page.locator('.virtual-list .codicon-compass').count(), 1);
    }));
});
