// The map of 1,024 tokens while it is moved and zoomed: it stays right, and prints how long its frames take. Nothing here
// depends on the clock of the machine.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { writeRandomCheckpoint } from '../support/randomModel';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, until } from './harness/actions';
import { openAttention } from './harness/attentionPage';
import { startReader, type Reader } from './harness/reader';

const TOKENS = 1024;
const STORY = 'Lily had a red kite. Tom saw the kite. "Can I fly it?" Lily said yes (twice).\n';

let browser: Browser;
let reader: Reader;
let folder: string;
before(async () => {
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), 'subtext-map-'));
  await writeRandomCheckpoint(join(folder, 'random'), { layers: 2, heads: 4, width: 64, context: 2048 });
  reader = await startReader(STORY.repeat(21), join(folder, 'random'));
});
after(async () => {
  await browser.close();
  reader.backend.stop();
  await rm(folder, { recursive: true, force: true });
});

it('is moved and zoomed', async (context) => {
  const { view, inspection } = await openAttention(browser, reader, { width: 1200, height: 860 });
  const { page } = view;
  const tokens = inspection.grid!.tokens.pieces.length;
  assert.ok(tokens >= TOKENS, `${tokens} tokens`);
  await page.locator('.head-cell').nth(3).click();
  await page.locator('.map-canvas').waitFor();
  await until('tiles', () => view.messages.some(({ type }) => type === 'tile'));
  await settle(view);
  // What tsx puts around named functions, for those that run in the page.
  await page.evaluate('window.__name = (named) => named');
  for (const what of ['zoom', 'drag', 'hover'] as const) {
    const { frames, work } = await page.evaluate(measure, what);
    for (const [name, times] of [
      ['between frames', frames],
      ['scripts and drawing', work],
    ] as const) {
      const sorted = [...times].sort((a, b) => a - b);
      const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
      context.diagnostic(
        `${what} over ${tokens} tokens, ${name}: ${sorted.length} frames, median ${at(0.5)} ms, 95% ${at(0.95)} ms, longest ${at(1)} ms`,
      );
    }
  }
  // Only what is in sight is asked for, at the step that the screen can show.
  const asked = view.messages.filter(({ type }) => type === 'tile').length;
  context.diagnostic(`${asked} tiles asked for`);
  await page.locator('.map-body').focus();
  await page.keyboard.press('0');
  await settle(view);
  assert.equal((await view.saved())?.place, undefined);
  assert.deepEqual(view.errors, []);
  await view.close();
});

/** Does something in each of 90 frames and takes the times: between frames, and of their scripts; runs in the page. */
async function measure(what: 'zoom' | 'drag' | 'hover'): Promise<{ frames: number[]; work: number[] }> {
  const body = document.querySelector('.map-body')!;
  const { left, top, width, height } = body.getBoundingClientRect();
  const middle = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true };
  const frames: number[] = [];
  const work: number[] = [];
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  // Synthetic pointers cannot be captured.
  body.setPointerCapture = () => undefined;
  if (what === 'drag') body.dispatchEvent(new PointerEvent('pointerdown', { ...middle, button: 0 }));
  let before = await frame();
  for (let count = 0; count < 90; count++) {
    const started = performance.now();
    if (what === 'zoom') {
      body.dispatchEvent(new WheelEvent('wheel', { ...middle, deltaY: count < 60 ? -30 : 15 }));
    } else {
      const way = what === 'drag' ? 6 * (count < 45 ? count : 90 - count) : 4 * count;
      const at = { ...middle, clientX: middle.clientX - way, clientY: middle.clientY - way };
      body.dispatchEvent(new PointerEvent('pointermove', at));
    }
    const posted = performance.now();
    // The view draws in this frame too, before our callback, which was asked for after its own.
    const now = await frame();
    const done = performance.now();
    work.push(posted - started + Math.max(0, done - now));
    frames.push(now - before);
    before = now;
  }
  body.dispatchEvent(new PointerEvent('lostpointercapture', { bubbles: true }));
  return { frames, work };
}
