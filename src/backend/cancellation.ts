// Whether an answer is still wanted. Checked between runs of the engine, because a run itself cannot be stopped.
import { CancelledError } from './errors';

export interface Cancellation {
  readonly cancelled: boolean;
}

/** For work that nobody can cancel: the command line, tests. */
export const NOT_CANCELLED: Cancellation = { cancelled: false };

/** @throws CancelledError */
export function throwIfCancelled(cancellation: Cancellation): void {
  if (cancellation.cancelled) throw new CancelledError();
}

/** A flag in memory that two threads share: the one that asks sets it while the other one computes. */
export class SharedCancellation implements Cancellation {
  private readonly flag: Int32Array;

  constructor(readonly memory = new SharedArrayBuffer(4)) {
    this.flag = new Int32Array(memory);
  }

  get cancelled(): boolean {
    return Atomics.load(this.flag, 0) !== 0;
  }

  cancel(): void {
    Atomics.store(this.flag, 0, 1);
  }
}
