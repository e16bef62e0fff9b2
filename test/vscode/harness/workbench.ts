// Drives a real VS Code by its page, the way a person does: palette, menus, mouse, keyboard.
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { cacheFolder } from '../../../scripts/cache.mjs';
import { lowest, startServer, type Server } from '../../../scripts/vscode-server.mjs';
import { collectErrors, launchBrowser } from './browser';
import type { Box, EditorDecoration } from './editor-text';
import * as palette from './palette';
import * as parts from './parts';
import * as text from './text-editor';

/** Where `screenshot` puts its pictures. */
const screenshotFolder = join(cacheFolder, 'screenshots');

/** Milliseconds after which a step that VS Code does not do is a failure. */
const patience = 30_000;

/** The four kinds of theme, and the class by which the workbench says which kind it shows. */
export const themes = {
  'Default Dark Modern': 'vs-dark',
  'Default Light Modern': 'vs',
  'Default High Contrast': 'hc-black',
  'Default High Contrast Light': 'hc-light',
} as const;
export type Theme = keyof typeof themes;

/** What a version calls a theme. The newest rewrites old names in the settings, and a save at the start may fail. */
function nameOf(theme: Theme, server: Server): string {
  return server.version === lowest ? theme : theme.replace(/^Default (.* Modern)$/, '$1');
}

export interface WorkbenchOptions {
  /** A server of the caller's; without one the workbench starts its own and stops it on `close`. */
  server?: Server;
  /** For a server of its own: version, and VSIX to install. */
  version?: string;
  vsix?: string;
  /** Folder of an extension under development (the newest version ignores it: give a VSIX there). */
  extension?: string;
  folder: string;
  /** File that is open from the start, absolute. */
  file?: string;
  settings?: Record<string, unknown>;
  theme?: Theme;
  size?: { width: number; height: number };
}

/** A copy of a folder in a temporary place, so that a test may change its files; removed when the process ends. */
export async function copyFolder(from: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'subtext-workspace-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await cp(from, folder, { recursive: true });
  return folder;
}

/** Opens VS Code on a folder, in a browser of its own. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { version, vsix, folder, extension, file } = options;
  const server = options.server ?? (await startServer({ version, vsix }));
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport: options.size ?? { width: 1280, height: 800 } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    // tsx wraps functions in this helper; those that run inside the page would not find it there.
    await page.addInitScript('globalThis.__name = (value) => value;');
    const workbench = new Workbench(page, browser, server, options.server === undefined);
    const theme = options.theme ?? 'Default Dark Modern';
    await server.changeSettings({ 'workbench.colorTheme': nameOf(theme, server), ...options.settings });
    await page.goto(server.address({ folder, extension, file }));
    await workbench.ready();
    return workbench;
  } catch (error) {
    await browser.close();
    const log = server.log();
    if (!options.server) await server.stop();
    throw new Error(`VS Code did not open. Log of its server:\n${log}`, { cause: error });
  }
}

/** One VS Code window. */
export class Workbench {
  /** Errors of the page and of the extension host, without those that every VS Code from npm prints. */
  readonly errors: string[];

  constructor(
    readonly page: Page,
    private readonly browser: Browser,
    readonly server: Server,
    private readonly ownsServer: boolean,
  ) {
    this.errors = collectErrors(page);
  }

  /** Closes the browser, and the server where the workbench started it. */
  async close(): Promise<void> {
    await this.browser.close();
    if (this.ownsServer) await this.server.stop();
  }

  /** Waits until the window stands and has its theme, which comes with the extensions. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench[class*="vscode-theme-"] .part.statusbar').waitFor();
  }

  /** Loads the window again: a new extension host, the same editors (unless it was opened on a file). */
  async reload(): Promise<void> {
    // By the command: a reload of the page alone may come before the window has written down what it shows.
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Runs a command by the title that the palette shows, category included: `Subtext: Train Model…`. */
  runCommand(title: string): Promise<void> {
    return palette.runCommand(this.page, title, patience);
  }

  /** The titles that the palette offers for a text, best first. */
  paletteEntries(query: string): Promise<string[]> {
    return palette.paletteEntries(this.page, query);
  }

  /** Opens a file of the workspace by its name. */
  openFile(name: string): Promise<void> {
    return palette.openFile(this.page, name, patience);
  }

  /** Picks an entry of the quick pick that is open. */
  pick(label: string): Promise<void> {
    return palette.pick(this.page, label);
  }

  /** Labels of the quick pick that is open. */
  pickEntries(): Promise<string[]> {
    return palette.pickEntries(this.page);
  }

  /** Types an answer into the input box that is open. */
  answer(value: string): Promise<void> {
    return palette.answer(this.page, value);
  }

  /** The lines of a text editor that are on the screen. */
  async editorLines(file?: string): Promise<string[]> {
    return (await text.editorContents(this.page, file)).lines;
  }

  /** The decorations that extensions set on the text that is on the screen. */
  async editorDecorations(file?: string): Promise<EditorDecoration[]> {
    return (await text.editorContents(this.page, file)).decorations;
  }

  /** Waits until the decorations on the screen are as wanted, and returns them. */
  async waitForDecorations(
    wanted: (decorations: EditorDecoration[]) => boolean = (found) => found.length > 0,
    file?: string,
  ): Promise<EditorDecoration[]> {
    const deadline = Date.now() + patience;
    for (;;) {
      const found = await this.editorDecorations(file);
      if (wanted(found)) return found;
      if (Date.now() > deadline)
        throw new Error(`The decorations are not as wanted: ${JSON.stringify(found)}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Puts the cursor into a text that is on the screen. */
  async clickText(value: string, place?: text.TextPlace): Promise<void> {
    const { x, y } = await text.pointOf(this.page, value, place);
    await this.page.mouse.click(x, y);
  }

  /** Opens the context menu on a text that is on the screen; `menu` walks through it. */
  async rightClickText(value: string, place?: text.TextPlace): Promise<void> {
    const { x, y } = await text.pointOf(this.page, value, place);
    await this.page.mouse.click(x, y, { button: 'right' });
  }

  /** Selects a text that is on the screen by dragging the mouse over it. */
  selectText(value: string, place?: text.TextPlace): Promise<void> {
    return text.selectText(this.page, value, place);
  }

  /** Rests the mouse on a text and returns what the hover says. */
  hoverText(value: string, place?: text.TextPlace): Promise<string> {
    return text.hoverAt(this.page, () => text.pointOf(this.page, value, place), patience);
  }

  /** Rests the mouse on a box of the page, which may move, and returns what the hover says once it is complete. */
  hoverBox(box: () => Promise<Box>, isComplete: (hover: string) => boolean): Promise<string> {
    const point = async () => {
      const { left, top, width, height } = await box();
      return { x: left + width / 2, y: top + height / 2 };
    };
    return text.hoverAt(this.page, point, patience, isComplete);
  }

  /** Waits until something holds. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patience;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`Not within ${patience / 1000} s: ${what}.`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Chooses from the menu that is open: `menu('Subtext', 'Show Top-Activating Neurons')`. */
  menu(...path: string[]): Promise<void> {
    return parts.chooseFromMenu(this.page, path);
  }

  /** Labels of the menu that is open. */
  menuEntries(): Promise<string[]> {
    return parts.menuEntries(this.page);
  }

  /** The inner frame of the webview with this title, loaded. */
  webview(title: string | RegExp): Promise<Frame> {
    return parts.webviewFrame(this.page, title, patience);
  }

  /** Texts of the status bar's items, left to right. */
  statusBar(): Promise<string[]> {
    return parts.statusBarTexts(this.page);
  }

  /** One item of the status bar, found by a part of its text. */
  statusBarItem(value: string | RegExp): Locator {
    return parts.statusBarItem(this.page, value);
  }

  /** Messages of the notifications that are shown. */
  notifications(): Promise<string[]> {
    return parts.notifications(this.page);
  }

  /** Changes settings of the user; the window takes them up at once. */
  changeSettings(changes: Record<string, unknown>): Promise<void> {
    return this.server.changeSettings(changes);
  }

  /** Changes the colour theme and waits until the window has it. */
  async setTheme(theme: Theme): Promise<void> {
    await this.changeSettings({ 'workbench.colorTheme': nameOf(theme, this.server) });
    await this.page.locator(`.monaco-workbench.${themes[theme]}[class*="vscode-theme-"]`).waitFor();
  }

  /** Writes `.vscode-test/screenshots/<name>.png` and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshotFolder, { recursive: true });
    const path = join(screenshotFolder, `${name}.png`);
    // Carets blink: without this, two pictures of the same window differ.
    await this.page.screenshot({ path, caret: 'hide', animations: 'disabled' });
    return path;
  }
}
