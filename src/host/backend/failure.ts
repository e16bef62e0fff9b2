// What a failed request becomes in the extension host: what happened, and what to do about it.
import { SUBTEXT_FAILURE, type FailureData } from '../../protocol/requests';

/** LSP codes of an answer that nobody wants any more (RequestCancelled, ContentModified, ServerCancelled). */
const cancelledCodes = new Set([-32800, -32801, -32802]);
/** Codes of vscode-jsonrpc for a connection that is gone (pending response rejected, connection inactive). */
const disconnectedCodes = new Set([-32097, -32096]);

/** The backend's reason for all that fails because the device of the engine, or its process, is gone. */
export const DEVICE_LOST = 'device-lost';

/** A request that cannot be answered. `reason` is one of the backend's `ErrorReason`s or one of the host's own. */
export class BackendFailure extends Error {
  constructor(
    readonly reason: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'BackendFailure';
  }

  /** Nobody waits for the answer any more: nothing to show. */
  get cancelled(): boolean {
    return this.reason === 'cancelled';
  }

  /** Both halves on one line. */
  get line(): string {
    return `${this.message.replace(/\.$/, '')}. ${this.remedy}`;
  }
}

/** The answer is not wanted any more. */
export function cancelled(): BackendFailure {
  return new BackendFailure('cancelled', 'Cancelled', 'Ask again when the answer is wanted.');
}

/** The process ended, or was ended, before it answered. */
export function backendStopped(how: string): BackendFailure {
  return new BackendFailure(
    'backend-stopped',
    `The backend stopped before it answered (${how})`,
    'It is started again; see the log if this repeats.',
  );
}

/** There is no Node.js to start the backend with: a setting names one. */
export function backendUnavailable(message: string, remedy: string): BackendFailure {
  return new BackendFailure('backend-unavailable', message, remedy);
}

/** The backend does not start, or is not there. */
export function backendBroken(message: string, remedy: string): BackendFailure {
  return new BackendFailure('backend-broken', message, remedy);
}

/** Any thrown value as a failure. */
export function toFailure(error: unknown): BackendFailure {
  if (error instanceof BackendFailure) return error;
  if (!(error instanceof Error)) return internal(String(error));
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number' && cancelledCodes.has(code)) return cancelled();
  if (typeof code === 'number' && disconnectedCodes.has(code)) return backendStopped('connection closed');
  if (code === SUBTEXT_FAILURE && 'data' in error && isFailureData(error.data)) {
    return new BackendFailure(error.data.reason, error.message, error.data.remedy);
  }
  return internal(error.message);
}

function internal(message: string): BackendFailure {
  return new BackendFailure('internal', message, 'See the log; this is a fault of Subtext.');
}

function isFailureData(value: unknown): value is FailureData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'reason' in value &&
    typeof value.reason === 'string' &&
    'remedy' in value &&
    typeof value.remedy === 'string'
  );
}
