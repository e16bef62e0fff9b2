// What the attention view shows and does, in a real browser, with answers of the real backend.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { AttentionGrid } from '../../src/protocol/attention';
import type { AttentionViewState, FromAttentionView } from '../../src/protocol/attentionView';
import { storyFile } from '../support/story';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, until } from './harness/actions';
import { openAttention, type Answered, type AttentionPage } from './harness/attentionPage';
import { startReader, type Reader } from './harness/reader';

let browser: Browser;
let reader: Reader;
before(async () => {
  browser = await launchBrowser();
  reader = await startReader(await readFile(storyFile, 'utf8'));
});
after(async () => {
  await browser.close();
  reader.backend.stop();
});

async function withAttention(
  work: (answered: Answered) => Promise<void>,
  options: { state?: AttentionViewState; width?: number } = {},
): Promise<void> {
  const answered = await openAttention(browser, reader, { width: 1000, height: 760, ...options });
  try {
    await work(answered);
    assert.deepEqual(answered.view.errors, []);
  } finally {
    await answered.view.close();
  }
}

function sent<Type extends FromAttentionView['type']>(
  { messages }: AttentionPage,
  type: Type,
): Extract<FromAttentionView, { type: Type }>[] {
  return messages.filter((message) => message.type === type) as never;
}

describe('heads', () => {
  it('stand layer by layer with the chosen score under each', () =>
    withAttention(async ({ view, inspection }) => {
      assert.deepEqual(await texts(view, '.fact'), ['story.txt', '361 tokens', 'stories', 'cpu']);
      assert.deepEqual(await texts(view, '.layer-label'), ['L0', 'L1', 'L2', 'L3']);
      assert.equal((await texts(view, '.head-name')).slice(0, 9).join(), 'H0,H1,H2,H3,H4,H5,H6,H7,H0');
      const shown = Number((await texts(view, '.head-value'))[20]);
      assert.ok(Math.abs(shown - inspection.grid!.scores.induction[20]) < 1e-3);
    }));

  it('are sorted by another score, filtered by name, and counted', () =>
    withAttention(async ({ view, inspection }) => {
      const { page } = view;
      await page.getByRole('combobox', { name: 'Score' }).click();
      await page.getByRole('option', { name: 'Previous token' }).click();
      await page.getByRole('button', { name: 'Sort', exact: true }).click();
      await settle(view);
      const scores = inspection.grid!.scores.previousToken;
      const best = scores.indexOf(Math.max(...scores));
      assert.equal((await texts(view, '.head-name'))[0], `L${Math.floor(best / 8)} H${best % 8}`);
      await page.keyboard.press('Escape');
      await page.locator('.head-grid').focus();
      await page.keyboard.press('/');
      await page.keyboard.type('L2');
      await until('eight heads', async () => (await texts(view, '.counter'))[0] === '8 of 32 heads');
      await page.keyboard.type(' h9');
      await page.getByText('No head matches the filter.').waitFor();
      await page.getByRole('button', { name: 'Clear Filter' }).click();
      await until('all heads', async () => (await texts(view, '.counter'))[0] === '32 heads');
      assert.equal((await view.saved())?.score, 'previousToken');
    }));

  it('stay open when Esc closes a dropdown', () =>
    withAttention(async ({ view, inspection }) => {
      const { page } = view;
      await page.locator('#head-20').click();
      await page.locator('.head-pane').waitFor();
      await page.getByRole('combobox', { name: 'Score' }).click();
      await page.keyboard.press('Escape');
      await settle(view);
      assert.equal(await page.locator('vscode-dropdown[open]').count(), 0);
      assert.deepEqual(inspection.locked, { layer: 2, head: 4 });
      await page.keyboard.press('Escape');
      await until('closed', () => inspection.locked === undefined);
    }));

  it('are moved over, opened and closed by keys', () =>
    withAttention(async ({ view, inspection }) => {
      const { page } = view;
      await page.locator('.head-grid').focus();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
      await page.locator('.head-cell.open').waitFor();
      assert.deepEqual(inspection.locked, { layer: 1, head: 1 });
      assert.equal((await texts(view, '.head-title'))[0], 'L1 H1');
      await page.keyboard.press('Escape');
      await page.locator('.head-pane').waitFor({ state: 'hidden' });
      assert.equal(inspection.locked, undefined);
    }));

  it('say where a pattern is not learned and where it is not made of numbers', () =>
    withAttention(async ({ view, inspection }) => {
      const grid = inspection.grid!;
      const kinds = [...grid.kinds];
      kinds[3] = 'unlearned';
      const notNumbers = Int32Array.from(grid.notNumbers);
      notNumbers[4] = 7;
      const changed: AttentionGrid = { ...grid, kinds, notNumbers, learned: 'uniform' };
      await view.send({ type: 'grid', grid: changed, hideSink: false, question: inspection.question! });
      await until('the words', async () => (await texts(view, '.head-value'))[3] === 'uniform');
      assert.equal((await texts(view, '.head-value'))[4], 'NaN');
      assert.match(
        (await view.page.locator('#head-4').getAttribute('aria-label')) ?? '',
        /7 cells are not numbers/,
      );
      assert.ok((await texts(view, '.fact')).includes('no learned patterns'));
    }));

  it('are ordered by the comparison until another score is chosen, as the fields say', () =>
    withAttention(async ({ view, inspection }) => {
      const { page } = view;
      const score = page.getByRole('combobox', { name: 'Score' });
      const sort = page.getByRole('button', { name: 'Sort', exact: true });
      const chosen = () =>
        page
          .locator('vscode-dropdown >> nth=0')
          .evaluate((field) => field.shadowRoot!.querySelector('.selected-value')!.textContent);
      const between = { first: { start: 0, end: 40 }, second: { start: 60, end: 90 } };
      void inspection.compareBetween(between);
      await until('linkage', async () => /Linkage/.test(await chosen()));
      assert.equal(await sort.getAttribute('aria-pressed'), 'true');
      assert.match((await page.locator('.head-cell').first().getAttribute('aria-label')) ?? '', /Linkage/);
      await score.click();
      await page.getByRole('option', { name: 'Self' }).hover();
      await page.getByRole('tooltip').filter({ hasText: 'attention of a token to itself' }).waitFor();
      const lists = await page
        .locator('vscode-option')
        .evaluateAll((entries) =>
          entries
            .filter((entry) => entry.scrollWidth > entry.clientWidth)
            .map(({ textContent }) => textContent),
        );
      assert.deepEqual(lists, []);
      await page.getByRole('option', { name: 'Self' }).click();
      await until('self', async () => (await view.saved())?.order === 'score');
      await sort.click();
      await until('by place', async () => (await view.saved())?.order === 'place');
    }));

  it('leave their room to the open one where none matches the filter', () =>
    withAttention(
      async ({ view }) => {
        const { page } = view;
        await page.locator('#head-20').click();
        await page.locator('.head-pane').waitFor();
        await page.locator('.head-grid').focus();
        await page.keyboard.press('/');
        await page.keyboard.type('L99');
        await page.locator('.notice.noMatch').waitFor();
        await settle(view);
        const bottom = await page.locator('.notice').evaluate((box) => box.getBoundingClientRect().bottom);
        const pane = (await page.locator('.head-pane').boundingBox())!;
        assert.ok(Math.abs(pane.y - bottom) <= 2, `${pane.y} ${bottom}`);
        assert.ok(Math.abs(pane.y + pane.height - 760) <= 2);
      },
      { width: 425 },
    ));

  it('are compared with a pattern that is chosen', () =>
    withAttention(async ({ view, inspection }) => {
      const { page } = view;
      await page.getByRole('button', { name: 'Find Heads by Pattern…' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Previous token' }).click();
      await page.getByText('Heads by likeness to: Previous token').waitFor();
      const { ranking } = inspection;
      assert.ok(ranking?.kind === 'pattern' && ranking.answer);
      const [best] = ranking.answer.order;
      assert.equal((await texts(view, '.head-name'))[0], `L${Math.floor(best / 8)} H${best % 8}`);
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      await until('the model’s order', async () => (await texts(view, '.layer-label')).length === 4);
    }));

  it('are compared with a pattern that is drawn', () =>
    withAttention(async ({ view }) => {
      const { page } = view;
      await page.getByRole('button', { name: 'Find Heads by Pattern…' }).click();
      await page.getByRole('menuitem', { name: 'Draw a Pattern…' }).click();
      await page.locator('.map-body').focus();
      for (const key of ['Shift+ArrowDown', 'Shift+ArrowDown', 'Enter', 'Shift+ArrowDown', 'Enter']) {
        await page.keyboard.press(key);
      }
      await until('two marks', async () => (await texts(view, '.drawing-bar'))[0].includes('2 marked'));
      await page.getByRole('button', { name: 'Find Heads Like This' }).click();
      await page.getByText('Heads by likeness to: the drawn pattern').waitFor();
      const [{ pattern }] = sent(view, 'search');
      assert.deepEqual(pattern, {
        drawn: [
          [1, 0],
          [2, 0],
        ],
      });
    }));
});

describe('an open head', () => {
  it('asks only for the tiles in sight, and shows the value under the pointer', () =>
    withAttention(async ({ view }) => {
      const { page } = view;
      await page.locator('#head-20').click();
      await until('a tile', () => sent(view, 'tile').length > 0);
      await settle(view);
      const [{ question }] = sent(view, 'tile');
      assert.deepEqual([question.layer, question.head, question.step], [2, 4, 1]);
      const box = (await page.locator('.map-body').boundingBox())!;
      await page.mouse.move(box.x + 90, box.y + 300);
      await until('a value', async () => /→ “.*” \(\d+\) {2}\d/.test((await texts(view, '.map-readout'))[0]));
      await page.mouse.move(box.x + 300, box.y + 90);
      await until('a masked cell', async () => /it comes later/.test((await texts(view, '.map-readout'))[0]));
    }));

  it('shows all its scores, at once or where there is no room when asked to', async () => {
    const seen = async (view: AttentionPage) =>
      (await view.page.locator('.head-fact:visible').allInnerTexts()).length;
    for (const width of [255, 425]) {
      await withAttention(
        async ({ view }) => {
          await view.page.locator('#head-20').click();
          await view.page.getByRole('button', { name: 'All Scores' }).waitFor();
          assert.match((await texts(view, '.head-fact:not(.other)'))[1], /^Induction \d/);
          assert.equal(await seen(view), 2);
          await view.page.getByRole('button', { name: 'All Scores' }).click();
          assert.equal(await seen(view), 11);
          const cut = await view.page.locator('.head-facts').evaluate((line) => {
            const bottom = line.getBoundingClientRect().bottom;
            return [...line.querySelectorAll('.head-fact')].some(
              (fact) => fact.getBoundingClientRect().bottom > bottom + 1,
            );
          });
          assert.equal(cut, false);
        },
        { width },
      );
    }
    await withAttention(async ({ view }) => {
      await view.page.locator('#head-20').click();
      await until('all', async () => (await seen(view)) === 11);
    });
  });

  it('is zoomed by the wheel, dragged, shown whole again, and saved so', () =>
    withAttention(async ({ view }) => {
      const { page } = view;
      await page.locator('#head-20').click();
      const box = (await page.locator('.map-body').boundingBox())!;
      await page.mouse.move(box.x + 200, box.y + 200);
      await page.mouse.wheel(0, -400);
      await until('a place', async () => (await view.saved())?.place !== undefined);
      const { scale, source } = (await view.saved())!.place!;
      await page.mouse.down();
      await page.mouse.move(box.x + 150, box.y + 150, { steps: 3 });
      await page.mouse.up();
      await settle(view);
      const moved = (await view.saved())!.place!;
      assert.ok(Math.abs(moved.source - source - 50 / scale) < 0.1, JSON.stringify(moved));
      assert.equal(sent(view, 'pin').length, 0);
      await page.getByRole('button', { name: 'Show Whole Map (0)' }).click();
      await until('no place', async () => (await view.saved())?.place === undefined);
    }));

  it('follows the cursor of the editor, and the pointer before it; a click pins', () =>
    withAttention(async ({ view, inspection, moveCursor }) => {
      const { page } = view;
      await page.locator('#head-20').click();
      moveCursor(reader.text.indexOf('Lily loved') + 1);
      await until('its links', async () => (await texts(view, '.link-line > .token'))[0] === 'Lily');
      await page.getByRole('button', { name: 'Text', exact: true }).click();
      await page.locator('.text-tokens .token', { hasText: 'house' }).first().click();
      await until('pinned', () => inspection.pinned);
      await page.locator('.head-title').hover();
      await until('its links', async () => (await texts(view, '.link-line > .token'))[0] === 'house');
      assert.ok((await page.locator('.text-lines path.to').count()) > 0);
      await page.keyboard.press('p');
      await until('the cursor’s', async () => (await texts(view, '.link-line > .token'))[0] === 'Lily');
    }));

  it('is a table, and copied as CSV', () =>
    withAttention(async ({ view }) => {
      const { page } = view;
      await page.locator('#head-20').click();
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await page.locator('.pattern-table .link').first().waitFor();
      assert.equal(await page.locator('.pattern-table').getAttribute('aria-rowcount'), '362');
      await page.getByRole('button', { name: 'More Actions…' }).click();
      await page.getByRole('menuitem', { name: 'Copy as CSV' }).click();
      const read = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
      await until('rows', async () => (await read()).split('\r\n').length > 300);
      const [head, first] = (await read()).split('\r\n');
      assert.equal(head, 'destination,destination_piece,source,source_piece,attention');
      assert.match(first, /^0,Once,0,Once,1$/);
    }));

  it('is saved as SVG and PNG', () =>
    withAttention(async ({ view }) => {
      const { page } = view;
      await page.locator('#head-20').click();
      await until('a tile', () => sent(view, 'tile').length > 0);
      for (const kind of ['SVG', 'PNG']) {
        await page.getByRole('button', { name: 'More Actions…' }).click();
        await page.getByRole('menuitem', { name: `Save Map as ${kind}…` }).click();
        await until(kind, () => sent(view, 'save').some(({ name }) => name.endsWith(kind.toLowerCase())));
      }
      const [svg, png] = sent(view, 'save');
      assert.equal(svg.name, 'story-L2H4.svg');
      assert.match(svg.content as string, /^<svg [^]*<image [^]*L2 H4 · story.txt · stories[^]*<\/svg>\n$/);
      assert.deepEqual(Object.values(png.content).slice(1, 4), [80, 78, 71]);
    }));

  it('comes back with a reload as it was', async () => {
    let state: AttentionViewState | undefined;
    await withAttention(async ({ view }) => {
      await view.page.locator('#head-20').click();
      await view.page.getByRole('button', { name: 'Text', exact: true }).click();
      await view.page.getByRole('button', { name: 'Hide sink' }).click();
      await until('it is saved', async () => (await view.saved())?.hideSink === true);
      state = await view.saved();
    });
    await withAttention(
      async ({ view, inspection }) => {
        await view.page.locator('.head-cell.open#head-20').waitFor();
        await view.page.locator('.text-tokens').waitFor();
        assert.equal(inspection.hideSink, true);
        assert.deepEqual(await view.saved(), state);
      },
      { state },
    );
  });

  it('shows its keys', () =>
    withAttention(async ({ view }) => {
      await view.page.locator('.head-grid').focus();
      await view.page.keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
      assert.ok((await view.page.locator('.keys-help dt').count()) > 5);
    }));
});
