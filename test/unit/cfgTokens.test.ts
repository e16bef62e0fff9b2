// Samples as tokens: labels, windows of training tokens, and the tokenizer that reads a sample's text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isInLanguage } from '../../src/backend/data/cfg/inside';
import { readGrammar } from '../../src/backend/data/cfg/grammarText';
import { latentLabels } from '../../src/backend/data/cfg/labels';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { derive, sampleTree } from '../../src/backend/data/cfg/sample';
import { cfgSource, cfgTokenizerJson, textOf, tokensOf } from '../../src/backend/data/cfg/tokens';
import { streamRandom } from '../../src/backend/random';
import { JsonValue } from '../../src/backend/tokenizer/jsonValue';
import { readHuggingFaceTokenizer } from '../../src/backend/tokenizer/huggingFace';
import { fails } from './checkpointFiles';

describe('labels', () => {
  it('name the ancestors of each terminal, count them, and say where they end', () => {
    const grammar = readGrammar('S -> A B\nA -> c d | c\nB -> c c\nc -> 1 2\nd -> 2', 'x');
    const { tokens, tree } = derive(grammar, () => 0);
    assert.equal(textOf(grammar, tokens), '1 2 2 1 2 1 2');
    const { levels, shallowestEnds } = latentLabels(grammar, tree);
    const names = (symbols: Int32Array) => Array.from(symbols, (symbol) => grammar.symbols[symbol]).join(' ');
    const [second, third] = levels;
    assert.equal(levels.length, 2);
    assert.deepEqual([second.level, third.level], [2, 3]);
    assert.equal(names(second.symbols), 'A A A B B B B');
    assert.equal(second.indices.join(' '), '1 1 1 2 2 2 2');
    assert.equal(second.ends.join(' '), '0 0 1 0 0 0 1');
    assert.equal(names(third.symbols), 'c c d c c c c');
    assert.equal(third.indices.join(' '), '1 1 2 3 3 4 4');
    assert.equal(third.ends.join(' '), '0 1 1 0 1 0 1');
    assert.equal(shallowestEnds.join(' '), '0 3 2 0 3 0 2');
  });

  it('hold together in samples: an end is where the count changes, and ends all levels below', () => {
    const grammar = presetGrammar('cfg3f');
    const { tokens, tree } = sampleTree(grammar, streamRandom(1, 0));
    const { levels, shallowestEnds } = latentLabels(grammar, tree);
    assert.equal(levels.length, 5);
    for (let at = 0; at < tokens.length; at++) {
      for (const [index, { indices, ends, symbols, level }] of levels.entries()) {
        assert.ok(grammar.levels![level - 1].includes(symbols[at]));
        assert.equal(ends[at] === 1, at === tokens.length - 1 || indices[at + 1] === indices[at] + 1);
        if (index > 0 && levels[index - 1].ends[at]) assert.equal(ends[at], 1);
      }
      assert.equal(shallowestEnds[at], levels.find(({ ends }) => ends[at])?.level ?? 0);
    }
  });
});

describe('windows of training tokens', () => {
  const grammar = presetGrammar('cfg3b/3');
  const [begin, end] = [0, 4];

  it('of a step are one stream of samples, each between begin and end of text, that may begin in the middle', () => {
    const starts = new Set<boolean>();
    for (let step = 0; step < 20; step++) {
      const stream = cfgSource(grammar, 7).windows(step, 8, 64);
      assert.equal(stream.length, 8 * 64);
      const first = stream.indexOf(begin);
      starts.add(first === 0);
      const samples = samplesOf(stream.slice(first), begin, end);
      assert.ok(samples.length > 20);
      for (const sample of samples) assert.ok(isInLanguage(grammar, sample), sample.join(' '));
    }
    assert.ok(starts.has(false));
  });

  it('are the same for the same seed and step, whatever was asked before, and others for others', () => {
    const source = cfgSource(grammar, 7);
    const third = source.windows(3, 2, 32);
    source.windows(5, 4, 16);
    assert.deepEqual(source.windows(3, 2, 32), third);
    assert.deepEqual(cfgSource(grammar, 7).windows(3, 4, 32).slice(0, 64), third);
    assert.notDeepEqual(source.windows(4, 2, 32), third);
    assert.notDeepEqual(cfgSource(grammar, 8).windows(3, 2, 32), third);
    assert.notDeepEqual(cfgSource(grammar, 7 + 2 ** 32).windows(3, 2, 32), third);
  });

  it('begin anywhere in samples as often as in an endless stream, in long samples more often than in short ones', () => {
    // Samples of 3 and of 22 tokens: of a stream's tokens 3 in 25 lie in the short ones.
    const skewed = readGrammar(`S -> a | ${'b '.repeat(20)}`, 'x');
    const source = cfgSource(skewed, 1);
    const steps = 20_000;
    for (const position of [0, 6, 7]) {
      const counts = [0, 0, 0, 0];
      for (let step = 0; step < steps; step++) counts[source.windows(step, 2, 4)[position]]++;
      const expected = [2, 1, 20, 2].map((tokens) => (steps * tokens) / 25);
      const statistic = counts.reduce(
        (sum, count, id) => sum + (count - expected[id]) ** 2 / expected[id],
        0,
      );
      assert.ok(statistic < 16.3, `chi-square of 3 degrees is ${statistic}: ${counts.join(' ')}`); // 0.1% are above.
    }
  });

  it('go on from row to row within a step', () => {
    const rows = cfgSource(grammar, 7).windows(2, 4, 50);
    assert.deepEqual(cfgSource(grammar, 7).windows(2, 1, 200), rows);
  });
});

describe('the tokenizer of a grammar', () => {
  const grammar = presetGrammar('cfg3b');
  const tokenizerOf = (json: object) =>
    readHuggingFaceTokenizer(JsonValue.parse(JSON.stringify(json), 'tokenizer.json'));
  const tokenizer = tokenizerOf(cfgTokenizerJson(grammar));

  it('gives a token for each terminal of a sample’s text, behind begin of text', () => {
    const { tokens } = sampleTree(grammar, streamRandom(1, 0));
    const text = textOf(grammar, tokens);
    assert.match(text, /^[123]( [123])+$/);
    assert.deepEqual(tokensOf(grammar, text), tokens);
    const found = tokenizer.encode(`${text}\n`);
    assert.deepEqual(
      found.map(({ id }) => id),
      [0, ...tokens],
    );
    assert.deepEqual([found[1].start, found[1].end, found[2].start, found[2].end], [0, 1, 1, 3]);
    assert.equal(tokenizer.decode([0, ...tokens, 4]), text);
    assert.deepEqual([tokenizer.vocabularySize, tokenizer.beginOfText, tokenizer.endOfText], [5, 0, 4]);
  });

  it('knows begin and end of text where they are written', () => {
    const ids = tokenizer.encode('1 <eos> <bos> 2').map(({ id }) => id);
    assert.deepEqual(ids, [0, 1, 4, 0, 2]);
  });

  it('refuses words that are no terminals', async () => {
    const read = Promise.resolve('1 2 cat').then((text) => tokenizer.encode(text));
    await fails(read, 'tokenizer', "no token for 'cat'");
  });

  it('takes any words as terminals', () => {
    const odd = readGrammar('S -> the 犬 __proto__ | x', 'x');
    const ids = tokenizerOf(cfgTokenizerJson(odd))
      .encode('x __proto__ 犬 the')
      .map(({ id }) => id);
    assert.deepEqual(ids, [0, 4, 3, 2, 1]);
  });
});

/** The whole samples of a stream that begins with one, without begin and end of text. */
function samplesOf(stream: Int32Array, begin: number, end: number): number[][] {
  const samples: number[][] = [];
  for (let from = 0, to; (to = stream.indexOf(end, from)) >= 0; from = to + 1) {
    assert.equal(stream[from], begin);
    samples.push([...stream.slice(from + 1, to)]);
  }
  return samples;
}
