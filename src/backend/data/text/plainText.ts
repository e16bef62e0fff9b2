// Documents of a text file, of which one follows the other after a mark.
import { readTextBlocks } from './blocks';
import { endOfPart, LONGEST_PART, partsOfDocument, type DocumentPart } from './parts';

/** `<|endoftext|>`, as in TinyStories; an empty line; or nothing, when a file is one document. */
export type Separator = 'end-of-text' | 'blank-line' | 'none';

const MARKS: Record<Separator, RegExp> = {
  'end-of-text': /<\|endoftext\|>/,
  'blank-line': /\n[ \t\r]*\n/,
  none: /(?!)/,
};

/** A mark may lie across the end of a block; what is kept back for that is as long as the longest. */
const LONGEST_MARK = 64;

/** @throws SubtextError as `readTextBlocks` */
export async function* readPlainText(
  path: string,
  separator: Separator,
  blockBytes?: number,
): AsyncGenerator<DocumentPart> {
  const mark = MARKS[separator];
  let pending = '';
  let position = 0;
  /** Whether parts of the document that `pending` belongs to were given already. */
  let hasBegun = false;
  for await (const block of readTextBlocks(path, blockBytes)) {
    position = block.position;
    const pieces = (pending + block.text).split(mark);
    pending = pieces.pop()!;
    for (const piece of pieces) {
      yield* partsOfDocument(piece, position, hasBegun);
      hasBegun = false;
    }
    if (!hasBegun) pending = pending.trimStart();
    while (pending.length > LONGEST_PART + LONGEST_MARK) {
      const end = endOfPart(pending);
      yield { text: pending.slice(0, end), ends: false, position };
      pending = pending.slice(end);
      hasBegun = true;
    }
  }
  yield* partsOfDocument(pending, position, hasBegun);
}
