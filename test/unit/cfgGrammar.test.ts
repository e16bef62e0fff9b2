// Grammars: the text format and its errors, levels, the published ones and their statistics.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SubtextError } from '../../src/backend/errors';
import { drawGrammar, type FamilyOptions } from '../../src/backend/data/cfg/family';
import { readGrammar, writeGrammar } from '../../src/backend/data/cfg/grammarText';
import { presetGrammar, PRESET_NAMES, truncate } from '../../src/backend/data/cfg/presets';
import { derive, Sampler, sampleTree } from '../../src/backend/data/cfg/sample';
import { grammarStatistics } from '../../src/backend/data/cfg/statistics';
import { textOf } from '../../src/backend/data/cfg/tokens';
import { streamRandom } from '../../src/backend/random';
import { everyDerivation } from '../support/grammars';

const SENTENCES = `
  # A grammar without levels: nouns stand deeper than verbs.
  S -> NP verb NP | NP verb
  NP -> the N ; N -> cat | old dog
`;

describe('a grammar as text', () => {
  it('has its rules in the order in which they are written, and symbols without rules as terminals', () => {
    const grammar = readGrammar(SENTENCES, 'sentences');
    assert.deepEqual(grammar.symbols, ['S', 'NP', 'N', 'verb', 'the', 'cat', 'old', 'dog']);
    assert.deepEqual(grammar.rules.slice(0, 3), [
      [
        [1, 3, 1],
        [1, 3],
      ],
      [[4, 2]],
      [[5], [6, 7]],
    ]);
    assert.equal(grammar.vocabulary, 7);
  });

  it('gives terminals that are numbers their tokens in the order of the numbers', () => {
    assert.deepEqual(readGrammar('a -> 10 2 | 9 9', 'x').symbols, ['a', '2', '9', '10']);
  });

  it('takes the order of the tokens from a line of terminals', () => {
    assert.deepEqual(readGrammar('terminals: dog cat\nS -> cat dog', 'x').symbols, ['S', 'dog', 'cat']);
  });

  it('may have comments, arrows of one character, carriage returns and no spaces', () => {
    const plain = readGrammar('S -> a b | b a\na -> x y\nb -> y', 'x');
    const other = readGrammar('# first\r\nS→a b|b a # root\r\n\r\na->x y;b->y;', 'x');
    assert.deepEqual([other.symbols, other.rules], [plain.symbols, plain.rules]);
  });

  it('reads what it writes', () => {
    for (const grammar of [readGrammar(SENTENCES, 'x'), ...PRESET_NAMES.map((name) => presetGrammar(name))]) {
      const again = readGrammar(writeGrammar(grammar), 'again');
      assert.deepEqual([again.symbols, again.rules], [grammar.symbols, grammar.rules]);
    }
  });

  const wrong: [what: string, text: string, message: RegExp][] = [
    ['no rules', '# nothing\n', /^x has no rules/],
    ['a line without an arrow', 'S -> a\nb c', /line 2, column 3: c stands where -> is/],
    ['a symbol alone', 'S', /line 1, column 1: S has no ->/],
    ['a second arrow', 'S -> a -> b', /line 1, column 8: -> stands/],
    ['no left-hand side', '-> a', /line 1, column 1: -> stands/],
    ['an empty rule', 'S -> a |\n', /line 1, column 1: S has an empty rule/],
    ['a definition without rules', 'S -> a\n  a ->', /line 2, column 3: a has an empty rule/],
    ['the same rule twice', 'S -> a b | b | a  b', /line 1, column 16: S has the rule a b twice/],
    ['two definitions of a symbol', 'S -> a\nS -> b', /line 2, column 1: S is defined .* on line 1/],
    ['a symbol that the root never becomes', 'S -> a\nT -> a', /line 2, column 1: T cannot be reached/],
    ['a terminal that nothing becomes', 'S -> a\nterminals: a b', /line 2, column 14: b cannot be reached/],
    ['an unknown symbol', 'S -> a bb\nterminals: a b', /line 1, column 8: bb has no rules/],
    ['a terminal with rules', 'S -> a\na -> b\nterminals: a b', /line 3, column 12: a is a terminal and/],
    ['a terminal twice', 'S -> a\nterminals: a a', /line 2, column 14: a stands among the terminals/],
    ['terminals twice', 'S -> a\nterminals: a\nterminals: a', /line 3, column 1: terminals are named/],
    ['a sign among terminals', 'S -> a\nterminals: a | b', /line 2, column 14: \| stands among/],
    ['a token of the sequence as symbol', 'S -> a <eos>', /line 1, column 8: <eos> cannot be/],
    ['left recursion', 'S -> a b\na -> a c', /line 2, column 1: a leads back to itself \(a → a\)/],
    ['a circle', 'S -> x A\nA -> B B\nB -> x A', /line 2, column 1: A leads back to itself \(A → B → A\)/],
    ['strings without end in sight', doublings(60), /has strings of 1\.15e\+18 symbols/],
    ['trees too deep to walk', chain(600), /has trees of 601 levels/],
    ['too many symbols', `S -> ${words(10_000)}`, /has 10001 symbols/],
    ['a file that is none', ' '.repeat(1_000_001), /has 1000001 characters/],
  ];
  for (const [what, text, message] of wrong) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => readGrammar(text, 'x'), failure(message));
    });
  }
});

describe('levels', () => {
  it('are those of the symbols, where every rule leads to the next one', () => {
    const { levels } = presetGrammar('cfg3b');
    const sizes = levels!.map((symbols) => symbols.length);
    assert.deepEqual(sizes, [1, 3, 3, 3, 3, 3, 3]);
  });

  it('are not there where a symbol stands on two, or terminals on different ones', () => {
    const two = readGrammar('S -> a b\na -> b x\nb -> x x', 'x');
    assert.throws(
      () => two.requireLevels(),
      failure(/line 2, column 6: b stands on level 3 here and on level 2 elsewhere: it is not layered/),
    );
    const early = readGrammar('S -> a x\na -> y y', 'x');
    assert.throws(
      () => early.requireLevels(),
      failure(/line 1, column 8: x has no rules and stands on level 2; the last level is 3/),
    );
  });

  it('can be left out from the top; the first symbol of the new top level becomes the root', () => {
    const grammar = presetGrammar('cfg3b/2');
    assert.equal(grammar.name, 'cfg3b/2');
    assert.equal(writeGrammar(grammar).split('\n')[0], '16 -> 15 13 | 13 15 14');
    assert.equal(writeGrammar(presetGrammar('cfg3b/1', 1)), writeGrammar(grammar));
    assert.equal(presetGrammar('cfg3b/5').levels?.length, 2);
  });

  it('leave out what the new root never becomes', () => {
    const grammar = truncate(readGrammar('S -> A B\nA -> c\nB -> d\nc -> 1\nd -> 2', 'x'), 1);
    assert.deepEqual(grammar.symbols, ['A', 'c', '1']);
  });

  it('cannot all be left out', () => {
    assert.throws(() => presetGrammar('cfg3b/6'), failure(/has 7 levels; 6 cannot/));
    assert.throws(() => truncate(readGrammar(SENTENCES, 'x'), 1), failure(/not layered/));
  });

  it('belong to names; names that are none are refused with those that are', () => {
    for (const name of ['cfg3c', 'cfg3b/x', 'cfg3b/1/1', 'toString', ''])
      assert.throws(() => presetGrammar(name), failure(/There is no grammar/));
  });
});

describe('a grammar that is drawn', () => {
  const like3f: FamilyOptions = {
    sizes: [1, 3, 3, 3],
    degrees: [3, 4],
    lengths: [2, 3],
    repeats: true,
    seed: 1,
  };

  it('has the sizes, degrees and lengths that are asked for, and no rule twice on a level', () => {
    for (let seed = 0; seed < 20; seed++) {
      const grammar = drawGrammar('drawn', { ...like3f, seed });
      assert.deepEqual(
        grammar.levels?.map((symbols) => symbols.length),
        [1, 3, 3, 3],
      );
      assert.equal(grammar.symbols[grammar.root], '10');
      for (const symbols of grammar.levels.slice(0, -1)) {
        const rules = symbols.flatMap((symbol) => grammar.rules[symbol]);
        assert.equal(new Set(rules.map((rule) => rule.join())).size, rules.length);
        for (const rule of rules) assert.ok(rule.length === 2 || rule.length === 3);
        for (const symbol of symbols) assert.ok([3, 4].includes(grammar.rules[symbol].length));
      }
    }
  });

  it('has no symbol twice in a rule where that is forbidden', () => {
    const grammar = drawGrammar('drawn', { ...like3f, degrees: [2, 2], repeats: false });
    for (const rule of grammar.rules.flat()) assert.equal(new Set(rule).size, rule.length);
  });

  it('is the same for the same seed, and another one for another', () => {
    const text = (seed: number) => writeGrammar(drawGrammar('drawn', { ...like3f, seed }));
    assert.equal(text(1), text(1));
    assert.notEqual(text(1), text(2));
  });

  it('is refused where it cannot be', () => {
    const few = { ...like3f, sizes: [1, 3, 2], lengths: [1, 1] as const, degrees: [1, 1] as const };
    assert.throws(() => drawGrammar('x', few), failure(/too few different rules for level 1/));
    assert.throws(() => drawGrammar('x', { ...like3f, sizes: [2, 3] }), failure(/one symbol on the first/));
    assert.throws(
      () => drawGrammar('x', { ...like3f, lengths: [3, 2] }),
      failure(/ends below its beginning/),
    );
    assert.throws(
      () => drawGrammar('x', { ...like3f, degrees: [0, 2] }),
      failure(/not a whole number from 1/),
    );
  });
});

describe('sampling', () => {
  it('the first rule always gives the published strings', () => {
    for (const [name, length, first, last] of [
      ['cfg3b', 238, '3 2 3 2 1 3 1 3 2 3 1 3 2 1 3 1 3 2 1 3', '3 2 1 3 2 3 2 1 3 1'],
      ['cfg3f', 192, '3 1 1 1 2 1 1 2 1 3 1 1 3 1 1 3 1 1 3 1', '1 2 2 1 1 2 1 2 2 1'],
    ] as const) {
      const grammar = presetGrammar(name);
      const { tokens } = derive(grammar, () => 0);
      assert.equal(tokens.length, length);
      assert.equal(textOf(grammar, tokens.slice(0, 20)), first);
      assert.equal(textOf(grammar, tokens.slice(-10)), last);
    }
  });

  it('with trees and without gives the same strings, and others for another seed', () => {
    const grammar = presetGrammar('cfg3h');
    const strings = (seed: number) => {
      const sampler = new Sampler(grammar, streamRandom(seed, 0));
      return Array.from({ length: 5 }, () => {
        const tokens: number[] = [];
        sampler.sampleInto(tokens);
        return tokens;
      });
    };
    const random = streamRandom(4, 0);
    assert.deepEqual(
      strings(4),
      Array.from({ length: 5 }, () => sampleTree(grammar, random).tokens),
    );
    assert.notDeepEqual(strings(5), strings(4));
  });

  it('chooses all rules of a symbol equally often', () => {
    const grammar = readGrammar('S -> a | b | c', 'x');
    const sampler = new Sampler(grammar, streamRandom(1, 1));
    const counts = [0, 0, 0];
    const tokens: number[] = [];
    for (let draw = 0; draw < 30_000; draw++) sampler.sampleInto(tokens);
    for (const token of tokens) counts[token - 1]++;
    const statistic = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    assert.ok(statistic < 13.8, `chi-square of 2 degrees is ${statistic}`); // 0.1% of true samples are above.
  });

  it('gives trees whose nodes tile the string, each with one of its symbol’s rules below', () => {
    const grammar = presetGrammar('cfg3f');
    const { tokens, tree } = sampleTree(grammar, streamRandom(3, 0));
    const waiting = [tree];
    for (const { symbol, start, end, children } of waiting) {
      if (children.length === 0) {
        assert.equal(tokens[start], symbol - grammar.firstTerminal + 1);
        assert.equal(end, start + 1);
        continue;
      }
      const rule = children.map((child) => child.symbol);
      assert.ok(grammar.rules[symbol].some((each) => each.join() === rule.join()));
      const edges = [start, ...children.map((child) => child.end)];
      assert.deepEqual([...children.map((child) => child.start), end], edges);
      waiting.push(...children);
    }
    assert.equal(tree.end, tokens.length);
  });
});

describe('statistics', () => {
  // specs: mean length, shortest, longest, entropy, entropy per token, log10 of the trees.
  const published: Record<string, [number, number, number, number?, number?, number?]> = {
    cfg3b: [275.6, 138, 432, 117.32, 0.4241, 64.3],
    cfg3i: [308.1, 114, 564, 129.58, 0.4192, 77.8],
    cfg3h: [236.4, 97, 459, 141.94, 0.5979, 86.8],
    cfg3g: [252.4, 80, 729, 187.09, 0.7382, 147.8],
    cfg3f: [249.9, 64, 729, 186.22, 0.7423, 166.1],
    cfg3j: [543.9, 128, 2052, 428.8, 0.7868, 417.7],
    cfg3k: [516.3, 132, 1458, 421.7, 0.8151, 349.4],
    'cfg3b/1': [157.5, 108, 216, undefined, 0.4198],
    'cfg3b/2': [48.8, 30, 72, undefined, 0.411, 10.5],
    'cfg3b/3': [15, 12, 18],
    'cfg3f/1': [106.8, 40, 243, undefined, 0.7277, 55],
    'cfg3f/2': [40, 16, 81, undefined, 0.7167, 18.2],
    'cfg3f/3': [17.7, 8, 27],
  };
  for (const [name, [mean, shortest, longest, entropy, perToken, logTrees]] of Object.entries(published)) {
    it(`of ${name} are the published ones`, () => {
      const found = grammarStatistics(presetGrammar(name));
      assert.deepEqual([found.minLength, found.maxLength], [shortest, longest]);
      assertNear(found.meanLength, mean, 0.051);
      if (entropy !== undefined) assertNear(found.entropy, entropy, 0.05);
      if (perToken !== undefined) assertNear(found.entropyPerToken, perToken, 0.0001);
      if (logTrees !== undefined) assertNear(found.logTrees, logTrees, logTrees === 55 ? 0.5 : 0.051);
    });
  }

  it('are those of all derivations, counted one by one', () => {
    for (const name of ['cfg3b/3', 'cfg3i/4', 'cfg3f/4']) {
      const grammar = presetGrammar(name);
      const all = everyDerivation(grammar);
      const expect = (value: (tree: { tokens: number[]; probability: number }) => number) =>
        all.reduce((total, tree) => total + tree.probability * value(tree), 0);
      const mean = expect(({ tokens }) => tokens.length);
      const entropy = expect(({ probability }) => -Math.log(probability));
      const found = grammarStatistics(grammar);
      assertNear(found.meanLength, mean, 1e-9);
      assertNear(found.deviation, Math.sqrt(expect(({ tokens }) => (tokens.length - mean) ** 2)), 1e-9);
      assertNear(found.entropy, entropy, 1e-9);
      assertNear(found.entropyPerToken, entropy / (mean + 1), 1e-9);
      assertNear(found.entropyPerStreamToken, entropy / (mean + 2), 1e-9);
      assertNear(10 ** found.logTrees, all.length, 1e-6 * all.length);
    }
  });

  it('have a mean and a deviation of length that samples have', () => {
    const grammar = presetGrammar('cfg3b');
    const sampler = new Sampler(grammar, streamRandom(9, 0));
    const count = 8000;
    const lengths = Array.from({ length: count }, () => {
      const tokens: number[] = [];
      sampler.sampleInto(tokens);
      return tokens.length;
    });
    const mean = lengths.reduce((a, b) => a + b, 0) / count;
    const deviation = Math.sqrt(lengths.reduce((sum, length) => sum + (length - mean) ** 2, 0) / count);
    const found = grammarStatistics(grammar);
    assertNear(mean, found.meanLength, (4 * found.deviation) / Math.sqrt(count));
    assertNear(deviation, found.deviation, (4 * found.deviation) / Math.sqrt(2 * count));
  });
});

function failure(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SubtextError && error.reason === 'grammar', String(error));
    assert.match(error.message, message);
    return true;
  };
}

function assertNear(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} ± ${tolerance}`);
}

function doublings(count: number): string {
  return Array.from({ length: count }, (_, level) => `a${level} -> a${level + 1} a${level + 1}`).join('\n');
}

function chain(count: number): string {
  return Array.from({ length: count }, (_, level) => `a${level} -> a${level + 1}`).join('\n');
}

function words(count: number): string {
  return Array.from({ length: count }, (_, index) => `w${index}`).join(' ');
}
