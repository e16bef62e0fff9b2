// subtext cfg …: grammars, their samples and trees, and how well a model knows one.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { readCfgText, wordsOf, type Stretch } from '../../backend/data/cfg/cfgText';
import { evaluateGrammarModel } from '../../backend/data/cfg/evaluate';
import type { Grammar } from '../../backend/data/cfg/grammar';
import { countTrees } from '../../backend/data/cfg/inside';
import { nextTokens } from '../../backend/data/cfg/next';
import { likeliestTree } from '../../backend/data/cfg/parse';
import type { ParseNode } from '../../backend/data/cfg/sample';
import { tokensOf } from '../../backend/data/cfg/tokens';
import { SubtextError } from '../../backend/errors';
import type { Command, Option, Values } from '../command';
import { openModel } from '../models';
import { MODEL_OPTIONS, numberOption, required, textOption } from '../options';
import { short, table } from '../output';
import {
  DROP_OPTION,
  grammarData,
  grammarOption,
  SAMPLE_OPTIONS,
  WRAP_OPTION,
  writeSamples,
} from './sampleData';

const STRING_OPTIONS: Record<string, Option> = {
  text: { value: 'T', help: 'the string, words with blanks between them' },
  file: {
    value: 'F',
    help: 'a file with strings (*.cfgtext), which may have a header; - for standard input',
  },
  sample: { value: 'N', help: 'which string of the file, counted from 1' },
  ...DROP_OPTION,
};

export const cfgSample: Command = {
  name: 'cfg sample',
  summary: 'Samples strings of a grammar; the same as sample-data.',
  argument: 'GRAMMAR',
  options: { ...SAMPLE_OPTIONS, ...DROP_OPTION, ...WRAP_OPTION },
  async run(values, output) {
    await writeSamples(grammarData(values), values, output);
  },
};

export const cfgParse: Command = {
  name: 'cfg parse',
  summary: 'Says whether a string is in the language, how probable it is, and its likeliest tree.',
  argument: 'GRAMMAR',
  options: STRING_OPTIONS,
  async run(values, output) {
    const { grammar, tokens, words } = await grammarAndString(values);
    const { logProbability, deadAt } = nextTokens(grammar, tokens);
    const tree = likeliestTree(grammar, tokens);
    const trees = tree ? countTrees(grammar, tokens) : 0;
    output.answer(
      () => ({
        in_language: tree !== undefined,
        log_probability: tree ? logProbability : null,
        trees,
        tree: tree ? bracketed(grammar, tree) : null,
        dies_at: deadAt ?? null,
      }),
      () => {
        if (tree) {
          const several = trees > 1 ? '; the likeliest of them:' : '';
          return `log probability ${logProbability.toFixed(6)} nats, trees ${trees}${several}\n${bracketed(grammar, tree)}\n`;
        }
        if (deadAt === undefined) return 'Not in the language, but a prefix of its strings.\n';
        return `Not in the language: nothing begins like its first ${deadAt === 1 ? 'word' : `${deadAt} words`} (… ${words[deadAt - 1]}).\n`;
      },
    );
  },
};

export const cfgNext: Command = {
  name: 'cfg next',
  summary: 'Shows the true probabilities of the next token after every prefix of a string.',
  argument: 'GRAMMAR',
  options: STRING_OPTIONS,
  async run(values, output) {
    const { grammar, tokens, words } = await grammarAndString(values);
    const { probabilities, vocabulary, deadAt } = nextTokens(grammar, tokens);
    const names = [...grammar.symbols.slice(grammar.firstTerminal), '<eos>'];
    const alive = deadAt ?? tokens.length + 1;
    const rows = Array.from({ length: alive }, (_, prefix) =>
      probabilities.slice(prefix * vocabulary + 1, (prefix + 1) * vocabulary),
    );
    output.answer(
      () => ({
        positions: rows.map((row, prefix) => ({
          after: prefix === 0 ? null : words[prefix - 1],
          next: Object.fromEntries(names.map((name, index) => [name, row[index]])),
        })),
        dies_at: deadAt ?? null,
      }),
      () =>
        table([
          ['after', ...names],
          ...rows.map((row, prefix) => [
            prefix === 0 ? '' : words[prefix - 1],
            ...Array.from(row, (value) => short(value)),
          ]),
        ]) +
        (deadAt === undefined
          ? ''
          : `Nothing begins like the first ${deadAt === 1 ? 'word' : `${deadAt} words`}.\n`),
    );
  },
};

export const cfgEval: Command = {
  name: 'cfg eval',
  summary:
    'Measures how well a model knows a grammar: accuracy of what it writes, divergence from the truth.',
  options: {
    ...MODEL_OPTIONS,
    grammar: { value: 'G', help: 'a name (cfg3b, cfg3b/2) or a file with rules' },
    ...DROP_OPTION,
    cut: { value: 'C', help: 'terminals of a true sample that the model continues; default 0' },
    samples: { value: 'N', help: 'strings that it writes; default 1000' },
    seed: { value: 'S', help: 'the same seed gives the same strings; default 0' },
  },
  async run(values, output) {
    const cut = numberOption(values, 'cut', 0, { min: 0 });
    const samples = numberOption(values, 'samples', 1000, { min: 1, max: 1_000_000 });
    const seed = numberOption(values, 'seed', 0, { min: 0, max: 2 ** 32 - 1 });
    const grammar = grammarOption(values, required(values, 'grammar'));
    const model = await openModel(values, output);
    const found = await evaluateGrammarModel(model, grammar, { cut, samples, seed }, NOT_CANCELLED);
    output.answer(
      () => ({
        accuracy: found.accuracy,
        kl: found.kl,
        entropy: found.entropy,
        n: found.n,
        accuracy_error: found.accuracyError,
        cross_entropy: found.crossEntropy,
        positions: found.positions,
        grammar: grammar.name,
        cut,
        seed,
      }),
      () =>
        table([
          [
            'accuracy',
            `${(100 * found.accuracy).toFixed(1)} % ± ${(100 * found.accuracyError).toFixed(1)} of ${found.n}`,
          ],
          ['divergence', `${short(found.kl)} nats per token`],
          ['cross-entropy', `${found.crossEntropy.toFixed(4)} nats per token`],
          ['true entropy', `${found.entropy.toFixed(4)} nats per token`],
        ]),
    );
  },
};

/** The grammar of the argument and the string of --text or --file, without words that come too late to matter. */
async function grammarAndString(
  values: Values,
): Promise<{ grammar: Grammar; tokens: number[]; words: string[] }> {
  const text = await textOption(values);
  const grammar = grammarOption(values, required(values, 'argument'));
  // One word more than the longest string has is in no string.
  const words = wordsOf(text, stringOf(values, text), grammar.maxLength + 1).map(({ word }) => word);
  return { grammar, words, tokens: tokensOf(grammar, words.join(' ')) };
}

/** The stretch of --text or --file that is meant: all of a text, one of the strings of a file. */
function stringOf(values: Values, text: string): Stretch {
  if (values.file === undefined) return { start: 0, end: text.length };
  const { samples } = readCfgText(text);
  const wanted = values.sample === undefined ? undefined : numberOption(values, 'sample', 1, { min: 1 });
  if (wanted === undefined && samples.length > 1) {
    const what = `${String(values.file)} holds ${samples.length} strings`;
    throw new SubtextError('usage', what, 'Choose one with --sample N.');
  }
  const found = samples.at((wanted ?? 1) - 1);
  if (found) return found;
  if (wanted === undefined) return { start: 0, end: 0 };
  const what = `--sample ${wanted} is not there: ${String(values.file)} holds ${samples.length} strings`;
  throw new SubtextError('usage', what, 'Choose another.');
}

/** A tree in brackets: `(S (A a b) (C c))`. */
function bracketed(grammar: Grammar, { symbol, children }: ParseNode): string {
  const name = grammar.symbols[symbol];
  if (children.length === 0) return name;
  return `(${[name, ...children.map((child) => bracketed(grammar, child))].join(' ')})`;
}
