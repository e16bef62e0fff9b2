// A large content in parts that a message can carry: VS Code takes messages apart and holds them in memory whole.

/** Bytes of a part at most. */
const LARGEST = 1 << 20;
/** Characters of a part at most: each is up to three bytes of UTF-8. */
export const LARGEST_TEXT = Math.floor(LARGEST / 3);

export type Content = string | Uint8Array;

/** A content as parts; the limits are those of text and of bytes. */
export function* partsOf(
  content: Content,
  largest = typeof content === 'string' ? LARGEST_TEXT : LARGEST,
): Generator<Content> {
  let from = 0;
  do {
    let end = Math.min(content.length, from + largest);
    if (typeof content === 'string' && end < content.length && isHighHalf(content, end - 1)) end--;
    // A copy of its own: of a view, all of its buffer would be sent.
    yield content.slice(from, end);
    from = end;
  } while (from < content.length);
}

/**
 * Hands parts over one by one, with a rest between them in which the page can answer.
 * @param send takes a part, its number, and whether it is the last
 */
export async function sendParts(
  parts: Iterable<Content>,
  send: (content: Content, index: number, isLast: boolean) => void,
  rest: () => Promise<void>,
): Promise<void> {
  let index = 0;
  let before: Content | undefined;
  for (const part of parts) {
    if (before !== undefined) {
      send(before, index++, false);
      await rest();
    }
    before = part;
  }
  if (before !== undefined) send(before, index, true);
}

/** Whether a character is the first half of one that takes two: cut apart, both would be lost. */
function isHighHalf(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code < 0xdc00;
}
