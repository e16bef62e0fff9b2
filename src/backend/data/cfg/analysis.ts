// What the grammar says of one string: its tree, or where it leaves the language, and the truth about every next token.
import { SubtextError } from '../../errors';
import { END } from './definitions';
import type { Grammar } from './grammar';
import { countTrees } from './inside';
import { nextTokens, type NextTokens } from './next';
import { likeliestTree } from './parse';
import type { ParseNode } from './sample';

export interface StringAnalysis {
  /** Token ids of the words; 0 for words that are no terminals. */
  tokens: number[];
  next: NextTokens;
  /** The likeliest tree; undefined for a string that is not in the language. */
  tree?: ParseNode;
  /** How many trees the string has. */
  trees: number;
  fault?: StringFault;
}

/** Why a string is not in the language. */
export interface StringFault {
  /** The word where its prefix dies, or the last one of a string that ends too early. */
  word: number;
  message: string;
}

/** Work for one string that somebody waits for in the editor. */
const MAX_MILLISECONDS = 2000;

/**
 * @param words all of them, or at least one more than the longest string has
 * @throws SubtextError `grammar` for a string that takes too long, or as `Inside`
 */
export function analyseString(grammar: Grammar, words: readonly string[]): StringAnalysis {
  const terminals = new Map(
    grammar.symbols.slice(grammar.firstTerminal).map((name, index) => [name, index + 1]),
  );
  const tokens = words.slice(0, grammar.maxLength + 1).map((word) => terminals.get(word) ?? 0);
  const deadline = performance.now() + MAX_MILLISECONDS;
  const check = () => {
    if (performance.now() < deadline) return;
    const what = `A string of ${tokens.length} words takes longer than ${MAX_MILLISECONDS / 1000} s under ${grammar.name}`;
    throw new SubtextError(
      'grammar',
      what,
      'Ask about a shorter one, or run subtext cfg parse, which waits.',
    );
  };
  const next = nextTokens(grammar, tokens, check);
  const tree = next.logProbability > -Infinity ? likeliestTree(grammar, tokens, check) : undefined;
  if (tree) return { tokens, next, tree, trees: countTrees(grammar, tokens, check) };
  return { tokens, next, trees: 0, fault: faultOf(grammar, words, next) };
}

function faultOf(grammar: Grammar, words: readonly string[], next: NextTokens): StringFault {
  const { deadAt } = next;
  const word = deadAt === undefined ? words.length - 1 : deadAt - 1;
  const possible = possibleNext(grammar, next, deadAt === undefined ? words.length : word);
  const expected = inWords(possible);
  if (deadAt === undefined) {
    const what = `The string ends too early: after ${counted(words.length)} of ${grammar.name} must follow ${expected}`;
    return { word, message: what };
  }
  if (!grammar.symbols.includes(words[word], grammar.firstTerminal)) {
    const what = `${words[word]} is no terminal of ${grammar.name}; here can follow ${expected}`;
    return { word, message: what };
  }
  const after = word === 0 ? 'begins with' : `goes on with`;
  const what = `No string of ${grammar.name} ${after} ${words[word]} here; possible is ${expected}`;
  return { word, message: what };
}

/** Names of what can follow a prefix; the end of the string comes last. */
function possibleNext(grammar: Grammar, { probabilities, vocabulary }: NextTokens, prefix: number): string[] {
  const row = probabilities.subarray(prefix * vocabulary, (prefix + 1) * vocabulary);
  return nextNames(grammar).filter((_, index) => row[index + 1] > 0);
}

/** Names of the columns of next-token distributions from the first terminal on: terminals, then end of text. */
export function nextNames(grammar: Grammar): string[] {
  return [...grammar.symbols.slice(grammar.firstTerminal), END];
}

/** Kullback-Leibler divergence Σ P log(P/Q) in nats. @param logarithms log Q, as long as `truth` or longer */
export function divergence(truth: Float64Array, logarithms: ArrayLike<number>): number {
  let total = 0;
  for (let token = 0; token < truth.length; token++) {
    if (truth[token] > 0) total += truth[token] * (Math.log(truth[token]) - logarithms[token]);
  }
  return total;
}

/** Ancestors of a terminal, from the root down. */
export function ancestors(tree: ParseNode, terminal: number): ParseNode[] {
  const path: ParseNode[] = [];
  for (let node: ParseNode | undefined = tree; node && node.children.length > 0;) {
    path.push(node);
    node = node.children.find(({ start, end }) => start <= terminal && terminal < end);
  }
  return path;
}

/** Names in a message. */
const MAX_NAMES = 12;

/** `1, 2 or the end`. */
function inWords(names: readonly string[]): string {
  const shown = names.map((name) => (name === END ? 'the end' : name));
  if (shown.length > MAX_NAMES) shown.splice(MAX_NAMES, Infinity, `${shown.length - MAX_NAMES} others`);
  const last = shown.pop()!;
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}

function counted(words: number): string {
  return words === 1 ? '1 word' : `${words} words`;
}
