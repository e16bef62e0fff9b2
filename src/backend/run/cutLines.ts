// Takes the last lines off a file that may be of any size: a string holds half a gigabyte at most.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { fileError } from '../files';

const BLOCK_BYTES = 1 << 16;

/** What becomes of a line: it ends what is kept, or goes, or is kept though lines before it go. */
export type Verdict = 'end' | 'goes' | 'stays';

/**
 * Cuts a file of lines behind the last one that is an `end`; of the lines after it only those stay that are to stay. A last
 * line that was cut short goes.
 * @param judge is given lines from the last one back, up to an `end`
 * @throws SubtextError `file-access`
 */
export function cutLines(path: string, judge: (line: string) => Verdict): void {
  try {
    const file = openSync(path, 'r+');
    try {
      cut(file, judge);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}

function cut(file: number, judge: (line: string) => Verdict): void {
  const { size } = fstatSync(file);
  const staying: Buffer[] = [];
  let end = 0;
  for (const line of linesFromEnd(file, size)) {
    const verdict = judge(line.bytes.toString('utf8'));
    if (verdict === 'stays') staying.unshift(line.bytes);
    if (verdict !== 'end') continue;
    end = line.end;
    break;
  }
  const rest = Buffer.concat(staying);
  if (end + rest.length === size) return;
  // In this order a process that is killed in between leaves lines to be cut again, and none is lost.
  for (let done = 0; done < rest.length;) done += writeSync(file, rest, done, rest.length - done, end + done);
  ftruncateSync(file, end + rest.length);
  fsyncSync(file);
}

/** The whole lines of a file, the last one first, each with its line end and the place behind it. */
function* linesFromEnd(file: number, size: number): Iterable<{ bytes: Buffer; end: number }> {
  // From the blocks that were read: what stands before the first line end that is known, where no line was given yet.
  let known: Buffer = Buffer.alloc(0);
  let start = size;
  let isEndKnown = false;
  while (start > 0) {
    const block = readBlock(file, Math.max(0, start - BLOCK_BYTES), start);
    start -= block.length;
    known = Buffer.concat([block, known]);
    if (!isEndKnown) {
      known = known.subarray(0, known.lastIndexOf(0x0a) + 1);
      isEndKnown = known.length > 0;
    }
    for (;;) {
      const before = known.length < 2 ? -1 : known.lastIndexOf(0x0a, known.length - 2);
      // The line may begin in the block before.
      if (known.length === 0 || (before < 0 && start > 0)) break;
      yield { bytes: known.subarray(before + 1), end: start + known.length };
      known = known.subarray(0, before + 1);
    }
  }
}

function readBlock(file: number, from: number, to: number): Buffer {
  const block = Buffer.alloc(to - from);
  for (let done = 0; done < block.length;) {
    const read = readSync(file, block, done, block.length - done, from + done);
    if (read === 0) throw new Error('ended while it was read');
    done += read;
  }
  return block;
}
