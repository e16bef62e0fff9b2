// The view of activation patching in a real browser, with what a real model computes.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { PatchInspection } from '../../src/host/inspection/patchInspection';
import type { PatchQuestion } from '../../src/protocol/patching';
import type { FromPatchView, PatchViewState, ToPatchView } from '../../src/protocol/patchView';
import { launchBrowser } from '../vscode/harness/browser';
import { coveredEntries, texts, until, withView } from './harness/actions';
import { itFits, picture } from './harness/looks';
import { openPage, type Conversation, type View, type ViewOptions } from './harness/page';
import { portsOf, startReader, type Reader } from './harness/reader';

interface PatchConversation extends Conversation {
  incoming: ToPatchView;
  outgoing: FromPatchView;
  state: PatchViewState;
}
type PatchPage = View<PatchConversation>;

const clean = 'Once upon a time, there was a boy named Tom. One day, Tom';
const corrupted = clean.replaceAll('Tom', 'Ben');

let browser: Browser;
let reader: Reader;
before(async () => {
  browser = await launchBrowser();
  reader = await startReader(clean);
});
after(async () => {
  reader.backend.stop();
  await browser.close();
});

async function show(
  options: ViewOptions<PatchConversation> = {},
  question: Partial<PatchQuestion> = {},
): Promise<{ view: PatchPage; inspection: PatchInspection }> {
  const { model } = reader;
  const inspection = new PatchInspection(portsOf(reader).requester);
  const view = await openPage<PatchConversation>(
    browser,
    { name: 'patch', title: 'Activation Patching' },
    {
      ...options,
      onMessage(message) {
        if (message.type === 'change') void inspection.refresh(message.change);
      },
    },
  );
  const send = (message: ToPatchView): void => void view.send(message).catch(() => undefined);
  inspection.onDidChange(() => {
    const { phase, failure, alignable, map } = inspection;
    const status = { phase, message: failure?.line, model: 'stories', engine: 'cpu', modelOpen: true };
    send({ type: 'status', status, question: inspection.question ?? null, alignable });
    if (map) send({ type: 'map', map });
  });
  await inspection.ask({ model, clean, corrupted, part: 'resid', align: 'equal', ...question });
  return { view, inspection };
}

const shown = async (options?: ViewOptions<PatchConversation>, question?: Partial<PatchQuestion>) => {
  const found = await show(options, question);
  await found.view.page.locator('.patch-map td').first().waitFor();
  return found;
};

it('shows the effect of every layer and token, the last layer on top, as the backend found it', async () => {
  const { view, inspection } = await shown();
  await withView(Promise.resolve(view), async () => {
    const { layers, columns, effect } = inspection.map!;
    const cells = await texts(view, '.patch-map td');
    assert.equal(cells.length, layers * columns);
    const written = (value: number) => {
      if (value === 0) return '0';
      return Math.abs(value) < 0.005 ? '0.00' : value.toFixed(2).replace('-', '−');
    };
    for (let column = 0; column < columns; column++) {
      assert.equal(cells[column], written(effect[(layers - 1) * columns + column]));
    }
    // Whatever enters the first layer at the last name decides all: elsewhere the texts differ at the names alone.
    assert.ok(Math.max(...effect.subarray(0, columns)) > 0.5);
    assert.match(
      (await texts(view, '.claim')).join(),
      /^Log-probability of '.+': .+\(0 in the map\), .+\(1\)$/,
    );
    assert.deepEqual(
      (await texts(view, '.texts dd')).map((text) => text.trim()),
      [clean, corrupted],
    );
  });
});

it('is asked about heads by the dropdown, and about two tokens that are typed', async () => {
  const { view, inspection } = await shown();
  await withView(Promise.resolve(view), async () => {
    await view.page.getByRole('combobox', { name: 'Patch' }).click();
    await view.page.getByRole('option', { name: 'Heads' }).click();
    await until('heads', async () => (await texts(view, '.patch-map thead th'))[1] === 'H0');
    assert.equal((await texts(view, '.patch-map td')).length, inspection.map!.effect.length);
    await view.page.keyboard.press('Escape');
    await view.page.locator('.patch-map td').first().focus();
    await view.page.keyboard.press('/');
    await view.page.keyboard.type(' saw');
    await view.page.keyboard.press('Tab');
    await view.page.keyboard.type(' was');
    await view.page.keyboard.press('Enter');
    await until('two tokens', async () =>
      (await texts(view, '.claim')).join().startsWith("Logit of '·saw' minus that of '·was'"),
    );
    assert.deepEqual((await view.saved())?.question?.part, 'head');
  });
});

it('lies under the entries of the dropdown', async () => {
  const { view } = await shown({ width: 300 });
  await withView(Promise.resolve(view), async () => {
    assert.deepEqual(await coveredEntries(view, 'Patch'), []);
  });
});

it('is moved over by arrows', async () => {
  const { view } = await shown();
  await withView(Promise.resolve(view), async () => {
    await view.page.locator('.patch-map td').first().focus();
    await view.page.keyboard.press('ArrowRight');
    await view.page.keyboard.press('ArrowDown');
    const label = await view.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    assert.match(label ?? '', /^L2\.resid · Token 1, /);
  });
});

it('offers to align texts of different token counts, and strikes out what corresponds to nothing', async () => {
  const longer = { corrupted: clean.replace('a boy', 'a very small boy') };
  const { view } = await show({}, longer);
  await withView(Promise.resolve(view), async () => {
    await view.page.getByRole('alert').filter({ hasText: 'not certain which corresponds' }).waitFor();
    await view.page.getByText('Align by Common Tokens').click();
    await view.page.locator('.patch-map td').first().waitFor();
    assert.ok((await texts(view, '.patch-map th.unmatched')).length > 0);
    await picture(view, 'patch-page-aligned');
  });
});

itFits<PatchConversation>('patch-page', '.toolbar, .view-header, .patch-view', async (options, work) => {
  const { view } = await shown(options);
  await withView(Promise.resolve(view), work);
});
