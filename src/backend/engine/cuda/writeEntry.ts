// One file out of an archive onto the disk, bounded by the size that the archive states and by what is left for all.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CancelledError, SubtextError } from '../../errors';
import { fileError } from '../../files';
import { damaged, MOST_UNPACKED } from './extraction';

/** How much all files of an archive may still take together: a few bytes can stand for gigabytes. */
export class Budget {
  private left = MOST_UNPACKED;

  constructor(readonly archive: string) {}

  /** @throws SubtextError `download` */
  take(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw damaged(this.archive, `it holds more than ${MOST_UNPACKED} bytes`);
  }
}

export interface Place {
  folder: string;
  /** Below the folder. */
  target: string;
  /** Bytes, as the archive states them. */
  size: number;
  budget: Budget;
  signal: AbortSignal;
}

/**
 * @param parts the bytes, and what they go through
 * @throws SubtextError `download` where it is not as long as stated; `cancelled`; `file-access`
 */
export async function writeEntry(parts: readonly (Readable | Transform)[], place: Place): Promise<void> {
  const { folder, target, size, budget, signal } = place;
  const path = join(folder, target);
  // Targets are our own patterns; a group in one may still hold what it should not.
  if (relative(folder, path).split(sep).includes('..'))
    throw damaged(budget.archive, `${target} leaves its folder`);
  budget.take(size);
  let length = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      length += chunk.length;
      if (length > size) done(damaged(budget.archive, `${target} is longer than it says`));
      else done(null, chunk);
    },
  });
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline([...parts, measure, createWriteStream(path, { flags: 'wx' })], { signal });
  } catch (error) {
    throw told(error, path, budget.archive, signal);
  }
  if (length !== size) throw damaged(budget.archive, `${target} is cut short`);
}

function told(error: unknown, path: string, archive: string, signal: AbortSignal): unknown {
  if (signal.aborted) return new CancelledError();
  if (error instanceof SubtextError || !(error instanceof Error) || !('code' in error)) return error;
  // What zlib says of bytes that it cannot read.
  if (String(error.code).startsWith('Z_')) return damaged(archive, error.message);
  return fileError(error, path, 'write');
}
