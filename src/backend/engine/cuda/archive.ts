// Takes named files out of an archive, and nothing else: where they go is said by who asks, never by the archive.
import { open } from 'node:fs/promises';
import { damaged, type Extraction } from './extraction';
import { extractTar } from './tar';
import { extractZip } from './zip';

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
