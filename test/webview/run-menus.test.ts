// What the menus of the run view do, in a real browser: open checkpoints, overlay runs, save files.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, until, withView } from './harness/actions';
import { last, press, spoken, withRun } from './harness/runActions';
import { openRuns, type RunView } from './harness/runPage';
import { makeRun } from './harness/runSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

describe('checkpoints', () => {
  it('open from the menu, the latest first, and the final one of a finished run', () =>
    withRun(browser, { state: 'finished', steps: 2000 }, async (view, { snapshot: { directory } }) => {
      const open = async (): Promise<void> => {
        await view.page.getByRole('button', { name: 'More Actions…' }).click();
        await view.page.getByRole('menuitem', { name: 'Open Checkpoint…' }).click();
      };
      await open();
      assert.deepEqual(await texts(view, '.menu-item'), [
        'Final',
        'Step 2,000',
        'Step 1,500',
        'Step 1,000',
        'Step 500',
      ]);
      const focused = (): Promise<string | null> =>
        view.page.evaluate(() => document.activeElement?.textContent ?? null);
      for (const [key, entry] of [
        ['End', 'Step 500'],
        ['ArrowDown', 'Final'],
        ['ArrowUp', 'Step 500'],
        ['Home', 'Final'],
      ] as const) {
        await view.page.keyboard.press(key);
        assert.equal(await focused(), entry);
      }
      await view.page.getByRole('menuitem', { name: 'Step 500', exact: true }).click();
      await settle(view);
      assert.deepEqual(last(view, 'openCheckpoint'), { type: 'openCheckpoint', directory, step: 500 });
      await open();
      await view.page.keyboard.press('Enter');
      await settle(view);
      assert.equal(last(view, 'openCheckpoint')?.step, 'final');
    }));

  it('open from their marks on the axis', () =>
    withRun(browser, {}, async (view) => {
      await view.page.getByRole('button', { name: 'Open checkpoint of step 1,000' }).click();
      await settle(view);
      assert.equal(last(view, 'openCheckpoint')?.step, 1000);
    }));
});

describe('several runs', () => {
  const runs = [makeRun({ name: 'a' }), makeRun({ name: 'b', seed: 2 })];
  const others = [{ directory: '/other/c', name: 'c' }];

  it('are overlaid and taken away from the menu', () =>
    withView(openRuns(browser, runs, { others }), async (view) => {
      const [a, b] = runs.map(({ snapshot }) => snapshot.directory);
      const choose = async (name: string): Promise<void> => {
        await view.page.getByRole('button', { name: 'More Actions…' }).click();
        await view.page.getByRole('menuitem', { name: 'Overlay Runs…' }).click();
        await view.page.getByRole('menuitemcheckbox', { name }).click();
        await settle(view);
      };
      await choose('c');
      assert.deepEqual(last(view, 'show')?.runs, [a, b, '/other/c']);
      await choose('b');
      assert.deepEqual(last(view, 'show')?.runs, [a]);
    }));

  it('are hidden and shown by their names, which a reload remembers', () =>
    withView(openRuns(browser, runs), async (view) => {
      const b = view.page.getByRole('button', { name: 'b', exact: true });
      await b.click();
      await settle(view);
      assert.equal(await b.getAttribute('aria-pressed'), 'false');
      assert.deepEqual((await view.saved())?.hidden, [runs[1].snapshot.directory]);
      await press(view, 'End');
      assert.doesNotMatch(await spoken(view), /b: /);
      await view.page.getByRole('button', { name: 'a', exact: true }).click();
      await view.page.getByRole('button', { name: 'Show All Runs' }).click();
      await settle(view);
      assert.equal((await view.saved())?.hidden, undefined);
    }));
});

describe('saving', () => {
  async function save(view: RunView, kind: string): Promise<string | Uint8Array> {
    await view.page.getByRole('button', { name: 'Save…' }).click();
    await view.page.getByRole('menuitem', { name: `Save as ${kind}…` }).click();
    await until('the file', () => last(view, 'save')?.part.isLast ?? false);
    const { name, content, part } = last(view, 'save')!;
    assert.equal(name, `cfg-small-01.${kind.toLowerCase()}`);
    assert.equal(part.index, 0);
    return content;
  }

  it('gives an SVG that the browser takes', () =>
    withRun(browser, {}, async (view) => {
      const svg = await save(view, 'SVG');
      const found = await view.page.evaluate((text) => {
        const { documentElement: root } = new DOMParser().parseFromString(text as string, 'image/svg+xml');
        return { root: root.localName, errors: root.querySelectorAll('parsererror').length };
      }, svg);
      assert.deepEqual(found, { root: 'svg', errors: 0 });
    }));

  it('gives a PNG of twice the size', () =>
    withRun(browser, {}, async (view) => {
      // Bytes cross into the test as they are, or as an object with numbers as keys.
      const bytes = Buffer.from(Object.values(await save(view, 'PNG')));
      assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
      assert.equal(bytes.readUInt32BE(16), 2 * 640);
    }));

  it('gives a CSV with every point', () =>
    withRun(browser, {}, async (view) => {
      const csv = await save(view, 'CSV');
      assert.equal((csv as string).split('\r\n').length, 1 + 1241 + 1);
    }));
});
