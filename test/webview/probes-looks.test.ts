// Pictures of the view of probes for people to look at, and what can be checked of its looks: nothing scrolls sideways.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ProbeFolder } from '../../src/protocol/probes';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, withView } from './harness/actions';
import { picture, themes, widths } from './harness/looks';
import { openFolders, openProbesView, type ProbesPage, type ProbesPageOptions } from './harness/probesPage';
import { makeProbes } from './harness/probeSample';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const levels = [2, 3, 4, 5, 6];
const grammar = makeProbes({
  layers: 12,
  targets: [
    { target: 'ancestor', levels },
    { target: 'boundary', levels },
  ],
});
const several = makeProbes({
  name: 'a-recipe-with-a-very-long-name-that-somebody-chose-because-it-says-all',
  layers: 4,
  models: [
    { model: 'cfg', step: null },
    { model: 'gpt-relative-positions-12-layers-768-wide-final', step: null },
    { model: 'gpt-distance-only', step: null },
    { model: 'bert-like-encoder', step: null },
  ],
  targets: [
    { target: 'ancestor', levels: [2, 3] },
    {
      target: 'a_column_with_a_name_of_nearly_a_hundred_characters_that_was_never_meant_to_be_shown',
      classes: ['yes', 'no'],
    },
    { target: 'position', classes: Array.from({ length: 64 }, (_, index) => String(index)) },
  ],
});
const run = makeProbes({
  models: [100, 200, 400, 800, 1600, 3200].map((step) => ({ model: `gpt-01 step ${step}`, step })),
  layers: 3,
});

/** Opens folders at every width in every theme. */
function looks(name: string, folders: ProbeFolder[], options: ProbesPageOptions = {}): void {
  for (const theme of themes) {
    it(`${name} fits in the theme ${theme}`, () =>
      withView(openFolders(browser, folders, { height: 640, ...options, theme }), async (view) => {
        for (const width of widths) {
          await view.page.setViewportSize({ width, height: 640 });
          await settle(view);
          await view.page.mouse.move(width * 0.45, 200);
          await fits(view, `probes-${name}-${theme}-${width}`);
        }
      }));
  }
}

async function fits(view: ProbesPage, name: string): Promise<void> {
  await settle(view);
  await picture(view, name);
  const outside = await view.page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const scrolling = Array.from(
      document.querySelectorAll('html, .view-header, .toolbar, .legend, .chart, .detail, .probe-table'),
    ).filter((element) => element.scrollWidth > element.clientWidth);
    const beyond = Array.from(document.querySelectorAll('button, vscode-button, vscode-dropdown, .readout'))
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < -0.5 || right > edge + 0.5;
      });
    return [...scrolling, ...beyond].map(({ className }) => className);
  });
  assert.deepEqual(outside, [], name);
}

describe('the chart', () => {
  looks('grammar', [grammar]);
  looks('several', [several]);
  looks('steps', [run], { state: { axis: 'step' } });
  looks('compared', [several, { ...several, path: '/other/runs/second.probes', name: 'second' }]);
  looks('table', [several], { state: { table: true } });
});

describe('states', () => {
  const small = { width: 620, height: 420 };
  const single = {
    'one-layer': makeProbes({ layers: 1 }),
    'one-point': makeProbes({ layers: 1, targets: [{ target: 'next-token' }] }),
    'tiny-intervals': makeProbes({ interval: 0.0001, best: 0.9999, controls: false }),
    'all-right': makeProbes({ best: 1.4, interval: 0 }),
  };
  for (const [name, folder] of Object.entries(single)) {
    const folders = [folder];
    it(name, () =>
      withView(openFolders(browser, folders, small), async (view) => {
        await view.page.mouse.move(240, 200);
        await fits(view, `probes-${name}`);
        await view.page.getByRole('button', { name: 'own y' }).click();
        await fits(view, `probes-${name}-own-scales`);
      }),
    );
  }

  it('without a folder', () =>
    withView(openProbesView(browser, { width: 420, height: 240 }), async (view) => {
      const message = 'Train some with Subtext: Train Probe…, or open a folder of them.';
      await view.send({ type: 'status', status: { phase: 'empty', modelOpen: true, message } });
      await fits(view, 'probes-none');
    }));

  it('with a folder that cannot be read', () =>
    withView(openProbesView(browser, { width: 420, height: 240 }), async (view) => {
      const message =
        '/probes/a.probes holds no probes: it has no results.json. Name a folder that was trained.';
      await view.send({ type: 'status', status: { phase: 'failed', modelOpen: true, message } });
      await fits(view, 'probes-failed');
    }));
});
