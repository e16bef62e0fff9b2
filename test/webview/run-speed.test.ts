// The run view with ten runs of 100,000 steps: it stays right, and prints how long its frames take while it is zoomed,
// moved, read and appended to. Nothing here depends on the clock of the machine.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type { RunPoints } from '../../src/protocol/runViews';
import { launchBrowser } from '../vscode/harness/browser';
import { settle, withView } from './harness/actions';
import { openRunView } from './harness/runPage';
import { makeRun, runsMessage } from './harness/runSample';

const RUNS = 10;
const STEPS = 100_000;

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

it('zooms, moves, reads and grows with a million steps', (context) =>
  withView(openRunView(browser, { width: 1200, height: 860 }), async (view) => {
    const { page } = view;
    const runs = Array.from({ length: RUNS }, (_, index) => {
      const run = makeRun({ name: `run-${index}`, steps: 0, status: { step: STEPS, steps: 2 * STEPS } });
      return { ...run, snapshot: { ...run.snapshot, references: [] } };
    });
    await view.send(runsMessage(runs));
    const directories = runs.map(({ snapshot }) => snapshot.directory);
    // What tsx puts around named functions, for those that run in the page.
    await page.evaluate('window.__name = (named) => named');
    await page.evaluate(sendPoints, { directories, from: 0, steps: STEPS });
    await settle(view);
    const report = (what: string, times: number[]): void => {
      const sorted = [...times].sort((a, b) => a - b);
      const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))].toFixed(1);
      context.diagnostic(
        `${what}: ${sorted.length} frames, median ${at(0.5)} ms, 95% ${at(0.95)} ms, longest ${at(1)} ms`,
      );
    };

    for (const what of ['wheel', 'pointer', 'append'] as const) {
      const { frames, work } = await page.evaluate(measure, { what, directories, steps: STEPS });
      report(`${what}, between frames`, frames);
      report(`${what}, scripts and drawing`, work);
    }
    await page.locator('.chart-body').focus();
    await page.keyboard.press('0');
    await settle(view);
    await page.keyboard.press('End');
    await settle(view);
    const spoken = await page.locator('[aria-live=polite]').textContent();
    assert.match(spoken ?? '', /^step 100,060 /);
    assert.equal(spoken?.match(/training/g)?.length, RUNS);
  }));

type Ask = { directories: string[]; from: number; steps: number };

/** Posts steps of every run to the view; runs in the page. */
function sendPoints({ directories, from, steps }: Ask): void {
  directories.forEach((directory, run) => {
    const fill = (value: (index: number) => number): number[] =>
      Array.from({ length: steps }, (_, index) => value(from + index));
    const step = fill((index) => index + 1);
    const loss = fill(
      (index) => 0.3 + 0.1 * run + 2 / (1 + index / 3000) + 0.05 * Math.sin(index * 12.9898 * (run + 1)),
    );
    const points: RunPoints = {
      directory,
      trainFrom: from,
      train: {
        step: Int32Array.from(step),
        tokens: Float64Array.from(step, (each) => each * 8192),
        seconds: Float64Array.from(step, (each) => each * 0.4),
        loss: Float32Array.from(loss),
        lr: Float32Array.from(step, (each) => 3e-4 * (1 - each / 200_000)),
        gradientNorm: Float32Array.from(loss, (each, index) => each * (1 + 0.3 * Math.sin(index * 78.233))),
        tokensPerSecond: Float32Array.from(step, (each) => 18_000 + 500 * Math.sin(each * 3.7)),
      },
      evaluationFrom: 0,
      evaluation: {
        step: Int32Array.from({ length: from === 0 ? 100 : 0 }, (_, index) => index * 1000),
        tokens: Float64Array.from({ length: from === 0 ? 100 : 0 }, (_, index) => index * 8_192_000),
        seconds: Float64Array.from({ length: from === 0 ? 100 : 0 }, (_, index) => index * 400),
        loss: Float32Array.from(
          { length: from === 0 ? 100 : 0 },
          (_, index) => 0.4 + 0.1 * run + 2 / (1 + index / 3),
        ),
      },
    };
    if (from > 0) points.evaluationFrom = 100;
    window.postMessage({ type: 'points', points }, '*');
  });
}

/** Does something in each of 60 frames and takes the times: between frames, and of their scripts; runs in the page. */
async function measure({
  what,
  directories,
  steps,
}: {
  what: 'wheel' | 'pointer' | 'append';
  directories: string[];
  steps: number;
}): Promise<{ frames: number[]; work: number[] }> {
  const body = document.querySelector('.chart-body')!;
  const { left, top, width } = body.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + 100, bubbles: true, cancelable: true };
  const frames: number[] = [];
  const work: number[] = [];
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  let before = await frame();
  for (let count = 0; count < 60; count++) {
    const started = performance.now();
    if (what === 'wheel') {
      body.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: count < 30 ? -60 : 60 }));
    } else if (what === 'pointer') {
      body.dispatchEvent(new PointerEvent('pointermove', { ...at, clientX: left + 100 + 10 * count }));
    } else {
      for (const directory of directories) {
        const one = Float32Array.of(0.5);
        const place = steps + count + 1;
        const points: RunPoints = {
          directory,
          trainFrom: place - 1,
          train: {
            step: Int32Array.of(place),
            tokens: Float64Array.of(place * 8192),
            seconds: Float64Array.of(place * 0.4),
            loss: one,
            lr: one,
            gradientNorm: one,
            tokensPerSecond: one,
          },
          evaluationFrom: 100,
          evaluation: {
            step: new Int32Array(),
            tokens: new Float64Array(),
            seconds: new Float64Array(),
            loss: new Float32Array(),
          },
        };
        window.dispatchEvent(new MessageEvent('message', { data: { type: 'points', points } }));
      }
    }
    const posted = performance.now();
    // The view draws in this frame too, before our callback, which was asked for after its own.
    const now = await frame();
    const done = performance.now();
    work.push(posted - started + Math.max(0, done - now));
    frames.push(now - before);
    before = now;
  }
  return { frames, work };
}
