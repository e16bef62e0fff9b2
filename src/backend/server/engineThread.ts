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

  /** @param changed called whenever `state` or what the engine is busy with has changed */
  constructor(
    private readonly options: ThreadOptions,
    private readonly changed: (activity: ThreadActivity) => void,
  ) {}

  /**
   * Queues a call. A call cancelled while it waits fails at once; one that runs, between two runs of the engine.
   * @throws SubtextError as the workbench; `cancelled`; `engine-failed` when the thread died
   */
  call<Name extends CallName>(
    name: Name,
    parameters: Calls[Name]['parameters'],
    activity: string,
    onCancel: (cancel: () => void) => void = () => undefined,
  ): Promise<Calls[Name]['result']> {
    return new Promise((resolve, reject) => {
      const cancellation = new SharedCancellation();
      const message = { id: this.calls++, name, parameters, cancellation: cancellation.memory };
      const call: Call = { message, activity, cancellation, resolve, reject };
      this.waiting.push(call);
      onCancel(() => this.cancel(call));
      this.next();
    });
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
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
    this.state = message.state;
    if (message.type === 'done') call.resolve(message.result as never);
    else if (message.reason === 'cancelled') call.reject(new CancelledError());
    else call.reject(new SubtextError(message.reason as ErrorReason, message.message, message.remedy));
    this.finished();
  }

  /** The next call starts a new thread; models have to be opened again. */
  private died(worker: Worker, cause: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.state = { models: [] };
    const remedy = 'Ask again; if it happens again, try a shorter text or another engine.';
    this.running?.reject(new SubtextError('engine-failed', `The engine stopped (${cause})`, remedy));
    this.finished();
  }

  private finished(): void {
    this.running = undefined;
    this.changed({});
    this.next();
  }
}
