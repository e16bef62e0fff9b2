// The view of probes in a real browser, with probes that the command line trained and what the backend says of them.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ProbeFolder, ProbeResult } from '../../src/protocol/probes';
import { BackendProcess } from '../support/backendProcess';
import { trainComparedProbes, trainPeopleProbes } from '../support/trainedProbes';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, until, withView } from './harness/actions';
import { picture, themes, widths } from './harness/looks';
import { openTrained, type ProbesPage, type ProbesPageOptions } from './harness/probesPage';

let browser: Browser;
let backend: BackendProcess;
let folder: string;
let compared: ProbeFolder;
let people: ProbeFolder;
before(async () => {
  browser = await launchBrowser();
  backend = await BackendProcess.start();
  folder = await mkdtemp(join(tmpdir(), 'subtext-probes-view-'));
  compared = await backend.request('subtext/openProbes', { path: await trainComparedProbes(folder) });
  people = await backend.request('subtext/openProbes', { path: await trainPeopleProbes(folder) });
});
after(async () => {
  backend.stop();
  await browser.close();
  await rm(folder, { recursive: true });
});

const show = (of: ProbeFolder, options: ProbesPageOptions = {}): Promise<ProbesPage> =>
  openTrained(browser, backend, of.path, { width: 900, height: 760, ...options });

/** `88.4%` */
const percent = (share: number) => (share === 1 ? '100%' : `${(100 * share).toFixed(1)}%`);

/** The probe of the sample model for a target, level and layer. */
function probeOf(target: string, level: number, layer: number, model = 'cfg'): ProbeResult {
  return compared.probes.find(
    (probe) =>
      probe.model === model && probe.target === target && probe.level === level && probe.layer === layer,
  )!;
}

const panels = (view: ProbesPage) => view.page.locator('.panel');
const panel = (view: ProbesPage, title: string) => view.page.locator(`.panel[aria-label*="${title};"]`);
const cells = (view: ProbesPage) => view.page.locator('.matrix td[data-true]');

/** Opens the confusion matrix of a panel's first line at its last place, by keys alone. */
async function openByKeys(view: ProbesPage, title: string): Promise<void> {
  await panel(view, title).focus();
  await view.page.keyboard.press('End');
  await view.page.keyboard.press('Enter');
  await cells(view).first().waitFor();
  await settle(view);
}

describe('along layers', () => {
  it('has a panel for each target and level, and a line for each model', () =>
    withView(show(compared), async (view) => {
      const names = await panels(view).evaluateAll((all) => all.map((each) => each.ariaLabel ?? ''));
      assert.deepEqual(
        names.map((name) => /^Accuracy of (.*?);/.exec(name)?.[1]),
        ['ancestor · level 2', 'ancestor · level 3', 'boundary · level 2', 'boundary · level 3'],
      );
      assert.deepEqual(await texts(view, '.legend-entry'), ['cfg', 'tiny-01']);
    }));

  it('says at the crosshair what the results say', () =>
    withView(show(compared), async (view) => {
      const box = (await panel(view, 'ancestor · level 3').boundingBox())!;
      // The rightmost point.
      await view.page.mouse.move(box.x + box.width - 90, box.y + 60);
      await view.page.locator('.readout').waitFor();
      const [first, second] = await view.page.locator('.readout tbody tr').allInnerTexts();
      const { accuracy, ci, majority, random_init, shuffled } = probeOf('ancestor', 3, 1);
      const numbers = [accuracy, majority, random_init!, shuffled!].map(percent);
      for (const number of numbers) assert.ok(first.includes(number), `${first}: ${number}`);
      assert.ok(first.includes(`${percent(ci[0]).replace('%', '')}–${percent(ci[1])}`), first);
      assert.ok(second.includes(percent(probeOf('ancestor', 3, 1, 'tiny-01 step 60').accuracy)), second);
    }));

  it('leaves out a line that is hidden in the legend', () =>
    withView(show(compared), async (view) => {
      await view.page.getByRole('button', { name: 'tiny-01' }).click();
      await panel(view, 'ancestor · level 2').focus();
      await view.page.keyboard.press('End');
      await settle(view);
      assert.equal(await view.page.locator('.readout thead').count(), 0);
      assert.match(await view.page.locator('.readout').innerText(), /accuracy/);
      assert.equal((await view.saved())?.hidden?.length, 1);
    }));

  it('puts what enters the layers before the first one', () =>
    withView(show(people), async (view) => {
      await panel(view, 'people').focus();
      await view.page.keyboard.press('Home');
      await settle(view);
      assert.match(await view.page.locator('.readout-place').innerText(), /^people · hook_embed$/);
      await view.page.keyboard.press('ArrowRight');
      await settle(view);
      assert.match(await view.page.locator('.readout-place').innerText(), /^people · layer 0$/);
      assert.match(
        (await texts(view, '.chart [aria-live]')).join(),
        /^people · layer 0, accuracy [\d.]+% \(.+\), majority/,
      );
    }));
});

describe('along training steps', () => {
  const steps = { axis: 'step', layer: 1 } as const;

  it('shows when each level becomes readable', () =>
    withView(show(compared), async (view) => {
      await view.page.getByRole('button', { name: 'steps' }).click();
      await until('lines of layers', async () => (await texts(view, '.legend-entry'))[0] === 'layer 0');
      assert.deepEqual(await texts(view, '.legend-entry'), ['layer 0', 'layer 1']);
      assert.equal((await view.saved())?.axis, 'step');
    }));

  it('says the accuracy of the checkpoint at each step', () =>
    withView(show(compared, { state: { folder: compared.path, ...steps } }), async (view) => {
      await panel(view, 'boundary · level 3').focus();
      for (const step of [30, 60]) {
        await view.page.keyboard.press(step === 30 ? 'Home' : 'End');
        await settle(view);
        const said = await view.page.locator('.readout').innerText();
        const { accuracy } = probeOf('boundary', 3, 1, `tiny-01 step ${step}`);
        assert.ok(said.startsWith(`boundary · level 3 · step ${step}`), said);
        assert.ok(said.includes(percent(accuracy)), said);
      }
    }));

  it('draws the checkpoint that is chosen along layers', () =>
    withView(show(compared, { state: { folder: compared.path, step: 30 } }), async (view) => {
      await panel(view, 'boundary · level 2').focus();
      await view.page.keyboard.press('End');
      await settle(view);
      const { accuracy } = probeOf('boundary', 2, 1, 'tiny-01 step 30');
      const rows = await view.page.locator('.readout tbody tr').allInnerTexts();
      assert.ok(rows[1].includes(percent(accuracy)), rows[1]);
    }));
});

describe('a confusion matrix', () => {
  it('opens by a click on a point', () =>
    withView(show(compared), async (view) => {
      const box = (await panel(view, 'ancestor · level 3').boundingBox())!;
      await view.page.mouse.click(box.x + box.width - 90, box.y + 60);
      await cells(view).first().waitFor();
      assert.match((await texts(view, '.detail-name')).join(), /^ancestor · level 3 · layer 1 · cfg$/);
    }));

  it('counts all test tokens, the right ones on its diagonal, and is entered by keys', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'ancestor · level 3');
      const { accuracy, n_test, classes } = probeOf('ancestor', 3, 1);
      const counts = (await cells(view).allInnerTexts()).map((text) => Number(text.replace(',', '')));
      const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0);
      assert.equal(counts.length, classes.length ** 2);
      assert.equal(sum(counts), n_test);
      const right = sum(classes.map((_, index) => counts[index * (classes.length + 1)]));
      assert.ok(Math.abs(right / n_test - accuracy) < 1e-9);
      // The keyboard is in the matrix now.
      assert.equal(await view.page.evaluate(() => document.activeElement?.tagName), 'TD');
    }));

  it('leads to the tokens of a cell, and these to the text', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'ancestor · level 3');
      await view.page.keyboard.press('ArrowRight');
      const cell = view.page.locator('.matrix td:focus');
      const [tokens, truth, read] = [
        Number(await cell.innerText()),
        Number(await cell.getAttribute('data-true')),
        Number(await cell.getAttribute('data-read')),
      ];
      assert.deepEqual([truth, read], [0, 1]);
      await view.page.keyboard.press('Enter');
      await view.page.locator('.token-list .row .token:not([hidden])').first().waitFor();
      const { classes, file } = probeOf('ancestor', 3, 1);
      assert.equal(
        (await texts(view, '.token-caption')).join(),
        `${classes[0]}, read as ${classes[1]}: ${tokens} token${tokens === 1 ? '' : 's'}`,
      );
      await view.page.keyboard.press('Enter');
      await until('it is opened', () => view.messages.some(({ type }) => type === 'openToken'));
      const opened = view.messages.find((message) => message.type === 'openToken')!.token;
      const asked = { file: join(compared.path, file), true: 0, read: 1, first: 0, count: 1 };
      const [expected] = (await backend.request('subtext/probeTokens', asked)).tokens;
      assert.deepEqual(opened, { start: expected.start, end: expected.end, text: expected.text });
      const text = await readFile(compared.testFile, 'utf8');
      assert.equal(text.slice(opened.start, opened.end), opened.text);
    }));

  it('is left by Esc, first the tokens and then the matrix', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'boundary · level 2');
      await view.page.keyboard.press('Enter');
      await view.page.locator('.token-list .row').first().waitFor();
      await view.page.keyboard.press('Escape');
      assert.equal(await view.page.evaluate(() => document.activeElement?.tagName), 'TD');
      await view.page.keyboard.press('Escape');
      await settle(view);
      assert.ok(await view.page.locator('.detail').isHidden());
      assert.match(
        (await view.page.evaluate(() => document.activeElement?.ariaLabel)) ?? '',
        /^Accuracy of boundary · level 2/,
      );
    }));

  it('is open again after a reload', () =>
    withView(
      show(compared, { state: { folder: compared.path, open: probeOf('ancestor', 2, 0).file } }),
      async (view) => {
        await cells(view).first().waitFor();
        assert.match((await texts(view, '.detail-name')).join(), /^ancestor · level 2 · layer 0 · cfg$/);
      },
    ));

  it('says why it cannot be shown', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'ancestor · level 2');
      const message = 'The file is gone. Train the probes again.';
      await view.send({ type: 'detailFailed', file: probeOf('ancestor', 2, 1).file, message });
      await view.page.getByText(message).waitFor();
    }));

  it('is copied whole', () =>
    withView(show(people), async (view) => {
      await openByKeys(view, 'people');
      await view.page.getByRole('button', { name: 'Copy as CSV' }).click();
      const copied = await view.page.evaluate(() => navigator.clipboard.readText());
      const { classes, n_test } = people.probes.find(({ target }) => target === 'people')!;
      const [head, ...rows] = copied
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(','));
      assert.deepEqual(head.slice(1), classes);
      assert.equal(
        rows.flatMap((row) => row.slice(1).map(Number)).reduce((a, b) => a + b),
        n_test,
      );
    }));
});

describe('the table', () => {
  it('has every probe, and opens one by keys', () =>
    withView(show(compared, { state: { table: true } }), async (view) => {
      const table = view.page.locator('.probe-table');
      assert.equal(await table.getAttribute('aria-rowcount'), String(compared.probes.length + 1));
      const first = await view.page.locator('.probe-table .virtual-list .row').first().innerText();
      assert.ok(first.includes(percent(compared.probes[0].accuracy)), first);
      await table.focus();
      await view.page.keyboard.press('ArrowDown');
      await view.page.keyboard.press('Enter');
      await cells(view).first().waitFor();
    }));
});

describe('saving', () => {
  it('gives a picture and all numbers', () =>
    withView(show(compared), async (view) => {
      const saved: Record<string, string | Uint8Array> = {};
      for (const kind of ['SVG', 'PNG', 'CSV']) {
        await view.page.getByRole('button', { name: 'Save…' }).click();
        await view.page.getByRole('menuitem', { name: `Save as ${kind}…` }).click();
        const name = `compared.${kind.toLowerCase()}`;
        await until(name, () =>
          view.messages.some((message) => message.type === 'save' && message.name === name),
        );
        const message = view.messages.find((each) => each.type === 'save' && each.name === name);
        if (message?.type === 'save') saved[kind] = message.content;
      }
      const svg = String(saved['SVG']);
      for (const word of ['ancestor · level 3', 'boundary · level 2', 'untrained', 'majority', 'tiny-01']) {
        assert.ok(svg.includes(`>${word}<`), word);
      }
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
      const lines = String(saved['CSV']).trim().split('\r\n');
      assert.equal(lines.length, compared.probes.length + 1);
      assert.ok(lines[1].includes(String(compared.probes[0].accuracy)));
    }));
});

describe('looks', () => {
  for (const theme of themes) {
    it(`is whole with a matrix and its tokens in the theme ${theme}`, () =>
      withView(show(compared, { theme }), async (view) => {
        await openByKeys(view, 'ancestor · level 3');
        await view.page.keyboard.press('Enter');
        await view.page.locator('.token-list .row .token:not([hidden])').first().waitFor();
        for (const width of widths) {
          await view.page.setViewportSize({ width, height: 760 });
          await settle(view);
          await picture(view, `probes-matrix-${theme}-${width}`);
        }
      }));
  }

  it('is whole with words as tokens', () =>
    withView(show(people), async (view) => {
      await openByKeys(view, 'people');
      await view.page.keyboard.press('Enter');
      await view.page.locator('.token-list .row .token:not([hidden])').first().waitFor();
      await settle(view);
      await picture(view, 'probes-people');
    }));
});
