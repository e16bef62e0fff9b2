// subtext cfg …: grammars, their samples and trees, and how well a model knows one.
import { NOT_CANCELLED } from '../../backend/cancellation';
import { evaluateGrammarModel } from '../../backend/data/cfg/evaluate';
import type { Grammar } from '../../backend/data/cfg/grammar';
import { countTrees } from '../../backend/data/cfg/inside';
import { nextTokens } from '../../backend/data/cfg/next';
import { likeliestTree } from '../../backend/data/cfg/parse';
import type { ParseNode } from '../../backend/data/cfg/sample';
import { grammarStatistics } from '../../backend/data/cfg/statistics';
import { tokensOf } from '../../backend/data/cfg/tokens';
import type { Command, Values } from '../command';
import { openModel } from '../models';
import { MODEL_OPTIONS, numberOption, required, TEXT_OPTIONS, textOption } from '../options';
import { short, table } from '../output';
import { DROP_OPTION, grammarData, grammarOption, SAMPLE_OPTIONS, writeSamples } from './sampleData';

export const cfgCheck: Command = {
  name: 'cfg check',
  summary: 'Checks a grammar (a name or a file) and says what its strings are like.',
  argument: 'GRAMMAR',
  options: DROP_OPTION,
  run(values, output) {
    const grammar = grammarOption(values, required(values, 'argument'));
    const found = grammarStatistics(grammar);
    const { levels, symbols, firstTerminal, vocabulary } = grammar;
    const named = (of: readonly number[]) => of.map((symbol) => symbols[symbol]);
    const rules = grammar.rules.flat().length;
    output.answer(
      () => ({
        name: grammar.name,
        levels: levels?.map(named) ?? null,
        terminals: symbols.slice(firstTerminal),
        rules,
        vocabulary,
        mean_length: found.meanLength,
        length_deviation: found.deviation,
        min_length: found.minLength,
        max_length: found.maxLength,
        entropy: found.entropy,
        entropy_per_token: found.entropyPerToken,
        entropy_per_stream_token: found.entropyPerStreamToken,
        log10_trees: found.logTrees,
      }),
      () =>
        table([
          ['grammar', grammar.name],
          ['levels', levels ? levels.map((level) => named(level).join(' ')).join(' | ') : 'none'],
          ['terminals', symbols.slice(firstTerminal).join(' ')],
          ['rules', String(rules)],
          ['tokens of a model', String(vocabulary)],
          [
            'length',
            `${short(found.meanLength)} ± ${short(found.deviation)}, ${found.minLength} to ${found.maxLength}`,
          ],
          ['entropy of the tree', `${found.entropy.toFixed(2)} nats`],
          ['… per token with end of text', found.entropyPerToken.toFixed(4)],
          ['… and begin of text', found.entropyPerStreamToken.toFixed(4)],
          ['trees', `10^${found.logTrees.toFixed(1)}`],
        ]),
    );
    return Promise.resolve();
  },
};

export const cfgSample: Command = {
  name: 'cfg sample',
  summary: 'Samples strings of a grammar; the same as sample-data.',
  argument: 'GRAMMAR',
  options: { ...SAMPLE_OPTIONS, ...DROP_OPTION },
  async run(values, output) {
    const grammar = grammarOption(values, required(values, 'argument'));
    await writeSamples(grammarData(grammar), values, output);
  },
};

export const cfgParse: Command = {
  name: 'cfg parse',
  summary: 'Says whether a string is in the language, how probable it is, and its likeliest tree.',
  argument: 'GRAMMAR',
  options: { ...TEXT_OPTIONS, ...DROP_OPTION },
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
        if (tree)
          return `log probability ${logProbability.toFixed(6)} nats, trees ${trees}\n${bracketed(grammar, tree)}\n`;
        if (deadAt === undefined) return 'Not in the language, but a prefix of its strings.\n';
        return `Not in the language: nothing begins with its first ${deadAt} words (… ${words[deadAt - 1]}).\n`;
      },
    );
  },
};

export const cfgNext: Command = {
  name: 'cfg next',
  summary: 'Shows the true probabilities of the next token after every prefix of a string.',
  argument: 'GRAMMAR',
  options: { ...TEXT_OPTIONS, ...DROP_OPTION },
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
        ]) + (deadAt === undefined ? '' : `Nothing begins with the first ${deadAt} words.\n`),
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
  const words = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, grammar.maxLength + 1);
  return { grammar, words, tokens: tokensOf(grammar, words.join(' ')) };
}

/** A tree in brackets: `(S (A a b) (C c))`. */
function bracketed(grammar: Grammar, { symbol, children }: ParseNode): string {
  const name = grammar.symbols[symbol];
  if (children.length === 0) return name;
  return `(${[name, ...children.map((child) => bracketed(grammar, child))].join(' ')})`;
}
