// Parts of the window around the editors: menus, webviews, status bar, notifications.
import type { Frame, Locator, Page } from 'playwright-core';
import { exactly } from './palette';

/** Labels of the context menu that is open, and of its open submenus. */
export async function menuEntries(page: Page): Promise<string[]> {
  const labels = page.locator('.monaco-menu .action-label:visible');
  await labels.first().waitFor();
  const texts = await labels.allInnerTexts();
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}

/** Walks through the menu that is open, by the labels of its entries, and chooses the last. */
export async function chooseFromMenu(page: Page, path: string[]): Promise<void> {
  for (const [depth, label] of path.entries()) {
    const level = page.locator('.monaco-menu').nth(depth);
    const entry = level
      .locator('.action-item', { has: page.locator('.action-label', { hasText: exactly(label) }) })
      .first();
    await entry.waitFor().catch(async (error: unknown) => {
      const offered = await menuEntries(page).catch(() => ['no menu']);
      throw new Error(`The menu has no '${label}'. It has: ${offered.join(' | ')}`, { cause: error });
    });
    // A menu takes no click in its first moments, so that the click that opened it cannot choose.
    await page.waitForTimeout(150);
    await entry.hover();
    if (depth === path.length - 1) await entry.click();
    else
      await page
        .locator('.monaco-menu')
        .nth(depth + 1)
        .waitFor();
  }
}

async function titleOf(frame: Frame): Promise<string | undefined> {
  const element = await frame.frameElement().catch(() => undefined);
  const id = await element?.getAttribute('id').catch(() => undefined);
  // The outer frame of a webview is VS Code's; the inner one is called `pending-frame` until it has loaded.
  if (id !== 'active-frame') return undefined;
  return (await element?.getAttribute('title').catch(() => undefined)) ?? undefined;
}

/** The inner frame of the webview with this title; waits until it has loaded. */
export async function webviewFrame(page: Page, title: string | RegExp, patience: number): Promise<Frame> {
  const deadline = Date.now() + patience;
  for (;;) {
    const titles: string[] = [];
    for (const frame of page.frames().reverse()) {
      if (!frame.url().includes('fake.html')) continue;
      const found = await titleOf(frame);
      if (found === undefined) continue;
      titles.push(found);
      if (typeof title === 'string' ? found === title : title.test(found)) return frame;
    }
    if (Date.now() > deadline) {
      throw new Error(
        `There is no webview called ${String(title)}; there are: ${titles.join(', ') || 'none'}.`,
      );
    }
    await page.waitForTimeout(100);
  }
}

/** Texts of the status bar's items, left to right. */
export async function statusBarTexts(page: Page): Promise<string[]> {
  const texts = await page.locator('.statusbar-item:visible').allInnerTexts();
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}

/** One item of the status bar, found by a part of its text. */
export function statusBarItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.statusbar-item', { hasText: text }).first();
}

/** Messages of the notifications that are shown. */
export async function notifications(page: Page): Promise<string[]> {
  const texts = await page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  return texts.map((text) => text.trim());
}
