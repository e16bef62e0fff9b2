// One backend process from its start to its end, and what becomes of the requests that it leaves unanswered.
import type { Params, RequestName, Result } from '../../protocol/requests';
import { type BackendFailure, backendStopped, cancelled, toFailure } from './failure';
import type { Requester } from './requester';

/** A process that answers requests; once it ended its requests may reject with anything, or never settle. */
export interface BackendLife extends Requester {
  readonly processId: number | undefined;
  /** Resolves with what is known of the end ('exit code 1', 'signal SIGKILL'). */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Lets every request of a life fail as soon as it ends or is no longer wanted, whatever its connection says. */
export class AttendedLife implements BackendLife {
  private readonly waiting = new Set<(failure: BackendFailure) => void>();
  private end: BackendFailure | undefined;

  constructor(private readonly life: BackendLife) {
    void life.ended.then((how) => {
      this.end = backendStopped(how);
      for (const fail of this.waiting) fail(this.end);
      this.waiting.clear();
    });
  }

  get processId(): number | undefined {
    return this.life.processId;
  }

  get ended(): Promise<string> {
    return this.life.ended;
  }

  async request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    signal?: AbortSignal,
  ): Promise<Result<Name>> {
    if (this.end) throw this.end;
    if (signal?.aborted) throw cancelled();
    let leave: (failure: BackendFailure) => void = () => undefined;
    const answered = new Promise<Result<Name>>((resolve, reject) => {
      leave = reject;
      this.waiting.add(leave);
      this.life.request(name, params, signal).then(resolve, reject);
    });
    try {
      return await abortable(answered, signal);
    } catch (error) {
      throw toFailure(error);
    } finally {
      this.waiting.delete(leave);
    }
  }

  stop(): Promise<void> {
    return this.life.stop();
  }
}

/** `promise`, or a cancellation once `signal` is aborted. */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled());
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
