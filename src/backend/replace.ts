// Files and folders that are there whole or not at all: written under a temporary name beside their own, then renamed.
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SubtextError } from './errors';
import { fileError, shown } from './files';

/**
 * Writes a file, which takes the place of an earlier one only once all of it is on the disk.
 * @throws SubtextError `file-access`, with the earlier file as it was; what `write` throws.
 */
export async function replaceFile(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const earlier = await stat(path).catch(() => undefined);
    throw toldError(error, path, earlier !== undefined);
  }
}

/**
 * Writes a folder, which takes the place of an earlier one only once `write` is done. Between the two renames that this
 * takes, the earlier one is called `FOLDER.subtext-old`.
 * @param names of all files that `write` may write: a folder with others is somebody's, and is not replaced.
 * @param write is given the folder to write to, `FOLDER.subtext-tmp`.
 * @throws SubtextError `file-access`, with the earlier folder as it was; what `write` throws.
 */
export async function replaceFolder(
  folder: string,
  names: readonly string[],
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const [temporary, old] = [`${folder}.subtext-tmp`, `${folder}.subtext-old`];
  await restoreFolder(folder);
  const earlier = await contents(folder);
  const foreign = earlier?.find((name) => !names.includes(name) && !isSystems(name));
  if (foreign !== undefined) throw foreignError(folder, foreign);
  try {
    // Both may be left from a process that was killed.
    await rm(temporary, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await write(temporary);
    await syncFolder(temporary);
    if (earlier) await rename(folder, old);
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (earlier) await rename(old, folder);
      throw error;
    });
    await syncFolder(dirname(folder));
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    const told = toldError(error, folder, earlier !== undefined);
    // Nobody has seen the temporary name.
    if (told instanceof SubtextError) told.message = told.message.replaceAll(temporary, folder);
    throw told;
  }
}

/** Gives a folder its name again, where a process was killed between the two renames of `replaceFolder`. */
export async function restoreFolder(folder: string): Promise<void> {
  if ((await contents(folder)) === undefined)
    await rename(`${folder}.subtext-old`, folder).catch(() => undefined);
}

/** What file browsers leave in every folder that they show. */
export function isSystems(name: string): boolean {
  return name === '.DS_Store' || name === 'Thumbs.db' || name === 'desktop.ini';
}

/** The names in a folder, or undefined where there is none. */
async function contents(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw fileError(error, folder, 'write');
  }
}

/** Makes new names in a folder outlast a loss of power; systems that cannot (Windows) do without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** The error for whoever asked for the file: what the system said, and that an earlier one has not suffered. */
function toldError(error: unknown, path: string, hasEarlier: boolean): unknown {
  // What the system says has a code; a mistake in the program has none.
  const isSystems = error instanceof Error && 'code' in error;
  if (!isSystems && !(error instanceof SubtextError)) return error;
  const { reason, message, remedy } = fileError(error, path, 'write');
  return new SubtextError(reason, hasEarlier ? `${message}; what was there is unchanged` : message, remedy);
}

function foreignError(folder: string, name: string): SubtextError {
  return new SubtextError(
    'file-access',
    `${shown(folder)} holds ${shown(name)}, and is not replaced by a checkpoint`,
    'Name a new folder, or an empty one.',
  );
}
