// How good a fitted probe is on the test split.
import { shareOf, type Counts, type Share } from './interval';
import type { ProbeData } from './data';
import type { FittedProbe } from './fit';

export interface Score extends Share {
  examples: number;
  documents: number;
  /** [classes, classes]: examples by true class and the one that was read. */
  confusion: Int32Array;
}

export function scoreOf({ target, labels, read }: FittedProbe, { units }: ProbeData): Score {
  const classes = target.classes.length;
  const confusion = new Int32Array(classes * classes);
  const documents = new Map<number, Counts>();
  let examples = 0;
  read.forEach((found, example) => {
    const label = labels[example];
    if (found < 0 || label < 0) return;
    examples++;
    confusion[label * classes + found]++;
    const counts = documents.get(units[example]) ?? { right: 0, total: 0 };
    documents.set(units[example], counts);
    counts.total++;
    if (found === label) counts.right++;
  });
  return { ...shareOf(documents.values()), examples, documents: documents.size, confusion };
}

/** Of the labelled test examples the share with the class that is most frequent among those of training. */
export function majorityShare(
  { labels, classes }: FittedProbe['target'],
  { units, splits }: ProbeData,
): { share: number; trained: number } {
  const counts = { train: new Float64Array(classes.length), test: new Float64Array(classes.length) };
  labels.forEach((label, example) => {
    const split = splits[units[example]];
    if (label >= 0 && split !== 'validation') counts[split][label]++;
  });
  const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
  const most = counts.train.indexOf(Math.max(...counts.train));
  return { share: counts.test[most] / sum(counts.test), trained: sum(counts.train) };
}
