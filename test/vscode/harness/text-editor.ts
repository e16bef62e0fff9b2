// A text editor of the window: finds text on the screen, points at it, and reads decorations and hovers.
import type { Locator, Page } from 'playwright-core';
import { appears } from './palette';
import { readEditor, type Box, type EditorContents } from './editor-text';

/** The text editor that shows a file, or the first one. */
export function textEditor(page: Page, file?: string): Locator {
  const which = file === undefined ? '[data-uri]' : `[data-uri$="/${file}"]`;
  return page.locator(`.part.editor .editor-instance .monaco-editor${which}`).first();
}

/** Lines, character boxes and decorations that are on the screen. */
export async function editorContents(page: Page, file?: string): Promise<EditorContents> {
  const editor = textEditor(page, file);
  await editor.locator('.view-line').first().waitFor();
  return editor.evaluate(readEditor);
}

/** The boxes of the first and last character of the n-th place (from 0) where a text is seen within one line. */
async function findNow(page: Page, text: string, occurrence: number, file?: string): Promise<[Box, Box]> {
  const { lines, boxes, view } = await editorContents(page, file);
  let seen = 0;
  for (const [row, line] of lines.entries()) {
    for (let at = line.indexOf(text); at >= 0; at = line.indexOf(text, at + 1)) {
      const first = boxes[row][at];
      const last = boxes[row][at + text.length - 1];
      if (!contains(view, first) || !contains(view, last)) continue;
      if (seen++ === occurrence) return [first, last];
    }
  }
  throw new Error(
    `'${text}' (place ${occurrence}) cannot be seen. Lines on the screen:\n${lines.join('\n')}`,
  );
}

/** As `findNow`, once it stands still: a line above the text that comes or goes moves all below it. */
async function find(page: Page, text: string, occurrence: number, file?: string): Promise<[Box, Box]> {
  let before = await findNow(page, text, occurrence, file);
  for (let look = 0; look < 20; look++) {
    await page.waitForTimeout(150);
    const now = await findNow(page, text, occurrence, file);
    if (now[0].top === before[0].top && now[0].left === before[0].left) return now;
    before = now;
  }
  return before;
}

function contains(view: Box, box: Box): boolean {
  const middle = box.top + box.height / 2;
  const inRow = middle >= view.top && middle <= view.top + view.height;
  return inRow && box.left >= view.left && box.left + box.width <= view.left + view.width;
}

export interface TextPlace {
  /** Which of several places on the screen, from 0. */
  occurrence?: number;
  /** Name of the file, where several editors are open. */
  file?: string;
}

/** A place in page coordinates (CSS pixels). */
export interface Point {
  x: number;
  y: number;
}

/** The middle of a text on the screen, in page coordinates. */
export async function pointOf(page: Page, text: string, place: TextPlace = {}): Promise<Point> {
  const [first, last] = await find(page, text, place.occurrence ?? 0, place.file);
  return { x: (first.left + last.left + last.width) / 2, y: first.top + first.height / 2 };
}

/** Selects a text by dragging the mouse over it. */
export async function selectText(page: Page, text: string, place: TextPlace = {}): Promise<void> {
  const [first, last] = await find(page, text, place.occurrence ?? 0, place.file);
  const y = first.top + first.height / 2;
  await page.mouse.move(first.left + 1, y);
  await page.mouse.down();
  await page.mouse.move(last.left + last.width - 1, y, { steps: 4 });
  await page.mouse.up();
}

/**
 * Rests the mouse on a place of the editor and returns what the hover says. Its parts come one after the other: give
 * `isComplete` where it matters.
 */
export async function hoverAt(
  page: Page,
  point: () => Promise<Point>,
  patience: number,
  isComplete: (hover: string) => boolean = () => true,
): Promise<string> {
  const hover = page.locator('.monaco-hover:visible .monaco-hover-content');
  const deadline = Date.now() + patience;
  let text = '';
  // A line that appears above moves the text away from the mouse; and the editor forgets a mouse that comes to rest
  // while it is busy. A person moves it again, and so does this.
  do {
    // A hover of another place would be read as this one's.
    await page.mouse.move(0, 0);
    await hover.first().waitFor({ state: 'hidden' });
    const { x, y } = await point();
    await page.mouse.move(x - 1, y);
    await page.mouse.move(x, y);
    const isShown = await appears(hover.first(), 3000);
    const rest = Date.now() + (isShown ? 5000 : 0);
    while (Date.now() < rest) {
      text = (await hover.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
      if (text !== '' && isComplete(text)) return text;
      await page.waitForTimeout(100);
    }
  } while (Date.now() < deadline);
  throw new Error(`The editor shows ${text === '' ? 'no hover' : `only '${text}' in the hover`} there.`);
}
