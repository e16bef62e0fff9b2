// From the documents of a recipe to what probes are trained on, and whether that is enough.
import type { Cancellation } from '../../cancellation';
import { openGrammar } from '../../data/cfg/open';
import { SubtextError } from '../../errors';
import type { LanguageModel } from '../../model/languageModel';
import { IGNORED, SPLITS, splitUnits, type ProbeData, type ProbeText, type Target } from './data';
import { documentsOf, type ReadDocument } from './documents';
import type { ProbeRecipe } from './recipeSchema';
import { targetReaders, withOwnNames, type TargetReader } from './targets';

/** Longest text in one run whatever the model's context: attention patterns grow with its square. Tokens. */
const LONGEST_TEXT = 2048;
/** A class that was hardly seen says nothing. On average over the classes. */
const EXAMPLES_PER_CLASS = 10;
/** Documents with labels that an interval needs at least, by split. */
const FEWEST_DOCUMENTS = { train: 10, validation: 3, test: 10 };

/**
 * Reads all documents of a recipe with the tokenizer of a model, and labels their tokens.
 * @throws SubtextError `data` where a target has one class or too few examples, with the number needed; as `documentsOf`
 */
export async function readProbeData(
  recipe: ProbeRecipe,
  model: LanguageModel,
  cancellation: Cancellation,
): Promise<ProbeData> {
  const { data, targets, split, seed } = recipe;
  const levels = data.kind === 'cfg' ? openGrammar(data.grammar, data.drop).requireLevels().length : 0;
  const readers = targets.flatMap((target) => targetReaders(target, levels, model));
  const collected = withOwnNames(readers).map((reader) => new Labels(reader));
  const texts: ProbeText[] = [];
  const units = new Map<string, number>();
  const unitOf: number[] = [];
  const documents: { text: string; unit: number }[] = [];
  const documentOf: number[] = [];
  const ranges: number[] = [];
  for await (const document of documentsOf(recipe, model, cancellation)) {
    const unit = units.get(document.key) ?? units.size;
    units.set(document.key, unit);
    for (const labels of collected) labels.add(document);
    for (const { start, end } of document.shown.ranges) {
      documentOf.push(documents.length);
      ranges.push(start, end);
    }
    documents.push({ text: document.shown.text, unit });
    for (const piece of piecesOf(document, model)) {
      texts.push({ ...piece, first: unitOf.length, unit });
      for (let row = 0; row < piece.rows.length; row++) unitOf.push(unit);
    }
  }
  const splits = splitUnits(units.size, split, seed);
  const found: ProbeData = {
    texts,
    examples: unitOf.length,
    units: Int32Array.from(unitOf),
    splits,
    targets: collected.map((labels) => labels.target()),
    places: {
      texts: documents.map(({ text, unit }) => (splits[unit] === 'test' ? text : '')),
      documents: Int32Array.from(documentOf),
      ranges: Int32Array.from(ranges),
    },
  };
  for (const target of found.targets) checkTarget(target, found, split);
  return found;
}

/** The classes of one target as they are met. */
class Labels {
  private readonly classes = new Map<string, number>();
  private readonly labels: number[] = [];

  constructor(private readonly reader: TargetReader) {}

  add(document: ReadDocument): void {
    for (const name of this.reader.labels(document)) {
      if (name === undefined) {
        this.labels.push(IGNORED);
        continue;
      }
      const known = this.classes.get(name) ?? this.classes.size;
      this.classes.set(name, known);
      this.labels.push(known);
    }
  }

  /** Classes in the order of their names, numbers by size. */
  target(): Target {
    const { name, level, classes: most = MOST_CLASSES } = this.reader;
    const counts = new Float64Array(this.classes.size);
    for (const label of this.labels) if (label >= 0) counts[label]++;
    const names = [...this.classes.keys()];
    const kept = [...names.keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, most);
    if (this.reader.classes === undefined && names.length > MOST_CLASSES) {
      const what = `The target ${name} has ${names.length} classes`;
      throw new SubtextError('data', what, `Up to ${MOST_CLASSES} are possible; name them less finely.`);
    }
    kept.sort((a, b) => names[a].localeCompare(names[b], 'en', { numeric: true }));
    const numbers = new Int32Array(names.length).fill(IGNORED);
    kept.forEach((old, index) => (numbers[old] = index));
    return {
      name,
      level,
      classes: kept.map((old) => names[old]),
      labels: Int32Array.from(this.labels, (label) => (label < 0 ? IGNORED : numbers[label])),
    };
  }
}

/** As many as a recipe may ask for. */
const MOST_CLASSES = 4096;

/** A document longer than the context in pieces side by side, each behind the token that begins a text. */
function piecesOf(
  { ids, rows }: ReadDocument,
  { configuration, checkpoint }: LanguageModel,
): Pick<ProbeText, 'ids' | 'rows'>[] {
  const length = Math.min(configuration.n_ctx, LONGEST_TEXT);
  if (ids.length <= length) return [{ ids, rows }];
  const head = length > 1 && ids[0] === checkpoint.tokenizer?.beginOfText ? 1 : 0;
  const pieces: Pick<ProbeText, 'ids' | 'rows'>[] = [];
  for (let from = head; from < ids.length; from += length - head) {
    const to = Math.min(from + length - head, ids.length);
    const own = rows.filter((row) => row >= from && row < to).map((row) => row - from + head);
    if (own.length === 0) continue;
    pieces.push({ ids: Int32Array.from([...ids.subarray(0, head), ...ids.subarray(from, to)]), rows: own });
  }
  return pieces;
}

/** @throws SubtextError `data` */
function checkTarget(
  { name, level, classes, labels }: Target,
  { units, splits }: ProbeData,
  shares: ProbeRecipe['split'],
): void {
  const called = level === null ? name : `${name}, level ${level}`;
  const documents = { train: new Set<number>(), validation: new Set<number>(), test: new Set<number>() };
  let examples = 0;
  const trained = new Set<number>();
  labels.forEach((label, example) => {
    if (label < 0) return;
    const split = splits[units[example]];
    documents[split].add(units[example]);
    if (split !== 'train') return;
    examples++;
    trained.add(label);
  });
  const needs = SPLITS.filter((split) => documents[split].size < FEWEST_DOCUMENTS[split]).map((split) => {
    const share = split === 'train' ? 1 - shares.validation - shares.test : shares[split];
    return { split, needed: Math.ceil(FEWEST_DOCUMENTS[split] / share) };
  });
  if (needs.length > 0) {
    const { split, needed } = needs.reduce((a, b) => (b.needed > a.needed ? b : a));
    const found = SPLITS.reduce((sum, each) => sum + documents[each].size, 0);
    throw new SubtextError(
      'data',
      `The target ${called} has labels in ${found} different documents, and about ${needed} are needed: ${FEWEST_DOCUMENTS[split]} in the ${split} split, which has ${documents[split].size}`,
      'Give more documents, or another share of them to that split.',
    );
  }
  if (trained.size < 2) {
    const one = classes[[...trained][0]];
    throw new SubtextError(
      'data',
      `The target ${called} has one class to learn from: ${one}`,
      'A probe needs at least two: give other data, or another target.',
    );
  }
  const needed = EXAMPLES_PER_CLASS * classes.length;
  if (examples >= needed) return;
  throw new SubtextError(
    'data',
    `The target ${called} has ${examples} examples to learn ${classes.length} classes from, and ${needed} are needed, ${EXAMPLES_PER_CLASS} for each`,
    'Give more documents, or ask for fewer classes.',
  );
}
