// Reading files that another process may be writing, or removing, at this moment.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';

/** Small files of a run (status, references, control) are refused above this: they are no such files. */
const LARGEST_JSON_BYTES = 8 << 20;
const CHUNK_BYTES = 1 << 16;
/** How far back the last line of a kind is looked for. */
const LONGEST_SEARCH_BYTES = 4 << 20;

/** A file, and how long it was when it was opened: whoever reads no further comes to an end. */
export interface OpenFile {
  file: FileHandle;
  size: number;
}

/**
 * The open file; undefined where there is none. What is no regular file counts as none: a device may have no end, and
 * to open a pipe waits for its writer.
 */
export async function openIfThere(path: string): Promise<OpenFile | undefined> {
  let file: FileHandle | undefined;
  try {
    if (!(await stat(path)).isFile()) return undefined;
    // What is there by now may be a pipe nevertheless. Windows knows no such flag: undefined changes nothing here.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const info = await file.stat();
    if (info.isFile()) return { file, size: info.size };
  } catch (error) {
    await file?.close();
    if (isMissing(error)) return undefined;
    throw error;
  }
  await file.close();
  return undefined;
}

/** The value in a JSON file; undefined where there is none, or it is being replaced, or makes no sense. */
export async function readJson(path: string): Promise<unknown> {
  const opened = await openIfThere(path);
  if (!opened) return undefined;
  const { file, size } = opened;
  try {
    if (size > LARGEST_JSON_BYTES) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    return JSON.parse(buffer.toString('utf8', 0, bytesRead)) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

/** Replaces a JSON file at once: nobody reads half of it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(value)}\n`, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The last whole line from which `read` makes something, as `read` made it; the file is read from its end. */
export async function findLast<Value>(
  path: string,
  read: (line: string) => Value | undefined,
): Promise<Value | undefined> {
  const opened = await openIfThere(path);
  if (!opened) return undefined;
  const { file, size } = opened;
  try {
    /** Of the line that the chunk before began in the middle of. */
    let rest = Buffer.alloc(0);
    let isEndKnown = false;
    for (let end = size; end > 0 && size - end < LONGEST_SEARCH_BYTES;) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      let known = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
      end = start;
      if (!isEndKnown) {
        // What follows the last line end is unfinished.
        known = known.subarray(0, known.lastIndexOf(0x0a) + 1);
        isEndKnown = known.length > 0;
      }
      const from = start === 0 ? 0 : known.indexOf(0x0a) + 1 || known.length;
      for (const line of known.toString('utf8', from).split('\n').reverse()) {
        const value = line === '' ? undefined : read(line);
        if (value !== undefined) return value;
      }
      rest = known.subarray(0, from);
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/** Whether an error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
