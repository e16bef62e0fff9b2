// Pictures of the view of parse trees for people to look at, and what can be checked of its looks: nothing scrolls
// sideways but the figure, and nothing that can be pressed is out of sight.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ShownParseTree } from '../../src/protocol/parseTreeView';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, withView } from './harness/actions';
import { picture, themes, widths } from './harness/looks';
import {
  openParseTreePage,
  showTree,
  type ParseTreePage,
  type ParseTreePageOptions,
} from './harness/parseTreePage';
import { makeTree } from './harness/parseTreeSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const HEIGHT = 640;
/** Two wrong symbols, an end that is none, and missed ends. */
const wrong = makeTree({
  tokens: 8,
  mistakes: [
    { level: 2, token: 1, otherSymbol: 1 },
    { level: 2, token: 2, otherSymbol: 1 },
    { level: 2, token: 5, otherEnd: true },
    { level: 3, token: 0, otherEnd: true },
    { level: 3, token: 1, otherEnd: true },
    { level: 3, token: 4, otherSymbol: 2 },
  ],
});
/** A string of the largest published grammar. */
const long = makeTree({ grammar: 'cfg3k', tokens: 290, noise: 0.1 });
const words = named(makeTree({ tokens: 8, noise: 0.15 }));

/** The same with long names and words, as a person's own grammar has them. */
function named(tree: ReturnType<typeof makeTree>): ShownParseTree {
  const spelt: Record<string, string> = { 1: 'a', 2: 'grandmother', 3: 'sees' };
  return {
    ...tree,
    grammar: 'a-grammar-of-my-own-with-a-long-name.cfg',
    ...{ hook: 'blocks.11.hook_resid_post', hooks: ['hook_embed', 'blocks.11.hook_resid_post'] },
    ...{ probes: '/p/a-recipe-with-a-name-that-says-all.probes' },
    folders: ['/p/one.probes', '/p/a-recipe-with-a-name-that-says-all.probes'],
    levels: tree.levels.map((level) => ({
      ...level,
      symbols: level.symbols.map((symbol) => `Constituent${symbol}`),
    })),
    string: { ...tree.string, words: tree.string.words.map((word) => spelt[word]), trees: 12 },
  };
}

async function fits(view: ParseTreePage, name: string): Promise<void> {
  await settle(view);
  await picture(view, name);
  const outside = await view.page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const scrolling = Array.from(
      document.querySelectorAll('html, main, .view-header, .toolbar, .said, .held-out, .held-out li, .row'),
    ).filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth);
    const beyond = Array.from(document.querySelectorAll('vscode-button, vscode-dropdown, .held-out span'))
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < -0.5 || right > edge + 0.5;
      });
    return [...scrolling, ...beyond].map(({ tagName, className }) => `${tagName} ${className}`);
  });
  assert.deepEqual(outside, [], name);
}

function looks(name: string, tree: ShownParseTree, options: ParseTreePageOptions = {}): void {
  for (const theme of themes) {
    it(`${name} fits in the theme ${theme}`, () =>
      withView(showTree(browser, tree, { height: HEIGHT, ...options, theme }), async (view) => {
        await view.send({ type: 'cursor', token: 3 });
        for (const width of widths) {
          await view.page.setViewportSize({ width, height: HEIGHT });
          await settle(view);
          if (options.state?.table !== true) {
            await view.page.locator('.figure').focus();
            await view.page.keyboard.press('ArrowRight');
          }
          await fits(view, `parseTree-${name}-${theme}-${width}`);
        }
      }));
  }
}

describe('a string with its trees', () => {
  looks('wrong', wrong);
  looks('long', long);
  looks('words', words);
  looks('table', long, { state: { table: true } });
});

describe('states', () => {
  const small = { width: 420, height: 300 };

  it('before anything was asked', () =>
    withView(openParseTreePage(browser, small), async (view) => {
      const message = 'Put the cursor into a string of a grammar (*.cfgtext).';
      await view.send({ type: 'status', status: { phase: 'empty', modelOpen: true, message } });
      await fits(view, 'parseTree-empty');
    }));

  it('without probes', () =>
    withView(openParseTreePage(browser, small), async (view) => {
      const message =
        'There are no probes that read a parse tree from cfg. Train some with Subtext: Train Probe….';
      await view.send({ type: 'status', status: { phase: 'failed', modelOpen: true, message } });
      await view.send({ type: 'missing', probes: true });
      await fits(view, 'parseTree-missing');
    }));

  it('with a failure above what was read before', () =>
    withView(showTree(browser, wrong, { width: 420, height: 420 }), async (view) => {
      const message = 'The engine failed. Try again.';
      await view.send({ type: 'status', status: { phase: 'failed', modelOpen: true, message } });
      await fits(view, 'parseTree-failed');
    }));

  const { string } = wrong;
  const nothing = { symbols: null, endProbability: null };
  const unread = { ...string, levels: string.levels.map((level) => ({ ...level, ...nothing })) };
  const untold = {
    ...string,
    levels: string.levels.map((level) => ({ ...level, truth: null, ends: null })),
  };
  const strings = {
    unread: { ...unread, unread: 'Not read: 14 terminals do not fit into the context of 12 tokens.' },
    fault: { ...untold, fault: 'The string is no string of cfg3b/3: it ends too early.' },
    none: null,
  };
  for (const [name, shown] of Object.entries(strings)) {
    it(`of a string: ${name}`, () =>
      withView(showTree(browser, { ...wrong, string: shown }, { width: 420, height: 480 }), (view) =>
        fits(view, `parseTree-${name}`),
      ));
  }
});
