// Which token stands at an offset of the text.

import type { TextSource } from '../../protocol/types';

/** Stretches of a version of a text, which tile it: tokens, most often. */
export interface TextRanges {
  source: TextSource;
  /** UTF-16 offsets in the document. */
  starts: Int32Array;
  ends: Int32Array;
}

/** Index of the token whose range holds an offset; undefined past the end. */
export function tokenAt(starts: Int32Array, ends: Int32Array, offset: number): number | undefined {
  let low = 0;
  let high = starts.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (ends[middle] <= offset) low = middle + 1;
    else if (starts[middle] > offset) high = middle - 1;
    else return middle;
  }
  return undefined;
}
