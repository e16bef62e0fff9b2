// The language client, in a bundle of its own (`dist/client.js`): it is large, and nobody needs it before a model.
import type { ChildProcess } from 'node:child_process';
import type { LogOutputChannel, TextDocument } from 'vscode';
import {
  CancellationTokenSource,
  CloseAction,
  ErrorAction,
  IPCMessageReader,
  IPCMessageWriter,
  LanguageClient,
  RevealOutputChannelOn,
} from 'vscode-languageclient/node';
import { packArrays, unpackArrays } from '../../protocol/arrays';
import type { ContinuationPiece } from '../../protocol/continuations';
import type { BackendOptions, Notifications, Params, RequestName, Result } from '../../protocol/requests';
import type { Health, ProgressNote } from '../../protocol/types';
import { documentSchemes } from '../documentSchemes';

export interface ClientSettings {
  /** Started with `--node-ipc` and a channel for it. */
  process: ChildProcess;
  log: LogOutputChannel;
  options: BackendOptions;
  /** Whether hovers are wanted in a document; asked at every hover. */
  hovers(document: TextDocument): boolean;
  onHealth(health: Health): void;
  onPiece(piece: ContinuationPiece): void;
  onProgress(note: ProgressNote): void;
}

/** What the extension host uses of a language client. */
export interface Client {
  start(): Promise<void>;
  request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Name>>;
  stop(): Promise<void>;
}

const healthName = 'subtext/health' satisfies keyof Notifications;
const pieceName = 'subtext/continuationPiece' satisfies keyof Notifications;
const progressName = 'subtext/progress' satisfies keyof Notifications;
/** How long a backend may take to end by itself before it is killed. */
const STOP_MILLISECONDS = 2000;

/** The client writes to the log; what a person is told is decided by the supervisor. */
class QuietLanguageClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }
}

/** A client for one backend process; it never starts another. */
export function createClient(settings: ClientSettings): Client {
  const { process, log, options } = settings;
  const transports = () =>
    Promise.resolve({ reader: new IPCMessageReader(process), writer: new IPCMessageWriter(process) });
  const client = new QuietLanguageClient('subtext', 'Subtext', transports, {
    documentSelector: documentSchemes.map((scheme) => ({ scheme })),
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: options,
    // Texts that nobody sees are sent once something is asked.
    textSynchronization: { delayOpenNotifications: true },
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
    },
    middleware: {
      provideHover: (document, position, token, next) =>
        settings.hovers(document) ? next(document, position, token) : undefined,
    },
  });
  client.onNotification(healthName, (health: unknown) => {
    settings.onHealth(unpackArrays(health) as Health);
  });
  client.onNotification(pieceName, (piece: ContinuationPiece) => settings.onPiece(piece));
  client.onNotification(progressName, (note: ProgressNote) => settings.onProgress(note));
  return {
    start: () => client.start(),
    request: (name, params, signal) => request(client, name, params, signal),
    stop: async () => {
      if (client.isRunning()) await client.stop(STOP_MILLISECONDS).catch(() => undefined);
      await client.dispose(STOP_MILLISECONDS).catch(() => undefined);
    },
  };
}

async function request<Name extends RequestName>(
  client: LanguageClient,
  name: Name,
  params: Params<Name>,
  signal: AbortSignal | undefined,
): Promise<Result<Name>> {
  const source = new CancellationTokenSource();
  const abort = () => source.cancel();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const answer: unknown = await client.sendRequest(name, packArrays(params), source.token);
    return unpackArrays(answer) as Result<Name>;
  } finally {
    signal?.removeEventListener('abort', abort);
    source.dispose();
  }
}
