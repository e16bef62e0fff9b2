// subtext cfg check: what is wrong with a grammar, and what its strings are like.
import { checkGrammarText } from '../../backend/data/cfg/grammarText';
import { readGrammarFile } from '../../backend/data/cfg/open';
import { isPresetName } from '../../backend/data/cfg/presets';
import { firstError, problemError, type GrammarProblem } from '../../backend/data/cfg/problems';
import { grammarStatistics } from '../../backend/data/cfg/statistics';
import type { Command } from '../command';
import { required } from '../options';
import { short, table } from '../output';
import { DROP_OPTION, grammarOption } from './sampleData';

/** Problems that are listed; a file that is no grammar has one on every line. */
const MAX_LISTED = 200;

export const cfgCheck: Command = {
  name: 'cfg check',
  summary: 'Checks a grammar (a name or a file): every problem with its place, or what its strings are like.',
  argument: 'GRAMMAR',
  options: DROP_OPTION,
  run(values, output) {
    const given = required(values, 'argument');
    const { problems } = isPresetName(given)
      ? { problems: [] }
      : checkGrammarText(readGrammarFile(given), given);
    const listed = problems.slice(0, MAX_LISTED);
    const wrong = firstError(problems);
    if (wrong) {
      output.answer(
        () => ({ name: given, valid: false, problems: listed.map(problemAsJson), count: problems.length }),
        () => problemLines(given, listed),
      );
      throw problemError(given, wrong);
    }
    const grammar = grammarOption(values, given);
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
        valid: true,
        problems: listed.map(problemAsJson),
        count: problems.length,
      }),
      () =>
        problemLines(given, listed) +
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

function problemAsJson({ severity, kind, at, message, remedy }: GrammarProblem): object {
  const { line = null, column = null, name: symbol = null } = at ?? {};
  return { severity, kind, line, column, symbol, message, remedy };
}

/** A line for each, in the form that editors and terminals make links of: `FILE:LINE:COLUMN: error: …`. */
function problemLines(name: string, problems: readonly GrammarProblem[]): string {
  return problems
    .map(({ severity, at, message, remedy }) => {
      const where = at ? `${name}:${at.line}:${at.column}` : name;
      return `${where}: ${severity}: ${message}. ${remedy}\n`;
    })
    .join('');
}
