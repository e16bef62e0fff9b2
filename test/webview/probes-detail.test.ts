// The details of a probe in a real browser: its confusion matrix, its tokens, its accuracy by position.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ProbeFolder, ProbeResult } from '../../src/protocol/probes';
import { probeId } from '../../src/protocol/probesView';
import { settle, texts, until, withView } from './harness/actions';
import { picture, themes, widths } from './harness/looks';
import type { ProbesPage } from './harness/probesPage';
import { cells, openByKeys, panel, percent, TrainedProbes } from './harness/trainedProbesView';

const trained = new TrainedProbes();

describe('a confusion matrix', () => {
  it('opens by a click on a point', () =>
    withView(trained.show(trained.compared), async (view) => {
      const box = (await panel(view, 'ancestor · level 3').boundingBox())!;
      await view.page.mouse.click(box.x + box.width - 90, box.y + 60);
      await cells(view).first().waitFor();
      assert.match((await texts(view, '.detail-name')).join(), /^ancestor · level 3 · layer 1 · cfg$/);
    }));

  it('counts all test tokens, the right ones on its diagonal, and is entered by keys', () =>
    withView(trained.show(trained.compared), async (view) => {
      await openByKeys(view, 'ancestor · level 3');
      const { accuracy, n_test, classes } = trained.probeOf('ancestor', 3, 1);
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
    withView(trained.show(trained.compared), async (view) => {
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
      const { classes, file } = trained.probeOf('ancestor', 3, 1);
      assert.equal(
        (await texts(view, '.token-caption')).join(),
        `${classes[0]}, read as ${classes[1]}: ${tokens} token${tokens === 1 ? '' : 's'}`,
      );
      await view.page.keyboard.press('Enter');
      await until('it is opened', () => view.messages.some(({ type }) => type === 'openToken'));
      const opened = view.messages.find((message) => message.type === 'openToken')!.token;
      const asked = { file: join(trained.compared.path, file), true: 0, read: 1, first: 0, count: 1 };
      const [expected] = (await trained.backend.request('subtext/probeTokens', asked)).tokens;
      assert.deepEqual(opened, { start: expected.start, end: expected.end, text: expected.text });
      const text = await readFile(trained.compared.testFile, 'utf8');
      assert.equal(text.slice(opened.start, opened.end), opened.text);
    }));

  it('is left by Esc, first the tokens and then the matrix', () =>
    withView(trained.show(trained.compared), async (view) => {
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
      trained.show(trained.compared, {
        state: {
          folders: [trained.compared.path],
          open: probeId(trained.compared, trained.probeOf('ancestor', 2, 0).file),
        },
      }),
      async (view) => {
        await cells(view).first().waitFor();
        assert.match((await texts(view, '.detail-name')).join(), /^ancestor · level 2 · layer 0 · cfg$/);
      },
    ));

  it('says why it cannot be shown', () =>
    withView(trained.show(trained.compared), async (view) => {
      await openByKeys(view, 'ancestor · level 2');
      const message = 'The file is gone. Train the probes again.';
      await view.send({
        type: 'detailFailed',
        probe: probeId(trained.compared, trained.probeOf('ancestor', 2, 1).file),
        message,
      });
      await view.page.getByText(message).waitFor();
    }));

  it('is copied whole', () =>
    withView(trained.show(trained.people), async (view) => {
      await openByKeys(view, 'people');
      await view.page.getByRole('button', { name: 'Copy as CSV' }).click();
      const copied = await view.page.evaluate(() => navigator.clipboard.readText());
      const { classes, n_test } = trained.people.probes.find(({ target }) => target === 'people')!;
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
    trained.backend.request('subtext/probePositions', { file: join(of.path, file) });

  it('takes the place of the matrix, and is read by keys', () =>
    withView(trained.show(trained.compared), async (view) => {
      await openByKeys(view, 'ancestor · level 3');
      await turn(view).click();
      const chart = view.page.locator('.positions .panel');
      await chart.waitFor();
      assert.ok(await view.page.locator('.matrix').isHidden());
      const { unit, bins } = await positionsOf(trained.compared, trained.probeOf('ancestor', 3, 1));
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
    const open = probeId(trained.compared, trained.probeOf('ancestor', 2, 0).file);
    return withView(
      trained.show(trained.compared, { state: { folders: [trained.compared.path], open, byPosition: true } }),
      async (view) => {
        await view.page.locator('.positions .panel').waitFor();
        await turn(view).click();
        await cells(view).first().waitFor();
        assert.equal((await view.saved())?.byPosition, false);
      },
    );
  });

  it('is a table where the chart is one, and is copied as it is', () =>
    withView(trained.show(trained.people, { state: { table: true, byPosition: true } }), async (view) => {
      await view.page.locator('.probe-table').focus();
      await view.page.keyboard.press('ArrowDown');
      await view.page.keyboard.press('Enter');
      const rows = view.page.locator('.position-frame tbody tr');
      await rows.first().waitFor();
      const { unit, bins } = await positionsOf(trained.people, trained.people.probes[0]);
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
    withView(trained.show(trained.compared), async (view) => {
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

describe('steering along a probe', () => {
  const steer = (view: ProbesPage) => view.page.getByRole('button', { name: 'Steer Along This Probe…' });

  it('is asked of the host', () =>
    withView(trained.show(trained.compared), async (view) => {
      await openByKeys(view, 'ancestor · level 3');
      await steer(view).click();
      await until('it is asked', () => view.messages.some(({ type }) => type === 'steer'));
      const asked = view.messages.find((message) => message.type === 'steer');
      assert.deepEqual(asked?.probe, probeId(trained.compared, trained.probeOf('ancestor', 3, 1).file));
    }));

  it('says why it cannot be done', () =>
    withView(trained.show(trained.people), async (view) => {
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

describe('looks', () => {
  for (const theme of themes) {
    it(`is whole with a matrix and its tokens in the theme ${theme}`, () =>
      withView(trained.show(trained.compared, { theme }), async (view) => {
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
      withView(trained.show(trained.compared, { theme, state: { byPosition: true } }), async (view) => {
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
    withView(trained.show(trained.people), async (view) => {
      await openByKeys(view, 'people');
      await view.page.keyboard.press('Enter');
      await view.page.locator('.token-list .row .token:not([hidden])').first().waitFor();
      await settle(view);
      await picture(view, 'probes-people');
    }));
});
