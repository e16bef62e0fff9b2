// Files of samples: where their strings are, how they are written, and what the grammar says of a string.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { analyseString, ancestors } from '../../src/backend/data/cfg/analysis';
import {
  cfgTextHeader,
  readCfgText,
  sampleWriter,
  withoutComments,
  wordsOf,
} from '../../src/backend/data/cfg/cfgText';
import { readGrammar } from '../../src/backend/data/cfg/grammarText';
import { presetGrammar, PRESET_NAMES } from '../../src/backend/data/cfg/presets';
import { sampleTree } from '../../src/backend/data/cfg/sample';
import { textOf } from '../../src/backend/data/cfg/tokens';
import { streamRandom } from '../../src/backend/random';

function strings(text: string): string[] {
  return readCfgText(text).samples.map((sample) =>
    wordsOf(text, sample, Infinity)
      .map(({ word }) => word)
      .join(' '),
  );
}

describe('a file of samples', () => {
  it('has a string on each line, which goes on where the next lines are indented', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = [
        '# grammar: cfg3b',
        'a b',
        '  c d # why',
        '  # only a remark',
        '\te',
        'f',
        '',
        '  g',
        'h',
      ];
      assert.deepEqual(strings(text.join(end)), ['a b c d e', 'f', 'g', 'h'], JSON.stringify(end));
    }
  });

  it('may be empty, or hold nothing but comments', () => {
    for (const text of ['', '\n\n', '# grammar: x', '   \r\n\t']) assert.deepEqual(strings(text), []);
  });

  it('says where its words stand', () => {
    const text = '# x\r\n  aa b#c\r\n  dd';
    const [sample] = readCfgText(text).samples;
    for (const { word, start, end } of wordsOf(text, sample, Infinity))
      assert.equal(text.slice(start, end), word);
    assert.equal(text.slice(sample.start, sample.end), 'aa b#c\r\n  dd');
    assert.equal(wordsOf(text, sample, 2).length, 2);
  });

  it('names its grammar before the first string only, with blanks in its path', () => {
    const text = '#\n  #grammar:  my grammars/toy 1.cfg \n# drop: 2\n# grammar: other\na\n# drop: 3\n';
    const { grammar, drop } = readCfgText(text);
    assert.equal(grammar?.value, 'my grammars/toy 1.cfg');
    assert.equal(text.slice(grammar.start, grammar.end), grammar.value);
    assert.equal(drop?.value, '2');
    assert.equal(readCfgText('a\n# grammar: late').grammar, undefined);
  });

  it('reads the header that it writes', () => {
    const text = cfgTextHeader({ grammar: 'a b.cfg', drop: 1, seed: 7 });
    assert.equal(text, '# grammar: a b.cfg\n# drop: 1\n# seed: 7\n');
    assert.equal(readCfgText(text).grammar?.value, 'a b.cfg');
  });

  it('keeps every word in its place without its comments', () => {
    const text = '# grammar: x\r\na b # c\nd';
    assert.equal(withoutComments(text), '            \r\na b    \nd');
  });

  it('with a hundred thousand lines is read at once', () => {
    const line = '3 1 2 '.repeat(20);
    assert.equal(readCfgText(`${line}\n`.repeat(100_000)).samples.length, 100_000);
  });
});

describe('samples as they are written', () => {
  it('are the strings again, in lines that can be read, broken or not', () => {
    for (const name of PRESET_NAMES) {
      const grammar = presetGrammar(name);
      const random = streamRandom(1, 0);
      const samples = Array.from({ length: 3 }, () => sampleTree(grammar, random));
      for (const broken of [false, true]) {
        const text = samples.map(sampleWriter(grammar, broken)).join('\n');
        assert.deepEqual(
          strings(text),
          samples.map(({ tokens }) => textOf(grammar, tokens)),
          name,
        );
        if (broken) assert.ok(text.split('\n').every((line) => line.trimStart().length <= 80));
      }
    }
  });

  it('have a constituent on each line, indented by its depth', () => {
    const word = 'x'.repeat(30);
    const grammar = readGrammar(`S -> A A\nA -> B B\nB -> ${word} ${word}`, 'wide');
    const sample = sampleTree(grammar, streamRandom(1, 0));
    const two = `${word} ${word}`;
    assert.equal(
      sampleWriter(grammar, true)(sample),
      [two, `    ${two}`, `  ${two}`, `    ${two}`].join('\n'),
    );
    assert.deepEqual(strings(sampleWriter(grammar, true)(sample)), [textOf(grammar, sample.tokens)]);
  });
});

describe('what a grammar says of a string', () => {
  const grammar = readGrammar('S -> A B | A\nA -> a b | b\nB -> c c', 'toy');
  const fault = (text: string) => analyseString(grammar, text.split(' ')).fault;

  it('names the first word that no string goes on with, and what is possible there', () => {
    assert.deepEqual(fault('a c b'), {
      word: 1,
      message: 'No string of toy goes on with c here; possible is b',
    });
    assert.deepEqual(fault('b b'), {
      word: 1,
      message: 'No string of toy goes on with b here; possible is c or the end',
    });
    assert.deepEqual(fault('c'), {
      word: 0,
      message: 'No string of toy begins with c here; possible is a or b',
    });
    assert.deepEqual(fault('b c c c'), {
      word: 3,
      message: 'No string of toy goes on with c here; possible is the end',
    });
    assert.deepEqual(fault('a dog'), { word: 1, message: 'dog is no terminal of toy; here can follow b' });
  });

  it('names the last word of a string that ends too early', () => {
    const message = 'The string ends too early: after 2 words of toy must follow c';
    assert.deepEqual(fault('b c'), { word: 1, message });
  });

  it('gives the tree of a string of the language, and the ancestors of each terminal', () => {
    const { tree, trees, fault: none } = analyseString(grammar, ['a', 'b', 'c', 'c']);
    assert.deepEqual([trees, none], [1, undefined]);
    const names = (terminal: number) =>
      ancestors(tree!, terminal).map(({ symbol }) => grammar.symbols[symbol]);
    assert.deepEqual(
      [names(0), names(1), names(3)],
      [
        ['S', 'A'],
        ['S', 'A'],
        ['S', 'B'],
      ],
    );
  });

  it('chooses among trees that are as likely the rules that are written first', () => {
    const text = 'S -> A C | B D\nA -> x y | z\nB -> x | z\nC -> z | x\nD -> y z | x';
    const ambiguous = readGrammar(text, 'ambiguous');
    const { tree, trees } = analyseString(ambiguous, ['x', 'y', 'z']);
    assert.equal(trees, 2);
    assert.deepEqual(
      tree!.children.map(({ symbol }) => ambiguous.symbols[symbol]),
      ['A', 'C'],
    );
  });
});
