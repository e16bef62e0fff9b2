// `npm start` as a person without a desktop uses it: it prints an address, serves VS Code there, and ends on Ctrl-C.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { root } from '../../scripts/cache.mjs';
import { writeRandomCheckpoint } from '../support/randomModel';
import { launchBrowser } from './harness/browser';
import { runCommand } from './harness/palette';
import { webviewFrame } from './harness/parts';

const script = join(root, 'scripts', 'start.mjs');

function start(...options: string[]): ChildProcess & { printed: () => string } {
  const child = spawn(process.execPath, [script, ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  return Object.assign(child, { printed: () => text });
}

/** Preparing the tree and starting a server takes seconds; a loaded machine may take a minute. */
const patience = 120_000;

/** The address that it prints; ends it where none comes. */
async function waitForAddress(child: ReturnType<typeof start>): Promise<string> {
  const deadline = Date.now() + patience;
  for (;;) {
    const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(child.printed())?.[0];
    if (address) return address;
    if (child.exitCode !== null)
      throw new Error(`npm start ended with ${child.exitCode}:\n${child.printed()}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`npm start printed no address in ${patience / 1000} s:\n${child.printed()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Opens the printed address, looks at the page, and ends `npm start` as Ctrl-C does. */
async function visit(child: ReturnType<typeof start>, look: (page: Page) => Promise<void>): Promise<void> {
  const browser = await launchBrowser();
  try {
    const address = await waitForAddress(child);
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    // tsx wraps functions in this helper; those that run inside the page would not find it there.
    await page.addInitScript('globalThis.__name = (value) => value;');
    await page.goto(address);
    await page.locator('.tab.active[data-resource-name="story.txt"]').waitFor();
    await look(page);
    const ended = once(child, 'close') as Promise<[number | null]>;
    child.kill('SIGINT');
    const [code] = await ended;
    assert.equal(code, 0, child.printed());
    await assert.rejects(fetch(new URL('/version', address)));
  } finally {
    child.kill('SIGKILL');
    await browser.close();
  }
}

describe('npm start', { timeout: 280_000 }, () => {
  it('opens the sample models with the sample story', async () => {
    const child = start('--no-open');
    await visit(child, async (page) => {
      const printed = child.printed();
      assert.match(printed, /^Top neurons of story\.txt in stories:$/m);
      await page.locator('.activitybar .action-label[aria-label^="Subtext"]').click();
      const row = (label: string) => page.locator(`.monaco-list-row[aria-label^="${label}"]`).first();
      const layers = { cfg: 3, 'cfg-encoder': 3, stories: 4 };
      for (const name of Object.keys(layers)) await row(`${name}, sample model, not open`).waitFor();
      await runCommand(page, 'Subtext: Show Top-Activating Neurons', 60_000);
      const view = await webviewFrame(page, 'Neurons', 60_000);
      await view.locator('.view-header .fact', { hasText: /^stories$/ }).waitFor();
      for (const [name, count] of Object.entries(layers)) await row(`${name}, ${count} layers`).waitFor();
      assert.equal(await page.locator('.notification-list-item .codicon-error').count(), 0);
    });
  });

  it('prints the top neurons of a given model, and VS Code opens with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'subtext-start-'));
    const model = join(folder, 'given-model');
    await writeRandomCheckpoint(model);
    const child = start('--no-open', '--model', model);
    try {
      await visit(child, async (page) => {
        const printed = child.printed();
        assert.match(printed, /^Top neurons of story\.txt in given-model:$/m);
        const rows = printed.match(/^L\d+ N\d+ +[\d.]+ +\d+% +.*▐.*▌.*$/gm) ?? [];
        assert.equal(rows.length, 8, printed);
        await runCommand(page, 'Subtext: Show Top-Activating Neurons', 60_000);
        const view = await webviewFrame(page, 'Neurons', 60_000);
        await view.locator('.view-header .fact', { hasText: /^given-model$/ }).waitFor();
        await view.locator('[role="grid"] .row:not(.column-head)').first().waitFor();
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('says in one line that a model is not there', async () => {
    const child = start('--model', 'no/such/model');
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 1);
    assert.match(child.printed(), /^--model: there is no checkpoint at .*no.such.model\. Give .*\.\n$/);
  });

  it('shows its usage for an unknown option', async () => {
    const child = start('--modle', 'x');
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 2);
    assert.match(child.printed(), /--model PATH/);
  });
});
