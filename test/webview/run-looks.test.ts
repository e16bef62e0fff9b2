// Pictures of the run view for people to look at (`.vscode-test/screenshots/`), and what can be checked of its looks:
// nothing scrolls sideways at any width, no button is cut, every theme draws its lines.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { cacheFolder } from '../../scripts/cache.mjs';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, withView } from './harness/actions';
import type { Theme } from './harness/page';
import { openRuns, openRunView, type RunView } from './harness/runPage';
import { grammarSamples, makeRun, runsMessage, storySamples } from './harness/runSample';

const folder = join(cacheFolder, 'screenshots');
const themes: Theme[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
const spike = [{ step: 700, text: 'went back to step 500 after a spike' }];
const single = makeRun({ samples: grammarSamples, events: spike });
const several = [
  single,
  makeRun({
    name: 'cfg-small-02-with-a-much-longer-name-that-somebody-chose-for-it',
    seed: 2,
    floor: 0.42,
    steps: 2000,
    state: 'finished',
  }),
  makeRun({ name: 'gpt-neo-wide', seed: 3, floor: 0.5, steps: 900, state: 'paused', events: spike }),
  makeRun({ name: 'gpt-rel', seed: 4, floor: 0.58, steps: 1500, state: 'cancelled' }),
  makeRun({ name: 'llama-style', seed: 5, floor: 0.66, steps: 1800, state: 'failed' }),
];

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
  await mkdir(folder, { recursive: true });
});
after(() => browser.close());

async function picture(view: RunView, name: string): Promise<void> {
  await settle(view);
  await view.page.screenshot({ path: join(folder, `run-${name}.png`) });
  assert.deepEqual(await view.page.evaluate(outside), [], `${name}: nothing is cut`);
}

for (const theme of themes) {
  for (const [name, runs] of Object.entries({ one: [single], several })) {
    it(`is whole in the theme ${theme} with ${name}`, () =>
      withView(openRuns(browser, runs, { theme }), async (view) => {
        for (const width of [300, 620, 1200]) {
          await view.page.setViewportSize({ width, height: 860 });
          await settle(view);
          await view.page.mouse.move(width * 0.4, 340);
          await picture(view, `${name}-${theme}-${width}`);
        }
      }));
  }
}

describe('states', () => {
  const small = { width: 620, height: 640 };
  const error = {
    reason: 'nan',
    message: 'The loss of step 812 is NaN: blocks.1.mlp.hook_post holds infinity.',
    remedy: 'Lower the learning rate (now 0.003) or the gradient clip, and resume from step 500.',
  };
  const states = {
    starting: makeRun({ state: 'starting', steps: 0, status: { step: 0 } }),
    failed: makeRun({ state: 'failed', steps: 811, status: { error } }),
    interrupted: makeRun({ state: 'interrupted', steps: 811 }),
    paused: makeRun({ state: 'paused', steps: 811, samples: storySamples }),
    cancelled: makeRun({ state: 'cancelled', steps: 300 }),
    finished: makeRun({
      state: 'finished',
      steps: 2000,
      status: { note: 'stopped: within 0.01 nats of the true entropy' },
    }),
    first: makeRun({ steps: 1 }),
  };
  for (const [name, run] of Object.entries(states)) {
    it(name, () =>
      withView(openRuns(browser, [run], small), async (view) => {
        await picture(view, `state-${name}-620`);
        await view.page.setViewportSize({ width: 300, height: 640 });
        await picture(view, `state-${name}-300`);
      }),
    );
  }

  it('without a run', () =>
    withView(openRunView(browser, { width: 420, height: 240 }), async (view) => {
      await view.send(runsMessage([]));
      await picture(view, 'state-none');
    }));

  it('failed before it began', () => {
    const run = makeRun({ state: 'failed', steps: 0, status: { error, step: 0 } });
    run.points = { ...run.points, evaluation: makeRun({ steps: -1 }).points.evaluation };
    return withView(openRuns(browser, [run], small), (view) => picture(view, 'state-failed-early'));
  });

  it('as a table', () =>
    withView(openRuns(browser, several, small), async (view) => {
      await view.page.getByRole('button', { name: 'Show as Table' }).click();
      await picture(view, 'table-several');
    }));

  it('as a table of one run', () =>
    withView(openRuns(browser, [single], small), async (view) => {
      await view.page.getByRole('button', { name: 'Show as Table' }).click();
      await picture(view, 'table-one');
    }));

  it('with logarithmic axes, zoomed', () =>
    withView(openRuns(browser, several, { width: 900, height: 800 }), async (view) => {
      await view.page.getByRole('button', { name: 'log y' }).click();
      await view.page.getByRole('button', { name: 'log x' }).click();
      await picture(view, 'log');
      await view.page.mouse.move(500, 300);
      await view.page.mouse.wheel(0, -400);
      await picture(view, 'log-zoomed');
    }));

  it('with its menus', () =>
    withView(
      openRuns(browser, several, {
        width: 620,
        height: 700,
        others: [{ directory: '/a', name: 'another-run' }],
      }),
      async (view) => {
        await view.page.getByRole('button', { name: 'More Actions…' }).click();
        await picture(view, 'menu');
        await view.page.getByRole('menuitem', { name: 'Overlay Runs…' }).click();
        await picture(view, 'menu-overlay');
      },
    ));
});

/** What is wider than its place, or stands outside the page; runs in the page. */
function outside(): string[] {
  const edge = document.documentElement.clientWidth;
  const scrolling = [
    document.documentElement,
    ...document.querySelectorAll('.view-header, .toolbar, .legend, .chart, .samples, .notice, .point-table'),
  ].filter((element) => element.scrollWidth > element.clientWidth);
  const beyond = Array.from(
    document.querySelectorAll('button, vscode-button, vscode-dropdown, .readout, .menu'),
  )
    .filter((element) => element.checkVisibility())
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < -0.5 || right > edge + 0.5;
    });
  return [...scrolling, ...beyond].map(
    ({ className, tagName }) => `${tagName} ${String(className as unknown)}`,
  );
}
