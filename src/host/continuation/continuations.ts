// The continuation that is being written, if one is: asked of the backend, and put into a text as it comes. No 'vscode'.
import type { Continuation, ContinuationOptions, ContinuationPiece } from '../../protocol/continuations';
import { toFailure } from '../backend/failure';
import type { Requester } from '../backend/requester';
import { Emitter, type Event } from '../emitter';
import { PieceWriter, type TextSink } from './pieceWriter';

export interface ContinuationPorts {
  requester: Requester;
  onPiece: Event<ContinuationPiece>;
}

/** How it ended: with an answer, because somebody stopped it, or because the text took no more. */
export type Ending = { kind: 'done'; continuation: Continuation } | { kind: 'stopped' } | { kind: 'refused' };

export class Continuations {
  private readonly changed = new Emitter<void>();
  /** One begins or ends. */
  readonly onDidChange = this.changed.event;
  private current: AbortController | undefined;
  private count = 0;

  constructor(private readonly ports: ContinuationPorts) {}

  /** Whether one is being written. */
  get writing(): boolean {
    return this.current !== undefined;
  }

  /** Stops the one that is being written: what came stays. */
  stop(): void {
    this.current?.abort();
  }

  /** Writes a continuation into `sink`; only while none is being written. @throws BackendFailure */
  async write(
    question: { uri: string; model: string } & ContinuationOptions,
    sink: TextSink,
  ): Promise<Ending> {
    const abort = new AbortController();
    this.current = abort;
    this.changed.fire();
    const stream = String(++this.count);
    const writer = new PieceWriter(sink, () => abort.abort());
    const listening = this.ports.onPiece((piece) => {
      if (piece.stream === stream) writer.add(piece.text);
    });
    try {
      const asked = { ...question, stream };
      const continuation = await this.ports.requester.request('subtext/continueText', asked, abort.signal);
      await writer.end();
      return writer.refused ? { kind: 'refused' } : { kind: 'done', continuation };
    } catch (error) {
      const failure = toFailure(error);
      listening.dispose();
      await writer.end();
      if (writer.refused) return { kind: 'refused' };
      if (abort.signal.aborted) return { kind: 'stopped' };
      throw failure;
    } finally {
      listening.dispose();
      this.current = undefined;
      this.changed.fire();
    }
  }

  dispose(): void {
    this.stop();
    this.changed.dispose();
  }
}
