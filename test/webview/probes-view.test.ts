// The view of probes in a real browser, with probes that the command line trained and what the backend says of them.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { ProbeFolder, ProbeResult } from '../../src/protocol/probes';
import { probeId } from '../../src/protocol/probesView';
import { BackendProcess } from '../support/backendProcess';
import { trainComparedProbes, trainPeopleProbes } from '../support/trainedProbes';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, texts, until, withView } from './harness/actions';
import { picture, themes, widths } from './harness/looks';
import { openTrained, showFolders, type ProbesPage, type ProbesPageOptions } from './harness/probesPage';

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
  openTrained(browser, backend, [of.path], { width: 900, height: 760, ...options });

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
    withView(show(compared, { state: { folders: [compared.path], ...steps } }), async (view) => {
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
    withView(show(compared, { state: { folders: [compared.path], step: 30 } }), async (view) => {
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
      show(compared, {
        state: { folders: [compared.path], open: probeId(compared, probeOf('ancestor', 2, 0).file) },
      }),
      async (view) => {
        await cells(view).first().waitFor();
        assert.match((await texts(view, '.detail-name')).join(), /^ancestor · level 2 · layer 0 · cfg$/);
      },
    ));

  it('says why it cannot be shown', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'ancestor · level 2');
      const message = 'The file is gone. Train the probes again.';
      await view.send({
        type: 'detailFailed',
        probe: probeId(compared, probeOf('ancestor', 2, 1).file),
        message,
      });
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

describe('accuracy by position', () => {
  const turn = (view: ProbesPage) => view.page.getByRole('button', { name: 'by position' });

  /** What the backend says of the probe that is opened. */
  const positionsOf = (of: ProbeFolder, { file }: ProbeResult) =>
    backend.request('subtext/probePositions', { file: join(of.path, file) });

  it('takes the place of the matrix, and is read by keys', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'ancestor · level 3');
      await turn(view).click();
      const chart = view.page.locator('.positions .panel');
      await chart.waitFor();
      assert.ok(await view.page.locator('.matrix').isHidden());
      const { unit, bins } = await positionsOf(compared, probeOf('ancestor', 3, 1));
      assert.equal(unit, 'tokens');
      await chart.focus();
      await view.page.keyboard.press('Home');
      await view.page.keyboard.press('ArrowRight');
      await settle(view);
      const said = await view.page.locator('.positions .readout').innerText();
      const { first, accuracy, majority, tokens } = bins[1];
      assert.ok(said.startsWith(`ancestor · level 3 by position · token ${first}`), said);
      for (const number of [percent(accuracy), percent(majority), String(tokens)])
        assert.ok(said.replaceAll(',', '').includes(number), `${said}: ${number}`);
      // Of these positions there are no controls.
      assert.doesNotMatch(said, /untrained|shuffled/);
      await view.page.keyboard.press('Escape');
      assert.ok(await view.page.locator('.detail').isVisible());
      await view.page.keyboard.press('Escape');
      await settle(view);
      assert.ok(await view.page.locator('.detail').isHidden());
    }));

  it('is open again after a reload, and leads back to the matrix', () => {
    const open = probeId(compared, probeOf('ancestor', 2, 0).file);
    return withView(
      show(compared, { state: { folders: [compared.path], open, byPosition: true } }),
      async (view) => {
        await view.page.locator('.positions .panel').waitFor();
        await turn(view).click();
        await cells(view).first().waitFor();
        assert.equal((await view.saved())?.byPosition, false);
      },
    );
  });

  it('is a table where the chart is one, and is copied as it is', () =>
    withView(show(people, { state: { table: true, byPosition: true } }), async (view) => {
      await view.page.locator('.probe-table').focus();
      await view.page.keyboard.press('ArrowDown');
      await view.page.keyboard.press('Enter');
      const rows = view.page.locator('.position-frame tbody tr');
      await rows.first().waitFor();
      const { unit, bins } = await positionsOf(people, people.probes[0]);
      assert.equal(unit, 'characters');
      assert.equal(await rows.count(), bins.length);
      assert.ok((await rows.nth(1).innerText()).includes(percent(bins[1].accuracy)));
      await view.page.getByRole('button', { name: 'Copy as CSV' }).click();
      const copied = await view.page.evaluate(() => navigator.clipboard.readText());
      const [head, first] = copied.trim().split(/\r?\n/);
      assert.match(head, /^first_character,last_character,accuracy,/);
      assert.ok(first.startsWith(`${bins[0].first},${bins[0].last},`), first);
    }));

  it('is saved as a picture and as numbers', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'boundary · level 2');
      await turn(view).click();
      const save = view.page.locator('.detail').getByRole('button', { name: 'Save…' });
      for (const kind of ['SVG', 'CSV']) {
        await save.click();
        await view.page.getByRole('menuitem', { name: `Save as ${kind}…` }).click();
      }
      await until('both', () => view.messages.filter(({ type }) => type === 'save').length === 2);
      const [svg, csv] = view.messages.flatMap((message) => (message.type === 'save' ? [message] : []));
      assert.match(svg.name, /^boundary.*level 2.*\.svg$/);
      assert.ok(String(svg.content).includes('>boundary · level 2 by position<'));
      assert.match(String(csv.content), /^first_token,/);
    }));
});

describe('folders side by side', () => {
  const both = (options: ProbesPageOptions = {}) =>
    openTrained(browser, backend, [compared.path, people.path], { width: 900, height: 760, ...options });

  it('are asked for, and taken away', () =>
    withView(both(), async (view) => {
      assert.match((await texts(view, '.view-header')).join(), /compared, people/);
      assert.deepEqual((await view.saved())?.folders, [compared.path, people.path]);
      await view.page.getByRole('button', { name: 'Compare With…' }).click();
      await view.page.getByRole('button', { name: 'Remove Folder…' }).click();
      await view.page.getByRole('menuitem', { name: 'people' }).click();
      await until('both are asked for', () => view.messages.some(({ type }) => type === 'removeFolder'));
      assert.deepEqual(
        view.messages.filter(({ type }) => type === 'addFolders' || type === 'removeFolder'),
        [{ type: 'addFolders' }, { type: 'removeFolder', folder: people.path }],
      );
      await showFolders(view, [compared]);
      assert.ok(await view.page.getByRole('button', { name: 'Remove Folder…' }).isHidden());
    }));

  it('lead each to its own probes and texts', () =>
    withView(both(), async (view) => {
      await openByKeys(view, 'people');
      await view.page.keyboard.press('Enter');
      await view.page.locator('.token-list .row .token:not([hidden])').first().waitFor();
      await view.page.keyboard.press('Enter');
      await until('it is opened', () => view.messages.some(({ type }) => type === 'openToken'));
      const opened = view.messages.find((message) => message.type === 'openToken')!;
      assert.ok(opened.probe.startsWith(`${people.path}/`), opened.probe);
      const text = await readFile(people.testFile, 'utf8');
      assert.equal(text.slice(opened.token.start, opened.token.end), opened.token.text);
    }));

  it('are lines of their own where they have models of one name', async () => {
    const again = join(folder, 'again.probes');
    await cp(compared.path, again, { recursive: true });
    const paths = [compared.path, again];
    await withView(openTrained(browser, backend, paths, { width: 900, height: 760 }), async (view) => {
      assert.deepEqual(await texts(view, '.legend-entry'), [
        ...['cfg · compared', 'tiny-01 · compared', 'cfg · again', 'tiny-01 · again'],
      ]);
      assert.equal(await panels(view).count(), 4);
      await openByKeys(view, 'ancestor · level 3');
      assert.match((await texts(view, '.detail-name')).join(), /cfg · compared$/);
    });
  });
});

describe('steering along a probe', () => {
  const steer = (view: ProbesPage) => view.page.getByRole('button', { name: 'Steer Along This Probe…' });

  it('is asked of the host', () =>
    withView(show(compared), async (view) => {
      await openByKeys(view, 'ancestor · level 3');
      await steer(view).click();
      await until('it is asked', () => view.messages.some(({ type }) => type === 'steer'));
      const asked = view.messages.find((message) => message.type === 'steer');
      assert.deepEqual(asked?.probe, probeId(compared, probeOf('ancestor', 3, 1).file));
    }));

  it('says why it cannot be done', () =>
    withView(show(people), async (view) => {
      await panel(view, 'people').focus();
      await view.page.keyboard.press('Home');
      await view.page.keyboard.press('Enter');
      await cells(view).first().waitFor();
      assert.ok(await steer(view).isDisabled());
      await steer(view).hover({ force: true });
      await view.page.locator('.tooltip', { hasText: 'reads hook_embed, which cannot be steered' }).waitFor();
      await picture(view, 'probes-no-steering');
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

  for (const theme of themes) {
    it(`is whole by position in the theme ${theme}`, () =>
      withView(show(compared, { theme, state: { byPosition: true } }), async (view) => {
        await panel(view, 'ancestor · level 3').focus();
        await view.page.keyboard.press('End');
        await view.page.keyboard.press('Enter');
        const chart = view.page.locator('.positions .panel');
        await chart.waitFor();
        for (const width of widths) {
          await view.page.setViewportSize({ width, height: 760 });
          await chart.hover();
          await settle(view);
          await picture(view, `probes-position-${theme}-${width}`);
        }
        await view.page.getByRole('button', { name: 'Show as Table' }).click();
        await view.page.locator('.position-frame tbody tr').first().waitFor();
        await settle(view);
        await picture(view, `probes-position-table-${theme}`);
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
