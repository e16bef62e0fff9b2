// Starts the backend's process and connects a language client to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { LogOutputChannel } from 'vscode';
import type { ContinuationPiece } from '../../protocol/continuations';
import { BACKEND_ENVIRONMENT } from '../../protocol/environment';
import type { Health, ProgressNote } from '../../protocol/types';
import { settings } from '../settings';
import { backendBroken, backendStopped, toFailure } from './failure';
import type * as languageClient from './languageClient';
import type { BackendLife } from './life';
import { chooseNode, hostFacts } from './node';

/** How long a backend that was told to end may take before it is killed. */
const KILL_MILLISECONDS = 2000;

export interface BackendPlaces {
  /** `dist/`: the backend itself. */
  folder: string;
  /** Where engines are installed, for the backend and all that it starts. */
  engines: string;
}

/** Starts one backend; resolves once it is initialized. */
export async function launchBackend(
  { folder, engines }: BackendPlaces,
  log: LogOutputChannel,
  onHealth: (health: Health) => void,
  onPiece: (piece: ContinuationPiece) => void,
  onProgress: (note: ProgressNote) => void,
): Promise<BackendLife> {
  const entry = join(folder, 'backend.js');
  if (!(await stat(entry).catch(() => undefined))) {
    throw backendBroken(`${entry} is missing`, 'Reinstall Subtext, or build it with npm run build.');
  }
  const node = await chooseNode(await hostFacts(settings.nodePath()));
  log.info(`Starting the backend with ${node.command} (${node.why})`);
  const child = spawn(node.command, [entry, '--node-ipc', `--clientProcessId=${process.pid}`], {
    cwd: folder,
    env: { ...BACKEND_ENVIRONMENT, SUBTEXT_ENGINES: engines, ...process.env, ...node.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  const ended = endOf(child);
  if (child.pid === undefined) {
    throw backendBroken(`${node.command} cannot be started (${await ended})`, 'See the log.');
  }
  forwardLines(child.stdout, (line) => log.info(line));
  forwardLines(child.stderr, (line) => log.warn(line));
  void ended.then((how) => log.info(`The backend ended (${how})`));

  const client = loadClient(folder).createClient({
    process: child,
    log,
    options: {
      engine: settings.engine(),
      threads: settings.threads(),
      precision: settings.precision(),
    },
    hovers: (document) => settings.hovers(document),
    onHealth,
    onPiece,
    onProgress,
  });
  const stop = async () => {
    await client.stop();
    await killAfter(child, ended, KILL_MILLISECONDS);
  };
  const early = ended.then((how) => {
    throw backendStopped(how);
  });
  try {
    await Promise.race([client.start(), early]);
  } catch (error) {
    await killAfter(child, ended, 0);
    await client.stop();
    throw toFailure(error);
  }
  early.catch(() => undefined);
  // A client whose process is gone must give up its providers, or two of them would answer after a restart.
  void ended.then(() => client.stop());
  return { processId: child.pid, ended, request: client.request, stop };
}

/** Resolves once the process is gone, or could not be started. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`);
    });
  });
}

async function killAfter(child: ChildProcess, ended: Promise<string>, milliseconds: number): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  await ended;
  clearTimeout(timer);
}

function forwardLines(stream: Readable | null, write: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', write);
}

/** Loaded on first need: the language client would be most of the time that activation takes. */
function loadClient(folder: string): typeof languageClient {
  return createRequire(__filename)(join(folder, 'client.js')) as typeof languageClient;
}
