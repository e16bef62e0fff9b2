// Reading files that another process may be writing, or removing, at this moment.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** Small files of a run (status, references, control) are refused above this: they are no such files. */
const LARGEST_JSON_BYTES = 8 << 20;
const CHUNK_BYTES = 1 << 16;
/** How far back the last line of a kind is looked for. */
const LONGEST_SEARCH_BYTES = 4 << 20;

/** The open file; undefined where there is none. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

/** The value in a JSON file; undefined where there is none, or it is being replaced, or makes no sense. */
export async function readJson(path: string): Promise<unknown> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    if ((await file.stat()).size > LARGEST_JSON_BYTES) return undefined;
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
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
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
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
