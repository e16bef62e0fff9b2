// The server's side of the engine's thread: a queue of calls, one at a time, each of which can be cancelled.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SharedCancellation } from '../cancellation';
import { CancelledError, SubtextError, type ErrorReason } from '../errors';
import type { CallMessage, CallName, Calls, ThreadMessage, ThreadOptions, ThreadState } from './messages';

interface Call {
  message: CallMessage;
  /** What the engine is doing meanwhile, for the status bar. */
  activity: string;
  cancellation: SharedCancellation;
  onPiece: (text: string) => void;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

export interface ThreadActivity {
  activity?: string;
  progress?: number;
}

export class EngineThread {
  private worker: Worker | undefined;
  private readonly waiting: Call[] = [];
  private running: Call | undefined;
  private calls = 0;
  state: ThreadState = { models: [] };

  /**
   * @param changed called whenever `state` or what the engine is busy with has changed
   * @param onDeath called when the thread ended by itself; every call has failed then, and none can be answered
   */
  constructor(
    private readonly options: ThreadOptions,
    private readonly changed: (activity: ThreadActivity) => void,
    private readonly onDeath: (cause: string) => void,
  ) {}

  /**
   * Queues a call. A call cancelled while it waits fails at once; one that runs, between two runs of the engine.
   * @param onPiece gets what a call that writes a text has written, piece by piece
   * @throws SubtextError as the workbench; `cancelled`; `engine-failed` when the thread died
   */
  call<Name extends CallName>(
    name: Name,
    parameters: Calls[Name]['parameters'],
    activity: string,
    onCancel: (cancel: () => void) => void = () => undefined,
    onPiece: (text: string) => void = () => undefined,
  ): Promise<Calls[Name]['result']> {
    return new Promise((resolve, reject) => {
      const cancellation = new SharedCancellation();
      const message = { id: this.calls++, name, parameters, cancellation: cancellation.memory };
      const call: Call = { message, activity, cancellation, onPiece, resolve, reject };
      this.waiting.push(call);
      onCancel(() => this.cancel(call));
      this.next();
    });
  }

  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private cancel(call: Call): void {
    call.cancellation.cancel();
    const index = this.waiting.indexOf(call);
    if (index === -1) return;
    this.waiting.splice(index, 1);
    call.reject(new CancelledError());
  }

  private next(): void {
    if (this.running || this.waiting.length === 0) return;
    this.running = this.waiting.shift()!;
    this.worker ??= this.start();
    this.worker.postMessage(this.running.message);
    this.changed({ activity: this.running.activity });
  }

  private start(): Worker {
    const worker = new Worker(join(__dirname, 'worker.js'), { workerData: this.options });
    worker.on('message', (message: ThreadMessage) => this.receive(message));
    worker.on('error', (error) => this.died(worker, error.message));
    worker.on('exit', (code) => this.died(worker, `exit code ${code}`));
    return worker;
  }

  private receive(message: ThreadMessage): void {
    const call = this.running;
    if (call?.message.id !== message.id) return;
    if (message.type === 'progress') {
      this.changed({ activity: call.activity, progress: message.share });
      return;
    }
    if (message.type === 'piece') {
      call.onPiece(message.text);
      return;
    }
    this.state = message.state;
    if (message.type === 'done') call.resolve(message.result as never);
    else if (message.reason === 'cancelled') call.reject(new CancelledError());
    else call.reject(new SubtextError(message.reason as ErrorReason, message.message, message.remedy));
    this.finished();
  }

  private died(worker: Worker, cause: string): void {
    // A thread that was stopped on purpose is no longer this one's.
    if (this.worker !== worker) return;
    this.worker = undefined;
    const remedy = 'Ask again; if it happens again, try a shorter text or another engine.';
    const failure = new SubtextError('engine-failed', `The engine stopped (${cause})`, remedy);
    for (const call of this.running ? [this.running, ...this.waiting] : this.waiting) call.reject(failure);
    this.waiting.length = 0;
    this.onDeath(cause);
  }

  private finished(): void {
    this.running = undefined;
    this.changed({});
    this.next();
  }
}
