// What is wrong with a grammar: every problem, each at its place.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cyclesOf } from '../../src/backend/data/cfg/cycles';
import { checkGrammarText } from '../../src/backend/data/cfg/grammarText';
import { presetGrammar, PRESET_NAMES } from '../../src/backend/data/cfg/presets';
import { writeGrammar } from '../../src/backend/data/cfg/grammarText';

/** `line:column kind message` of each problem; `-` for one without a place. */
function problems(text: string): string[] {
  return checkGrammarText(text, 'x').problems.map(
    ({ at, kind, message }) => `${at ? `${at.line}:${at.column}` : '-'} ${kind} ${message}`,
  );
}

describe('the problems of a grammar', () => {
  it('are none in the published ones', () => {
    for (const name of PRESET_NAMES) assert.deepEqual(problems(writeGrammar(presetGrammar(name))), []);
  });

  it('are all found, in the order of their places, and leave no grammar', () => {
    const text = 'S -> A B | A B\r\nA -> a -> |\n| b\nB b\n\nC -> S # lost\nA -> <eos>\nD -> D x';
    assert.deepEqual(problems(text), [
      '1:12 duplicate S has the rule A B twice',
      '2:8 syntax -> stands where a symbol is expected',
      '3:1 syntax | stands where a symbol is expected',
      '4:3 syntax b stands where -> is expected',
      '6:1 unreachable C cannot be reached from the root S',
      '7:1 duplicate A is defined for the second time, first on line 2',
      '7:6 undefined <eos> cannot be a symbol',
      '8:1 unreachable D cannot be reached from the root S',
      '8:1 cycle D leads back to itself (D → D) at its left end: left recursion',
    ]);
    assert.equal(checkGrammarText(text, 'x').grammar, undefined);
  });

  it('name every symbol that the terminals leave out, where it stands', () => {
    assert.deepEqual(problems('terminals: a b\nS -> a x | b x'), [
      '2:8 undefined x has no rules and is not among the terminals',
      '2:14 undefined x has no rules and is not among the terminals',
    ]);
  });

  it('tell circles apart, and those at the left end from others', () => {
    assert.deepEqual(problems('S -> A B\nA -> x C\nC -> A y | x\nB -> B2 z\nB2 -> B | y'), [
      '2:1 cycle A leads back to itself (A → C → A)',
      '4:1 cycle B leads back to itself (B → B2 → B) at its left end: left recursion',
    ]);
  });

  it('do not follow from a line that cannot be read', () => {
    assert.deepEqual(problems('S -> A | B\nA = a\nB -> b'), ['2:3 syntax = stands where -> is expected']);
  });

  it('warn where symbols do not fit the levels, at each such use, and keep the grammar', () => {
    const text = '22 -> 21 20 | 21 23\n21 -> 1 2 | 20 1\n20 -> 2 1 | 1';
    const { grammar, problems: found } = checkGrammarText(text, 'x');
    assert.deepEqual(problems(text), [
      '1:18 levels 23 has no rules and stands on level 2; the last level is 3',
      '2:13 levels 20 stands on level 3 here and on level 2 elsewhere',
    ]);
    assert.ok(found.every(({ severity }) => severity === 'warning'));
    assert.equal(grammar?.levels, undefined);
  });

  it('warn of right-hand sides that two symbols share', () => {
    assert.deepEqual(problems('S -> A B\nA -> x y | x\nB -> y | x  y'), [
      '3:10 ambiguous A (line 2) becomes x y too: where both may stand, a string has several trees',
    ]);
  });
});

describe('the circles of a graph', () => {
  it('are found in a chain of ten thousand nodes', () => {
    const size = 10_000;
    const next = Array.from({ length: size }, (_, node) => [(node + 1) % size]);
    assert.equal(cyclesOf(next)[0].length, size + 1);
    assert.deepEqual(cyclesOf([...next.slice(0, -1), []]), []);
  });

  it('are the shortest through the first node of each group', () => {
    assert.deepEqual(cyclesOf([[1], [2], [3, 0], [1], [4]]), [
      [0, 1, 2, 0],
      [4, 4],
    ]);
  });
});
