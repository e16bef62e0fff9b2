// Cuts long documents, so that one may be longer than any string.

/** A document, or a part of a long one. */
export interface DocumentPart {
  text: string;
  /** Whether the document ends here; otherwise the next part goes on with it. */
  ends: boolean;
  /** Bytes of its file read so far. */
  position: number;
}

/** In UTF-16 units. Tokenizers take some 100 bytes of memory per unit. */
export const LONGEST_PART = 2 ** 20;

/**
 * The parts of a document without the white space around it; none where there is nothing else.
 * @param hasBegun whether earlier parts were given already: then the last one always comes, be it empty
 */
export function* partsOfDocument(
  document: string,
  position: number,
  hasBegun = false,
): Generator<DocumentPart> {
  let rest = hasBegun ? document.trimEnd() : document.trim();
  while (rest.length > LONGEST_PART) {
    const end = endOfPart(rest);
    yield { text: rest.slice(0, end), ends: false, position };
    rest = rest.slice(end);
  }
  if (hasBegun || rest !== '') yield { text: rest, ends: true, position };
}

/**
 * Where to cut a text longer than a part: after a single line break, before a single space, or else anywhere but inside
 * a character. At the first two, GPT-2's words are the same as without the cut.
 */
export function endOfPart(text: string): number {
  const least = LONGEST_PART / 2;
  for (const [mark, offset] of [
    ['\n', 1],
    [' ', 0],
  ] as const) {
    for (let at = text.lastIndexOf(mark, LONGEST_PART - 1); at > least; at = text.lastIndexOf(mark, at - 1)) {
      if (/^\S[^]\S$/.test(text.slice(at - 1, at + 2))) return at + offset;
    }
  }
  const isInside = /[\uDC00-\uDFFF]/.test(text[LONGEST_PART]);
  return isInside ? LONGEST_PART - 1 : LONGEST_PART;
}
