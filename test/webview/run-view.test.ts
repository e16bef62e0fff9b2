// What the run view shows of a run in each state, in a real browser: the built bundle in a page like VS Code's.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ShownRunState } from '../../src/protocol/runViews';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, withView } from './harness/actions';
import { last, press, spoken, withRun } from './harness/runActions';
import { openRunView, type RunView } from './harness/runPage';
import {
  grammarSamples,
  linesOf,
  makeRun,
  pointsOf,
  runsMessage,
  type RunSampleData,
} from './harness/runSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

describe('a run', () => {
  it('is asked for again with its settings after a reload', async () => {
    const state = {
      runs: ['/runs/cfg-small-01'],
      axis: 'tokens',
      logX: false,
      logY: true,
      smoothing: 0.6,
      table: false,
    } as const;
    await withView(openRunView(browser, { state: { ...state, runs: [...state.runs] } }), async (view) => {
      assert.deepEqual(view.messages[0], { type: 'ready', runs: ['/runs/cfg-small-01'] });
      assert.deepEqual(await texts(view, '.fact'), ['cfg-small-01']);
      assert.ok(await view.page.getByRole('progressbar').isVisible());
      await view.send(runsMessage([makeRun()]));
      await view.send({ type: 'points', points: makeRun().points });
      await settle(view);
      assert.equal(
        await view.page.getByRole('button', { name: 'log y' }).getAttribute('aria-pressed'),
        'true',
      );
      assert.equal((await view.saved())?.axis, 'tokens');
    });
  });

  it('fills header and progress as it goes on', () =>
    withRun(browser, { steps: 100 }, async (view, { snapshot }) => {
      assert.ok((await texts(view, '.fact')).includes('step 100 / 2,000'));
      const lines = linesOf(150, 100, 0.38, 2000, 1);
      await view.send({ type: 'points', points: pointsOf(snapshot.directory, lines, 100, 2) });
      await settle(view);
      assert.ok((await texts(view, '.fact')).includes('step 150 / 2,000'));
      assert.equal(await view.page.getByRole('progressbar').getAttribute('aria-valuenow'), '8');
      await press(view, 'End');
      assert.match(await spoken(view), /^step 150 /);
    }));

  it('that is being read leaves the one before in sight, dimmed', () => {
    const next = makeRun({ name: 'next', state: 'finished', steps: 300, seed: 2 });
    return withRun(browser, { samples: grammarSamples }, async (view) => {
      const reading = { ...next, snapshot: { ...next.snapshot, isReading: true } };
      const none = pointsOf(next.snapshot.directory, []);
      await view.send(runsMessage([reading]));
      await view.send({ type: 'points', points: none });
      await settle(view);
      assert.equal((await texts(view, '.fact'))[0], 'next');
      assert.ok(!(await view.page.locator('.notice').isVisible()));
      assert.ok(await view.page.locator('.stale .chart').isVisible());
      assert.ok(await view.page.locator('.stale .samples').isVisible());
      assert.equal(await view.page.getByRole('progressbar').getAttribute('aria-valuenow'), null);
      assert.equal(await view.page.locator('.run-view').getAttribute('aria-busy'), 'true');
      await view.send({ type: 'points', points: next.points });
      await view.send(runsMessage([next]));
      await settle(view);
      assert.equal(await view.page.locator('.stale').count(), 0);
      assert.ok(!(await view.page.getByRole('progressbar').isVisible()));
      await press(view, 'End');
      assert.match(await spoken(view), /^step 300 /);
    });
  });

  it('that nobody started offers to train one', () =>
    withView(openRunView(browser), async (view) => {
      await view.send(runsMessage([]));
      await view.page.getByRole('button', { name: 'Train Model…' }).click();
      await settle(view);
      assert.equal(last(view, 'run')?.command, 'subtext.train');
      assert.ok(!(await view.page.locator('.toolbar').isVisible()));
    }));

  it('that failed says why, what to do, and leads to its log', () => {
    const error = {
      reason: 'nan',
      message: 'The loss of step 812 is NaN.',
      remedy: 'Lower the learning rate.',
    };
    return withRun(browser, { state: 'failed', status: { error } }, async (view) => {
      const alert = (await view.page.getByRole('alert').textContent()) ?? '';
      assert.match(alert, /The loss of step 812 is NaN\..*Lower the learning rate\./);
      await view.page.getByRole('button', { name: 'Show Log' }).click();
      await settle(view);
      assert.equal(last(view, 'run')?.command, 'subtext.showRunLog');
      assert.ok(await view.page.locator('.chart').isVisible());
    });
  });

  it('that failed of its recipe leads to it first', () => {
    const error = { reason: 'memory', message: 'About 9 GB are needed.', remedy: 'Lower train.batch.' };
    return withRun(browser, { state: 'failed', status: { error } }, async (view, { snapshot }) => {
      const { directory } = snapshot;
      const links = await texts(view, '.notice button');
      assert.deepEqual(links, ['Open Recipe', 'Resume', 'Show Log']);
      await view.page.getByRole('button', { name: 'Open Recipe' }).click();
      await settle(view);
      assert.deepEqual(last(view, 'openRecipe'), { type: 'openRecipe', directory });
    });
  });

  it('that was interrupted goes on', () =>
    withRun(browser, { state: 'interrupted' }, async (view, { snapshot: { directory } }) => {
      await view.page.locator('.notice').getByRole('button', { name: 'Resume' }).click();
      await settle(view);
      assert.deepEqual(last(view, 'control'), { type: 'control', directory, request: 'resume' });
    }));

  const buttons: [ShownRunState, string[]][] = [
    ['starting', ['Pause', 'Cancel']],
    ['running', ['Pause', 'Cancel']],
    ['pausing', ['Cancel']],
    ['paused', ['Resume']],
    ['cancelling', []],
    ['cancelled', ['Resume']],
    ['finished', []],
  ];
  for (const [state, expected] of buttons) {
    it(`that is ${state} offers ${expected.join(' and ') || 'neither'}`, () =>
      withRun(browser, { state }, async (view, { snapshot: { directory } }) => {
        const header = view.page.locator('.view-header');
        for (const name of ['Pause', 'Resume', 'Cancel']) {
          const button = header.getByRole('button', { name, exact: true });
          assert.equal(await button.isVisible(), expected.includes(name), name);
          if (!expected.includes(name)) continue;
          await button.click();
          await settle(view);
          assert.deepEqual(last(view, 'control'), {
            type: 'control',
            directory,
            request: name.toLowerCase(),
          });
        }
      }));
  }
});

describe('a run that goes on', () => {
  const events = [{ step: 70, text: 'went back to step 50 after a spike' }];
  const options = { steps: 100, checkpoints: [50], events };

  /** Sends further steps. */
  async function goOn(view: RunView, { snapshot }: RunSampleData, from: number, to: number): Promise<void> {
    const lines = linesOf(to, 100, 0.38, 2000, 1);
    await view.send({ type: 'points', points: pointsOf(snapshot.directory, lines, from, 2) });
    await settle(view);
  }

  it('keeps its marks, facts and buttons, so that a tooltip and a press outlive the next step', () =>
    withRun(browser, options, async (view, run) => {
      const kept = view.page.locator('.checkpoint, .event-mark, .fact, .view-header .codicon');
      const before = await kept.elementHandles();
      const left = (): Promise<string | undefined> =>
        view.page.locator('.checkpoint').evaluate((mark) => (mark as HTMLElement).style.left);
      const place = await left();
      await goOn(view, run, 100, 150);
      assert.ok(before.length > 8);
      for (const element of before) assert.ok(await element.evaluate(({ isConnected }) => isConnected));
      assert.notEqual(await left(), place);
      assert.ok((await texts(view, '.fact')).includes('step 150 / 2,000'));
      await view.page.locator('.checkpoint').hover();
      await view.page.mouse.down();
      await goOn(view, run, 150, 151);
      await view.page.mouse.up();
      await settle(view);
      assert.equal(last(view, 'openCheckpoint')?.step, 50);
    }));

  it('leaves an open list to the keyboard', () =>
    withRun(browser, options, async (view, run) => {
      const dropdown = view.page.getByRole('combobox', { name: 'X axis' });
      const chosen = (): Promise<number> =>
        dropdown.evaluate((element) => (element as unknown as { selectedIndex: number }).selectedIndex);
      await dropdown.focus();
      await view.page.keyboard.press('Enter');
      await view.page.keyboard.press('ArrowDown');
      await goOn(view, run, 100, 150);
      await goOn(view, run, 150, 151);
      assert.equal(await chosen(), 1);
      await view.page.keyboard.press('Enter');
      await settle(view);
      assert.equal((await view.saved())?.axis, 'tokens');
      await goOn(view, run, 151, 152);
      assert.equal(await chosen(), 1);
    }));
});

describe('everything', () => {
  it('has a name', () =>
    withRun(browser, { samples: grammarSamples }, async (view) => {
      const nameless = await view.page.evaluate(() =>
        Array.from(
          document.querySelectorAll('button, vscode-button, vscode-dropdown, [role=img], [tabindex="0"]'),
        )
          .filter((element) => element.checkVisibility())
          .filter((element) => (element.ariaLabel ?? element.textContent.trim()) === '')
          .map(({ outerHTML }) => outerHTML.slice(0, 120)),
      );
      assert.deepEqual(nameless, []);
      assert.match((await view.page.locator('.chart-body').getAttribute('aria-label')) ?? '', /cfg-small-01/);
    }));

  it('draws its lines anew in another theme', () =>
    withRun(browser, {}, async (view) => {
      const pixels = (): Promise<string> =>
        view.page
          .locator('.chart-canvas')
          .first()
          .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
      const before = await pixels();
      await view.page.evaluate(() => (document.body.className = 'vscode-light'));
      await settle(view);
      assert.notEqual(await pixels(), before);
    }));

  it('tells its keys', () =>
    withRun(browser, {}, async (view) => {
      await view.page.locator('.chart-body').focus();
      await view.page.keyboard.press('?');
      await view.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    }));
});
