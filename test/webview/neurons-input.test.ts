// Mouse and keyboard on the neurons view, in a real browser.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../vscode/harness/browser';
import { nameAt, row, sent, settle, small, texts, until, withSample } from './harness/actions';
import { readyStatus, tableMessage } from './harness/messages';
import { makeSample } from './harness/sample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

describe('pointer', () => {
  it('previews a row, and nothing once it left', () =>
    withSample(browser, small, async (view) => {
      await row(view, 2).hover();
      await settle(view);
      await row(view, 4).hover();
      await settle(view);
      await view.page.locator('.view-header').hover();
      await settle(view);
      assert.deepEqual(sent(view, 'preview'), [await nameAt(view, 2), await nameAt(view, 4), 'none']);
    }));

  it('previews what the wheel brings under it, not what the keyboard does', () =>
    withSample(browser, small, async (view) => {
      await row(view, 2).locator('.neuron').hover();
      await settle(view);
      await view.page.mouse.wheel(0, 220);
      const name = await nameAt(view, 12);
      await until('the row under the pointer', async () => {
        await settle(view);
        return sent(view, 'preview').at(-1) === name;
      });
      await view.page.locator('[role=grid]').focus();
      await view.page.keyboard.press('End');
      await settle(view);
      await settle(view);
      assert.equal(sent(view, 'preview').at(-1), await nameAt(view, 859));
    }));

  it('locks with a click, and unlocks with another', () =>
    withSample(browser, small, async (view) => {
      const name = await nameAt(view, 3);
      await row(view, 3).click();
      await until('the details', async () => (await texts(view, '.detail-title')).join() === name);
      assert.deepEqual(sent(view, 'lock'), [name]);
      assert.ok(await row(view, 3).locator('.codicon-lock').isVisible());
      assert.equal(await row(view, 3).getAttribute('aria-selected'), 'true');
      await row(view, 3).click();
      await settle(view);
      assert.equal(sent(view, 'unlock').length, 1);
      assert.ok(!(await row(view, 3).locator('.codicon-lock').isVisible()));
    }));

  it('ablates and steers the neuron that is locked', () =>
    withSample(browser, small, async (view) => {
      await row(view, 3).hover();
      await settle(view);
      assert.ok(!(await view.page.getByRole('button', { name: 'Ablate' }).isVisible()));
      const name = await nameAt(view, 3);
      await row(view, 3).click();
      await view.page.getByRole('button', { name: 'Ablate' }).click();
      await view.page.getByRole('button', { name: 'Steer…' }).click();
      await settle(view);
      const asked = view.messages.flatMap((message) => (message.type === 'intervene' ? [message] : []));
      assert.deepEqual(
        asked.map(({ action, part }) => `${action} ${part}`),
        [`ablate ${name}`, `steer ${name}`].map((words) => words.replace(/ N/, 'N')),
      );
    }));

  it('ranks by the head of a column', () =>
    withSample(browser, small, async (view) => {
      await view.page.getByRole('columnheader', { name: 'On', exact: true }).click();
      await settle(view);
      const first = await row(view, 0).locator('.on').textContent();
      const last = Math.min(...small.table.on);
      assert.equal(parseFloat(first ?? ''), Number((last * 100).toFixed(last < 0.0095 ? 1 : 0)));
      assert.equal((await view.saved())?.ranking, 'sparsest');
      const name = view.page.getByRole('columnheader', { name: 'Neuron' });
      await name.click();
      await settle(view);
      assert.equal(await name.getAttribute('aria-sort'), 'ascending');
      assert.equal(await nameAt(view, 1), 'L0 N1');
    }));

  it('marks a token in the editor, and reveals it', () =>
    withSample(browser, small, async (view) => {
      await row(view, 0).click();
      const token = view.page.locator('.examples button.token').first();
      await token.waitFor();
      const index = await token.getAttribute('data-token');
      await token.hover();
      await settle(view);
      assert.equal(sent(view, 'hoverToken').at(-1), index);
      await token.click();
      await settle(view);
      assert.deepEqual(sent(view, 'reveal'), [index]);
      await view.page.locator('.view-header').hover();
      await settle(view);
      assert.equal(sent(view, 'hoverToken').at(-1), 'null');
    }));
});

describe('keyboard', () => {
  it('moves, previews, locks and unlocks', () =>
    withSample(browser, small, async (view) => {
      const { keyboard } = view.page;
      await view.page.locator('[role=grid]').focus();
      const names: string[] = [];
      for (const [key, place] of [
        ['ArrowDown', 0],
        ['ArrowDown', 1],
        ['End', 859],
        ['Home', 0],
      ] as const) {
        await keyboard.press(key);
        await settle(view);
        names.push(await nameAt(view, place));
      }
      assert.deepEqual(sent(view, 'preview'), names);
      const active = await view.page.locator('[role=grid]').getAttribute('aria-activedescendant');
      assert.equal(await row(view, 0).getAttribute('id'), active);
      await keyboard.press('Enter');
      await settle(view);
      assert.deepEqual(sent(view, 'lock'), [names[0]]);
      await keyboard.press('PageDown');
      await settle(view);
      await keyboard.press('Escape');
      await settle(view);
      assert.equal(sent(view, 'unlock').length, 1);
      assert.equal(sent(view, 'preview').at(-1), 'none');
    }));

  it('filters with /, and Esc clears the filter before it unlocks', () =>
    withSample(browser, small, async (view) => {
      const { keyboard } = view.page;
      await row(view, 0).click();
      await keyboard.press('/');
      await keyboard.type('L3 N1');
      await until('the count', async () => (await texts(view, '.counter')).join() === '83 of 860 neurons');
      assert.equal((await view.saved())?.filter, 'L3 N1');
      await keyboard.press('Escape');
      await until('the count', async () => (await texts(view, '.counter')).join() === '860 neurons');
      await keyboard.press('Escape');
      assert.equal(sent(view, 'unlock').length, 0);
      await keyboard.press('Escape');
      await settle(view);
      assert.equal(sent(view, 'unlock').length, 1);
    }));

  it('shows the keys with ?, and Esc closes them', () =>
    withSample(browser, small, async (view) => {
      await row(view, 0).click();
      await view.page.keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await view.page.keyboard.press('Escape');
      await until('closed', async () => (await view.page.getByRole('dialog').count()) === 0);
      assert.equal(sent(view, 'unlock').length, 0);
    }));

  it('goes through the view in reading order', () =>
    withSample(browser, small, async (view) => {
      await row(view, 0).click();
      await view.page.locator('.examples button.token').first().waitFor();
      await view.page.getByRole('button', { name: 'Refresh' }).focus();
      const stops: (string | null)[] = [];
      for (let stop = 0; stop < 11; stop++) {
        await view.page.keyboard.press('Tab');
        stops.push(
          await view.page.evaluate(() => {
            const element = document.activeElement as HTMLElement;
            const words = element.getAttribute('aria-label') ?? element.textContent;
            return element.matches('.token') ? 'token' : words;
          }),
        );
      }
      assert.deepEqual(stops, [
        'Layer',
        'Rank by',
        'Filter neurons and tokens',
        'Neurons',
        'Height of the details',
        'Ablate',
        'Steer…',
        'More Interventions…',
        'Unlock (Esc)',
        'More Actions…',
        'token',
      ]);
    }));

  it('moves the line above the details, which is remembered', () =>
    withSample(browser, small, async (view) => {
      const pane = view.page.locator('.detail');
      const height = (await pane.boundingBox())!.height;
      await view.page.getByRole('separator').focus();
      await view.page.keyboard.press('ArrowUp');
      await view.page.keyboard.press('ArrowUp');
      assert.equal((await pane.boundingBox())!.height, height + 44);
      assert.equal((await view.saved())?.detailHeight, height + 44);
    }));
});

describe('lock', () => {
  it('stays in sight through another ranking', () =>
    withSample(browser, small, async (view) => {
      await row(view, 3).click();
      await view.page.getByRole('columnheader', { name: 'On', exact: true }).click();
      await settle(view);
      const locked = await view.page.locator('.row.chosen').boundingBox();
      const list = await view.page.locator('.virtual-list').boundingBox();
      assert.ok(locked && list && locked.y >= list.y && locked.y + locked.height <= list.y + list.height);
    }));

  it('and scroll position stay when the text is computed again', () =>
    withSample(browser, small, async (view) => {
      const list = view.page.locator('.virtual-list');
      await list.evaluate((element) => (element.scrollTop = 2200));
      await row(view, 102).click();
      const name = await nameAt(view, 102);
      const edited = makeSample({ layers: 5, neuronsPerLayer: 172, tokens: 240, version: 2 });
      await view.send({ type: 'status', status: { ...readyStatus(small), phase: 'loading' } });
      await view.page.getByRole('progressbar').waitFor();
      await view.send({ ...tableMessage(edited) });
      await view.send({ type: 'status', status: readyStatus(edited) });
      await until('the new table', async () => (await texts(view, '.fact'))[1] === '240 tokens');
      assert.equal(await list.evaluate((element) => element.scrollTop), 2200);
      assert.equal(await view.page.locator('.detail-title').textContent(), name);
      assert.ok(await view.page.locator('.detail-title .codicon-lock').isVisible());
    }));
});
