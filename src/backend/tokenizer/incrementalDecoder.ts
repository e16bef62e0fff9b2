// Token ids to text one at a time, as generation needs it: half a character waits for its other half.

/** What the ids of one tokenizer mean, for decoding. */
export interface Decoding {
  /**
   * UTF-8 bytes of a token; undefined for one that is left out of text.
   * @param previous the id before it, left-out ones counted too; undefined at the start
   * @param isFirst whether no token before it was text
   */
  bytesOf(id: number, previous: number | undefined, isFirst: boolean): Uint8Array | undefined;
  /** A character of which up to `count` are dropped at the start of the text. */
  leading?: { character: string; count: number } | undefined;
}

/**
 * Decodes ids as they come. To continue a prompt, push the prompt's ids first and drop what they give: whether a first
 * space is dropped depends on them.
 */
export class IncrementalDecoder {
  // Without ignoreBOM a U+FEFF at the start would be swallowed.
  private readonly utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  private previous: number | undefined;
  private isFirst = true;
  private toDrop: number;

  constructor(private readonly decoding: Decoding) {
    this.toDrop = decoding.leading?.count ?? 0;
  }

  /** The text that is certain once this id is known; bytes that form no UTF-8 become U+FFFD. */
  push(id: number): string {
    const bytes = this.decoding.bytesOf(id, this.previous, this.isFirst);
    this.previous = id;
    if (bytes === undefined) return '';
    this.isFirst = false;
    return this.withoutLeading(this.utf8.decode(bytes, { stream: true }));
  }

  /** The rest: U+FFFD for a character that never got its other half. All pushed and ended text joined is `decode`. */
  end(): string {
    return this.withoutLeading(this.utf8.decode());
  }

  private withoutLeading(text: string): string {
    let start = 0;
    while (start < text.length && start < this.toDrop && text[start] === this.decoding.leading?.character)
      start++;
    // The first other character ends the dropping.
    this.toDrop = start < text.length ? 0 : this.toDrop - start;
    return text.slice(start);
  }
}

/** The text of all ids at once. */
export function decodeAll(ids: ArrayLike<number>, decoding: Decoding): string {
  const decoder = new IncrementalDecoder(decoding);
  const parts: string[] = [];
  for (let index = 0; index < ids.length; index++) parts.push(decoder.push(ids[index]));
  parts.push(decoder.end());
  return parts.join('');
}
