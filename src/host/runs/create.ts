// A directory for a new run that nobody else has.
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RUNS_FOLDER } from '../../protocol/runs';
import { BackendFailure } from '../backend/failure';

const LONGEST_NAME = 60;
const MOST_NUMBERS = 10_000;

/** A name for files: `CFG 3b, small` becomes `cfg-3b-small`. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'run' : slug;
}

/**
 * Makes `<slug>-NN` with the first free number in a workspace folder; two callers never get the same.
 * @returns its absolute path
 */
export async function createRunDirectory(folder: string, name: string): Promise<string> {
  const runs = join(folder, RUNS_FOLDER);
  const slug = slugOf(name);
  try {
    await mkdir(runs, { recursive: true });
    await keepOutOfCommits(dirname(runs));
    for (let number = 1; number < MOST_NUMBERS; number++) {
      const path = join(runs, `${slug}-${String(number).padStart(2, '0')}`);
      if (await isMade(path)) return path;
    }
  } catch (error) {
    throw new BackendFailure(
      'usage',
      `A run cannot be kept in ${runs}: ${error instanceof Error ? error.message : String(error)}`,
      'Open a folder that can be written to.',
    );
  }
  throw new BackendFailure(
    'usage',
    `${runs} is full of runs called ${slug}`,
    'Give the recipe another name.',
  );
}

/** Keeps what Subtext writes to a folder out of a person's commits; a file that is there stands, and none is needed. */
export async function keepOutOfCommits(folder: string): Promise<void> {
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
}

/** Removes a directory whose run never began; one that holds anything stays. */
export async function removeIfEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => undefined);
}

async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
