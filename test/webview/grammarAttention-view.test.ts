// The view of a grammar's attention statistics in a real browser, with what a real model computes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { ModelQuestion } from '../../src/host/inspection/modelQuestion';
import type { GrammarAttention, GrammarAttentionQuestion } from '../../src/protocol/grammarAttention';
import type {
  FromGrammarAttentionView,
  GrammarAttentionViewState,
  ToGrammarAttentionView,
} from '../../src/protocol/grammarAttentionView';
import { exact } from '../../webview/shared/numbers';
import { BackendProcess } from '../support/backendProcess';
import { madeUpStatistics } from '../support/grammarStatistics';
import { launchBrowser } from '../vscode/harness/browser';
import { coveredEntries, settle, texts, until, withView } from './harness/actions';
import { itFits, picture } from './harness/looks';
import { openPage, type Conversation, type View, type ViewOptions } from './harness/page';

interface StatisticsConversation extends Conversation {
  incoming: ToGrammarAttentionView;
  outgoing: FromGrammarAttentionView;
  state: GrammarAttentionViewState;
}
type StatisticsPage = View<StatisticsConversation>;
type Options = ViewOptions<StatisticsConversation>;

/** Of the sample model: 3 layers of 4. */
const HEADS = 12;

let browser: Browser;
let backend: BackendProcess;
let model: string;
before(async () => {
  browser = await launchBrowser();
  backend = await BackendProcess.start();
  model = (await backend.request('subtext/openModel', { path: join(root, 'media/models/cfg') })).id;
});
after(async () => {
  backend.stop();
  await browser.close();
});

const bundle = { name: 'grammarAttention', title: 'Attention Statistics' };

/** The view of the sample model, as the extension host leads it. */
async function show(
  options: Options = {},
  question: Partial<GrammarAttentionQuestion> = {},
): Promise<{ view: StatisticsPage; inspection: ModelQuestion<'subtext/grammarAttention'> }> {
  const inspection = new ModelQuestion(
    { request: (name, params) => backend.request(name, params) },
    'subtext/grammarAttention',
  );
  const view = await openPage<StatisticsConversation>(browser, bundle, {
    ...options,
    onMessage(message, page) {
      options.onMessage?.(message, page);
      if (message.type === 'change') void inspection.refresh({ strings: message.strings });
    },
  });
  const send = (message: ToGrammarAttentionView): void => void view.send(message).catch(() => undefined);
  inspection.onDidChange(() => {
    const { phase, failure, answer } = inspection;
    const status = { phase, message: failure?.line, model: 'cfg', engine: 'cpu', modelOpen: true };
    send({ type: 'status', status, question: inspection.question ?? null });
    if (answer) send({ type: 'statistics', statistics: answer });
  });
  await inspection.ask({ model, grammar: 'cfg3b/3', strings: 50, seed: 0, ...question });
  await settle(view);
  return { view, inspection };
}

/** The view of statistics that are given. */
async function showGiven(statistics: GrammarAttention, options: Options = {}): Promise<StatisticsPage> {
  const view = await openPage<StatisticsConversation>(browser, bundle, options);
  const status = { phase: 'ready', model: 'paper', engine: 'cpu', modelOpen: true } as const;
  const { grammar, strings, seed } = statistics;
  await view.send({ type: 'status', status, question: { model: '/paper', grammar, strings, seed } });
  await view.send({ type: 'statistics', statistics });
  await settle(view);
  return view;
}

const readout = async (view: StatisticsPage) => (await texts(view, '.map-readout')).join();
const map = ({ page }: StatisticsPage, name: RegExp) => page.getByRole('application', { name });

it('says the exact value of a cell, with its pairs, under the pointer and under the arrow keys', async () => {
  const { view, inspection } = await show();
  await withView(Promise.resolve(view), async () => {
    const { position, positionPairs, distances, endPairs, back } = inspection.answer!;
    await map(view, /by distance/).focus();
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('ArrowRight');
    assert.equal(
      await readout(view),
      `L0H1 · 2 tokens back · ${exact(position[distances.length + 1])} · ${positionPairs[1]} pairs`,
    );
    const canvas = map(view, /from ends of level 2/).locator('canvas');
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    // The first cell lies behind the names of rows and columns.
    await view.page.mouse.move(box.x + 40 + 10, box.y + 16 + 10);
    await until('the pointer is read', async () =>
      (await readout(view)).startsWith('Mean of all heads · from an end'),
    );
    const found = await readout(view);
    assert.match(
      found,
      /^Mean of all heads · from an end of level 2 to one of level 2, 1 constituent back · /,
    );
    assert.ok(found.endsWith(` · ${endPairs[back.indexOf(1)]} pairs`), found);
    await view.page.mouse.move(2, 2);
    await until('the pointer left', async () => (await readout(view)).startsWith('Point at a cell'));
  });
});

it('shows a head in full by a click on its row, by Enter and by the dropdown, and all again by Esc', async () => {
  const { view } = await show();
  await withView(Promise.resolve(view), async () => {
    const titles = () => texts(view, '.statistic h2');
    const all = ['By distance', 'To ends of constituents', 'Between ends · Mean of all heads'];
    assert.deepEqual((await titles()).slice(0, 3), all);
    await map(view, /ends of constituents/).focus();
    for (let row = 0; row < 3; row++) await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Enter');
    await settle(view);
    assert.deepEqual((await titles()).slice(2), ['Between ends · L0H2', 'From end to end · L0H2']);
    assert.deepEqual((await view.saved())?.heads, { layer: 0, head: 2 });
    await view.page.keyboard.press('Escape');
    await settle(view);
    assert.deepEqual((await titles()).slice(0, 3), all);
    await view.page.getByRole('combobox', { name: 'Heads' }).click();
    await view.page.getByRole('option', { name: 'L1 (mean)' }).click();
    await until('the layer', async () => (await titles())[2] === 'Between ends · Mean of L1');
    const canvas = (await map(view, /by distance/)
      .locator('canvas')
      .boundingBox())!;
    await view.page.mouse.click(canvas.x + 60, canvas.y + 16 + 7 * 20 + 10);
    await until('the clicked row', async () => (await titles())[2] === 'Between ends · L1H3');
  });
});

it('reads as many strings as the dropdown says', async () => {
  const { view, inspection } = await show();
  await withView(Promise.resolve(view), async () => {
    await view.page.getByRole('combobox', { name: 'Strings' }).click();
    await view.page.getByRole('option', { name: '200', exact: true }).click();
    await until('200 strings', async () => (await texts(view, '.fact')).includes('200 strings'));
    assert.equal(inspection.answer?.strings, 200);
  });
});

it('lies under the entries of its dropdowns', async () => {
  const { view } = await show({ width: 300 });
  await withView(Promise.resolve(view), async () => {
    assert.deepEqual(await coveredEntries(view, 'Strings'), []);
  });
});

it('is a table too, with a row for every cell that is shown', async () => {
  const { view, inspection } = await show();
  await withView(Promise.resolve(view), async () => {
    await view.page.getByRole('button', { name: 'Show as Table' }).click();
    await settle(view);
    const { position, boundary, distances } = inspection.answer!;
    const first = view.page.locator('.virtual-list .row').first();
    assert.deepEqual((await first.locator('.cell').allTextContents()).slice(0, 2), [
      'By distance',
      'L0H0 · 1 token back',
    ]);
    const rows = Number(await view.page.locator('.cell-table').getAttribute('aria-rowcount')) - 1;
    assert.ok(rows > position.length + boundary.length);
    assert.equal(position.length, HEADS * distances.length);
    const head = (await view.page.locator('.column-head').boundingBox())!;
    assert.ok((await first.boundingBox())!.y >= head.y + head.height, 'rows lie under the head');
    await picture(view, 'grammarAttention-table');
    await view.page.locator('.cell-table').focus();
    await view.page.keyboard.press('End');
    await settle(view);
    assert.match(
      (await view.page.locator('.row.active .place').textContent()) ?? '',
      /^Mean of all heads · from an end of level 3 to one of level 3, /,
    );
    const last = (await view.page.locator('.row.active').boundingBox())!;
    assert.ok(last.y + last.height <= 720, 'the last row is in sight');
    assert.equal((await view.saved())?.table, true);
  });
});

it('is saved as SVG and PNG, and all heads are copied as CSV', async () => {
  const { view, inspection } = await show();
  await withView(Promise.resolve(view), async () => {
    const choose = async (name: string) => {
      await view.page.getByRole('button', { name: 'More Actions…' }).click();
      await view.page.getByRole('menuitem', { name }).click();
    };
    const saved = () => view.messages.filter((message) => message.type === 'save');
    await choose('Save as SVG…');
    await until('an SVG', () => saved().length === 1);
    const [{ name, content }] = saved();
    assert.equal(name, 'attention-statistics.svg');
    const svg = content as string;
    assert.match(svg, /<title>cfg: attention over 50 strings of cfg3b\/3, \d+ terminals<\/title>/);
    for (const text of ['By distance', 'L1H3', 'Level 3', 'From level 2'])
      assert.ok(svg.includes(`>${text}<`), text);
    await choose('Save as PNG…');
    await until('a PNG', () => saved().length === 2);
    assert.equal(saved()[1].name, 'attention-statistics.png');
    await choose('Copy All Heads as CSV');
    const csv = await view.page.evaluate(() => navigator.clipboard.readText());
    const rows = csv.trimEnd().split('\r\n');
    const { positionPairs, boundaryPairs, betweenPairs, endPairs } = inspection.answer!;
    const cells = [positionPairs, boundaryPairs, betweenPairs, endPairs]
      .map((pairs) => pairs.filter((count) => count > 0).length)
      .reduce((a, b) => a + b);
    assert.equal(rows.length, 1 + HEADS * cells);
    assert.ok(rows[1].startsWith('position,0,0,,,,,1,,'), rows[1]);
  });
});

it('says why a model or a grammar is refused, and shows nothing of before', async () => {
  const { view, inspection } = await show();
  await withView(Promise.resolve(view), async () => {
    await inspection.ask({ model, grammar: 'cfg3b', strings: 50, seed: 0 });
    await view.page.getByRole('alert').filter({ hasText: 'the model reads 128 tokens' }).waitFor();
    assert.equal(await view.page.locator('.statistics').isVisible(), false);
    assert.equal(await view.page.locator('.map-readout').isVisible(), false);
  });
});

it('says what to do before anything was asked', async () => {
  await withView(openPage<StatisticsConversation>(browser, bundle, {}), async (view) => {
    const status = { phase: 'empty', message: 'Choose a grammar.', modelOpen: true } as const;
    await view.send({ type: 'status', status, question: null });
    await view.page.getByText('Show Attention Statistics of a Grammar…').click();
    await until('the command', () => view.messages.some((message) => message.type === 'run'));
    await picture(view, 'grammarAttention-empty');
  });
});

it('holds a model of the paper: 144 heads, five levels, 430 distances, and scrolls to what the keys reach', async () => {
  const statistics = madeUpStatistics({ layers: 12, heads: 12, levels: [2, 3, 4, 5, 6], longest: 431 });
  await withView(showGiven(statistics, { width: 1200, height: 1000 }), async (view) => {
    await picture(view, 'grammarAttention-large');
    const distances = map(view, /by distance/);
    await distances.focus();
    await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('End');
    assert.match(await readout(view), /^L0H0 · 430 tokens back · /);
    const scrolled = await distances.evaluate(
      (body) => body.scrollLeft + body.clientWidth - body.scrollWidth,
    );
    assert.ok(Math.abs(scrolled) < 10, `${scrolled}`);
    await view.page.getByRole('application', { name: /from ends of level 6/ }).scrollIntoViewIfNeeded();
    await picture(view, 'grammarAttention-large-below');
  });
});

it('shows an encoder with what lies ahead on the left', async () => {
  const statistics = madeUpStatistics({ layers: 1, heads: 1, levels: [2], longest: 9, causal: false });
  await withView(showGiven(statistics), async (view) => {
    await map(view, /by distance/).focus();
    await view.page.keyboard.press('ArrowDown');
    assert.match(await readout(view), /^L0H0 · 8 tokens ahead · /);
    await map(view, /from ends of level 2/).focus();
    await view.page.keyboard.press('ArrowDown');
    assert.match(await readout(view), /, 8 constituents ahead · /);
    await picture(view, 'grammarAttention-encoder');
  });
});

itFits<StatisticsConversation>(
  'grammarAttention',
  '.toolbar, .view-header, .grammar-attention, .statistics',
  async (options, work) => {
    const { view } = await show({ ...options, height: 1000 });
    await withView(Promise.resolve(view), work);
  },
);
