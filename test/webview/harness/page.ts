// A page as VS Code makes it for a webview: its theme's variables, its default styles, a strict content security
// policy, and an `acquireVsCodeApi` that leads to the test.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { FromNeuronsView, NeuronsViewState, ToNeuronsView } from '../../../src/protocol/views';
import { root } from '../../../scripts/cache.mjs';
import { pageHtml } from '../../../src/host/panels/html';

/** The four kinds of theme, as contributed colours name them. */
export type Theme = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

const bodyClasses: Record<Theme, string> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast-light vscode-high-contrast',
};

/** What a view is told, what it says, and what it remembers. */
export interface Conversation {
  incoming: { type: string };
  outgoing: { type: string };
  state: object;
}

export interface NeuronsConversation extends Conversation {
  incoming: ToNeuronsView;
  outgoing: FromNeuronsView;
  state: NeuronsViewState;
}

export interface ViewOptions<Kind extends Conversation = NeuronsConversation> {
  theme?: Theme;
  width?: number;
  height?: number;
  /** What the view had saved before. */
  state?: Kind['state'];
  /** Called with every message of the view. */
  onMessage?: (message: Kind['outgoing'], view: View<Kind>) => void;
}

export interface View<Kind extends Conversation = NeuronsConversation> {
  page: Page;
  /** Messages of the view so far. */
  messages: Kind['outgoing'][];
  /** Errors of the page, violations of its policy among them. */
  errors: string[];
  send(message: Kind['incoming']): Promise<void>;
  saved(): Promise<Kind['state'] | undefined>;
  close(): Promise<void>;
}

const address = 'https://view.test/';
/** Where the build put the bundle. */
const dist = process.env['SUBTEXT_DIST'] ?? join(root, 'dist');

/** Opens the neurons view and waits until it is ready. */
export function openView(browser: Browser, options: ViewOptions = {}): Promise<View> {
  return openPage<NeuronsConversation>(browser, { name: 'neurons', title: 'Neurons' }, options);
}

/** Opens the view whose bundle has this name, and waits until it is ready. */
export async function openPage<Kind extends Conversation>(
  browser: Browser,
  bundle: { name: string; title: string },
  options: ViewOptions<Kind>,
): Promise<View<Kind>> {
  const { theme = 'dark', width = 640, height = 720, state, onMessage } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const messages: Kind['outgoing'][] = [];
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const view: View<Kind> = {
    page,
    messages,
    errors,
    send: (message) => page.evaluate((data: unknown) => window.postMessage(data, '*'), message),
    saved: () => page.evaluate(() => (window as unknown as { saved?: Kind['state'] }).saved),
    close: () => context.close(),
  };
  let ready = (): void => undefined;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  await page.exposeFunction('toHost', (message: Kind['outgoing']) => {
    messages.push(message);
    if (message.type === 'ready') ready();
    onMessage?.(message, view);
  });
  await page.exposeFunction('settled', () => undefined);
  await page.addInitScript({ content: vscodeApi(state) });
  await page.route(`${address}**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(1);
    if (path === '') return route.fulfill({ contentType: 'text/html', body: html(theme, bundle) });
    if (path === 'vscode.css') return route.fulfill({ contentType: 'text/css', body: await styles(theme) });
    return route.fulfill({ path: join(dist, path) });
  });
  await page.goto(address);
  await isReady;
  return view;
}

/** `acquireVsCodeApi` as text, since what a bundler makes of a function need not run in another page. */
function vscodeApi(state: object | undefined): string {
  return `window.saved = ${JSON.stringify(state)};
window.acquireVsCodeApi = () => ({
  postMessage: (message) => window.toHost(message),
  getState: () => window.saved,
  setState: (next) => (window.saved = structuredClone(next)),
});`;
}

/** The extension's own page, with what VS Code puts into it. */
function html(theme: Theme, { name, title }: { name: string; title: string }): string {
  const [kind] = bodyClasses[theme].split(' ');
  const body = `<body class="${bodyClasses[theme]}" data-vscode-theme-kind="${kind}">`;
  return pageHtml({
    title,
    nonce: 'test',
    source: address,
    script: `webview/${name}.js`,
    style: `webview/${name}.css`,
  })
    .replace('<head>', '<head><link rel="stylesheet" href="vscode.css">')
    .replace('<body>', body);
}

/** The variables of a theme (read from VS Code 1.100), our contributed colours, and what VS Code gives every webview. */
async function styles(theme: Theme): Promise<string> {
  const colours = JSON.parse(
    await readFile(join(root, `test/webview/harness/themes/${theme}.json`), 'utf8'),
  ) as Record<string, string>;
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    contributes: { colors: { id: string; defaults: Record<Theme, string> }[] };
  };
  for (const { id, defaults } of manifest.contributes.colors) {
    const value = defaults[theme];
    // As VS Code does it for webviews: only the first full stop becomes a hyphen.
    colours[id.replace('.', '-')] = value.startsWith('#')
      ? value
      : `var(--vscode-${value.replace('.', '-')})`;
  }
  const variables = Object.entries(colours).map(([name, value]) => `--vscode-${name}: ${value};`);
  return `:root {
  ${variables.join('\n  ')}
  --vscode-font-family: system-ui, Ubuntu, 'Droid Sans', sans-serif;
  --vscode-font-size: 13px;
  --vscode-font-weight: normal;
  --vscode-editor-font-family: 'Droid Sans Mono', 'DejaVu Sans Mono', monospace;
  --vscode-editor-font-size: 14px;
  --text-link-decoration: none;
  scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background);
}
html { background: var(--vscode-editor-background); }
body { margin: 0; padding: 0 20px; color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
a:focus, input:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }`;
}
