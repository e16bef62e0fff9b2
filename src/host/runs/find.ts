// Which runs are there. A disk that fails for a moment says nothing about that.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../../protocol/runs';
import { isMissing } from './files';

/** What stands in a folder; `missing` where there is none, undefined where that cannot be told at this moment. */
export async function entriesOf(folder: string): Promise<Dirent[] | 'missing' | undefined> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    return isMissing(error) ? 'missing' : undefined;
  }
}

/** Whether a directory looks like a run; undefined where that cannot be told at this moment. */
export async function isRunDirectory(path: string): Promise<boolean | undefined> {
  let isKnown = true;
  for (const name of [RUN_FILES.status, RUN_FILES.recipe, RUN_FILES.metrics]) {
    try {
      if ((await stat(join(path, name))).isFile()) return true;
    } catch (error) {
      if (!isMissing(error)) isKnown = false;
    }
  }
  return isKnown ? false : undefined;
}
