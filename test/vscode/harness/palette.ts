// The command palette, quick open, and questions in the quick input.
import type { Locator, Page } from 'playwright-core';

/** Matches an element whose whole text is this one. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

function rows(page: Page): Locator {
  return page.locator('.quick-input-widget .monaco-list-row');
}

function rowOf(page: Page, label: string): Locator {
  return rows(page)
    .filter({ has: page.locator('.label-name', { hasText: exactly(label) }) })
    .first();
}

function input(page: Page): Locator {
  return page.locator('.quick-input-widget input.input');
}

/** Whether an element becomes visible within some milliseconds. */
export async function appears(locator: Locator, milliseconds: number): Promise<boolean> {
  return locator.waitFor({ timeout: milliseconds }).then(
    () => true,
    () => false,
  );
}

/** Opens a quick input by a key, looks for an entry, and tries again until it is there. */
async function chooseEntry(
  page: Page,
  key: string,
  text: string,
  label: string,
  patience: number,
): Promise<void> {
  const deadline = Date.now() + patience;
  // An open palette does not gain the commands of an extension that is scanned meanwhile.
  for (;;) {
    await page.keyboard.press(key);
    // While the window opens, an editor that takes the focus closes what the key has opened.
    const isTyped = await input(page)
      .fill(text, { timeout: 5000 })
      .then(
        () => true,
        () => false,
      );
    if (isTyped && (await appears(rowOf(page, label), 1500))) break;
    const offered = await rows(page).allInnerTexts();
    await page.keyboard.press('Escape');
    if (Date.now() > deadline) {
      const list = offered.slice(0, 8).map((entry) => entry.replaceAll('\n', ' '));
      throw new Error(
        `Nothing is called '${label}' under '${text}'. Offered: ${list.join(' | ') || 'nothing'}`,
      );
    }
  }
  await rowOf(page, label).click();
}

/** Runs a command by the title that the palette shows, category included. */
export function runCommand(page: Page, title: string, patience: number): Promise<void> {
  return chooseEntry(page, 'F1', `>${title}`, title, patience);
}

/** Opens a file of the workspace by its name (or the end of its path) and waits for its tab. */
export async function openFile(page: Page, name: string, patience: number): Promise<void> {
  const base = name.split('/').at(-1) ?? name;
  await chooseEntry(page, 'Control+P', name, base, patience);
  await page.locator(`.tab.active[data-resource-name="${base}"]`).first().waitFor();
}

/** The titles that the palette offers for a text, best first. */
export async function paletteEntries(page: Page, text: string): Promise<string[]> {
  await page.keyboard.press('F1');
  await input(page).fill(`>${text}`);
  // The list is filtered after a short delay, and an empty result shows no row that could be waited for.
  await page.waitForTimeout(600);
  const entries = await rows(page).locator('.label-name').allInnerTexts();
  await page.keyboard.press('Escape');
  return entries.filter((entry) => entry !== 'No matching commands');
}

/** Picks an entry of the quick pick that is open. */
export async function pick(page: Page, label: string): Promise<void> {
  const row = rowOf(page, label);
  // A list has only the rows that are in sight: what is further down is found by its name.
  if (!(await appears(row, 5000))) await input(page).fill(label);
  await row.click();
}

/** Labels of the quick pick that is open. */
export async function pickEntries(page: Page): Promise<string[]> {
  await rows(page).first().waitFor();
  return rows(page).locator('.label-name').allInnerTexts();
}

/** Types an answer into the input box that is open. */
export async function answer(page: Page, text: string): Promise<void> {
  await input(page).fill(text);
  await page.keyboard.press('Enter');
}
