// What the tests of views do with them, and read from them; most of it with the neurons view.
import assert from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import type { FromNeuronsView } from '../../../src/protocol/views';
import { openSample } from './host';
import type { Conversation, NeuronsConversation, View, ViewOptions } from './page';
import { makeSample, type Sample } from './sample';

/** 860 neurons on a whole story, and the same on a selection in it. */
export const small = makeSample({ layers: 5, neuronsPerLayer: 172, tokens: 248 });
export const selected = makeSample({
  layers: 5,
  neuronsPerLayer: 172,
  tokens: 248,
  selection: { start: 20, end: 52 },
});

/** Does `work` with a view, and finds that the page had no complaints, violations of its policy among them. */
export async function withView<Kind extends Conversation = NeuronsConversation>(
  open: Promise<View<Kind>>,
  work: (view: View<Kind>) => Promise<void>,
): Promise<void> {
  const view = await open;
  try {
    await work(view);
    assert.deepEqual(view.errors, []);
  } finally {
    await view.close();
  }
}

/** As `withView`, on a sample, with a host that answers. */
export function withSample(
  browser: Browser,
  sample: Sample,
  work: (view: View) => Promise<void>,
  options?: ViewOptions,
): Promise<void> {
  return withView(openSample(browser, sample, options), work);
}

/** The row at a place of the list, from 0. */
export function row({ page }: View, place: number): Locator {
  return page.locator(`.virtual-list [role=row][aria-rowindex="${place + 2}"]`);
}

/** The name of the neuron at a place. */
export async function nameAt(view: View, place: number): Promise<string> {
  return (await row(view, place).locator('.neuron').textContent()) ?? '';
}

/** The texts of all elements that a selector finds. */
export function texts({ page }: Pick<View, 'page'>, selector: string): Promise<string[]> {
  return page.locator(selector).allTextContents();
}

/** Messages of one type, as text. */
export function sent({ messages }: View, type: FromNeuronsView['type']): string[] {
  return messages.filter((message) => message.type === type).map((message) => nameIn(message));
}

function nameIn(message: FromNeuronsView): string {
  if (message.type === 'preview') return message.id ? `L${message.id.layer} N${message.id.neuron}` : 'none';
  if (message.type === 'lock') return `L${message.id.layer} N${message.id.neuron}`;
  if (message.type === 'run') return message.command;
  return 'token' in message ? String(message.token) : '';
}

/** Waits until the page has drawn what it was told, its messages have arrived and their answers are drawn too. */
export async function settle({ page }: Pick<View, 'page'>): Promise<void> {
  for (let round = 0; round < 2; round++) {
    // A message is sent in the frame after its cause; calls from the page arrive in their order.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      await (window as unknown as { settled: () => Promise<void> }).settled();
    });
  }
}

/** Waits until a test holds. */
export async function until(what: string, test: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await test()) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert.fail(`Not within 9 seconds: ${what}`);
}

/** Opens a dropdown and names those of its entries that something else lies on, at their start or their end. */
export async function coveredEntries({ page }: Pick<View, 'page'>, dropdown: string): Promise<string[]> {
  await page.getByRole('combobox', { name: dropdown }).click();
  const entries = page.locator('vscode-dropdown[open] vscode-option');
  await entries.first().waitFor();
  return entries.evaluateAll((options) =>
    options
      .filter((option) => {
        const { left, right, top, height } = option.getBoundingClientRect();
        return [left + 6, right - 6].some(
          (x) => document.elementFromPoint(x, top + height / 2)?.closest('vscode-option') !== option,
        );
      })
      .map((option) => option.textContent),
  );
}
