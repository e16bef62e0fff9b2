// What is asked of tokens: for each of a document's tokens the name of its class, or none.
import { SubtextError } from '../../errors';
import { isObject, shown } from '../../files';
import type { LanguageModel } from '../../model/languageModel';
import type { LabelledText, ReadDocument } from './documents';
import type { TargetSettings } from './recipeSchema';

/** One question, as results name it. */
export interface TargetReader {
  name: string;
  level: number | null;
  /** Only so many classes count, the most frequent ones. */
  classes?: number;
  /** By row of the document. */
  labels(document: ReadDocument): (string | undefined)[];
}

type ColumnSettings = Extract<TargetSettings, { kind: 'column' }>;

/** @param levels of the grammar, 0 where the data has none */
export function targetReaders(target: TargetSettings, levels: number, model: LanguageModel): TargetReader[] {
  switch (target.kind) {
    case 'ancestor':
    case 'boundary':
      return levelsOf(target, levels).map((level) => treeReader(target, level));
    case 'column':
      return [{ name: target.column, level: null, labels: ({ text }) => columnLabels(text!, target) }];
    case 'pattern':
      return [{ name: patternName(target), level: null, labels: ({ text }) => patternLabels(text!, target) }];
    case 'next-token': {
      const piece = (id: number) => model.checkpoint.tokenizer?.piece(id) ?? `<${id}>`;
      const labels = ({ ids, rows }: ReadDocument) =>
        Array.from(rows, (row) => (row + 1 < ids.length ? piece(ids[row + 1]) : undefined));
      return [{ name: 'next-token', level: null, classes: target.classes, labels }];
    }
    case 'position': {
      const labels = ({ rows }: ReadDocument) =>
        Array.from(rows, (_, index) => (index < target.classes ? String(index) : undefined));
      return [{ name: 'position', level: null, labels }];
    }
  }
}

/**
 * Questions with names of their own: of several with the same name and level, such as one column at two places, all but
 * the first are numbered.
 */
export function withOwnNames(readers: readonly TargetReader[]): TargetReader[] {
  const taken = new Set<string>();
  return readers.map((reader) => {
    let { name } = reader;
    for (let number = 2; taken.has(JSON.stringify([name, reader.level])); number++)
      name = `${reader.name} ${number}`;
    taken.add(JSON.stringify([name, reader.level]));
    return { ...reader, name };
  });
}

/** As JavaScript writes it: `/\d+/`, with flags other than the usual one. */
function patternName({ pattern, flags }: { pattern: string; flags: string }): string {
  return `/${pattern}/${flags === 'u' ? '' : flags}`;
}

function levelsOf({ levels }: { levels: 'all' | number[] }, deepest: number): number[] {
  const known = Array.from({ length: Math.max(0, deepest - 2) }, (_, index) => index + 2);
  const wrong = levels === 'all' ? undefined : levels.find((level) => !known.includes(level));
  if (known.length > 0 && wrong === undefined) return levels === 'all' ? known : levels;
  throw new SubtextError(
    'grammar',
    known.length === 0
      ? `A grammar of ${deepest} levels has none between the root and the terminals`
      : `The grammar has no level ${wrong} between the root and the terminals`,
    known.length === 0 ? 'Drop fewer levels.' : `Levels: ${known.join(', ')}.`,
  );
}

function treeReader(
  target: Extract<TargetSettings, { kind: 'ancestor' | 'boundary' }>,
  level: number,
): TargetReader {
  const ends = target.kind === 'ancestor' && target.at === 'ends';
  return {
    name: ends ? 'ancestor-at-ends' : target.kind,
    level,
    labels: ({ tree }) => {
      const { grammar, labels } = tree!;
      const own = labels.levels[level - 2];
      if (target.kind === 'boundary') return Array.from(own.ends, (end) => (end === 1 ? 'end' : 'inside'));
      return Array.from(own.symbols, (symbol, index) =>
        ends && own.ends[index] === 0 ? undefined : grammar.symbols[symbol],
      );
    },
  };
}

function patternLabels(
  { text, ranges }: LabelledText,
  { pattern, flags }: { pattern: string; flags: string },
): string[] {
  const labels = new Array<string>(ranges.length).fill('other');
  for (const { 0: match, index } of text.matchAll(new RegExp(pattern, `${flags}g`))) {
    // What matches nothing is part of no token.
    if (match === '') continue;
    const touched = tokensOf(ranges, index, index + match.length);
    labels.fill('match', touched.from, touched.to);
  }
  return labels;
}

/** @throws SubtextError `data` with file and line for what is no label or leaves the text */
function columnLabels(document: LabelledText, settings: ColumnSettings): (string | undefined)[] {
  const { columns, place, ranges } = document;
  const { column, outside } = settings;
  const value = Object.hasOwn(columns, column) ? columns[column] : undefined;
  const labels = new Array<string | undefined>(ranges.length).fill(outside);
  if (value === undefined || value === null) {
    throw columnError(place, column, 'is missing', 'Write a list of spans [start, end, label], or a label.');
  }
  if (isLabel(value)) {
    mark(labels, 0, ranges.length, String(value), settings);
    return labels;
  }
  if (!Array.isArray(value)) throw columnError(place, column, 'is neither a list nor a label');
  const entries = value as unknown[];
  if (entries.length > 0 && entries.every((entry) => entry === null || isLabel(entry))) {
    if (entries.length === ranges.length)
      return entries.map((entry) => (entry === null ? outside : String(entry)));
    const what = `has ${entries.length} labels for ${ranges.length} tokens`;
    throw columnError(
      place,
      column,
      what,
      'Give each token one, or null. `subtext tokens` lists them; those that stand for no text, such as begin of text, do not count.',
    );
  }
  for (const [index, entry] of entries.entries()) {
    const { start, end, label } = spanOf(entry, place, column, index);
    const length = settings.unit === 'tokens' ? ranges.length : document.text.length;
    if (start < 0 || end > length || start >= end) {
      const what = `has a span from ${start} to ${end} in entry ${index}, but the text has ${length} ${settings.unit}`;
      throw columnError(
        place,
        column,
        what,
        'Offsets count UTF-16 units (or tokens that stand for text) from 0; the end is exclusive.',
      );
    }
    const touched = settings.unit === 'tokens' ? { from: start, to: end } : tokensOf(ranges, start, end);
    mark(labels, touched.from, touched.to, label, settings);
  }
  return labels;
}

function mark(
  labels: (string | undefined)[],
  from: number,
  to: number,
  label: string,
  { at }: ColumnSettings,
): void {
  if (from >= to) return;
  if (at === 'every') labels.fill(label, from, to);
  else if (at === 'first') labels[from] = label;
  else if (at === 'last') labels[to - 1] = label;
  else if (from > 0) labels[from - 1] = label;
}

/** The tokens that touch a stretch of the text, the last exclusive. */
function tokensOf(ranges: LabelledText['ranges'], start: number, end: number): { from: number; to: number } {
  const from = firstWhere(ranges.length, (token) => ranges[token].end > start);
  return { from, to: firstWhere(ranges.length, (token) => ranges[token].start >= end) };
}

/** The first number below `count` for which something holds that, once it holds, holds for all after; else `count`. */
function firstWhere(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function spanOf(
  entry: unknown,
  place: string,
  column: string,
  index: number,
): { start: number; end: number; label: string } {
  const { start, end, label } = Array.isArray(entry)
    ? { start: entry[0] as unknown, end: entry[1] as unknown, label: entry[2] as unknown }
    : isObject(entry)
      ? entry
      : {};
  if (Number.isInteger(start) && Number.isInteger(end) && isLabel(label))
    return { start: start as number, end: end as number, label: String(label) };
  throw columnError(place, column, `has no span in entry ${index}`, 'Write spans as [start, end, label].');
}

function isLabel(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function columnError(
  place: string,
  column: string,
  problem: string,
  remedy = 'Write a list of spans [start, end, label], a label for each token, or one label.',
): SubtextError {
  return new SubtextError('data', `${place}: '${shown(column)}' ${problem}`, remedy);
}
