// `npm start` as a person without a desktop uses it: it prints an address, serves VS Code there, and ends on Ctrl-C.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../scripts/cache.mjs';
import { launchBrowser } from './harness/browser';

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

async function waitForAddress(child: ChildProcess & { printed: () => string }): Promise<string> {
  for (;;) {
    const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(child.printed())?.[0];
    if (address) return address;
    if (child.exitCode !== null)
      throw new Error(`npm start ended with ${child.exitCode}:\n${child.printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('npm start', { timeout: 180_000 }, () => {
  it('opens the sample story with the extension, and ends cleanly', async () => {
    const child = start('--no-open');
    const browser = await launchBrowser();
    try {
      const address = await waitForAddress(child);
      const page = await browser.newPage();
      await page.goto(address);
      await page.locator('.tab.active[data-resource-name="story.txt"]').waitFor();
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number | null];
      assert.equal(code, 0, child.printed());
      await assert.rejects(fetch(new URL('/version', address)));
    } finally {
      child.kill('SIGKILL');
      await browser.close();
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
