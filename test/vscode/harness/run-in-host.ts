// Starts the in-host tests in a VS Code from npm and waits for their result.
import { launchBrowser } from './browser';
import { firstLine } from './in-host-protocol';
import type { Server } from '../../../scripts/vscode-server.mjs';

export interface InHostOptions {
  server: Server;
  extension: string;
  folder: string;
  /** Bundle that exports `run()`. */
  tests: string;
  /** Called with every line that the tests print. */
  onLine?: (line: string) => void;
  timeout?: number;
}

export interface InHostResult {
  exitCode: number;
  output: string;
}

/**
 * Runs the in-host tests to their end. Rejects, with the server's log, where VS Code does not say how they ended
 * within `timeout` milliseconds.
 */
export async function runInHost(options: InHostOptions): Promise<InHostResult> {
  const { server, extension, folder, tests, onLine, timeout = 240_000 } = options;
  const browser = await launchBrowser();
  const lines: string[] = [];
  let begun = false;
  let timer: NodeJS.Timeout | undefined;
  try {
    const page = await browser.newPage();
    const exit = new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => {
        const output = lines.join('\n') || '(nothing)';
        const log = server.log();
        reject(
          new Error(
            `The in-host tests did not end within ${timeout / 1000} s. They printed:\n${output}\nServer log:\n${log}`,
          ),
        );
      }, timeout);
      page.on('crash', () => reject(new Error(`The page of VS Code crashed. Server log:\n${server.log()}`)));
      void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
    });
    // Handled here already: the page may fail to open before anybody waits for the tests.
    exit.catch(() => undefined);
    await page.exposeFunction('codeAutomationLog', (_type: string, values: unknown[]) => {
      // Until the tests begin, the workbench tells of its own start; that is of interest only if they never do.
      const text = format(values);
      if (!begun && text === firstLine) {
        begun = true;
        lines.length = 0;
        return;
      }
      for (const line of text.split('\n')) {
        lines.push(line);
        if (begun) onLine?.(line);
      }
    });
    await page.goto(server.address({ folder, extension, tests }));
    const exitCode = await exit;
    return { exitCode, output: lines.join('\n') };
  } finally {
    clearTimeout(timer);
    await browser.close();
  }
}

/** What console.log would print: the extension host sends its arguments with `%s` places not yet filled. */
function format(values: unknown[]): string {
  const rest = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const first = rest.shift() ?? '';
  const filled = first.replace(/%[sdifjoOc]/g, (place) => (place === '%c' ? '' : (rest.shift() ?? place)));
  return [filled, ...rest].join(' ');
}
