// The test documents of a folder of probes, and the probes whose places point into them: the files that were read last are
// kept, because much of them is asked for piece by piece.
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readCfgText, type Stretch } from '../../data/cfg/cfgText';
import { SubtextError } from '../../errors';
import { fileError, shown } from '../../files';
import { openProbeFolder } from './openFolder';
import { readProbe, type StoredProbe } from './probeFile';
import { TEXT_SEPARATOR } from './testFile';

/** The documents of a test split, in the order of the file. */
export interface TestDocuments {
  /** Of the file. */
  text: string;
  kind: 'strings' | 'texts';
  stretches: Stretch[];
}

/**
 * Index of the document that a token stands in.
 * @param file of the probe, for messages
 * @throws SubtextError `probe` for a place outside the documents
 */
export function documentAt({ stretches }: TestDocuments, start: number, end: number, file: string): number {
  const index = lastBefore(stretches, start);
  const document = stretches.at(index);
  if (index >= 0 && document && start < end && end <= document.end) return index;
  throw new SubtextError(
    'probe',
    `${shown(basename(file))} names places that are not in its test documents`,
    'Something changed the folder: train the probes again.',
  );
}

/** Index of the last stretch that begins at a place or before it; -1 where there is none. */
function lastBefore(stretches: readonly Stretch[], place: number): number {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle].start <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function documentsIn(path: string, text: string): TestDocuments {
  if (path.endsWith('.cfgtext')) return { text, kind: 'strings', stretches: readCfgText(text).samples };
  const stretches: Stretch[] = [];
  let start = 0;
  for (const part of text.replace(/\n$/, '').split(TEXT_SEPARATOR)) {
    stretches.push({ start, end: start + part.length });
    start += part.length + TEXT_SEPARATOR.length;
  }
  return { text, kind: 'texts', stretches };
}

const documents = lastRead<TestDocuments>(async (path) => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  return documentsIn(path, text);
});

/** The probe of a file. @throws SubtextError as `readProbe` */
export const keptProbe = lastRead<StoredProbe>(readProbe);

/** The test documents that the places of a probe point into. @throws SubtextError as `openProbeFolder` */
export async function keptDocuments(file: string): Promise<TestDocuments> {
  return documents((await openProbeFolder(dirname(file))).testFile);
}

/** Reads a file again only when another one is asked for, or it has changed. */
function lastRead<Content>(read: (path: string) => Promise<Content>): (path: string) => Promise<Content> {
  let last: { key: string; content: Promise<Content> } | undefined;
  return async (path) => {
    const { mtimeMs, size } = await stat(path).catch((error: unknown) => {
      throw fileError(error, path, 'read');
    });
    const key = JSON.stringify([path, mtimeMs, size]);
    if (last?.key === key) return last.content;
    const content = read(path);
    last = { key, content };
    content.catch(() => (last = last?.content === content ? undefined : last));
    return content;
  };
}
