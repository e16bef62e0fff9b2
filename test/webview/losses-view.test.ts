// The view of losses in a real browser, with what real models lose.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Intervention } from '../../src/protocol/interventions';
import type { FromLossesView } from '../../src/protocol/lossesView';
import { writeRandomCheckpoint } from '../support/randomModel';
import { storyFile } from '../support/story';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, until, withView } from './harness/actions';
import { itFits, picture } from './harness/looks';
import { openLosses, openLossesPage, type LossesOptions, type LossesView } from './harness/lossesPage';
import { startReader, type Reader } from './harness/reader';

const withoutHead: Intervention[] = [
  { id: 'a', on: true, part: 'L2H3', change: { kind: 'ablate', to: 'zero' } },
  { id: 'b', on: true, part: 'L3.mlp', change: { kind: 'scale', factor: 0.8 } },
];

let browser: Browser;
/** The sample model under two interventions. */
let reader: Reader;
let folder: string;
let other: string;
before(async () => {
  browser = await launchBrowser();
  reader = await startReader(await readFile(storyFile, 'utf8'));
  await reader.backend.request('subtext/setInterventions', {
    model: reader.model,
    interventions: withoutHead,
  });
  folder = await mkdtemp(join(tmpdir(), 'subtext-losses-'));
  await writeRandomCheckpoint(join(folder, 'random-letters'));
  other = (await reader.backend.request('subtext/openModel', { path: join(folder, 'random-letters') })).id;
});
after(async () => {
  reader.backend.stop();
  await browser.close();
  await rm(folder, { recursive: true });
});

function withLosses(work: (view: LossesView) => Promise<void>, options: LossesOptions = {}): Promise<void> {
  return withView(openLosses(browser, reader, options), work);
}

function sent<Type extends FromLossesView['type']>({ messages }: LossesView, type: Type) {
  return messages.filter((message) => message.type === type) as Extract<FromLossesView, { type: Type }>[];
}

/** What stands in a column of all rows that the page keeps, from the top. */
async function column(view: LossesView, place: number): Promise<string[]> {
  const rows = view.page.locator('.virtual-list .row:not([hidden])');
  const found = await rows.evaluateAll(
    (elements, index) =>
      elements
        .map((row) => ({ at: Number(row.ariaRowIndex), text: row.children[index].textContent }))
        .sort((one, two) => one.at - two.at),
    place,
  );
  return found.map(({ text }) => text);
}

const number = (text: string) => Number(text.replace('−', '-').replace(/,| (worse|better)$/g, ''));

async function choose({ page }: LossesView, name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Changes' }).click();
  await page.getByRole('option', { name }).click();
}

describe('the table over the list', () => {
  it('says what the whole text loses before and after, and per unit of it', () =>
    withLosses(async (view) => {
      assert.deepEqual(await texts(view, '.reader'), [
        'Before: without interventions',
        'After: with 2 interventions',
      ]);
      assert.deepEqual(await texts(view, '.totals [role=rowheader]'), [
        'whole text',
        'token',
        'character',
        'word',
      ]);
      for (let row = 2; row <= 5; row++) {
        const cells = await texts(view, `.totals .row:nth-child(${row}) [role=cell]`);
        const [was, is, change] = cells.map(number);
        // Each is written with three digits, and a loss of a thousand nats and more without decimals.
        assert.ok(Math.abs(is - was - change) <= Math.max(1, 0.01 * is), cells.join(' '));
        assert.match(cells[2], change > 0 ? /^\+.* worse$/ : /^−.* better$/);
      }
      assert.match((await texts(view, '.fact.note')).join(), /2 interventions/);
    }));

  it('compares two models by characters and words where they cut the text differently', () =>
    withLosses(
      async (view) => {
        assert.deepEqual(await texts(view, '.reader'), [
          'From: random-letters',
          'To: stories with 2 interventions',
        ]);
        assert.deepEqual(await texts(view, '.totals [role=rowheader]'), ['whole text', 'character', 'word']);
        assert.match((await texts(view, '.totals .change'))[0], /^−.* better$/);
        for (const table of ['.totals', '.head-group']) {
          const heads = await texts(view, `${table} [role=columnheader].number`);
          assert.deepEqual(heads, ['random…tters', 'stories', 'Change']);
        }
        assert.match((await texts(view, '.counter')).join(), /spans: /);
      },
      { before: { model: other, interventions: true } },
    ));
});

describe('the list', () => {
  it('has the largest changes first, with the losses that they are the difference of', () =>
    withLosses(async (view) => {
      const sizes = (await column(view, 3)).map((text) => Math.abs(number(text)));
      assert.ok(sizes.length > 10);
      assert.deepEqual(
        sizes,
        [...sizes].sort((a, b) => b - a),
      );
      const shown = await Promise.all([1, 2, 3].map(async (place) => (await column(view, place))[0]));
      const [was, is, change] = shown.map(number);
      // Each is rounded to its last digit.
      const rounding = shown.map((text) => 0.5 * 10 ** -(text.split('.')[1]?.length ?? 0));
      assert.ok(
        Math.abs(is - was - change) <= rounding.reduce((sum, each) => sum + each) + 1e-9,
        shown.join(),
      );
    }));

  it('shows what became worse or better alone when asked to, and keeps that', () =>
    withLosses(async (view) => {
      await choose(view, 'Better');
      await until('better', async () => (await column(view, 3)).every((change) => change.startsWith('−')));
      assert.match((await texts(view, '.counter')).join(), / tokens: [\d,]+ worse, [\d,]+ better$/);
      assert.equal((await view.saved())?.shown, 'better');
      await choose(view, 'Worse');
      await until('worse', async () => (await column(view, 3)).every((change) => change.startsWith('+')));
    }));

  for (const width of [255, 425]) {
    it(`and the table have their numbers and words whole at ${width} pixels`, async () => {
      for (const before of [undefined, { model: other, interventions: true }]) {
        await withLosses(
          async (view) => {
            const cut = await view.page
              .locator('.totals .cell, .head-group .cell, .virtual-list .cell.number')
              .evaluateAll((cells) =>
                cells
                  .filter(
                    (cell) => cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight,
                  )
                  .map(({ textContent }) => textContent),
              );
            assert.deepEqual(cut, []);
            // In one go, since the list goes on to replace rows; those that it keeps for later are hidden.
            const lines = await view.page.evaluate(() =>
              [...document.querySelectorAll('.virtual-list .row:not([hidden]) .token')].map(
                (token) => token.getClientRects().length,
              ),
            );
            assert.ok(lines.length > 0);
            assert.deepEqual(new Set(lines), new Set([1]));
          },
          { width, ...(before && { before }) },
        );
      }
    });
  }

  it('is moved over by keys, and shows the token in the text', () =>
    withLosses(async (view) => {
      const grid = view.page.getByRole('grid', { name: 'Largest changes' });
      const { keyboard } = view.page;
      await grid.focus();
      await keyboard.press('ArrowDown');
      await keyboard.press('ArrowDown');
      await until('two tokens shown', () => sent(view, 'reveal').length === 2);
      assert.equal(await grid.getAttribute('aria-activedescendant'), 'loss-1');
      await keyboard.press('End');
      const last = Number(await grid.getAttribute('aria-rowcount')) - 2;
      await view.page.locator(`#loss-${last}.active`).waitFor();
      await keyboard.press('Home');
      await view.page.locator('#loss-0.active').waitFor();
      assert.notEqual(sent(view, 'reveal')[0].token, sent(view, 'reveal')[1].token);
      await keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    }));

  it('shows a row that is clicked, tells which token the pointer is on, and marks that of the cursor', () =>
    withLosses(async (view) => {
      await view.page.locator('#loss-2').click();
      await until('shown', () => sent(view, 'reveal').length === 1);
      const { token } = sent(view, 'reveal')[0];
      await view.page.locator('#loss-2 .token').hover();
      await until('told', () => sent(view, 'hoverToken').at(-1)?.token === token);
      await view.send({ type: 'cursor', token });
      await view.page.locator('#loss-2 .under-cursor').waitFor();
    }));

  it('is copied as CSV', () =>
    withLosses(async (view) => {
      await view.page.getByRole('button', { name: 'Copy as CSV' }).click();
      const copied = await view.page.evaluate(() => navigator.clipboard.readText());
      const [head, ...lines] = copied.trim().split('\r\n');
      assert.equal(head, 'token,text,without interventions (nats),with 2 interventions (nats),change');
      const rows = Number(await view.page.getByRole('grid').getAttribute('aria-rowcount')) - 1;
      // A piece may hold a line break, but no lone one of the two that end a row.
      assert.equal(lines.length, rows);
      const [was, is, change] = lines[0].split(',').slice(-3).map(Number);
      assert.ok(Math.abs(is - was - change) < 1e-5);
    }));

  it('of a selection has its tokens alone, and leads to the whole text', () => {
    const start = reader.text.indexOf('Lily loved');
    const selection = { start, end: start + 'Lily loved to paint'.length };
    return withLosses(
      async (view) => {
        const pieces = await column(view, 0);
        assert.deepEqual(pieces.sort(), ['·Lily', '·loved', '·paint', '·to']);
        await view.page.getByRole('button', { name: 'Whole Text' }).click();
        await until('asked', () => sent(view, 'wholeText').length === 1);
      },
      { selection },
    );
  });

  it('says so where nothing changed', () =>
    withLosses(
      async (view) => {
        assert.deepEqual(await texts(view, '.counter'), ['Nothing changed']);
        assert.deepEqual(await column(view, 0), []);
      },
      { before: { interventions: true } },
    ));
});

describe('before there is anything to show', () => {
  it('leads to the command that asks, or to a model where none is open', () =>
    withView(openLossesPage(browser, { width: 420, height: 240 }), async (view) => {
      await view.send({
        type: 'status',
        status: { phase: 'empty', message: 'Open a model.', modelOpen: false },
      });
      await view.page.getByRole('button', { name: 'Open Model…' }).click();
      await view.send({ type: 'status', status: { phase: 'empty', message: 'Compare.', modelOpen: true } });
      await view.page.getByRole('button', { name: 'Show Loss Changes' }).click();
      await until('both', () => sent(view, 'run').length === 2);
      assert.deepEqual(
        sent(view, 'run').map(({ command }) => command),
        ['subtext.openModel', 'subtext.showLossChanges'],
      );
      assert.equal(await view.page.locator('.toolbar').isVisible(), false);
      await picture(view, 'losses-empty');
    }));

  it('shows that it is computing, and what it is told of how far that is', () =>
    withView(openLossesPage(browser), async (view) => {
      const status = { phase: 'loading', message: 'Opening stories…', modelOpen: true } as const;
      await view.send({ type: 'status', status });
      await view.page.getByText('Opening stories…').waitFor();
      await view.send({ type: 'status', status: { ...status, progress: 0.4 } });
      const bar = view.page.getByRole('progressbar');
      await until('40%', async () => (await bar.getAttribute('aria-valuenow')) === '40');
      assert.equal(await view.page.locator('main').getAttribute('aria-busy'), 'true');
    }));
});

describe('what is shown', () => {
  it('stays and is dimmed while it is computed anew', () =>
    withLosses(async (view) => {
      await view.send({ type: 'status', status: { phase: 'loading', modelOpen: true } });
      await view.page.locator('main.stale').waitFor();
      await until('dimmed', () =>
        view.page.locator('.totals').evaluate((element) => getComputedStyle(element).opacity === '0.5'),
      );
      assert.ok((await column(view, 0)).length > 10);
    }));

  it('stays under the line that says what went wrong, with ways on', () =>
    withLosses(async (view) => {
      const message = 'The backend ended (signal SIGKILL). It is started again.';
      await view.send({ type: 'status', status: { phase: 'failed', message, modelOpen: true } });
      await view.page.getByRole('alert').filter({ hasText: message }).waitFor();
      await settle(view);
      await picture(view, 'losses-failed');
      await view.page.getByRole('button', { name: 'Show Log' }).click();
      await view.page.getByRole('button', { name: 'Try Again' }).click();
      await until('asked again', () => sent(view, 'refresh').length === 1);
      assert.equal(sent(view, 'run')[0].command, 'subtext.showLog');
    }));

  it('is asked for again after a reload, on the side that was chosen', () =>
    withLosses(
      async (view) => {
        await until('better', async () => (await column(view, 3)).every((change) => change.startsWith('−')));
        assert.deepEqual((await view.saved())?.before, { interventions: false });
      },
      { state: { uri: 'file:///stories/story.txt', model: '/m', shown: 'better' } },
    ));
});

itFits('losses-page', '.toolbar, .view-header, .totals, .virtual-list', (options, work) =>
  withLosses(
    async (view) => {
      await view.page.getByRole('grid', { name: 'Largest changes' }).focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await view.page.keyboard.press(key);
      await view.page.locator('#loss-5').hover();
      await work(view);
    },
    { ...options, height: 560 },
  ),
);
