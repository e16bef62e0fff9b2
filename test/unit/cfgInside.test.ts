// The inside algorithm and the next-token distributions, against published values and against counting all derivations.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SubtextError } from '../../src/backend/errors';
import { logProbabilityOfTree } from '../../src/backend/data/cfg/entropy';
import type { Grammar } from '../../src/backend/data/cfg/grammar';
import { readGrammar } from '../../src/backend/data/cfg/grammarText';
import { countTrees, Inside, isInLanguage } from '../../src/backend/data/cfg/inside';
import { nextTokens } from '../../src/backend/data/cfg/next';
import { likeliestTree } from '../../src/backend/data/cfg/parse';
import { presetGrammar, PRESET_NAMES } from '../../src/backend/data/cfg/presets';
import { derive, sampleTree, type ParseNode } from '../../src/backend/data/cfg/sample';
import { streamRandom } from '../../src/backend/random';
import { assertCloseValues } from '../support/numbers';
import { everyDerivation } from '../support/grammars';

/** Grammars whose derivations can be counted: one without ambiguity, two with it, one without levels. */
const COUNTABLE: [string, Grammar][] = [
  ...['cfg3b/3', 'cfg3i/4', 'cfg3f/4'].map((name): [string, Grammar] => [name, presetGrammar(name)]),
  ['without levels', readGrammar('S -> A A A | x A | A\nA -> x | x y | B x x | B\nB -> y y | x', 'x')],
];

describe('the probability of a string', () => {
  it('is the published one for the strings of the first rules', () => {
    for (const [name, expected] of [
      ['cfg3b', -108.824107],
      ['cfg3f', -123.305155],
    ] as const) {
      const grammar = presetGrammar(name);
      const found = new Inside(grammar, derive(grammar, () => 0).tokens).logProbability;
      assert.ok(Math.abs(found - expected) < 2e-6, `${found}`);
    }
  });

  for (const [name, grammar] of COUNTABLE) {
    it(`is the sum over its trees, and 0 for strings that have none: ${name}`, () => {
      const probabilities = new Map<string, { tokens: number[]; probability: number; trees: number }>();
      for (const { tokens, probability } of everyDerivation(grammar)) {
        const all = probabilities.get(tokens.join()) ?? { tokens, probability: 0, trees: 0 };
        probabilities.set(tokens.join(), {
          tokens,
          probability: all.probability + probability,
          trees: all.trees + 1,
        });
      }
      for (const { tokens, probability, trees } of [...probabilities.values()].slice(0, 150)) {
        const found = new Inside(grammar, tokens).logProbability;
        assert.ok(Math.abs(found - Math.log(probability)) < 1e-9, `${tokens.join(' ')}: ${found}`);
        assert.equal(countTrees(grammar, tokens), trees);
        assert.ok(isInLanguage(grammar, tokens));
        for (const changed of changes(tokens, grammar)) {
          const isIn = probabilities.has(changed.join());
          assert.equal(isInLanguage(grammar, changed), isIn, changed.join(' '));
          assert.equal(countTrees(grammar, changed) > 0, isIn, changed.join(' '));
        }
      }
    });
  }

  it('is 0 for the empty string, for strings of wrong lengths and for tokens that are no terminals', () => {
    const grammar = presetGrammar('cfg3b/3');
    const { tokens } = derive(grammar, () => 0);
    for (const wrong of [
      [],
      [1],
      [...tokens, ...tokens],
      tokens.with(3, 0),
      tokens.with(3, 4),
      tokens.with(3, -1),
    ])
      assert.equal(isInLanguage(grammar, wrong), false);
  });

  it('is a number for the longest strings of every published grammar', () => {
    for (const name of PRESET_NAMES) {
      const grammar = presetGrammar(name);
      const longest = (symbol: number) => {
        const lengths = grammar.rules[symbol].map((rule) =>
          rule.reduce((sum, part) => sum + grammar.maxLengths[part], 0),
        );
        return lengths.indexOf(Math.max(...lengths));
      };
      const { tokens } = derive(grammar, longest);
      assert.equal(tokens.length, grammar.maxLength);
      const { logProbability } = new Inside(grammar, tokens);
      assert.ok(logProbability > -1e4 && logProbability < -100, `${name}: ${logProbability}`);
    }
  });

  it('is refused where float64 cannot hold all of a grammar’s probabilities', () => {
    // At 2048 tokens either one string of probability 1/2, or one of 4^2048 strings.
    const levels = Array.from({ length: 11 }, (_, level) => [
      `a${level} -> a${level + 1} a${level + 1}`,
      `b${level} -> b${level + 1} b${level + 1}`,
    ]);
    const text = `S -> a0 | b0\n${levels.flat().join('\n')}\na11 -> x\nb11 -> x | y | z | w`;
    assert.throws(
      () => new Inside(readGrammar(text, 'skewed'), [1]),
      (error) =>
        error instanceof SubtextError &&
        error.reason === 'grammar' &&
        /skewed has strings/.test(error.message),
    );
  });

  // Spec: mean of −log P per token with end of text, on few samples; share of 15 samples with more than one tree.
  const published = {
    cfg3b: [0.4244, 0],
    cfg3i: [0.4127, 0.8],
    cfg3h: [0.6045, 0.27],
    cfg3g: [0.7309, 0.8],
    cfg3f: [0.7463, 0.33],
  };
  for (const [name, [perToken, ambiguous]] of Object.entries(published)) {
    it(`of samples of ${name} is as published, and so is how many have several trees`, () => {
      const grammar = presetGrammar(name);
      const random = streamRandom(20, 0);
      const count = 200;
      let [nats, tokens, several] = [0, 0, 0];
      for (let sample = 0; sample < count; sample++) {
        const { tokens: string } = sampleTree(grammar, random);
        nats -= new Inside(grammar, string).logProbability;
        tokens += string.length + 1;
        several += Number(countTrees(grammar, string) > 1);
      }
      // The deviation of 15 samples' mean is about 0.005 nats (measured), that of their share √(p(1-p)/15).
      assert.ok(Math.abs(nats / tokens - perToken) < 0.015, `${nats / tokens}`);
      const deviation = Math.sqrt((ambiguous * (1 - ambiguous)) / 15);
      assert.ok(Math.abs(several / count - ambiguous) <= 3 * deviation, `${several / count}`);
    });
  }
});

describe('the next token', () => {
  const published: Record<string, Record<number, number[]>> = {
    cfg3b: {
      0: [0, 0.15625, 0.125, 0.71875],
      1: [0, 0.521739, 0.478261, 0],
      2: [0, 0.545455, 0.136364, 0.318182],
      3: [0, 0.571429, 0.428571, 0],
      10: [0, 1, 0, 0],
      50: [0, 0.333333, 0.666667, 0],
      100: [0, 0, 0.875, 0.125],
      238: [1, 0, 0, 0],
    },
    cfg3f: {
      0: [0, 0.367863, 0.070385, 0.561753],
      1: [0, 0.323089, 0.25059, 0.426321],
      2: [0, 0.612196, 0.387804, 0],
      5: [0, 0.793113, 0.004919, 0.201968],
      10: [0, 0.319664, 0.238847, 0.441489],
      50: [0, 0.927224, 0.072776, 0],
      192: [0.214286, 0.385031, 0.019304, 0.38138],
    },
  };
  for (const [name, rows] of Object.entries(published)) {
    it(`of ${name} has the published distribution after prefixes of the first rules’ string`, () => {
      const grammar = presetGrammar(name);
      const found = nextTokens(grammar, derive(grammar, () => 0).tokens);
      for (const [prefix, [end, ...terminals]] of Object.entries(rows)) {
        assertCloseValues(rowAfter(found, Number(prefix)), [0, ...terminals, end], 1e-6, `after ${prefix}`);
      }
    });
  }

  for (const [name, grammar] of COUNTABLE) {
    it(`has the distribution that all derivations together have: ${name}`, () => {
      const all = everyDerivation(grammar);
      for (const { tokens } of all.filter((_, index) => index % Math.ceil(all.length / 40) === 0)) {
        const found = nextTokens(grammar, tokens);
        for (let prefix = 0; prefix <= tokens.length; prefix++) {
          const masses = new Float64Array(grammar.vocabulary);
          for (const other of all) {
            if (tokens.slice(0, prefix).every((token, at) => token === other.tokens[at]))
              masses[other.tokens.at(prefix) ?? grammar.vocabulary - 1] += other.probability;
          }
          const mass = masses.reduce((sum, value) => sum + value, 0);
          assertCloseValues(
            rowAfter(found, prefix),
            masses.map((value) => value / mass),
            1e-12,
            `after ${prefix}`,
          );
        }
      }
    });
  }

  it('multiplies to the probability of the string', () => {
    for (const name of ['cfg3b', 'cfg3i', 'cfg3k']) {
      const grammar = presetGrammar(name);
      const { tokens } = sampleTree(grammar, streamRandom(2, 0));
      const { probabilities, vocabulary, logProbability } = nextTokens(grammar, tokens);
      const total = [...tokens, vocabulary - 1].reduce(
        (sum, token, position) => sum + Math.log(probabilities[position * vocabulary + token]),
        0,
      );
      assert.ok(Math.abs(total - logProbability) < 1e-9 * Math.abs(total), `${total} ${logProbability}`);
    }
  });

  for (const [name, grammar] of COUNTABLE) {
    it(`does not exist after a prefix that nothing begins with; the shortest one is named: ${name}`, () => {
      const all = everyDerivation(grammar);
      const prefixes = new Set(
        all.flatMap(({ tokens }) => tokens.map((_, at) => tokens.slice(0, at + 1).join())),
      );
      const { tokens } = all[all.length >> 1];
      for (const changed of [...changes(tokens, grammar), [...tokens, 1], [0], [grammar.vocabulary]]) {
        const shortest = changed.findIndex((_, at) => !prefixes.has(changed.slice(0, at + 1).join())) + 1;
        const found = nextTokens(grammar, changed);
        assert.equal(found.deadAt, shortest === 0 ? undefined : shortest, changed.join(' '));
        for (let prefix = 0; prefix <= changed.length; prefix++) {
          const mass = rowAfter(found, prefix).reduce((sum, value) => sum + value, 0);
          const isDead = shortest > 0 && prefix >= shortest;
          assert.ok(Math.abs(mass - Number(!isDead)) < 1e-12, `${changed.join(' ')} after ${prefix}`);
        }
      }
    });
  }

  it('is known before the first one', () => {
    const found = nextTokens(readGrammar('S -> a a | a | b', 'x'), []);
    assertCloseValues(found.probabilities, [0, 2 / 3, 1 / 3, 0], 1e-12, 'first token');
  });
});

function rowAfter(
  { probabilities, vocabulary }: ReturnType<typeof nextTokens>,
  prefix: number,
): Float64Array {
  return probabilities.slice(prefix * vocabulary, (prefix + 1) * vocabulary);
}

/** The string with each of its tokens replaced by another one, and with its last one left out. */
function changes(tokens: number[], grammar: Grammar): number[][] {
  const { terminalCount } = grammar;
  return [...tokens.map((token, at) => tokens.with(at, (token % terminalCount) + 1)), tokens.slice(0, -1)];
}

describe('the likeliest tree', () => {
  for (const [name, grammar] of COUNTABLE) {
    it(`has the largest probability of all trees of the string: ${name}`, () => {
      const largest = new Map<string, { tokens: number[]; probability: number }>();
      for (const { tokens, probability } of everyDerivation(grammar)) {
        if (probability > (largest.get(tokens.join())?.probability ?? 0))
          largest.set(tokens.join(), { tokens, probability });
      }
      const strings = [...largest.values()];
      for (const { tokens, probability } of strings.slice(0, 200)) {
        const tree = likeliestTree(grammar, tokens)!;
        assert.ok(
          Math.abs(logProbabilityOfTree(grammar, tree) - Math.log(probability)) < 1e-9,
          tokens.join(' '),
        );
        assert.deepEqual(
          leaves(tree),
          tokens.map((token) => grammar.firstTerminal + token - 1),
        );
      }
    });
  }

  it('is the sampled one where there is only one', () => {
    const grammar = presetGrammar('cfg3b');
    const { tokens, tree } = sampleTree(grammar, streamRandom(1, 0));
    assert.deepEqual(likeliestTree(grammar, tokens), tree);
  });

  it('does not exist for strings outside of the language', () => {
    const grammar = presetGrammar('cfg3b/3');
    const { tokens } = derive(grammar, () => 0);
    assert.equal(likeliestTree(grammar, tokens.slice(1)), undefined);
    assert.equal(likeliestTree(grammar, []), undefined);
  });
});

function leaves({ symbol, children }: ParseNode): number[] {
  return children.length === 0 ? [symbol] : children.flatMap(leaves);
}
