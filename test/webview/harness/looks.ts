// Pictures of views for people to look at (`.vscode-test/screenshots/`), and what can be checked of them: nothing scrolls
// sideways.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { cacheFolder } from '../../../scripts/cache.mjs';
import { settle } from './actions';
import type { Conversation, Theme, View } from './page';

export const screenshots = join(cacheFolder, 'screenshots');
export const themes: readonly Theme[] = ['dark', 'light', 'highContrast', 'highContrastLight'];
/** The side bar, half an editor, an editor. CSS pixels. */
export const widths: readonly number[] = [300, 620, 1200];

/** Keeps a picture of the view. */
export async function picture({ page }: Pick<View, 'page'>, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/**
 * Tests that a view fits into every width in every theme, with a picture of each.
 * @param name names the pictures
 * @param parts selects what must not scroll sideways, beside the page itself
 * @param show opens the view, does the work, which takes the picture, and closes it
 */
export function itFits<Kind extends Conversation>(
  name: string,
  parts: string,
  show: (
    options: { theme: Theme; width: number },
    work: (view: View<Kind>) => Promise<void>,
  ) => Promise<void>,
): void {
  for (const theme of themes) {
    for (const width of widths) {
      it(`fits into ${width} pixels in the theme ${theme}`, () =>
        show({ theme, width }, async (view) => {
          await settle(view);
          await picture(view, `${name}-${theme}-${width}`);
          const outside = await view.page.evaluate(
            (selector) =>
              Array.from(document.querySelectorAll(selector))
                .filter((element) => element.scrollWidth > element.clientWidth)
                .map(({ className }) => className),
            `html, ${parts}`,
          );
          assert.deepEqual(outside, []);
        }));
    }
  }
}
