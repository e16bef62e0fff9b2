// Opening and reading files that may be anything: missing, a pipe, cut short, larger than 2 GB.
import { open, stat, type FileHandle } from 'node:fs/promises';
import { SubtextError } from './errors';

/** The index of the largest published models is about 10 MB; more would only take time and memory to refuse. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** Node reads at most 2^31 - 1 bytes at once. */
const MAX_READ_BYTES = 1024 * 1024 * 1024;

/** A file open for reading, with the length that every offset into it is checked against. */
export interface OpenFile {
  path: string;
  handle: FileHandle;
  size: number;
}

/**
 * Opens a regular file and hands it to `use`; closes it afterwards.
 * @throws SubtextError `not-found` or `file-access`; what `use` throws.
 */
export async function withFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(file);
  } finally {
    await file.handle.close();
  }
}

/**
 * Opens a regular file; the caller closes its handle.
 * @throws SubtextError `not-found` or `file-access`.
 */
export async function openFile(path: string): Promise<OpenFile> {
  try {
    // Asked before opening: opening a named pipe would wait for its other end.
    if (!(await stat(path)).isFile()) {
      throw new SubtextError('file-access', `${path} is not a file`, 'Name a file.');
    }
    const handle = await open(path, 'r');
    try {
      return { path, handle, size: (await handle.stat()).size };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/**
 * Fills `into` with the bytes of the file from `position` on.
 * @throws SubtextError `file-access` where the file ends before or the disk fails.
 */
export async function readBytes(file: OpenFile, into: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < into.length) {
    const wanted = Math.min(into.length - done, MAX_READ_BYTES);
    let bytesRead: number;
    try {
      ({ bytesRead } = await file.handle.read(into, done, wanted, position + done));
    } catch (error) {
      throw fileError(error, file.path, 'read');
    }
    if (bytesRead === 0) {
      throw new SubtextError(
        'file-access',
        `${file.path} ends at byte ${position + done}, before what was to be read`,
        'Something changes the file; open it again once it is complete.',
      );
    }
    done += bytesRead;
  }
}

/**
 * Reads a JSON file whose value is an object.
 * @throws SubtextError `not-found`, `file-access`; `checkpoint-format` where it is no JSON object.
 */
export async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  const bytes = await withFile(path, async (file) => {
    if (file.size > MAX_JSON_BYTES) {
      throw formatError(path, `is too large for JSON of a checkpoint (${file.size} bytes)`);
    }
    const content = new Uint8Array(file.size);
    await readBytes(file, content, 0);
    return content;
  });
  if (bytes.length === 0) throw formatError(path, 'is empty');
  const value = parseJson(bytes);
  if (value === undefined) throw formatError(path, 'is not JSON');
  if (!isObject(value)) throw formatError(path, 'holds no JSON object');
  return value;
}

/** The value of UTF-8 JSON, or undefined where it is neither. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether a JSON value is an object, not an array and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error for a file that is not what its format wants. */
export function formatError(
  path: string,
  problem: string,
  remedy = 'Download or export the file again.',
): SubtextError {
  return new SubtextError('checkpoint-format', `${path} ${problem}`, remedy);
}

/** Says what the operating system said. A SubtextError stays as it is. */
export function fileError(error: unknown, path: string, action: 'read' | 'write'): SubtextError {
  if (error instanceof SubtextError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (action === 'read' && (code === 'ENOENT' || code === 'ENOTDIR')) {
    return new SubtextError('not-found', `${shown(path)} does not exist`, 'Check the path.');
  }
  const reason = reasons.get(code) ?? code;
  return new SubtextError(
    'file-access',
    `${shown(path)} could not be ${action === 'read' ? 'read' : 'written'}: ${reason}`,
    noSpace.has(code) ? 'Free some space, or write elsewhere.' : 'Check the path and its permissions.',
  );
}

const noSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const reasons = new Map([
  ['EACCES', 'permission denied'],
  ['EEXIST', 'there is a file of that name'],
  ['EPERM', 'permission denied'],
  ['EISDIR', 'it is a folder'],
  ['ENOENT', 'its folder does not exist'],
  ['ENOTDIR', 'its folder is a file'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file would be larger than allowed'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ERR_INVALID_ARG_VALUE', 'the path is not valid'],
]);

/** Text from a file, fit for one line of a message: no control characters, cut where it is long. */
export function shown(text: string, longest = 300): string {
  const line = text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
