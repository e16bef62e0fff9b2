// The chart of probes in a real browser, with probes that the command line trained and what the backend says of them.
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { settle, texts, until, withView } from './harness/actions';
import { showFolders } from './harness/probesPage';
import { cells, openByKeys, panel, panels, percent, TrainedProbes } from './harness/trainedProbesView';

const trained = new TrainedProbes();

describe('along layers', () => {
  it('has a panel for each target and level, and a line for each model', () =>
    withView(trained.show(trained.compared), async (view) => {
      const names = await panels(view).evaluateAll((all) => all.map((each) => each.ariaLabel ?? ''));
      assert.deepEqual(
        names.map((name) => /^Accuracy of (.*?);/.exec(name)?.[1]),
        ['ancestor · level 2', 'ancestor · level 3', 'boundary · level 2', 'boundary · level 3'],
      );
      assert.deepEqual(await texts(view, '.legend-entry'), ['cfg', 'tiny-01']);
    }));

  it('says at the crosshair what the results say', () =>
    withView(trained.show(trained.compared), async (view) => {
      const box = (await panel(view, 'ancestor · level 3').boundingBox())!;
      // The rightmost point.
      await view.page.mouse.move(box.x + box.width - 90, box.y + 60);
      await view.page.locator('.readout').waitFor();
      const [first, second] = await view.page.locator('.readout tbody tr').allInnerTexts();
      const { accuracy, ci, majority, random_init, shuffled } = trained.probeOf('ancestor', 3, 1);
      const numbers = [accuracy, majority, random_init!, shuffled!].map(percent);
      for (const number of numbers) assert.ok(first.includes(number), `${first}: ${number}`);
      assert.ok(first.includes(`${percent(ci[0]).replace('%', '')}–${percent(ci[1])}`), first);
      assert.ok(
        second.includes(percent(trained.probeOf('ancestor', 3, 1, 'tiny-01 step 60').accuracy)),
        second,
      );
    }));

  it('leaves out a line that is hidden in the legend', () =>
    withView(trained.show(trained.compared), async (view) => {
      await view.page.getByRole('button', { name: 'tiny-01' }).click();
      await panel(view, 'ancestor · level 2').focus();
      await view.page.keyboard.press('End');
      await settle(view);
      assert.equal(await view.page.locator('.readout thead').count(), 0);
      assert.match(await view.page.locator('.readout').innerText(), /accuracy/);
      assert.equal((await view.saved())?.hidden?.length, 1);
    }));

  it('puts what enters the layers before the first one', () =>
    withView(trained.show(trained.people), async (view) => {
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
    withView(trained.show(trained.compared), async (view) => {
      await view.page.getByRole('button', { name: 'steps' }).click();
      await until('lines of layers', async () => (await texts(view, '.legend-entry'))[0] === 'layer 0');
      assert.deepEqual(await texts(view, '.legend-entry'), ['layer 0', 'layer 1']);
      assert.equal((await view.saved())?.axis, 'step');
    }));

  it('says the accuracy of the checkpoint at each step', () =>
    withView(
      trained.show(trained.compared, { state: { folders: [trained.compared.path], ...steps } }),
      async (view) => {
        await panel(view, 'boundary · level 3').focus();
        for (const step of [30, 60]) {
          await view.page.keyboard.press(step === 30 ? 'Home' : 'End');
          await settle(view);
          const said = await view.page.locator('.readout').innerText();
          const { accuracy } = trained.probeOf('boundary', 3, 1, `tiny-01 step ${step}`);
          assert.ok(said.startsWith(`boundary · level 3 · step ${step}`), said);
          assert.ok(said.includes(percent(accuracy)), said);
        }
      },
    ));

  it('draws the checkpoint that is chosen along layers', () =>
    withView(
      trained.show(trained.compared, { state: { folders: [trained.compared.path], step: 30 } }),
      async (view) => {
        await panel(view, 'boundary · level 2').focus();
        await view.page.keyboard.press('End');
        await settle(view);
        const { accuracy } = trained.probeOf('boundary', 2, 1, 'tiny-01 step 30');
        const rows = await view.page.locator('.readout tbody tr').allInnerTexts();
        assert.ok(rows[1].includes(percent(accuracy)), rows[1]);
      },
    ));
});

describe('folders side by side', () => {
  const both = () => trained.show([trained.compared.path, trained.people.path]);

  it('are asked for, and taken away', () =>
    withView(both(), async (view) => {
      assert.match((await texts(view, '.view-header')).join(), /compared, people/);
      assert.deepEqual((await view.saved())?.folders, [trained.compared.path, trained.people.path]);
      await view.page.getByRole('button', { name: 'Compare With…' }).click();
      await view.page.getByRole('button', { name: 'Remove Folder…' }).click();
      await view.page.getByRole('menuitem', { name: 'people' }).click();
      await until('both are asked for', () => view.messages.some(({ type }) => type === 'removeFolder'));
      assert.deepEqual(
        view.messages.filter(({ type }) => type === 'addFolders' || type === 'removeFolder'),
        [{ type: 'addFolders' }, { type: 'removeFolder', folder: trained.people.path }],
      );
      await showFolders(view, [trained.compared]);
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
      assert.ok(opened.probe.startsWith(`${trained.people.path}/`), opened.probe);
      const text = await readFile(trained.people.testFile, 'utf8');
      assert.equal(text.slice(opened.token.start, opened.token.end), opened.token.text);
    }));

  it('are lines of their own where they have models of one name', async () => {
    const again = join(trained.folder, 'again.probes');
    await cp(trained.compared.path, again, { recursive: true });
    const paths = [trained.compared.path, again];
    await withView(trained.show(paths), async (view) => {
      assert.deepEqual(await texts(view, '.legend-entry'), [
        ...['cfg · compared', 'tiny-01 · compared', 'cfg · again', 'tiny-01 · again'],
      ]);
      assert.equal(await panels(view).count(), 4);
      await openByKeys(view, 'ancestor · level 3');
      assert.match((await texts(view, '.detail-name')).join(), /cfg · compared$/);
    });
  });
});

describe('the table', () => {
  it('has every probe, and opens one by keys', () =>
    withView(trained.show(trained.compared, { state: { table: true } }), async (view) => {
      const table = view.page.locator('.probe-table');
      assert.equal(await table.getAttribute('aria-rowcount'), String(trained.compared.probes.length + 1));
      const first = await view.page.locator('.probe-table .virtual-list .row').first().innerText();
      assert.ok(first.includes(percent(trained.compared.probes[0].accuracy)), first);
      await table.focus();
      await view.page.keyboard.press('ArrowDown');
      await view.page.keyboard.press('Enter');
      await cells(view).first().waitFor();
    }));
});

describe('saving', () => {
  it('gives a picture and all numbers', () =>
    withView(trained.show(trained.compared), async (view) => {
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
      assert.equal(lines.length, trained.compared.probes.length + 1);
      assert.ok(lines[1].includes(String(trained.compared.probes[0].accuracy)));
    }));
});
