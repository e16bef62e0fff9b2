// How accuracy runs along the documents of the test split: the tokens of a probe by their position.
import type { PositionBin, ProbePositions } from '../../../protocol/probes';
import { wordsOf } from '../../data/cfg/cfgText';
import { shareOf, type Counts } from './interval';
import type { StoredProbe } from './probeFile';
import { documentAt, keptDocuments, keptProbe, type TestDocuments } from './testDocuments';

/** More are not told apart, and each has fewer tokens. */
const MOST_BINS = 32;
/** Columns of `places`. */
const PLACE = 4;

/** @throws SubtextError as `readProbe`, `openProbeFolder`; `probe` for places that lie outside the test documents */
export async function probePositions({ file }: { file: string }): Promise<ProbePositions> {
  const probe = await keptProbe(file);
  const test = await keptDocuments(file);
  const unit = test.kind === 'strings' ? 'tokens' : 'characters';
  return { unit, bins: binsOf(probe, tokensOf(probe, test, file)) };
}

/** A test token of a probe. */
export interface PlacedToken {
  document: number;
  /** In it, from 0. */
  position: number;
  /** Classes by number. */
  label: number;
  read: number;
}

function tokensOf({ header, places }: StoredProbe, test: TestDocuments, file: string): PlacedToken[] {
  const words = new Map<number, Map<number, number>>();
  const positionOf = (document: number, start: number): number => {
    const stretch = test.stretches[document];
    if (test.kind === 'texts') return start - stretch.start;
    const known = words.get(document) ?? wordNumbers(test, document);
    words.set(document, known);
    return known.get(start) ?? 0;
  };
  return Array.from({ length: header.n_test }, (_, row) => {
    const [start, end, label, read] = places.subarray(PLACE * row, PLACE * (row + 1));
    const document = documentAt(test, start, end, file);
    return { document, position: positionOf(document, start), label, read };
  });
}

/** By the place where it begins the number of each word of a string. */
function wordNumbers({ text, stretches }: TestDocuments, document: number): Map<number, number> {
  const words = wordsOf(text, stretches[document], Infinity);
  return new Map(words.map(({ start }, index) => [start, index]));
}

/** The accuracy of neighbouring positions, in bins of one round width. */
export function binsOf(
  { header, confusion }: Pick<StoredProbe, 'header' | 'confusion'>,
  tokens: readonly PlacedToken[],
): PositionBin[] {
  const most = tokens.reduce((found, { position }) => Math.max(found, position), 0);
  const width = widthOf(most + 1);
  const common = majorityClass(header, confusion);
  const bins = new Map<number, { documents: Map<number, Counts>; common: number }>();
  for (const { document, position, label, read } of tokens) {
    const number = Math.floor(position / width);
    const bin = bins.get(number) ?? { documents: new Map<number, Counts>(), common: 0 };
    bins.set(number, bin);
    const counts = bin.documents.get(document) ?? { right: 0, total: 0 };
    bin.documents.set(document, counts);
    counts.total++;
    if (label === read) counts.right++;
    if (label === common) bin.common++;
  }
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([number, { documents, common: named }]) => {
      const { value, interval } = shareOf(documents.values());
      const count = [...documents.values()].reduce((sum, { total }) => sum + total, 0);
      return {
        first: number * width,
        last: (number + 1) * width - 1,
        tokens: count,
        documents: documents.size,
        accuracy: value,
        ci: interval,
        majority: named / count,
      };
    });
}

/** The least of 1, 2, 5, 10, … with which positions fit into the bins that there may be. */
function widthOf(positions: number): number {
  for (let ten = 1; ; ten *= 10) {
    const width = [1, 2, 5].map((each) => each * ten).find((each) => positions <= each * MOST_BINS);
    if (width !== undefined) return width;
  }
}

/** The class that always naming scores `majority` with: the file does not say which it is. */
function majorityClass(
  { classes, majority, n_test }: StoredProbe['header'],
  confusion: StoredProbe['confusion'],
): number {
  const { length } = classes;
  const distances = classes.map((_, label) => {
    const own = confusion.subarray(label * length, (label + 1) * length).reduce((a, b) => a + b, 0);
    return Math.abs(own / n_test - majority);
  });
  return distances.indexOf(Math.min(...distances));
}
