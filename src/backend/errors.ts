// What a person is told when something cannot be done: what happened, where, and what to do about it.

/** Stable kinds of failure; tests and the host tell failures apart by these, never by message text. */
export type ErrorReason =
  | 'usage'
  | 'cancelled'
  | 'not-found'
  | 'file-access'
  | 'checkpoint-format'
  | 'checkpoint-tensors'
  | 'unknown-architecture'
  | 'tokenizer'
  | 'empty-text'
  | 'text-too-large'
  | 'binary-text'
  | 'no-model'
  | 'no-document'
  | 'download'
  | 'engine-unavailable'
  | 'precision-unavailable'
  | 'engine-failed'
  | 'device-lost'
  | 'memory'
  | 'not-a-number'
  | 'graph'
  | 'hook'
  | 'interventions'
  | 'alignment'
  | 'recipe'
  | 'run'
  | 'data'
  | 'grammar'
  | 'probe';

/** Every failure that is somebody's to mend. `message` says what happened and where; `remedy` what to do. */
export class SubtextError extends Error {
  constructor(
    readonly reason: ErrorReason,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'SubtextError';
  }

  /** Both halves on one line, as the terminal and the editor show them. */
  get line(): string {
    return oneLine(`${this.message}. ${this.remedy}`);
  }
}

/** Thrown between runs of the engine once the person no longer wants the answer. */
export class CancelledError extends SubtextError {
  constructor() {
    super('cancelled', 'Cancelled', 'Ask again when the answer is wanted.');
  }
}

/** One line for any thrown value. */
export function describeError(error: unknown): string {
  if (error instanceof SubtextError) return error.line;
  return oneLine(error instanceof Error ? error.message : String(error));
}

/** Without line ends and other control characters: names in files and in what was typed may hold any. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
}
