// The neurons view in a real browser: the built bundle in a page like VS Code's, driven by mouse and keyboard.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import type { FromNeuronsView } from '../../src/protocol/views';
import { launchBrowser } from '../vscode/harness/browser';
import { openSample } from './harness/host';
import { readyStatus, tableMessage } from './harness/messages';
import { openView, type View, type ViewOptions } from './harness/page';
import { makeSample, type Sample } from './harness/sample';

const small = makeSample({ layers: 5, neuronsPerLayer: 172, tokens: 248 });
const selected = makeSample({
  layers: 5,
  neuronsPerLayer: 172,
  tokens: 248,
  selection: { start: 20, end: 52 },
});

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Does `work` with a view, and finds that the page had no complaints, violations of its policy among them. */
async function withView(open: Promise<View>, work: (view: View) => Promise<void>): Promise<void> {
  const view = await open;
  try {
    await work(view);
    assert.deepEqual(view.errors, []);
  } finally {
    await view.close();
  }
}

const withSample = (
  sample: Sample,
  work: (view: View) => Promise<void>,
  options?: ViewOptions,
): Promise<void> => withView(openSample(browser, sample, options), work);

/** The row at a place of the list, from 0. */
function row({ page }: View, place: number): Locator {
  return page.locator(`.virtual-list [role=row][aria-rowindex="${place + 2}"]`);
}

async function nameAt(view: View, place: number): Promise<string> {
  return (await row(view, place).locator('.neuron').textContent()) ?? '';
}

function texts({ page }: View, selector: string): Promise<string[]> {
  return page.locator(selector).allTextContents();
}

/** Messages of one type, as text. */
function sent({ messages }: View, type: FromNeuronsView['type']): string[] {
  return messages.filter((message) => message.type === type).map((message) => nameIn(message));
}

function nameIn(message: FromNeuronsView): string {
  if (message.type === 'preview') return message.id ? `L${message.id.layer} N${message.id.neuron}` : 'none';
  if (message.type === 'lock') return `L${message.id.layer} N${message.id.neuron}`;
  if (message.type === 'run') return message.command;
  return 'token' in message ? String(message.token) : '';
}

/** Waits until the page has drawn what it was told and its messages have arrived. */
async function settle({ page }: View): Promise<void> {
  for (let frame = 0; frame < 3; frame++) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  await page.waitForTimeout(30);
}

async function until(what: string, test: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await test()) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert.fail(`Not within 3 seconds: ${what}`);
}

describe('table', () => {
  it('is shown with its header, and saved as a question', () =>
    withSample(small, async (view) => {
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
    return withSample(cut, async (view) => {
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
    return withSample(large, async (view) => {
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

describe('pointer', () => {
  it('previews a row, and nothing once it left', () =>
    withSample(small, async (view) => {
      await row(view, 2).hover();
      await settle(view);
      await row(view, 4).hover();
      await settle(view);
      await view.page.locator('.view-header').hover();
      await settle(view);
      assert.deepEqual(sent(view, 'preview'), [await nameAt(view, 2), await nameAt(view, 4), 'none']);
    }));

  it('locks with a click, and unlocks with another', () =>
    withSample(small, async (view) => {
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

  it('ranks by the head of a column', () =>
    withSample(small, async (view) => {
      await view.page.getByRole('columnheader', { name: 'On', exact: true }).click();
      await settle(view);
      const first = await row(view, 0).locator('.on').textContent();
      const last = Math.min(...small.table.on);
      assert.equal(parseFloat(first ?? ''), Number((last * 100).toFixed(last < 0.0095 ? 1 : 0)));
      assert.equal((await view.saved())?.ranking, 'sparsest');
    }));

  it('marks a token in the editor, and reveals it', () =>
    withSample(small, async (view) => {
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
    withSample(small, async (view) => {
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
    withSample(small, async (view) => {
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
    withSample(small, async (view) => {
      await row(view, 0).click();
      await view.page.keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await view.page.keyboard.press('Escape');
      await until('closed', async () => (await view.page.getByRole('dialog').count()) === 0);
      assert.equal(sent(view, 'unlock').length, 0);
    }));

  it('goes through the view in reading order', () =>
    withSample(small, async (view) => {
      await row(view, 0).click();
      await view.page.locator('.examples button.token').first().waitFor();
      await view.page.getByRole('button', { name: 'Refresh' }).focus();
      const stops: (string | null)[] = [];
      for (let stop = 0; stop < 8; stop++) {
        await view.page.keyboard.press('Tab');
        stops.push(
          await view.page.evaluate(() => {
            const element = document.activeElement as HTMLElement;
            return element.matches('.token') ? 'token' : element.getAttribute('aria-label');
          }),
        );
      }
      assert.deepEqual(stops, [
        'Layer',
        'Rank by',
        'Filter neurons and tokens',
        'Neurons',
        'Height of the details',
        'Unlock (Esc)',
        'More Actions…',
        'token',
      ]);
    }));

  it('moves the line above the details, which is remembered', () =>
    withSample(small, async (view) => {
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
    withSample(small, async (view) => {
      await row(view, 3).click();
      await view.page.getByRole('columnheader', { name: 'On', exact: true }).click();
      await settle(view);
      const locked = await view.page.locator('.row.locked').boundingBox();
      const list = await view.page.locator('.virtual-list').boundingBox();
      assert.ok(locked && list && locked.y >= list.y && locked.y + locked.height <= list.y + list.height);
    }));

  it('and scroll position stay when the text is computed again', () =>
    withSample(small, async (view) => {
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

describe('selection', () => {
  it('ranks by it, and says so', () =>
    withSample(selected, async (view) => {
      assert.equal((await texts(view, '.fact'))[1], '32 of 248 tokens selected');
      const best = selected.table.selectivity.indexOf(Math.max(...selected.table.selectivity));
      assert.equal(await nameAt(view, 0), `L${Math.floor(best / 172)} N${best % 172}`);
      const head = view.page.getByRole('columnheader', { name: 'More here' });
      assert.equal(await head.getAttribute('aria-sort'), 'descending');
      assert.deepEqual((await view.saved())?.selection, tableMessage(selected).question.selection);
    }));

  it('can be ranked otherwise by the dropdown', () =>
    withSample(selected, async (view) => {
      await view.page.getByRole('combobox', { name: 'Rank by' }).click();
      await view.page.getByRole('option', { name: 'Largest activation' }).click();
      await until('the ranking', async () => (await view.saved())?.ranking === 'largest');
      await view.page.getByRole('combobox', { name: 'Layer' }).click();
      await view.page.getByRole('option', { name: '3' }).click();
      await until('the layer', async () => (await texts(view, '.counter')).join() === '172 of 860 neurons');
      assert.match(await nameAt(view, 0), /^L3 /);
    }));
});

describe('details', () => {
  it('show the activations as a table, and copy them', () =>
    withSample(small, async (view) => {
      await row(view, 0).click();
      await view.page.getByRole('button', { name: 'More Actions…' }).click();
      await view.page.getByRole('menuitem', { name: 'Show Activations as Table' }).click();
      const tokens = await texts(view, '.histogram td:last-child');
      assert.equal(
        tokens.map(Number).reduce((sum, count) => sum + count, 0),
        248,
      );
      await view.page.getByRole('button', { name: 'More Actions…' }).focus();
      await view.page.keyboard.press('Enter');
      await view.page.keyboard.press('ArrowDown');
      await view.page.keyboard.press('Enter');
      await settle(view);
      assert.equal(await view.page.getByRole('menu').count(), 0);
    }));

  it('mark the token under the cursor of the editor', () =>
    withSample(small, async (view) => {
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
    withSample(small, async (view) => {
      await view.page.keyboard.press('/');
      await view.page.keyboard.type('zzz');
      await view.page.getByRole('button', { name: 'Clear Filter' }).click();
      await until('all rows', async () => (await texts(view, '.counter')).join() === '860 neurons');
    }));
});
