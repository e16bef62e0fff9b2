// The strings of an open file, each looked at once: an edit computes only the string that it changes.
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { analyseString, type StringAnalysis } from '../data/cfg/analysis';
import { readCfgText, wordsOf, type CfgText, type Stretch } from '../data/cfg/cfgText';
import type { Grammar } from '../data/cfg/grammar';
import { SubtextError } from '../errors';

export interface ReadString {
  words: (Stretch & { word: string })[];
  /** Undefined where the grammar cannot be asked about this string: then `failure` says why. */
  analysis?: StringAnalysis;
  failure?: SubtextError;
}

type KeptString = Omit<ReadString, 'words'> & { size: number };
type KeptStrings = Map<string, KeptString>;

/** Analyses that are kept, in numbers: a word with its tree counts as some ten, and as one for each token that may follow. */
const MAX_KEPT = 2_000_000;
/** Of a word alone. */
const WORD_SIZE = 10;

export class OpenStrings {
  private readonly texts = new WeakMap<TextDocument, { version: number; text: CfgText }>();
  /** By grammar and string, the latest last. */
  private readonly known = new Map<Grammar, KeptStrings>();
  private kept = 0;

  textOf(document: TextDocument): CfgText {
    const known = this.texts.get(document);
    if (known?.version === document.version) return known.text;
    const text = readCfgText(document.getText());
    this.texts.set(document, { version: document.version, text });
    return text;
  }

  read(grammar: Grammar, document: TextDocument, sample: Stretch): ReadString {
    const words = wordsOf(document.getText(), sample, grammar.maxLength + 1);
    const key = words.map(({ word }) => word).join(' ');
    const strings: KeptStrings = this.known.get(grammar) ?? new Map<string, KeptString>();
    let found = strings.get(key);
    if (found) strings.delete(key);
    else {
      const read = analysed(grammar, words);
      found = { ...read, size: WORD_SIZE * words.length + (read.analysis?.next.probabilities.length ?? 0) };
      this.makeRoom(found.size);
      this.known.set(grammar, strings);
    }
    strings.set(key, found);
    return { words, analysis: found.analysis, failure: found.failure };
  }

  private makeRoom(size: number): void {
    this.kept += size;
    for (const [grammar, strings] of this.known) {
      for (const [key, old] of strings) {
        if (this.kept <= MAX_KEPT) return;
        strings.delete(key);
        this.kept -= old.size;
      }
      if (strings.size === 0) this.known.delete(grammar);
    }
  }
}

function analysed(
  grammar: Grammar,
  words: readonly { word: string }[],
): Pick<ReadString, 'analysis' | 'failure'> {
  try {
    return {
      analysis: analyseString(
        grammar,
        words.map(({ word }) => word),
      ),
    };
  } catch (error) {
    if (error instanceof SubtextError) return { failure: error };
    throw error;
  }
}
