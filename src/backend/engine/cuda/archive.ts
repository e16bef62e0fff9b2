// Takes named files out of an archive, and nothing else: where they go is said by who asks, never by the archive.
import { open } from 'node:fs/promises';
import { SubtextError } from '../../errors';
import { extractTar } from './tar';
import { extractZip } from './zip';

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

/**
 * Whatever its name says, by its first bytes.
 * @returns paths of the files that were written, below the folder
 * @throws SubtextError `download` for an archive that is damaged, too large, or lacks a wanted file; `cancelled`;
 * `file-access`
 */
export async function extract(extraction: Extraction): Promise<string[]> {
  const magic = Buffer.alloc(2);
  const handle = await open(extraction.archive, 'r');
  await handle.read(magic, 0, 2, 0).finally(() => handle.close());
  const isZip = magic.toString('latin1') === 'PK';
  const isGzip = magic[0] === 0x1f && magic[1] === 0x8b;
  if (!isZip && !isGzip) throw damaged(extraction.archive, 'it is neither a zip nor a gzip file');
  const written = await (isZip ? extractZip(extraction) : extractTar(extraction));
  const missing = extraction.wanted.find(({ from }) => ![...written.keys()].some((name) => from.test(name)));
  if (missing) throw damaged(extraction.archive, `there is no ${missing.from.source} in it`);
  return [...written.values()];
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
