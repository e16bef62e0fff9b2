// What probes are trained on: texts as a model reads them, a label for each of their tokens, and who is held out.
import { streamRandom } from '../../random';

/** The label of a token that does not count. */
export { IGNORED } from '../../train/loss';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** What the model reads at once. */
export interface ProbeText {
  ids: Int32Array;
  /** Positions in `ids` of the tokens that are probed, ascending. */
  rows: Int32Array;
  /** Number of the first of them among all examples; the others follow. */
  first: number;
  /** Which document it is of, or which group of documents that must not be torn apart. */
  unit: number;
}

/** One question that every token is asked. */
export interface Target {
  name: string;
  /** Of a grammar's tree. */
  level: number | null;
  classes: string[];
  /** By example a class, or `IGNORED`. */
  labels: Int32Array;
}

export interface ProbeData {
  texts: ProbeText[];
  /** Tokens that are probed in all texts. */
  examples: number;
  /** By example. */
  units: Int32Array;
  /** By unit. */
  splits: Split[];
  targets: Target[];
  places: ExamplePlaces;
}

/** Where the examples stand in what a person reads. */
export interface ExamplePlaces {
  /** By document; empty outside the test split, whose documents alone are shown. */
  texts: string[];
  /** By example. */
  documents: Int32Array;
  /** [examples, 2]: UTF-16 range in the document. */
  ranges: Int32Array;
}

/**
 * Gives every unit a split, the same for the same seed.
 * @param shares of validation and test; at least one unit goes to each split where there are three
 */
export function splitUnits(
  count: number,
  shares: { validation: number; test: number },
  seed: number,
): Split[] {
  const splits = new Array<Split>(count).fill('train');
  const order = shuffled(
    Int32Array.from({ length: count }, (_, index) => index),
    streamRandom(seed, 1),
  );
  const test = Math.max(1, Math.round(shares.test * count));
  const validation = Math.max(1, Math.round(shares.validation * count));
  order.subarray(0, test).forEach((unit) => (splits[unit] = 'test'));
  order.subarray(test, test + validation).forEach((unit) => (splits[unit] = 'validation'));
  return splits;
}

/** The examples of a split that some target has a label for, ascending. */
export function labelledExamples({ examples, units, splits, targets }: ProbeData, split: Split): Int32Array {
  const found: number[] = [];
  for (let example = 0; example < examples; example++) {
    if (splits[units[example]] !== split) continue;
    if (targets.some(({ labels }) => labels[example] >= 0)) found.push(example);
  }
  return Int32Array.from(found);
}

/** The same labels in random order among the examples of each split that have one: what they say of their token is lost. */
export function shuffledLabels({ units, splits }: ProbeData, { labels }: Target, seed: number): Int32Array {
  const result = labels.slice();
  SPLITS.forEach((split, index) => {
    const places: number[] = [];
    labels.forEach((label, example) => {
      if (label >= 0 && splits[units[example]] === split) places.push(example);
    });
    const random = streamRandom(seed, 2 + index);
    const order = shuffled(Int32Array.from(places), random);
    places.forEach((place, at) => (result[place] = labels[order[at]]));
  });
  return result;
}

/** In place (Fisher and Yates). */
export function shuffled(values: Int32Array, random: () => number): Int32Array {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [values[last], values[other]] = [values[other], values[last]];
  }
  return values;
}

/** Texts and labels without the tokens that no target has a label for. */
export function onlyLabelled(data: ProbeData): ProbeData {
  const kept: number[] = [];
  const texts = data.texts.flatMap((text): ProbeText[] => {
    const first = kept.length;
    const rows = text.rows.filter((_, index) => {
      const counts = data.targets.some(({ labels }) => labels[text.first + index] >= 0);
      if (counts) kept.push(text.first + index);
      return counts;
    });
    return rows.length === 0 ? [] : [{ ...text, rows, first }];
  });
  const taken = (values: Int32Array) => Int32Array.from(kept, (example) => values[example]);
  return {
    ...data,
    texts,
    examples: kept.length,
    units: taken(data.units),
    targets: data.targets.map((target) => ({ ...target, labels: taken(target.labels) })),
    places: {
      texts: data.places.texts,
      documents: taken(data.places.documents),
      ranges: Int32Array.from(
        kept.flatMap((example) => [...data.places.ranges.subarray(2 * example, 2 * example + 2)]),
      ),
    },
  };
}
