// The strings of a document that probes are asked about, with the truth about their trees.
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ParseTreeLevelReading, ParseTreeReadings, ParseTreeString } from '../../protocol/parseTrees';
import type { EngineName, TextRange } from '../../protocol/types';
import { latentLabels, type LevelLabels } from '../data/cfg/labels';
import { vocabularyOf } from '../data/cfg/evaluate';
import type { Grammar } from '../data/cfg/grammar';
import { SubtextError } from '../errors';
import { modelName } from '../modelName';
import { grammarSignature, type TreeTarget } from '../interpret/parseTree/probeSet';
import type { LevelProbabilities, ReadGrammar, TreeAnswer } from '../interpret/parseTree/treeQuestion';
import type { OpenGrammars } from './grammars';
import type { OpenStrings, ReadString } from './strings';

/** Words of the strings that one answer holds, however much of a file was asked about: far more than are in sight. */
const MOST_WORDS = 30_000;

/** Strings with what the grammar says of them, ready to be read. */
export interface AskedTrees {
  version: number;
  grammar: ReadGrammar;
  /** Where the document's first string begins. */
  first: number | null;
  strings: AskedString[];
}

interface AskedString {
  place: Pick<ParseTreeString, 'start' | 'end' | 'starts' | 'ends' | 'words' | 'trees' | 'fault'>;
  /** Token ids, 0 for words that are no terminals. */
  tokens: Int32Array;
  labels: LevelLabels[] | undefined;
}

/**
 * The strings that touch one of the ranges.
 * @throws SubtextError `grammar` where the document's grammar is not known, or has no levels
 */
export function askedTrees(
  grammars: OpenGrammars,
  strings: OpenStrings,
  document: TextDocument,
  ranges: readonly TextRange[],
): AskedTrees {
  const text = strings.textOf(document);
  const named = grammars.ofText(document, text);
  if ('fault' in named) throw new SubtextError('grammar', named.fault.message, 'Then ask again.');
  const { grammar } = named;
  const levels = grammar.requireLevels();
  let words = 0;
  const asked: AskedString[] = [];
  for (const sample of text.samples) {
    if (!ranges.some(({ start, end }) => sample.start <= end && start <= sample.end)) continue;
    const found = askedString(grammar, strings.read(grammar, document, sample), sample);
    asked.push(found);
    if ((words += found.tokens.length) > MOST_WORDS) break;
  }
  return {
    version: document.version,
    grammar: {
      name: grammar.name,
      words: vocabularyOf(grammar),
      levels: levels.slice(1, -1).map((symbols, index) => ({
        level: index + 2,
        symbols: symbols.map((symbol) => grammar.symbols[symbol]),
      })),
      signature: grammarSignature(grammar),
    },
    first: text.samples.at(0)?.start ?? null,
    strings: asked,
  };
}

function askedString(
  grammar: Grammar,
  { words, analysis, failure }: ReadString,
  { start, end }: TextRange,
): AskedString {
  const terminals = new Map(
    grammar.symbols.slice(grammar.firstTerminal).map((name, index) => [name, index + 1]),
  );
  const fault = failure?.line ?? (analysis?.fault && `${analysis.fault.message}.`);
  return {
    place: {
      start,
      end,
      starts: Int32Array.from(words, (word) => word.start),
      ends: Int32Array.from(words, (word) => word.end),
      words: words.map(({ word }) => word),
      trees: analysis?.trees ?? 0,
      ...(fault !== undefined && { fault }),
    },
    tokens: Int32Array.from(words, ({ word }) => terminals.get(word) ?? 0),
    labels: analysis?.tree && inLevels(grammar, latentLabels(grammar, analysis.tree).levels),
  };
}

/** Symbols as indices into their level's. */
function inLevels(grammar: Grammar, labels: readonly LevelLabels[]): LevelLabels[] {
  const levels = grammar.requireLevels();
  return labels.map((each) => ({
    ...each,
    symbols: each.symbols.map((symbol) => levels[each.level - 1].indexOf(symbol)),
  }));
}

/** The answer: what was asked, what was read of it, and how good the probes are. */
export function parseTreeReadings(
  { uri, model, engine, ranges }: { uri: string; model: string; engine: EngineName; ranges: TextRange[] },
  { version, grammar, first, strings }: AskedTrees,
  { probes, folders, hook, hooks, results, strings: read, interventions }: TreeAnswer,
): ParseTreeReadings {
  const longest = strings.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
  const windows = { count: 1, length: longest, overlap: 0 };
  const source = { uri, version, model, modelName: modelName(model), engine, windows, interventions };
  const heldOut = (level: number, target: TreeTarget) => {
    const found = results[level][target];
    if (!found) return null;
    const { accuracy, ci, majority, random_init } = found;
    return { accuracy, ci, majority, random_init };
  };
  return {
    source,
    grammar: grammar.name,
    probes,
    folders,
    hook,
    hooks,
    levels: grammar.levels.map(({ level, symbols }, index) => ({
      level,
      symbols,
      ancestor: heldOut(index, 'ancestor'),
      boundary: heldOut(index, 'boundary'),
    })),
    first,
    ranges,
    strings: strings.map(({ place, labels }, index): ParseTreeString => {
      const tree = read[index];
      return {
        ...place,
        ...('unread' in tree && { unread: tree.unread }),
        levels: grammar.levels.map((_, level) =>
          levelReading(labels?.[level], 'levels' in tree ? tree.levels[level] : undefined),
        ),
      };
    }),
  };
}

function levelReading(
  labels: LevelLabels | undefined,
  read: LevelProbabilities | undefined,
): ParseTreeLevelReading {
  return {
    truth: labels?.symbols ?? null,
    ends: labels?.ends ?? null,
    symbols: read?.symbols ?? null,
    endProbability: read?.ends ?? null,
  };
}
