// How the tokens of the test split fell: counts by true and read class, and the tokens of one pair with their context.
import type { ProbeConfusion, ProbeToken } from '../../../protocol/probes';
import type { Params, Result } from '../../../protocol/requests';
import { SubtextError } from '../../errors';
import { documentAt, keptDocuments, keptProbe, type TestDocuments } from './testDocuments';

/** UTF-16 units shown on each side of a token. */
const CONTEXT = 60;
/** Tokens in one answer. */
const MOST_TOKENS = 1000;

/** @throws SubtextError as `readProbe` */
export async function probeConfusion({ file }: Params<'subtext/probeConfusion'>): Promise<ProbeConfusion> {
  const { header, confusion } = await keptProbe(file);
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
  const { header, places } = await keptProbe(file);
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
  const test = await keptDocuments(file);
  const shownRows = rows.slice(first, first + Math.min(count, MOST_TOKENS));
  return {
    total: rows.length,
    tokens: shownRows.map((row) => tokenAt(test, places[4 * row], places[4 * row + 1], file)),
  };
}

function tokenAt(test: TestDocuments, start: number, end: number, file: string): ProbeToken {
  const { text, stretches } = test;
  const document = stretches[documentAt(test, start, end, file)];
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
