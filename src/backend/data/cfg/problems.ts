// Everything that is wrong with a grammar as it is written, each with its place: what the editor underlines, and what
// `subtext cfg check` lists.
import { SubtextError } from '../../errors';
import { cyclesOf } from './cycles';
import { BEGIN, END, grammarError, place, type WrittenGrammar, type WrittenSymbol } from './definitions';
import { Grammar } from './grammar';

export interface GrammarProblem {
  severity: 'error' | 'warning';
  kind: 'syntax' | 'duplicate' | 'undefined' | 'unreachable' | 'cycle' | 'levels' | 'ambiguous' | 'size';
  /** Where it is; undefined for what is wrong with the grammar as a whole. */
  at?: WrittenSymbol;
  /** After the place: `c stands where -> is expected`; or, without one, after the grammar's name. */
  message: string;
  remedy: string;
}

export interface CheckedGrammar {
  /** Undefined where an error stands among the problems. */
  grammar?: Grammar;
  /** In the order of their places. */
  problems: GrammarProblem[];
}

const FORM = 'Write a line for each left-hand side: a -> b c | c b.';

/** @param where undefined for a grammar as a whole */
export function problem(
  kind: GrammarProblem['kind'],
  at: WrittenSymbol | undefined,
  message: string,
  remedy = FORM,
): GrammarProblem {
  const severity = kind === 'levels' || kind === 'ambiguous' ? 'warning' : 'error';
  return { severity, kind, at, message, remedy };
}

/** A problem as a failure of what needs the grammar. */
export function problemError(name: string, { at, message, remedy }: GrammarProblem): SubtextError {
  return grammarError(at ? place(name, at) : name, message, remedy);
}

/**
 * Checks what was read, and makes the grammar if no error is found.
 * @param unread problems of the text that was read, and the symbols that stand in what could not be read
 */
export function checkGrammar(
  name: string,
  written: WrittenGrammar,
  unread: { problems: readonly GrammarProblem[]; symbols: readonly WrittenSymbol[] },
): CheckedGrammar {
  let problems = [...unread.problems, ...checkWritten(written, unread)];
  let grammar: Grammar | undefined;
  if (problems.length === 0) {
    try {
      grammar = new Grammar(name, written);
      problems = [...levelProblems(grammar), ...sharedRules(written)];
    } catch (error) {
      if (!(error instanceof SubtextError) || error.reason !== 'grammar') throw error;
      problems.push(problem('size', undefined, error.message.replace(`${name} `, ''), error.remedy));
    }
  }
  return { grammar, problems: problems.sort(byPlace) };
}

/** The problem that is named where only one can be: mistakes in the form come first, since others follow from them. */
export function firstError(problems: readonly GrammarProblem[]): GrammarProblem | undefined {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return errors.find(({ kind }) => kind === 'syntax') ?? errors.at(0);
}

function byPlace({ at: one }: GrammarProblem, { at: other }: GrammarProblem): number {
  return (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
}

function checkWritten(
  written: WrittenGrammar,
  unread: { problems: readonly GrammarProblem[]; symbols: readonly WrittenSymbol[] },
): GrammarProblem[] {
  const { definitions, terminals } = written;
  if (definitions.length === 0) {
    if (unread.problems.length > 0) return [];
    return [problem('size', undefined, 'has no rules', 'Write them as a -> b c | c b.')];
  }
  const first = new Map<string, WrittenSymbol>();
  const problems: GrammarProblem[] = [];
  for (const { symbol } of definitions) {
    const before = first.get(symbol.name);
    if (!before) first.set(symbol.name, symbol);
    else {
      const what = `${symbol.name} is defined for the second time, first on line ${before.line}`;
      problems.push(
        problem('duplicate', symbol, what, 'Put all of its rules together, with | between them.'),
      );
    }
    if (isReserved(symbol)) problems.push(reserved(symbol));
  }
  const listed = terminals && new Set(terminals.map(({ name }) => name));
  return [
    ...problems,
    ...checkTerminals(terminals ?? [], first),
    ...definitions.flatMap(({ symbol, rules }) => checkRules(symbol, rules, first, listed)),
    ...lostSymbols(written, unread.symbols),
    ...cycleProblems(written),
  ];
}

function checkTerminals(
  terminals: readonly WrittenSymbol[],
  defined: ReadonlyMap<string, WrittenSymbol>,
): GrammarProblem[] {
  const seen = new Set<string>();
  return terminals.flatMap((terminal) => {
    const { name } = terminal;
    const wrong = defined.has(name)
      ? 'is a terminal and has rules'
      : seen.has(name) && 'stands among the terminals twice';
    seen.add(name);
    return wrong ? [problem('duplicate', terminal, `${name} ${wrong}`, 'Remove one of the two.')] : [];
  });
}

function checkRules(
  symbol: WrittenSymbol,
  rules: readonly (readonly WrittenSymbol[])[],
  defined: ReadonlyMap<string, WrittenSymbol>,
  terminals: ReadonlySet<string> | undefined,
): GrammarProblem[] {
  const problems: GrammarProblem[] = [];
  const seen = new Set<string>();
  for (const rule of rules) {
    if (rule.length === 0) {
      problems.push(
        problem('syntax', symbol, `${symbol.name} has an empty rule`, 'Every rule needs a symbol.'),
      );
      continue;
    }
    const text = textOf(rule);
    if (seen.has(text)) {
      const what = `${symbol.name} has the rule ${text} twice`;
      problems.push(problem('duplicate', rule[0], what, 'Remove one of them.'));
    }
    seen.add(text);
    for (const part of rule) {
      if (isReserved(part)) problems.push(reserved(part));
      else if (terminals && !terminals.has(part.name) && !defined.has(part.name)) {
        const what = `${part.name} has no rules and is not among the terminals`;
        problems.push(problem('undefined', part, what, 'Correct its name, or define it.'));
      }
    }
  }
  return problems;
}

function isReserved({ name }: WrittenSymbol): boolean {
  return name === BEGIN || name === END;
}

function reserved(symbol: WrittenSymbol): GrammarProblem {
  const what = `${symbol.name} cannot be a symbol`;
  return problem('undefined', symbol, what, 'Give it another name: samples begin and end with it.');
}

/** @param kept symbols in what could not be read: what they lead to is not called lost */
function lostSymbols(
  { definitions, terminals = [] }: WrittenGrammar,
  kept: readonly WrittenSymbol[],
): GrammarProblem[] {
  const parts = new Map<string, WrittenSymbol[]>();
  for (const { symbol, rules } of definitions) {
    const known = parts.get(symbol.name) ?? [];
    parts.set(symbol.name, known);
    for (const part of rules.flat()) known.push(part);
  }
  const root = definitions[0].symbol;
  const reached = new Set([root, ...kept].map(({ name }) => name));
  for (const name of reached) for (const part of parts.get(name) ?? []) reached.add(part.name);
  const said = new Set<string>();
  return [...definitions.map(({ symbol }) => symbol), ...terminals].flatMap((symbol) => {
    if (reached.has(symbol.name) || said.has(symbol.name)) return [];
    said.add(symbol.name);
    const what = `${symbol.name} cannot be reached from the root ${root.name}`;
    const remedy = 'The root is the first left-hand side; remove what it never becomes.';
    return [problem('unreachable', symbol, what, remedy)];
  });
}

function cycleProblems({ definitions }: WrittenGrammar): GrammarProblem[] {
  const indices = new Map(definitions.map(({ symbol }, index) => [symbol.name, index]));
  const toIndices = (parts: readonly WrittenSymbol[]) => parts.flatMap(({ name }) => indices.get(name) ?? []);
  const all = definitions.map(({ rules }) => toIndices(rules.flat()));
  const leftmost = definitions.map(({ rules }) => toIndices(rules.flatMap((rule) => rule.slice(0, 1))));
  const isLeft = (cycle: readonly number[]) =>
    cycle.slice(1).every((symbol, step) => leftmost[cycle[step]].includes(symbol));
  return cyclesOf(all).map((cycle) => {
    const { symbol } = definitions[cycle[0]];
    const path = cycle.map((index) => definitions[index].symbol.name).join(' → ');
    const how = isLeft(cycle) ? ' at its left end: left recursion' : '';
    return problem(
      'cycle',
      symbol,
      `${symbol.name} leads back to itself (${path})${how}`,
      'Only grammars of finitely many strings can be used: no symbol may lead back to itself.',
    );
  });
}

function levelProblems({ misfits }: Grammar): GrammarProblem[] {
  const remedy = 'Truncated forms and labels by level need a grammar whose rules lead from level to level.';
  return misfits.map(({ at, message }) => problem('levels', at, message, remedy));
}

/** Right-hand sides that two symbols share, the second time each. */
function sharedRules({ definitions }: WrittenGrammar): GrammarProblem[] {
  const owners = new Map<string, WrittenSymbol>();
  const problems: GrammarProblem[] = [];
  for (const { symbol, rules } of definitions) {
    for (const rule of rules) {
      const text = textOf(rule);
      const owner = owners.get(text);
      if (!owner) owners.set(text, symbol);
      else {
        const what = `${owner.name} (line ${owner.line}) becomes ${text} too: where both may stand, a string has several trees`;
        problems.push(
          problem('ambiguous', rule[0], what, 'Change one of them if every string is to have one tree.'),
        );
      }
    }
  }
  return problems;
}

function textOf(rule: readonly WrittenSymbol[]): string {
  return rule.map(({ name }) => name).join(' ');
}
