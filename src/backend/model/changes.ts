// Changes to activations that hold for a whole text, also where it is read in pieces: in windows, or token by token.
import { sizeOf } from '../engine/graph/dimension';
import type { HookedValue } from './languageModel';

/** A value that an activation is scaled by or has added, at every token alike or at each its own. */
export interface TextChange extends HookedValue {
  /**
   * Whether the first axis goes over the tokens of the text, with one row more for all tokens that follow it; a feed goes
   * over the tokens in any case, on its second axis.
   */
  perToken?: boolean;
}

/** The changes for a run over some tokens of the text, or of what it is continued with, in this order. */
export function changesAt(changes: readonly TextChange[], tokens: readonly number[]): HookedValue[] {
  return changes.map((change) => (change.perToken ? rowsOf(change, tokens) : change));
}

function rowsOf({ hook, kind, value }: TextChange, tokens: readonly number[]): HookedValue {
  const [count, ...inner] = value.shape;
  const width = sizeOf(inner);
  const data = new Float32Array(tokens.length * width);
  for (const [row, token] of tokens.entries()) {
    const from = Math.min(token, count - 1) * width;
    data.set(value.data.subarray(from, from + width), row * width);
  }
  const shape = [tokens.length, ...inner];
  // By name, so that the graph is the same for any number of tokens.
  return { hook, kind, value: { type: 'float32', shape, data }, axes: ['pos', ...inner] };
}
