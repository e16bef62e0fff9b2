// Reads UTF-8 files of any length in blocks of whole lines.
import { isUtf8 } from 'node:buffer';
import { SubtextError } from '../../errors';
import { fileError, openFile, shown } from '../../files';

/** Large enough that reading costs little per byte, small enough to keep a few in memory. */
const BLOCK_BYTES = 4 * 2 ** 20;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

export interface TextBlock {
  text: string;
  /** Number of its first line, from 1. */
  line: number;
  /** Bytes of the file up to its end. */
  position: number;
}

/**
 * The text of a file. A block ends where a line does, or, when a line is longer than a block, where a character does.
 * @throws SubtextError 'not-found', 'file-access'; 'data' with the line that is no UTF-8
 */
export async function* readTextBlocks(path: string, blockBytes = BLOCK_BYTES): AsyncGenerator<TextBlock> {
  const { handle } = await openFile(path);
  try {
    const buffer = Buffer.alloc(blockBytes);
    let filled = 0;
    let position = 0;
    let line = 1;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
      filled += bytesRead;
      const isEnd = bytesRead === 0;
      const end = isEnd ? filled : endOfLines(buffer, filled);
      const bytes = buffer.subarray(0, end);
      if (!isUtf8(bytes)) throw notUtf8(path, bytes, line);
      let text = bytes.toString('utf8');
      if (position === 0 && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
      position += end;
      if (text !== '') yield { text, line, position };
      if (isEnd) return;
      line += lineFeeds(bytes);
      buffer.copyWithin(0, end, filled);
      filled -= end;
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  } finally {
    await handle.close();
  }
}

/** How many of the bytes are whole lines; in a full buffer without a line end, whole characters. */
function endOfLines(buffer: Buffer, filled: number): number {
  const end = buffer.subarray(0, filled).lastIndexOf(LINE_FEED) + 1;
  if (end > 0 || filled < buffer.length) return end;
  let cut = filled;
  // The bytes of a character after its first begin with the bits 10; there are at most three.
  while (cut > filled - 4 && (buffer[cut - 1] & 0xc0) === 0x80) cut--;
  return buffer[cut - 1] >= 0xc0 ? cut - 1 : filled;
}

function lineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

function notUtf8(path: string, bytes: Buffer, firstLine: number): SubtextError {
  let line = firstLine;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end;
  }
  return new SubtextError(
    'data',
    `${shown(path)}, line ${line}: the bytes are no UTF-8`,
    'Save the file as UTF-8, or leave it out.',
  );
}
