// The view of parse trees in a real browser: pointer, keys, table, saving; and what a real model and its probes give of a
// string of some 300 terminals.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { samplesFile } from '../../src/backend/data/cfg/samplesFile';
import { bandSpans, stripesOf } from '../../src/host/parseTree/bands';
import { treeHover } from '../../src/host/parseTree/words';
import { CFG_TEXT_LANGUAGE } from '../../src/protocol/grammars';
import { readLevels } from '../../src/protocol/parseTreeCells';
import type { FromParseTreeView } from '../../src/protocol/parseTreeView';
import { layoutOf, ROW, rowTop } from '../../webview/parseTree/layout';
import { BackendProcess } from '../support/backendProcess';
import { writeTreeModel } from '../support/treeProbes';
import { launchBrowser } from '../vscode/harness/browser';
import { coveredEntries, settle, texts, until, withView } from './harness/actions';
import { picture } from './harness/looks';
import {
  openParseTreePage,
  showRead,
  showTree,
  type ParseTreePage,
  type ReadStrings,
} from './harness/parseTreePage';
import { makeTree } from './harness/parseTreeSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Fourteen terminals under two levels; token 5 is read as another symbol on level 3, its first end is none. */
const tree = makeTree({
  tokens: 8,
  mistakes: [
    { level: 3, token: 0, otherEnd: true },
    { level: 3, token: 1, otherEnd: true },
    { level: 3, token: 4, otherSymbol: 2 },
  ],
});

const figure = ({ page }: ParseTreePage) => page.locator('.figure');
const detail = async (view: ParseTreePage) => (await texts(view, '.detail')).join();
const asked = <Type extends FromParseTreeView['type']>({ messages }: ParseTreePage, type: Type) =>
  messages.filter((message) => message.type === type) as Extract<FromParseTreeView, { type: Type }>[];
const isIn = (view: ParseTreePage, part: string, what: string) =>
  until(what, async () => (await detail(view)).includes(part));

/** Where a cell of the figure lies on the page, in a view of 640 pixels. */
async function cellAt(view: ParseTreePage, token: number, row: number, half: 'true' | 'read') {
  const { length } = tree.string.words;
  const layout = layoutOf(length, tree.levels.length, 640, 8);
  const { x, y } = (await figure(view).boundingBox())!;
  return {
    x: x + layout.side + (token + 0.5) * layout.column,
    y: y + rowTop(layout, row, half) + ROW / 2,
  };
}

describe('a cell of the figure', () => {
  it('is told under the pointer, marks its token in the editor, and is shown there by a click', () =>
    withView(showTree(browser, tree), async (view) => {
      const { x, y } = await cellAt(view, 4, 1, 'read');
      await view.page.mouse.move(x, y);
      await isIn(view, "Token 5 '2' · level 3 · true symbol 9 · read 8 90%", 'the cell is read');
      assert.ok((await detail(view)).includes('· wrong'));
      assert.equal(asked(view, 'hoverToken').at(-1)?.token, 4);
      await view.page.mouse.click(x, y);
      await until('it is shown', () => asked(view, 'reveal').length === 1);
      assert.equal(asked(view, 'reveal')[0].token, 4);
      await view.page.mouse.move(x, 2);
      await isIn(view, 'Point at a cell', 'the pointer left');
      await settle(view);
      assert.equal(asked(view, 'hoverToken').at(-1)?.token, null);
    }));

  it('is reached by keys, and stays while the pointer is moved elsewhere', () =>
    withView(showTree(browser, tree), async (view) => {
      const { x, y } = await cellAt(view, 7, 0, 'true');
      await view.page.mouse.move(x, y);
      await isIn(view, 'Token 8', 'the pointer is read');
      await view.page.mouse.move(x, 2);
      await isIn(view, 'Point at a cell', 'the pointer left');
      await figure(view).focus();
      const press = async (...keys: string[]) => {
        for (const key of keys) await view.page.keyboard.press(key);
        await settle(view);
        return detail(view);
      };
      assert.match(await press('ArrowRight'), /^Token 1 '3' · level 3 .* an end read, 90% · wrong$/);
      assert.match(await press('ArrowRight'), /^Token 2 '1' · level 3 .* no end read, 90% · wrong$/);
      assert.match(await press('ArrowUp'), /^Token 2 '1' · level 2 · true symbol 11 · read 11 90%/);
      assert.match(await press('End'), /^Token 14 '3' · level 2/);
      assert.match(await press('ArrowRight', 'ArrowDown', 'ArrowDown'), /^Token 14 '3' · level 3/);
      await press('Enter');
      assert.deepEqual(
        asked(view, 'reveal').map(({ token }) => token),
        [13],
      );
      await view.page.mouse.move(x, y);
      await isIn(view, 'Token 8', 'the pointer is read again');
      await press('ArrowRight');
      await view.page.mouse.move(x, 2);
      await settle(view);
      assert.match(await detail(view), /^Token 9/);
      assert.match((await figure(view).getAttribute('aria-description')) ?? '', /^Token 9/);
      await figure(view).blur();
      await isIn(view, 'Point at a cell', 'the keyboard left');
    }));

  it('comes into sight when the keys or the cursor of the editor reach it', () =>
    withView(showTree(browser, makeTree({ grammar: 'cfg3b', tokens: 290 }), { width: 300 }), async (view) => {
      const scrolled = () => figure(view).evaluate(({ scrollLeft }) => scrollLeft);
      const rest = () =>
        figure(view).evaluate(({ scrollLeft, clientWidth, scrollWidth }) => [
          scrollWidth - clientWidth - scrollLeft,
          clientWidth,
        ]);
      await figure(view).focus();
      await view.page.keyboard.press('ArrowLeft');
      await view.page.keyboard.press('End');
      await settle(view);
      const [left, width] = await rest();
      assert.ok(left < width / 4, `${left}`);
      await view.page.keyboard.press('Home');
      await settle(view);
      assert.ok((await scrolled()) < 1);
      await view.send({ type: 'cursor', token: 150 });
      await until('it scrolled', async () => (await scrolled()) > 1000);
    }));
});

describe('the toolbar', () => {
  it('chooses activation and levels', () =>
    withView(showTree(browser, tree, { width: 300 }), async (view) => {
      assert.deepEqual(await coveredEntries(view, 'Activation'), []);
      await view.page.getByRole('option', { name: 'blocks.0.hook_resid_post' }).click();
      await view.page.getByRole('button', { name: 'Levels…' }).click();
      await view.page.getByRole('menuitemcheckbox', { name: 'Level 2' }).click();
      await until('both are asked', () => asked(view, 'choose').length === 2);
      assert.deepEqual(
        asked(view, 'choose').map(({ choice }) => choice),
        [{ hook: 'blocks.0.hook_resid_post' }, { levels: [3] }],
      );
      await view.send({ type: 'tree', tree: { ...tree, question: { ...tree.question, levels: [3] } } });
      await settle(view);
      assert.deepEqual(await texts(view, '.held-out li:not(:first-child) span:first-child'), ['3']);
    }));

  it('shows the keys on ?', () =>
    withView(showTree(browser, tree), async (view) => {
      await figure(view).focus();
      await view.page.keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    }));
});

describe('accuracies', () => {
  it('are those of this string, beside those on held-out strings and of the controls', () =>
    withView(showTree(browser, tree, { width: 1200 }), async (view) => {
      const rows = await view.page.locator('.held-out li').allInnerTexts();
      const cells = rows.map((row) => row.split(/\s*\n\s*/));
      const right = (wrong: number) => `${(100 * (1 - wrong / 14)).toFixed(wrong === 1 ? 1 : 0)}%`;
      const controls = ['41.0%', '52.0%'];
      assert.deepEqual(cells.slice(1), [
        ['2', '100%', '92.0%', ...controls, '100%', '95.0%', ...controls],
        ['3', right(1), '93.0%', ...controls, right(2), '95.0%', ...controls],
      ]);
    }));
});

describe('the table', () => {
  const rows = ({ page }: ParseTreePage) => page.locator('.tree-table .virtual-list .row');

  it('has a row for each token on each level, with what is wrong marked', () =>
    withView(showTree(browser, tree), async (view) => {
      await view.page.getByRole('button', { name: 'Show as Table' }).click();
      await settle(view);
      assert.ok(await figure(view).isHidden());
      assert.equal(await view.page.locator('.tree-table').getAttribute('aria-rowcount'), String(14 * 2 + 1));
      const cellsOf = (row: number) => rows(view).nth(row).locator('.cell').allTextContents();
      assert.deepEqual(await cellsOf(0), ['1', '3', '2', '11', '11', '90%', '', '', '10%']);
      assert.deepEqual(await cellsOf(1), ['1', '3', '3', '7', '7', '90%', '', 'end', '90%']);
      assert.deepEqual(await cellsOf(3), ['2', '1', '3', '7', '7', '90%', 'end', 'none', '10%']);
      assert.deepEqual((await cellsOf(9)).slice(3, 6), ['9', '8', '90%']);
      const wrong = (row: number) => rows(view).nth(row).locator('.wrong').allTextContents();
      assert.deepEqual([await wrong(0), await wrong(1), await wrong(9)], [[], ['end'], ['8']]);
      assert.equal((await view.saved())?.table, true);
    }));

  it('is read by keys, marks the token in the editor and shows it', () =>
    withView(showTree(browser, tree, { state: { table: true } }), async (view) => {
      await view.page.locator('.tree-table').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await view.page.keyboard.press(key);
      await settle(view);
      assert.match(await detail(view), /^Token 2 '1' · level 2/);
      assert.equal(asked(view, 'hoverToken').at(-1)?.token, 1);
      assert.equal(asked(view, 'reveal').at(-1)?.token, 1);
    }));
});

describe('saving', () => {
  it('gives the whole figure as SVG and PNG, without the cursor, and all numbers as CSV', () =>
    withView(showTree(browser, tree, { width: 300 }), async (view) => {
      const choose = async (name: string) => {
        await view.page.getByRole('button', { name: 'More Actions…' }).click();
        await view.page.getByRole('menuitem', { name }).click();
      };
      await choose('Save as SVG…');
      await until('an SVG', () => asked(view, 'save').length === 1);
      const svg = String(asked(view, 'save')[0].content);
      assert.match(
        svg,
        /<title>True parse tree and the one read from cfg blocks\.1\.hook_resid_post<\/title>/,
      );
      const written = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
      for (const text of ['level 2', 'level 3', 'true', 'read', '11', '12'])
        assert.ok(written.includes(text), text);
      assert.equal(written.filter((text) => /^[123]$/.test(text)).length, 14);
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
      await view.send({ type: 'cursor', token: 2 });
      await choose('Save as SVG…');
      await until('another SVG', () => asked(view, 'save').length === 2);
      assert.equal(asked(view, 'save')[1].content, svg);
      await choose('Save as PNG…');
      await until('a PNG', () => asked(view, 'save').some(({ name }) => name === 'parse-tree.png'));
      await choose('Copy as CSV');
      const csv = await view.page.evaluate(() => navigator.clipboard.readText());
      const lines = csv.trimEnd().split('\r\n');
      assert.equal(lines[0], 'token,word,level,true,read,p_read,true_end,read_end,p_end');
      assert.equal(lines.length, 1 + 14 * 2);
      assert.equal(lines[10], '5,2,3,9,8,0.9,0,0,0.1');
    }));
});

describe('states', () => {
  it('ask for what is to be done before anything was read', () =>
    withView(openParseTreePage(browser), async (view) => {
      await view.send({ type: 'status', status: { phase: 'empty', modelOpen: true, message: 'Do this.' } });
      await view.page.getByText('Inspect Parse-Tree Probe').click();
      await until('the command', () => asked(view, 'run').length === 1);
      assert.equal(asked(view, 'run')[0].command, 'subtext.inspectParseTree');
    }));

  it('lead to training where probes are missing, and keep what was read before under a failure', () =>
    withView(showTree(browser, tree), async (view) => {
      const status = { phase: 'failed', modelOpen: true, message: 'There are no probes.' } as const;
      await view.send({ type: 'status', status });
      await view.send({ type: 'missing', probes: true });
      await view.page.getByRole('alert').filter({ hasText: 'There are no probes.' }).waitFor();
      assert.ok(await figure(view).isVisible());
      await view.page.getByText('Train Probe…').click();
      await until('the command', () => asked(view, 'run').length === 1);
      assert.equal(asked(view, 'run')[0].command, 'subtext.trainProbe');
    }));

  it('say why a string was not read, or has no true tree, or that there is none', () =>
    withView(showTree(browser, tree), async (view) => {
      const shown = async (change: object | null) => {
        const string = change && { ...tree.string, ...change };
        await view.send({ type: 'tree', tree: { ...tree, string } });
        await settle(view);
        return (await texts(view, '.said:not([hidden])'))[0];
      };
      assert.equal(await shown({ unread: 'Not read: too long.' }), 'Not read: too long.');
      assert.equal(await shown({ fault: 'It ends too early.' }), 'No true tree: It ends too early.');
      assert.match(await shown({ trees: 12 }), /has 12 trees; the likeliest/);
      assert.match(await shown(null), /No string is in sight/);
      assert.ok(await figure(view).isHidden());
    }));
});

describe('a string of the whole grammar cfg3b, read from a model', () => {
  let folder: string;
  let strings: ReadStrings;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subtext-long-trees-'));
    const hooks = ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'];
    await writeTreeModel(join(folder, 'long'), { grammar: 'cfg3b', context: 512, hooks });
    const backend = await BackendProcess.start();
    const { id: model } = await backend.request('subtext/openModel', { path: join(folder, 'long') });
    const text = samplesFile('cfg3b', 3, 1);
    const uri = 'file:///long.cfgtext';
    await backend.openDocument(uri, text, 1, CFG_TEXT_LANGUAGE);
    strings = { backend, model, uri, text };
  });
  after(async () => {
    strings.backend.stop();
    await rm(folder, { recursive: true });
  });

  it('stands in the view with its five levels, and is read anew for another activation', async () => {
    const { view, inspection } = await showRead(browser, strings, strings.text.length - 5, { width: 1200 });
    await withView(Promise.resolve(view), async () => {
      const { words, levels } = inspection.string!;
      assert.ok(words.length > 200, `${words.length}`);
      assert.equal(inspection.string, inspection.answer!.strings[2], 'the one under the cursor');
      await figure(view).focus();
      await view.page.keyboard.press('ArrowRight');
      await view.page.keyboard.press('End');
      await settle(view);
      assert.match(await detail(view), new RegExp(`^Token ${words.length} '\\d' · level 6 · true symbol `));
      await picture(view, 'parseTree-random-1200');
      await view.page.getByRole('combobox', { name: 'Activation' }).click();
      await view.page.getByRole('option', { name: 'blocks.0.hook_resid_post' }).click();
      await until('the other one', () => inspection.answer?.hook === 'blocks.0.hook_resid_post');
      assert.notDeepEqual(inspection.string.levels, levels);
    });
  });

  it('has stripes that cover every token once, and a hover that names all levels', async () => {
    const { view, inspection } = await showRead(browser, strings, 100);
    await withView(Promise.resolve(view), () => {
      const answer = inspection.answer!;
      const string = inspection.string!;
      const read = readLevels(string, answer.levels);
      const shown = answer.levels.map(({ level }, index) => ({ level, read: read[index] }));
      const spans = bandSpans(string, shown, 'all', strings.text);
      for (const [token, start] of string.starts.entries()) {
        const over = spans.filter((span) => span.start <= start && string.ends[token] <= span.end);
        assert.equal(over.length, 1);
        const marks = stripesOf(over[0].combination).map(({ level, mark }) => `${level} ${mark}`);
        const expected = shown.map(({ level, read: own }) => {
          const isWrong = own.wrongSymbol[token] === 1 || own.wrongEnd[token] === 1;
          return `${level} ${isWrong ? 'wrong' : 'right'}`;
        });
        assert.deepEqual(marks, expected.reverse());
      }
      const rows = treeHover(answer, string, 100).split('\n').slice(-5);
      rows.forEach((row, index) => assert.ok(row.startsWith(`| ${index + 2} | `), row));
      return Promise.resolve();
    });
  });
});
