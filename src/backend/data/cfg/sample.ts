// Samples of a grammar: at each symbol one of its rules, all equally likely, and no other chance.
import { streamRandom } from '../../random';
import type { Grammar } from './grammar';

/** A symbol of a derivation with the stretch of terminals that it became. */
export interface ParseNode {
  /** Index into `Grammar.symbols`. */
  symbol: number;
  /** First terminal, counted from 0, and the one behind the last. */
  start: number;
  end: number;
  /** None for terminals. */
  children: ParseNode[];
}

export interface Sample {
  /** Token ids of the terminals, 1 for the grammar's first one. */
  tokens: number[];
  tree: ParseNode;
}

/** What samples that nobody trains on are drawn for. */
const PURPOSES = ['show', 'divergence', 'prefix', 'entropy', 'probe', 'attention'] as const;

/**
 * Random numbers for samples. Those of training belong to a step, which is below 2^32; of other purposes none meets those
 * of a step or of another purpose, so that a model trained with the same seed is evaluated on fresh samples.
 */
export function samplingRandom(seed: number, purpose: (typeof PURPOSES)[number]): () => number {
  return streamRandom(seed, 2 ** 32 * (1 + PURPOSES.indexOf(purpose)));
}

/** Draws strings without their trees, for training: some 25 ns a token (measured). */
export class Sampler {
  private readonly stack: number[] = [];

  constructor(
    private readonly grammar: Grammar,
    private readonly random: () => number,
  ) {}

  /** Appends the token ids of a fresh string to `tokens`. */
  sampleInto(tokens: number[]): void {
    const { rules, root, firstTerminal } = this.grammar;
    const { stack, random } = this;
    stack.push(root);
    while (stack.length > 0) {
      const symbol = stack.pop()!;
      if (symbol >= firstTerminal) {
        tokens.push(symbol - firstTerminal + 1);
        continue;
      }
      const choices = rules[symbol];
      const rule = choices[Math.floor(random() * choices.length)];
      for (let part = rule.length - 1; part >= 0; part--) stack.push(rule[part]);
    }
  }
}

/** A string with its tree; from the same random numbers the string that `Sampler` draws. */
export function sampleTree(grammar: Grammar, random: () => number): Sample {
  return derive(grammar, (symbol) => Math.floor(random() * grammar.rules[symbol].length));
}

/**
 * The string and tree that follow from choosing a rule for each symbol, from the left and from the top.
 * @param choose index of a rule of the symbol
 */
export function derive(grammar: Grammar, choose: (symbol: number) => number): Sample {
  const { rules, root, firstTerminal } = grammar;
  const tokens: number[] = [];
  const expand = (symbol: number): ParseNode => {
    const node: ParseNode = { symbol, start: tokens.length, end: 0, children: [] };
    if (symbol >= firstTerminal) tokens.push(symbol - firstTerminal + 1);
    else node.children = rules[symbol][choose(symbol)].map(expand);
    node.end = tokens.length;
    return node;
  };
  const tree = expand(root);
  return { tokens, tree };
}
