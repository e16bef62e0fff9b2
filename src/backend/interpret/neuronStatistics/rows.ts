// Rows of neighbouring neurons, `[tokens, width]`, which all statistics of neurons are made from. Millions of numbers pass
// through these loops while a person waits, hence plain ones over typed arrays, several tokens at a time, without branches
// that a processor cannot foresee.
import type { TextRange } from '../../../protocol/types';

/** The tokens of `scope` that `[tokens, width]` has rows for. */
export function shared(rows: Float32Array, width: number, firstToken: number, scope: TextRange): TextRange {
  return {
    start: Math.max(scope.start, firstToken),
    end: Math.min(scope.end, firstToken + rows.length / width),
  };
}
