// What the tests of the run view do with it, and read from it.
import type { Browser } from 'playwright-core';
import type { FromRunView } from '../../../src/protocol/runViews';
import { settle, withView } from './actions';
import { openRuns, type RunView, type RunViewOptions } from './runPage';
import { makeRun, type RunSampleData, type RunSampleOptions } from './runSample';

/** Does `work` with a view of one run. */
export function withRun(
  browser: Browser,
  run: RunSampleOptions,
  work: (view: RunView, run: RunSampleData) => Promise<void>,
  options?: RunViewOptions,
): Promise<void> {
  const data = makeRun(run);
  return withView(openRuns(browser, [data], options), (view) => work(view, data));
}

/** The latest message of a type. */
export function last<Type extends FromRunView['type']>(
  { messages }: RunView,
  type: Type,
): Extract<FromRunView, { type: Type }> | undefined {
  return messages.filter((message) => message.type === type).at(-1) as never;
}

/** What the crosshair says to a screen reader. */
export function spoken({ page }: RunView): Promise<string> {
  return page.locator('[aria-live=polite]').innerText();
}

export async function press(view: RunView, ...keys: string[]): Promise<void> {
  await view.page.locator('.chart-body').focus();
  for (const key of keys) await view.page.keyboard.press(key);
  await settle(view);
}

/** Where the plot lies in the page: its left and right edge, and a height inside the losses. */
export async function plot({ page }: RunView): Promise<{ left: number; right: number; y: number }> {
  const box = (await page.locator('.chart-body').boundingBox())!;
  return { left: box.x + 60, right: box.x + box.width - 140, y: box.y + 80 };
}
