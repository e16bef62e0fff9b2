// How the tokens of the test split fell: counts by true and read class, and the tokens of one pair with their context.
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ProbeConfusion, ProbeToken } from '../../../protocol/probes';
import type { Params, Result } from '../../../protocol/requests';
import { readCfgText, type Stretch } from '../../data/cfg/cfgText';
import { SubtextError } from '../../errors';
import { fileError, shown } from '../../files';
import { openProbeFolder } from './openFolder';
import { readProbe, type StoredProbe } from './probeFile';
import { TEXT_SEPARATOR } from './testFile';

/** UTF-16 units shown on each side of a token. */
const CONTEXT = 60;
/** Tokens in one answer. */
const MOST_TOKENS = 1000;

/** @throws SubtextError as `readProbe` */
export async function probeConfusion({ file }: Params<'subtext/probeConfusion'>): Promise<ProbeConfusion> {
  const { header, confusion } = await kept.probe(file);
  return { classes: header.classes, counts: confusion };
}

/**
 * Tokens of the test split by true and read class, in the order of the file.
 * @throws SubtextError as `readProbe`, `openProbeFolder`; `usage` for classes that there are not; `probe` for places that
 * lie outside the test documents
 */
export async function probeTokens(
  question: Params<'subtext/probeTokens'>,
): Promise<Result<'subtext/probeTokens'>> {
  const { file, true: label, read, first, count } = question;
  const { header, places } = await kept.probe(file);
  const classes = header.classes.length;
  if ([label, read].some((index) => !Number.isInteger(index) || index < 0 || index >= classes)) {
    throw new SubtextError(
      'usage',
      `The probe has no classes ${label} and ${read}`,
      `They are counted from 0 to ${classes - 1}.`,
    );
  }
  const rows: number[] = [];
  for (let row = 0; row < header.n_test; row++) {
    if (places[4 * row + 2] === label && places[4 * row + 3] === read) rows.push(row);
  }
  const test = await kept.documents((await openProbeFolder(dirname(file))).testFile);
  const shownRows = rows.slice(first, first + Math.min(count, MOST_TOKENS));
  return {
    total: rows.length,
    tokens: shownRows.map((row) => tokenAt(test, places[4 * row], places[4 * row + 1], file)),
  };
}

/** The documents of a test split, in the order of the file. */
interface TestDocuments {
  text: string;
  stretches: Stretch[];
}

function tokenAt({ text, stretches }: TestDocuments, start: number, end: number, file: string): ProbeToken {
  const document = stretches.at(lastBefore(stretches, start));
  if (!document || start < document.start || start >= end || end > document.end) {
    throw new SubtextError(
      'probe',
      `${shown(basename(file))} names places that are not in its test documents`,
      'Something changed the folder: train the probes again.',
    );
  }
  const from = Math.max(document.start, start - CONTEXT);
  const to = Math.min(document.end, end + CONTEXT);
  return {
    start,
    end,
    text: text.slice(start, end),
    // Half of a character is none.
    before: text.slice(from, start).replace(/^[\uDC00-\uDFFF]/, ''),
    after: text.slice(end, to).replace(/[\uD800-\uDBFF]$/, ''),
  };
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
  if (path.endsWith('.cfgtext')) return { text, stretches: readCfgText(text).samples };
  const stretches: Stretch[] = [];
  let start = 0;
  for (const part of text.replace(/\n$/, '').split(TEXT_SEPARATOR)) {
    stretches.push({ start, end: start + part.length });
    start += part.length + TEXT_SEPARATOR.length;
  }
  return { text, stretches };
}

/** The files that were read last: a list of tokens is asked for piece by piece. */
const kept = {
  probe: lastRead<StoredProbe>(readProbe),
  documents: lastRead<TestDocuments>(async (path) => {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw fileError(error, path, 'read');
    });
    return documentsIn(path, text);
  }),
};

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
