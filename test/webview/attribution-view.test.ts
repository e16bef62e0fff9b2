// The view of logit attribution in a real browser, with what a real model computes.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { AttributionInspection } from '../../src/host/inspection/attributionInspection';
import type {
  AttributionViewState,
  FromAttributionView,
  ToAttributionView,
} from '../../src/protocol/attributionView';
import { launchBrowser } from '../vscode/harness/browser';
import { texts, until, withView } from './harness/actions';
import { itFits } from './harness/looks';
import { openPage, type Conversation, type View, type ViewOptions } from './harness/page';
import { asked, menuItem, shown } from './harness/partActions';
import { portsOf, startReader, type Reader, uri } from './harness/reader';

interface AttributionConversation extends Conversation {
  incoming: ToAttributionView;
  outgoing: FromAttributionView;
  state: AttributionViewState;
}
type AttributionPage = View<AttributionConversation>;

const text = 'Once upon a time, there was a little girl named Lily.';

let browser: Browser;
let reader: Reader;
before(async () => {
  browser = await launchBrowser();
  reader = await startReader(text);
});
after(async () => {
  reader.backend.stop();
  await browser.close();
});

async function show(options: ViewOptions<AttributionConversation> = {}): Promise<AttributionPage> {
  const { model } = reader;
  const inspection = new AttributionInspection(portsOf(reader));
  const view = await openPage<AttributionConversation>(
    browser,
    { name: 'attribution', title: 'Logit Attribution' },
    {
      ...options,
      onMessage(message) {
        if (message.type !== 'choose') return;
        inspection.choose(message.choice);
        void inspection.refresh();
      },
    },
  );
  const send = (message: ToAttributionView): void => void view.send(message).catch(() => undefined);
  inspection.onDidChangeAnswer(() => {
    const { answer: attribution, choice } = inspection;
    if (attribution) send({ type: 'attribution', attribution, question: { uri, model }, choice });
  });
  inspection.onDidChangePhase(() => {
    const { phase, failure } = inspection;
    send({
      type: 'status',
      status: { phase, message: failure?.line, document: 'story.txt', modelOpen: true },
    });
  });
  inspection.choose({ offset: text.indexOf(' little') - 1 });
  await inspection.ask({ uri, model });
  await view.page.locator('.bar-row').first().waitFor();
  return view;
}

function sent<Type extends FromAttributionView['type']>({ messages }: AttributionPage, type: Type) {
  return messages.filter((message) => message.type === type) as Extract<
    FromAttributionView,
    { type: Type }
  >[];
}

it('lists every part, largest first, and what they add up to', () =>
  withView(show(), async (view) => {
    const names = await texts(view, '.bars:nth-of-type(1) .bar-name');
    for (const part of ['embed', 'position', 'L0 H0', 'L3 H7', 'L3 MLP', 'constant']) {
      assert.ok(names.includes(part), part);
    }
    const value = (row: string) => Math.abs(Number(row.replace('−', '-')));
    const sizes = (await texts(view, '.bars:nth-of-type(1) .bar-value')).map(value);
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => b - a),
    );
    const [, sum, logit] = /Sum (\S+) = logit (\S+)/.exec((await texts(view, '.sum')).join())!;
    assert.equal(sum, logit);
    assert.match((await texts(view, '.claim')).join(), /^After '·a' \(token \d+\): '·\w+' \(logit/);
  }));

it('attributes the difference of two tokens that are typed, and says when one is none', () =>
  withView(show(), async (view) => {
    const { keyboard } = view.page;
    await keyboard.press('/');
    await keyboard.type(' little');
    await keyboard.press('Tab');
    await keyboard.type(' big');
    await keyboard.press('Enter');
    await until('the difference', async () =>
      /'·little' .* minus '·big'/.test((await texts(view, '.claim')).join()),
    );
    assert.match((await texts(view, '.sum')).join(), /difference of the logits/);
    assert.deepEqual((await view.saved())?.choice?.against, ' big');
    await keyboard.type('gish');
    await keyboard.press('Enter');
    await view.page.getByRole('alert').filter({ hasText: 'tokens' }).waitFor();
  }));

it('orders its rows otherwise, and opens heads and neurons', () =>
  withView(show(), async (view) => {
    await view.page.getByRole('combobox', { name: 'Order' }).click();
    await view.page.getByRole('option', { name: 'Layer and index' }).click();
    await until('ordered', async () => (await texts(view, '.bar-name'))[0] === 'embed');
    await view.page.getByRole('button', { name: /^L1 H3/ }).click();
    await view.page.getByRole('button', { name: / N\d/ }).first().focus();
    await view.page.keyboard.press('Enter');
    await until('both', () => sent(view, 'selectNeuron').length === 1);
    assert.deepEqual(sent(view, 'selectHead')[0].head, { layer: 1, head: 3 });
  }));

it('offers what can be done to the part of a row, marks it, and saves its bars', () =>
  withView(show(), async (view) => {
    const { page } = view;
    await page.getByRole('button', { name: /^L1 H3/ }).click({ button: 'right' });
    await menuItem(view, 'Ablate to Mean').click();
    // An MLP has no view of its own: a click shows its menu.
    await page.getByRole('button', { name: /^L0 MLP/ }).click();
    await menuItem(view, 'Steer…').click();
    await page.getByRole('button', { name: / N\d/ }).first().focus();
    await page.keyboard.press('Shift+F10');
    await menuItem(view, 'Scale…').click();
    await until('asked', () => asked(view).length === 3);
    assert.deepEqual(asked(view).slice(0, 2), ['ablateToMean L1H3', 'steer L0.mlp']);
    assert.match(asked(view)[2], /^scale L\dN\d+$/);
    await view.send({ type: 'interventions', interventions: [shown('L1H3'), shown('L0.mlp', 'scale')] });
    await page
      .getByRole('button', { name: /^L1 H3.*is changed/ })
      .locator('.codicon-circle-slash')
      .waitFor();
    assert.equal(await page.locator('.bar-name .codicon').count(), 2);
    await page.getByRole('button', { name: 'More Actions…' }).click();
    await menuItem(view, 'Save as SVG…').click();
    await until('saved', () => sent(view, 'save').length > 0);
    const [{ name, content }] = sent(view, 'save');
    assert.equal(name, 'story.txt.attribution.svg');
    assert.match(String(content), /^<svg[^]*After '·a' \(token \d+[^]*L0 MLP/);
  }));

itFits<AttributionConversation>(
  'attribution-page',
  '.toolbar, .view-header, .attribution-body',
  (options, work) => withView(show(options), work),
);

itFits<AttributionConversation>('attribution-menu', '.menu', (options, work) =>
  withView(show(options), async (view) => {
    await view.page.getByRole('button', { name: /^L1 H3/ }).click({ button: 'right' });
    await menuItem(view, 'Ablate to Mean').hover();
    await work(view);
  }),
);
