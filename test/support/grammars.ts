// Grammars small enough to write all of their derivations down: the oracle of everything that is computed about them.
import type { Grammar } from '../../src/backend/data/cfg/grammar';

export interface Derivation {
  tokens: number[];
  probability: number;
}

/** All derivations of a grammar. */
export function everyDerivation(grammar: Grammar): Derivation[] {
  const { rules, root, firstTerminal } = grammar;
  const expand = (symbol: number): Derivation[] => {
    if (symbol >= firstTerminal) return [{ tokens: [symbol - firstTerminal + 1], probability: 1 }];
    const share = 1 / rules[symbol].length;
    return rules[symbol].flatMap((rule) =>
      rule.reduce<Derivation[]>(
        (before, part) => {
          const after = expand(part);
          return before.flatMap((first) =>
            after.map((second) => ({
              tokens: [...first.tokens, ...second.tokens],
              probability: first.probability * second.probability,
            })),
          );
        },
        [{ tokens: [], probability: share }],
      ),
    );
  };
  return expand(root);
}
