// Batches made ahead in a thread of their own, so that data never keeps the engine waiting.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SubtextError } from '../errors';
import type { BatchAnswer, BatchPlan } from './batchWorker';
import type { Batch } from './trainingStep';

/** Steps that are made ahead: enough for a source that is slow now and then. */
const AHEAD = 8;

export interface BatchStream {
  /** The batch of a step; those that follow it are made meanwhile. */
  take(step: number): Promise<Batch>;
  stop(): Promise<void>;
}

interface Asked {
  batch: Promise<Batch>;
  resolve: (batch: Batch) => void;
  reject: (error: Error) => void;
}

export class Prefetch implements BatchStream {
  private readonly worker: Worker;
  private readonly asked = new Map<number, Asked>();
  private failure: Error | undefined;

  /** @param script of the thread, beside this program's own unless it is not bundled */
  constructor(plan: BatchPlan, script = join(__dirname, 'batches.js')) {
    this.worker = new Worker(script, { workerData: plan });
    this.worker.on('message', (answer: BatchAnswer) => this.receive(answer));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('The thread that makes batches ended')));
  }

  take(step: number): Promise<Batch> {
    for (const known of this.asked.keys()) {
      // What was taken before; and after a jump, what was made for other steps.
      if (known < step || known >= step + AHEAD) this.asked.delete(known);
    }
    for (let ahead = step; ahead < step + AHEAD; ahead++) {
      if (!this.asked.has(ahead)) this.ask(ahead);
    }
    return this.asked.get(step)!.batch;
  }

  async stop(): Promise<void> {
    this.failure ??= new Error('stopped');
    await this.worker.terminate();
  }

  private ask(step: number): void {
    let resolve!: Asked['resolve'];
    let reject!: Asked['reject'];
    const batch = new Promise<Batch>((done, failed) => ([resolve, reject] = [done, failed]));
    // One that is never taken may fail unheard.
    batch.catch(() => undefined);
    this.asked.set(step, { batch, resolve, reject });
    if (this.failure) reject(this.failure);
    else this.worker.postMessage(step);
  }

  private receive(answer: BatchAnswer): void {
    const asked = this.asked.get(answer.step);
    if ('batch' in answer) asked?.resolve(answer.batch);
    else asked?.reject(new SubtextError(answer.reason, answer.message, answer.remedy));
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.asked.values()) reject(this.failure);
  }
}
