// The lens view in a real browser, with what a real model predicts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { FromLensView } from '../../src/protocol/lensView';
import { launchBrowser } from '../vscode/harness/browser';
import { coveredEntries, settle, texts, until, withView } from './harness/actions';
import { LensText, type LensConversation, type LensView } from './harness/lensPage';
import { itFits } from './harness/looks';
import type { ViewOptions } from './harness/page';

let browser: Browser;
let story: LensText;
before(async () => {
  browser = await launchBrowser();
  story = await LensText.open();
});
after(async () => {
  story.close();
  await browser.close();
});

function withLens(
  work: (view: LensView) => Promise<void>,
  options: ViewOptions<LensConversation> & { selection?: { start: number; end: number } } = {},
  text = story,
): Promise<void> {
  return withView(text.show(browser, options), work);
}

function sent<Type extends FromLensView['type']>({ messages }: LensView, type: Type) {
  return messages.filter((message) => message.type === type) as Extract<FromLensView, { type: Type }>[];
}

/** Opens a place and waits for its tokens. */
async function open({ page }: LensView, point: number, token: number): Promise<void> {
  await page.locator(`#place-${point}-${token}`).click();
  await page.locator('.candidate').nth(19).waitFor();
}

describe('the map', () => {
  it('has the last layer on top, a number in every cell, and says how layers are read', () =>
    withLens(async (view) => {
      assert.deepEqual(await texts(view, '.map-head'), ['Layer', 'L3', 'L2', 'L1', 'L0', 'embed']);
      assert.match((await texts(view, '.fact.note')).join(), /statistics/);
      const grid = view.page.locator('[role=grid]');
      assert.equal(await grid.getAttribute('aria-rowcount'), '6');
      assert.equal(await grid.getAttribute('aria-colcount'), '362');
      const cell = view.page.locator('#place-4-0');
      assert.match((await cell.getAttribute('aria-label')) ?? '', /^L3, after 'Once': '·upon' 9\d%/);
      assert.ok(await cell.evaluate((element) => element.matches('.right[data-level="10"]')));
      assert.equal(await view.page.getByRole('gridcell').filter({ hasText: /NaN/ }).count(), 0);
    }));

  it('keeps few of its cells in the page, and shows the last token when asked for', () =>
    withLens(async (view) => {
      assert.ok((await view.page.locator('.map-cell').count()) < 150);
      await view.page.locator('[role=grid]').focus();
      await view.page.keyboard.press('End');
      await view.page.locator('#place-4-360.active').waitFor();
      assert.equal(await view.page.locator('#place-4-0').count(), 0);
    }));

  it('is coloured otherwise by the dropdown, and keeps that', () =>
    withLens(async (view) => {
      await view.page.getByRole('combobox', { name: 'Colour by' }).click();
      await view.page.getByRole('option', { name: 'Rank of next' }).click();
      await until('ranks', async () => (await texts(view, '#place-4-0 .map-number')).join() === '#1');
      assert.equal((await view.saved())?.colouring, 'rank');
      assert.deepEqual(await texts(view, '.legend > span'), ['#10,000', '#1']);
    }));

  for (const width of [255, 640]) {
    it(`lies under the entries of the dropdown at ${width} pixels`, () =>
      withLens(
        async (view) => {
          assert.deepEqual(await coveredEntries(view, 'Colour by'), []);
          const entry = view.page.getByRole('option', { name: 'Rank of next' });
          await entry.click({ position: { x: 8, y: 8 } });
          await until('chosen', async () => (await view.saved())?.colouring === 'rank');
        },
        { width },
      ));
  }

  it('marks the column of the cursor, and tells which token the pointer is on', () =>
    withLens(async (view) => {
      await view.send({ type: 'cursor', token: 3 });
      await until('marked', async () => (await view.page.locator('.under-cursor').count()) === 6);
      await view.page.locator('.map-token').nth(1).hover();
      await until('told', () => sent(view, 'hoverToken').length > 0);
      await view.page.locator('.map-token').nth(1).click();
      await until('shown', () => sent(view, 'reveal').at(-1)?.token === 1);
    }));

  it('goes where the cursor of the editor is, and stays at a place that is open', () =>
    withLens(async (view) => {
      const { page } = view;
      const isSeen = async (token: number) => {
        const [column, map] = await Promise.all(
          [`#place-4-${token}`, '.lens-map'].map((each) => page.locator(each).boundingBox({ timeout: 500 })),
        ).catch(() => []);
        return Boolean(column && map && column.x >= map.x && column.x + column.width <= map.x + map.width);
      };
      await view.send({ type: 'cursor', token: 200 });
      await until('token 200 is seen', () => isSeen(200));
      // What the person scrolls to stays until the cursor moves.
      await page.locator('.lens-map').evaluate((map) => (map.scrollLeft = 0));
      await until('token 0 is seen', () => isSeen(0));
      await settle(view);
      assert.ok(await isSeen(0));
      await open(view, 2, 1);
      await view.send({ type: 'cursor', token: 300 });
      await settle(view);
      assert.ok(await isSeen(1));
    }));

  it('asks for the columns of a long text as they come into sight', async () => {
    const long = await LensText.open({ times: 14 });
    try {
      await withLens(
        async (view) => {
          assert.equal(sent(view, 'window').length, 0);
          await view.page.locator('[role=grid]').focus();
          await view.page.keyboard.press('End');
          await view.page.locator('.map-cell.active .map-number').waitFor();
          const { window } = sent(view, 'window')[0];
          assert.equal(window.start, 4000);
          await settle(view);
          assert.equal(sent(view, 'window').length, 1);
        },
        {},
        long,
      );
    } finally {
      long.close();
    }
  });

  it('of a selection has its tokens alone, and leads to the whole text', () =>
    withLens(
      async (view) => {
        const tokens = await texts(view, '.map-token:not([hidden])');
        assert.deepEqual(tokens.sort(), [',', '·there', '·time', '·was']);
        await view.page.getByRole('button', { name: 'Whole Text' }).click();
        await until('asked', () => sent(view, 'wholeText').length === 1);
      },
      { selection: { start: 12, end: 26 } },
    ));

  it('is copied as CSV, and saved as what is in sight', () =>
    withLens(async (view) => {
      const item = async (name: RegExp) => {
        await view.page.getByRole('button', { name: 'More Actions…' }).first().click();
        await view.page.getByRole('menuitem', { name }).click();
      };
      await item(/Copy Map/);
      const copied = await view.page.evaluate(() => navigator.clipboard.readText());
      assert.equal(copied.trim().split('\r\n').length, 1 + 361 * 5);
      await item(/SVG/);
      await item(/PNG/);
      await until('both', () => sent(view, 'save').length === 2);
      const [svg, png] = sent(view, 'save');
      assert.equal(svg.name, 'story.txt.lens.svg');
      assert.match(String(svg.content), /✓·upon/);
      assert.ok(png.content.length > 1000);
    }));
});

describe('a place', () => {
  it('is named whole where there is little room, and the number of its token cut instead', () =>
    withLens(
      async (view) => {
        await open(view, 2, 2);
        const isCut = (part: string) =>
          view.page.locator(part).evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
        assert.deepEqual([await isCut('.place-name'), await isCut('.place-token')], [false, true]);
      },
      { width: 395 },
    ));

  it('shows its twenty likeliest tokens and the path of the next, also as a table', () =>
    withLens(async (view) => {
      await open(view, 2, 2);
      assert.deepEqual(await texts(view, '.detail-title'), ["L1 after '·a' (token 2)"]);
      assert.match(
        (await view.page.locator('.path svg').getAttribute('aria-label')) ?? '',
        /L3 100%, rank 1$/,
      );
      await view.page.locator('.detail-head').getByRole('button', { name: 'More Actions…' }).click();
      await view.page.getByRole('menuitem', { name: 'Show Path as Table' }).click();
      assert.equal(await view.page.locator('.path tbody tr').count(), 5);
      assert.equal((await view.saved())?.pathAsTable, true);
    }));

  it('follows another token that is clicked or typed, and says when there is none such', () =>
    withLens(async (view) => {
      await open(view, 4, 2);
      await view.page.locator('.candidate').nth(3).click();
      const heading = () => view.page.locator('.detail-section h2').nth(1).innerText();
      await until('followed', async () => !(await heading()).startsWith("'·time'"));
      await view.page.keyboard.press('/');
      await view.page.keyboard.type(' girl');
      await view.page.keyboard.press('Enter');
      await until('typed', async () => (await heading()) === "'·girl' over the layers");
      await view.page.keyboard.type(' girl');
      await view.page.keyboard.press('Enter');
      await until('refused', async () =>
        /is 2 tokens/.test((await texts(view, '.detail-failure:not([hidden])')).join()),
      );
    }));

  it('is opened and closed by keys', () =>
    withLens(async (view) => {
      const { keyboard } = view.page;
      await view.page.locator('[role=grid]').focus();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'Enter']) await keyboard.press(key);
      await until('open', async () =>
        (await texts(view, '.detail-title')).join().startsWith("L2 after '·upon'"),
      );
      assert.equal(await view.page.locator('[role=grid]').getAttribute('aria-activedescendant'), 'place-3-1');
      await keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await keyboard.press('Escape');
      await keyboard.press('Escape');
      await view.page.locator('.lens-detail').waitFor({ state: 'hidden' });
    }));

  it('is opened again after a reload', () =>
    withLens(
      async (view) => {
        await view.page.locator('.candidate').first().waitFor();
        assert.deepEqual(await texts(view, '.detail-title'), ["L2 after '·was' (token 6)"]);
      },
      {
        state: {
          uri: 'file:///stories/story.txt',
          model: '/m',
          colouring: 'entropy',
          place: { point: 3, token: 6 },
        },
      },
    ));
});

itFits<LensConversation>('lens-page', '.toolbar, .view-header, .detail-head, .detail-body', (options, work) =>
  withLens(
    async (view) => {
      await open(view, 3, 2);
      await work(view);
    },
    { ...options, height: 620 },
  ),
);
