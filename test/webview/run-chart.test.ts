// Crosshair and zoom of the run view's chart, with pointer and keys, in a real browser.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { RunViewState } from '../../src/protocol/runViews';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, withView } from './harness/actions';
import { plot, press, spoken, withRun } from './harness/runActions';
import { openRuns, type RunView } from './harness/runPage';
import { makeRun } from './harness/runSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

describe('the crosshair', () => {
  it('follows the pointer and tells exact values', () =>
    withRun(browser, {}, async (view, { points }) => {
      const { left, right, y } = await plot(view);
      await view.page.mouse.move((left + right) / 2, y);
      await settle(view);
      const place = (await texts(view, '.readout-place')).join();
      const step = Number(/^step ([\d,]+)/.exec(place)![1].replace(',', ''));
      assert.ok(step > 400 && step < 800, place);
      const [training] = await texts(view, '.readout-list td');
      assert.equal(Math.fround(Number(training)), points.train.loss[step - 1]);
      await view.page.locator('.view-header').hover();
      await settle(view);
      assert.ok(!(await view.page.locator('.readout').isVisible()));
    }));

  it('is moved by keys, and says what it reads', () =>
    withRun(browser, {}, async (view, { points }) => {
      await press(view, 'ArrowLeft');
      assert.match(await spoken(view), /^step 1,240 /);
      await press(view, 'ArrowLeft', 'ArrowLeft');
      assert.match(await spoken(view), /^step 1,238 /);
      const training = /training ([\d.]+)/.exec(await spoken(view))![1];
      assert.equal(Math.fround(Number(training)), points.train.loss[1237]);
      await press(view, 'Home');
      assert.match(await spoken(view), /^step 1 /);
      await press(view, 'PageDown');
      assert.match(await spoken(view), /^step 12\d /);
      await press(view, 'Escape');
      assert.ok(!(await view.page.locator('.readout').isVisible()));
    }));

  it('tells every run, and what happened there', () => {
    const events = [{ step: 700, text: 'went back to step 500 after a spike' }];
    const runs = [makeRun({ name: 'a', events }), makeRun({ name: 'b', seed: 2, steps: 800 })];
    return withView(openRuns(browser, runs), async (view) => {
      const mark = view.page.getByRole('img', { name: /went back to step 500/ });
      const box = (await mark.boundingBox())!;
      await view.page.mouse.move(box.x + box.width / 2, box.y + 60);
      await settle(view);
      assert.deepEqual(await texts(view, '.readout tbody th'), ['a', 'b']);
      assert.match(
        (await texts(view, '.readout-event')).join(),
        /a, step 700: went back to step 500 after a spike/,
      );
    });
  });
});

describe('the zoom', () => {
  /** First and last step in sight, read with the keys. */
  async function ends(view: RunView): Promise<number[]> {
    const steps: number[] = [];
    for (const [keys, step] of [
      [['Escape', 'ArrowLeft'], 0],
      [['PageUp', 'PageUp', 'PageUp', 'PageUp', 'PageUp'], 1],
    ] as const) {
      await press(view, ...keys);
      steps[step] = Number(/^step ([\d,]+)/.exec(await spoken(view))![1].replace(',', ''));
    }
    return steps;
  }

  it('goes to what was dragged over, and back with a double-click', () =>
    withRun(browser, {}, async (view) => {
      const { left, right, y } = await plot(view);
      await view.page.mouse.move(left + 100, y);
      await view.page.mouse.down();
      await view.page.mouse.move(left + 150, y + 20, { steps: 4 });
      await view.page.mouse.move(left + 200, y + 20, { steps: 4 });
      await view.page.mouse.up();
      await settle(view);
      const [end, middle] = await ends(view);
      assert.ok(end < 800 && middle > 150, `${middle} to ${end}`);
      assert.ok(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible());
      await view.page.mouse.dblclick((left + right) / 2, y);
      await settle(view);
      assert.ok(!(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible()));
      assert.equal((await ends(view))[0], 1240);
    }));

  it('is there again after a reload', async () => {
    let saved: RunViewState | undefined;
    await withRun(browser, {}, async (view) => {
      await press(view, 'ArrowLeft', '+');
      saved = await view.saved();
    });
    assert.ok(saved?.window && saved.window[0] > 500, String(saved?.window));
    await withRun(
      browser,
      {},
      async (view) => {
        assert.ok(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible());
        assert.deepEqual((await view.saved())?.window, saved?.window);
      },
      { state: saved },
    );
  });

  it('follows the wheel and the keys, and moves with Shift', () =>
    withRun(browser, {}, async (view) => {
      const { left, right, y } = await plot(view);
      const middle = (left + right) / 2;
      await view.page.mouse.move(middle, y);
      await view.page.mouse.wheel(0, -600);
      await settle(view);
      const [end] = await ends(view);
      assert.ok(end < 1000, String(end));
      await view.page.keyboard.down('Shift');
      await view.page.mouse.move(middle, y);
      await view.page.mouse.down();
      await view.page.mouse.move(middle + 80, y, { steps: 4 });
      await view.page.mouse.up();
      await view.page.keyboard.up('Shift');
      await settle(view);
      const [moved] = await ends(view);
      assert.ok(moved < end, `${moved} is before ${end}`);
      await press(view, 'Escape', '0', '+');
      assert.ok((await ends(view))[0] < 1240);
      await press(view, '-');
      assert.ok(!(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible()));
    }));

  it('is given up by Esc while dragging', () =>
    withRun(browser, {}, async (view) => {
      const { left, y } = await plot(view);
      await view.page.mouse.move(left + 100, y);
      await view.page.mouse.down();
      await view.page.mouse.move(left + 200, y, { steps: 4 });
      await view.page.keyboard.press('Escape');
      await view.page.mouse.up();
      await settle(view);
      assert.ok(!(await view.page.getByRole('button', { name: 'Show All (0)' }).isVisible()));
    }));
});
