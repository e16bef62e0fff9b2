// What is taken out of an archive, and where each file goes.
import { SubtextError } from '../../errors';

export interface WantedFile {
  /** The whole path inside the archive; at least one file must match. */
  from: RegExp;
  /** Below the folder that the files go to, with `$1` for the first group of `from`. */
  to: string;
}

/** More than any library that is installed has: CUDA's kernels for all cards take 700 MB. */
export const MOST_UNPACKED = 4 * 2 ** 30;

export interface Extraction {
  archive: string;
  wanted: readonly WantedFile[];
  folder: string;
  signal: AbortSignal;
}

/** Where a file of the archive goes, below the folder; undefined for one that nobody wants. */
export function targetOf(name: string, wanted: readonly WantedFile[]): string | undefined {
  const path = name.replace(/^\.\//, '');
  const match = wanted.find(({ from }) => from.test(path));
  return match && path.replace(match.from, match.to);
}

export function damaged(archive: string, why: string): SubtextError {
  return new SubtextError('download', `${archive} cannot be unpacked: ${why}`, 'Try again.');
}
