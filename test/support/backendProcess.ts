// The real backend process, spoken to as the extension host does, over standard input and output.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  CancellationToken,
  type Hover,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node';
import { unpackArrays } from '../../src/protocol/arrays';
import type { ContinuationPiece } from '../../src/protocol/continuations';
import { BACKEND_ENVIRONMENT } from '../../src/protocol/environment';
import type { BackendOptions, Params, RequestName, Result } from '../../src/protocol/requests';
import type { Health, ProgressNote } from '../../src/protocol/types';

export class BackendProcess {
  readonly healths: Health[] = [];
  /** Gets the pieces of continuations. */
  onPiece: (piece: ContinuationPiece) => void = () => undefined;
  onProgress: (note: ProgressNote) => void = () => undefined;
  onDiagnostics: (said: PublishDiagnosticsParams) => void = () => undefined;
  /** Rejects when the process ends: the connection itself says nothing to those who wait. */
  private readonly ended: Promise<never>;

  private constructor(
    readonly process: ChildProcess,
    private readonly connection: ProtocolConnection,
  ) {
    this.ended = once(process, 'exit').then(() => Promise.reject(new Error('the backend ended')));
    this.ended.catch(() => undefined);
    connection.onNotification('subtext/health', (health: Health) => void this.healths.push(health));
    connection.onNotification('subtext/continuationPiece', (piece: ContinuationPiece) => this.onPiece(piece));
    connection.onNotification('subtext/progress', (note: ProgressNote) => this.onProgress(note));
    connection.onNotification('textDocument/publishDiagnostics', (said: PublishDiagnosticsParams) =>
      this.onDiagnostics(said),
    );
  }

  /** @param folder where backend.js lies; the build's by default */
  static async start(
    options: Partial<BackendOptions> = {},
    folder = join(__dirname, '../../dist'),
  ): Promise<BackendProcess> {
    const child = spawn(process.execPath, [join(folder, 'backend.js'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...BACKEND_ENVIRONMENT, ...process.env },
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const backend = new BackendProcess(child, connection);
    connection.listen();
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: { engine: 'auto', threads: 1, ...options },
    });
    await connection.sendNotification('initialized', {});
    return backend;
  }

  async request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    token: CancellationToken = CancellationToken.None,
  ): Promise<Result<Name>> {
    const answer = this.connection.sendRequest(name, params, token);
    return unpackArrays(await Promise.race([answer, this.ended])) as Result<Name>;
  }

  async openDocument(uri: string, text: string, version = 1, languageId = 'plaintext'): Promise<void> {
    const textDocument = { uri, languageId, version, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  async closeDocument(uri: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  async changeDocument(uri: string, text: string, version: number): Promise<void> {
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  /** One of the protocol's own requests about a document. */
  ask<Answer>(name: string, uri: string, position?: Position): Promise<Answer> {
    return this.connection.sendRequest(name, { textDocument: { uri }, position });
  }

  hover(uri: string, line: number, character: number): Promise<Hover | null> {
    return this.connection.sendRequest('textDocument/hover', {
      textDocument: { uri },
      position: { line, character },
    });
  }

  /** Ends the connection; requests in flight fail. */
  stop(): void {
    this.connection.dispose();
    this.process.kill('SIGKILL');
  }
}
