// The Chromium in which tests open VS Code.
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/chromium.mjs';

/** Starts a headless Chromium that talks to nobody but the page's server. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium(),
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** What a VS Code server from npm always complains about; none of it concerns the extension. */
const harmless = [
  /status of 404/,
  /bad HTTP response code \(404\)/,
  /ServiceWorker/,
  /vsda/,
  /allow-scripts and allow-same-origin/,
  /ERR_NAME_NOT_RESOLVED/,
  /ERR_INTERNET_DISCONNECTED/,
  /open-vsx|extensionquery|marketplace/,
  /authentication provider 'github'/,
  /^\[lifecycle\]/,
  // A window that is loaded again closes its store before it has written its own log.
  /write file 'vscode-log:.*IndexedDB database .* is closed/,
  // What a window was still reading or writing when it was loaded again; nobody waits for it any more.
  /Unable to (read|write) file .*\(Canceled: Canceled\)/,
];

/** Collects the errors that a page prints, without those that every VS Code server from npm prints. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    const text = message.text().replace(/^%c\s*ERR color: #f33\s*/, '');
    if (message.type() === 'error' && !harmless.some((pattern) => pattern.test(text))) errors.push(text);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}
