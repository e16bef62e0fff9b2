// What the neurons view shows, in a real browser: the built bundle in a page like VS Code's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../vscode/harness/browser';
import {
  nameAt,
  row,
  selected,
  sent,
  settle,
  small,
  texts,
  until,
  withSample,
  withView,
} from './harness/actions';
import { picture } from './harness/looks';
import { readyStatus, tableMessage } from './harness/messages';
import { openView } from './harness/page';
import { makeSample } from './harness/sample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

describe('table', () => {
  it('is shown with its header, and saved as a question', () =>
    withSample(browser, small, async (view) => {
      assert.equal(view.messages[0].type, 'ready');
      assert.deepEqual(await texts(view, '.fact'), ['story.txt', '248 tokens', 'stories260K', 'wasm']);
      assert.equal(await view.page.locator('.counter').textContent(), '860 neurons');
      assert.equal(await view.page.locator('[role=grid]').getAttribute('aria-rowcount'), '861');
      const best = small.table.maximum.indexOf(Math.max(...small.table.maximum));
      assert.equal(await nameAt(view, 0), `L${Math.floor(best / 172)} N${best % 172}`);
      const saved = await view.saved();
      assert.equal(saved?.uri, 'file:///stories/story.txt');
      assert.equal(saved.ranking, 'largest');
    }));

  it('says how a long text was cut', () => {
    const windows = { count: 3, length: 512, overlap: 256 };
    const cut = makeSample({ layers: 1, neuronsPerLayer: 40, tokens: 1000, windows });
    return withSample(browser, cut, async (view) => {
      assert.equal(await view.page.locator('.fact.note').textContent(), '3 windows of 512, overlap 256');
    });
  });

  it('may arrive with its arrays as plain objects', () =>
    withView(openView(browser), async (view) => {
      await view.send(JSON.parse(JSON.stringify(tableMessage(small))) as ReturnType<typeof tableMessage>);
      await view.send({ type: 'status', status: readyStatus(small) });
      await until('rows', async () => (await view.page.locator('.virtual-list .row').count()) > 5);
    }));

  it('of 12,288 neurons keeps few rows, and scrolls to the last', () => {
    const large = makeSample({ layers: 6, neuronsPerLayer: 2048, tokens: 300 });
    return withSample(browser, large, async (view) => {
      assert.equal(await view.page.locator('.counter').textContent(), '12,288 neurons');
      await view.page.locator('[role=grid]').focus();
      await view.page.keyboard.press('End');
      await row(view, 12287).waitFor();
      assert.ok((await view.page.locator('.virtual-list .row').count()) < 80);
      await view.page.locator('.virtual-list').evaluate((list) => (list.scrollTop = 5000 * 22));
      await row(view, 5003).waitFor();
      assert.equal(await row(view, 12287).count(), 0);
    });
  });
});

describe('selection', () => {
  it('ranks by it, and says so', () =>
    withSample(browser, selected, async (view) => {
      assert.equal((await texts(view, '.fact'))[1], 'selection: 32 of 248 tokens');
      const max = view.page.getByRole('columnheader', { name: 'Max' });
      assert.equal(await max.getAttribute('data-tip'), 'Largest activation on the selection');
      const best = selected.table.selectivity.indexOf(Math.max(...selected.table.selectivity));
      assert.equal(await nameAt(view, 0), `L${Math.floor(best / 172)} N${best % 172}`);
      const head = view.page.getByRole('columnheader', { name: 'More here' });
      assert.equal(await head.getAttribute('aria-sort'), 'descending');
      assert.deepEqual((await view.saved())?.selection, tableMessage(selected).question.selection);
    }));

  it('leads back to the whole text', () =>
    withSample(browser, selected, async (view) => {
      await view.page.getByRole('button', { name: 'Whole Text' }).click();
      await settle(view);
      assert.equal(sent(view, 'wholeText').length, 1);
      await view.send(tableMessage(small));
      await until('no selection', async () => (await texts(view, '.fact'))[1] === '248 tokens');
      assert.equal(await view.page.getByRole('button', { name: 'Whole Text' }).count(), 0);
    }));

  it('can be ranked otherwise by the dropdown', () =>
    withSample(browser, selected, async (view) => {
      await view.page.getByRole('combobox', { name: 'Rank by' }).click();
      await view.page.getByRole('option', { name: 'Largest activation' }).click();
      await until('the ranking', async () => (await view.saved())?.ranking === 'largest');
      await view.page.getByRole('combobox', { name: 'Layer' }).click();
      assert.equal((await texts(view, 'vscode-option'))[0], 'All layers');
      await view.page.getByRole('option', { name: 'L3' }).click();
      await until('the layer', async () => (await texts(view, '.counter')).join() === '172 of 860 neurons');
      assert.match(await nameAt(view, 0), /^L3 /);
    }));
});

describe('details', () => {
  it('show the activations as a table, and copy them', () =>
    withSample(browser, small, async (view) => {
      await row(view, 0).click();
      await view.page.getByRole('button', { name: 'More Actions…' }).click();
      await view.page.getByRole('menuitem', { name: 'Show Activations as Table' }).click();
      assert.equal(await view.page.locator('.histogram tbody tr').count(), 248);
      assert.equal(await view.page.locator('.histogram p').count(), 0);
      await view.page.getByRole('button', { name: 'More Actions…' }).focus();
      await view.page.keyboard.press('Enter');
      await view.page.keyboard.press('ArrowDown');
      await view.page.keyboard.press('Enter');
      await settle(view);
      assert.equal(await view.page.getByRole('menu').count(), 0);
      const copied = await view.page.evaluate(() => navigator.clipboard.readText());
      assert.match(copied, /^token,piece,activation\r\n0,Once,/);
      assert.equal(copied.match(/\r\n/g)?.length, 249);
    }));

  it('show the first thousand tokens of a long text as a table, and say so', () => {
    const long = makeSample({ layers: 1, neuronsPerLayer: 40, tokens: 1100 });
    return withSample(browser, long, async (view) => {
      await row(view, 0).click();
      await view.page.locator('.scale-note').waitFor();
      await view.page.getByRole('button', { name: 'More Actions…' }).click();
      await view.page.getByRole('menuitem', { name: 'Show Activations as Table' }).click();
      assert.equal(await view.page.locator('.histogram tbody tr').count(), 1000);
      assert.match((await texts(view, '.histogram p')).join(), /^The first 1,000 of 1,100 tokens/);
    });
  });

  it('give the largest activation as the list does', () =>
    withSample(browser, small, async (view) => {
      await view.page.locator('[role=grid]').focus();
      await view.page.keyboard.press('End');
      await view.page.keyboard.press('Enter');
      const max = (await row(view, 859).locator('.max').textContent())?.trim();
      await until('the details', async () =>
        (await texts(view, '.detail-facts')).join().startsWith(`max ${max} `),
      );
    }));

  it('mark the token under the cursor of the editor', () =>
    withSample(browser, small, async (view) => {
      await row(view, 0).click();
      const token = view.page.locator('.examples button.token').first();
      const index = Number(await token.getAttribute('data-token'));
      await view.send({ type: 'cursor', token: index });
      await until('marked', () => token.evaluate((element) => element.classList.contains('under-cursor')));
      await view.send({ type: 'cursor', token: null });
      await until('gone', async () => (await view.page.locator('.under-cursor').count()) === 0);
    }));
});

describe('notices', () => {
  it('offer what to do next', () =>
    withView(openView(browser), async (view) => {
      await view.send({ type: 'status', status: { phase: 'empty', modelOpen: false } });
      await view.page.getByRole('button', { name: 'Open Model…' }).click();
      await view.send({ type: 'status', status: { phase: 'empty', modelOpen: true } });
      await view.page.getByRole('button', { name: 'Show Top-Activating Neurons' }).click();
      await view.send({
        type: 'status',
        status: { phase: 'failed', modelOpen: true, message: 'It broke. Mend it.' },
      });
      assert.match((await view.page.getByRole('alert').textContent()) ?? '', /It broke\. Mend it\./);
      await view.page.getByRole('button', { name: 'Show Log' }).click();
      await view.page.getByRole('button', { name: 'Try Again' }).click();
      await settle(view);
      assert.deepEqual(sent(view, 'run'), ['subtext.openModel', 'subtext.showNeurons', 'subtext.showLog']);
      assert.equal(sent(view, 'refresh').length, 1);
    }));

  it('offer what mends a failure before asking again', () =>
    withView(openView(browser), async (view) => {
      const mending = { title: 'Select Engine…', command: 'subtext.selectEngine' } as const;
      const message = 'The engine failed. Use another one.';
      const status = { phase: 'failed', modelOpen: true, message } as const;
      await view.send({ type: 'status', status: { ...status, mending } });
      const offered = () => view.page.getByRole('alert').getByRole('button').allInnerTexts();
      assert.deepEqual(await offered(), ['Select Engine…', 'Try Again', 'Show Log']);
      await view.page.getByRole('button', { name: 'Select Engine…' }).click();
      await settle(view);
      assert.deepEqual(sent(view, 'run'), ['subtext.selectEngine']);
      await picture(view, 'neurons-mending');
      await view.send({ type: 'status', status });
      assert.deepEqual(await offered(), ['Try Again', 'Show Log']);
    }));

  it('paint what was saved before anything arrives', () => {
    const state = {
      uri: 'file:///stories/story.txt',
      model: '/models/tiny',
      ranking: 'largest',
      filter: 'lily',
    } as const;
    return withView(openView(browser, { state }), async (view) => {
      assert.deepEqual(await texts(view, '.fact'), ['story.txt', 'tiny']);
      assert.equal(
        await view.page.locator('vscode-text-field').evaluate((field) => (field as HTMLInputElement).value),
        'lily',
      );
      assert.ok(await view.page.getByRole('progressbar').isVisible());
    });
  });

  it('say that nothing matches, and clear the filter', () =>
    withSample(browser, small, async (view) => {
      await view.page.keyboard.press('/');
      await view.page.keyboard.type('zzz');
      await view.page.getByRole('button', { name: 'Clear Filter' }).click();
      await until('all rows', async () => (await texts(view, '.counter')).join() === '860 neurons');
    }));
});
