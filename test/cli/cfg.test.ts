// Grammars on the command line: samples, checks, trees, next tokens, and the evaluation of a model.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeCheckpoint } from '../../src/backend/checkpoint/writeCheckpoint';
import { readCfgText, wordsOf } from '../../src/backend/data/cfg/cfgText';
import { readGrammar } from '../../src/backend/data/cfg/grammarText';
import { isInLanguage } from '../../src/backend/data/cfg/inside';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { cfgTokenizerJson, tokensOf } from '../../src/backend/data/cfg/tokens';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { answer, buildCommand, json, refuses, startSubtext, subtext } from '../support/commandLine';
import { positionModel } from '../support/positionModel';
import { writeRandomCheckpoint } from '../support/randomModel';

const FAILED = 1;
const USAGE = 2;
const PAIRS = '# Two independent terminals, then a third.\nS -> A A C\nA -> a | b\nC -> c\n';

const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-'));
const pairs = join(folder, 'pairs.cfg');
const wrong = join(folder, 'wrong.cfg');
const model = join(folder, 'model');
const other = join(folder, 'other');

before(async () => {
  await buildCommand();
  writeFileSync(pairs, PAIRS);
  writeFileSync(wrong, 'S -> a\nS -> b\n');
  writeFileSync(join(folder, 'binary'), Uint8Array.of(0x89, 0x50, 0xff));
  // Knows the grammar but for the second terminal, which is c in three of ten strings.
  const little = 1e-9;
  const rows = [
    [little, 0.5, 0.5, little, little],
    [little, 0.4, 0.3, 0.3, little],
    [little, little, little, 1, little],
    [little, little, little, little, 1],
  ];
  const { configuration, weights } = positionModel(rows, new ReferenceExecutor()).checkpoint;
  const tokenizerJson = JSON.stringify(cfgTokenizerJson(readGrammar(PAIRS, 'pairs')));
  await writeCheckpoint(model, { configuration, weights, tokenizerJson, beginOfText: 0, endOfText: 4 });
  await writeRandomCheckpoint(other);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('subtext sample-data', () => {
  it('gives samples of a grammar, one a line behind a header, the same ones for the same seed', async () => {
    const given = ['sample-data', 'cfg3b', '--drop', '3', '--count', '5', '--seed', '2'];
    const text = await answer(...given);
    const [header, seed, ...lines] = text.trimEnd().split('\n');
    assert.deepEqual([header, seed], ['# grammar: cfg3b/3', '# seed: 2']);
    assert.equal(lines.length, 5);
    const grammar = presetGrammar('cfg3b/3');
    for (const line of lines) assert.ok(isInLanguage(grammar, tokensOf(grammar, line)), line);
    assert.equal(await answer(...given), text);
    assert.notEqual(await answer(...given.slice(0, -1), '3'), text);
    assert.equal(await answer('cfg', 'sample', 'cfg3b/3', ...given.slice(4)), text);
  });

  it('with --json gives the labels of the tree that each was sampled with', async () => {
    const { dataset, samples } = await json<{
      dataset: string;
      samples: {
        text: string;
        tokens: number[];
        levels: { level: number; symbols: string[]; indices: number[]; ends: number[] }[];
        shallowest_ends: (number | null)[];
      }[];
    }>('sample-data', 'cfg3b/3', '--count', '2');
    assert.equal(dataset, 'cfg3b/3');
    assert.equal(
      samples.map(({ text }) => `${text}\n`).join(''),
      (await answer('sample-data', 'cfg3b/3', '--count', '2')).replace(/^#.*\n/gm, ''),
    );
    for (const { text, tokens, levels, shallowest_ends: shallowest } of samples) {
      assert.equal(tokens.join(' '), text);
      assert.deepEqual(
        levels.map(({ level }) => level),
        [2, 3],
      );
      for (const { symbols, indices, ends } of levels)
        for (const labels of [symbols, indices, ends]) assert.equal(labels.length, tokens.length);
      assert.ok(levels[1].symbols.every((symbol) => ['7', '8', '9'].includes(symbol)));
      assert.equal(shallowest.at(-1), 2);
      assert.ok(shallowest.includes(null));
    }
  });

  it('with --wrap breaks long strings at their constituents, into files that are read as they were sampled', async () => {
    const given = ['sample-data', 'cfg3b', '--count', '2', '--seed', '5'];
    const [wrapped, lines] = await Promise.all([answer(...given, '--wrap'), answer(...given)]);
    assert.ok(wrapped.split('\n').every((line) => line.trim().length <= 80));
    const strings = (text: string) =>
      readCfgText(text).samples.map((sample) =>
        wordsOf(text, sample, Infinity)
          .map(({ word }) => word)
          .join(' '),
      );
    assert.equal(strings(lines).length, 2);
    assert.deepEqual(strings(wrapped), strings(lines));
    writeFileSync(join(folder, 'two.cfgtext'), wrapped);
    const file = ['cfg', 'parse', 'cfg3b', '--file', join(folder, 'two.cfgtext')];
    await refuses(USAGE, file, 'holds 2 strings', '--sample');
    await refuses(USAGE, [...file, '--sample', '3'], '--sample 3 is not there');
    const { in_language: isIn } = await json<{ in_language: boolean }>(...file, '--sample', '2');
    assert.equal(isIn, true);
  });

  it('makes files that a model reads without their header, every token in its place', async () => {
    const path = join(folder, 'read.cfgtext');
    const text = await answer('sample-data', 'cfg3h/3', '--count', '2', '--seed', '1');
    writeFileSync(path, text);
    const { tokens } = await json<{ tokens: { text: string; start: number; end: number }[] }>(
      ...['neurons', '--model', 'cfg', '--file', path],
    );
    const read = tokens.filter((token) => token.end > token.start);
    assert.deepEqual(
      read.map((token) => token.text),
      text.replace(/#.*/g, '').match(/\d/g),
    );
    for (const { start, end, text: piece } of read) {
      assert.ok(text.slice(start, end).trimEnd().endsWith(piece));
    }
  });

  it('names the file of a grammar, and what was left out of it', async () => {
    const text = await answer('sample-data', pairs, '--drop', '1');
    assert.match(text, new RegExp(`^# grammar: ${pairs}\n# drop: 1\n# seed: 0\n[ab]\n$`));
  });

  it('gives stories, as a text file keeps them, and with --json what each was asked to hold', async () => {
    const given = ['--count', '2', '--seed', '4'];
    const { samples } = await json<{
      samples: { text: string; words: Record<string, string>; features: string[]; summary: string }[];
    }>('sample-data', 'stories', ...given);
    assert.equal(samples.length, 2);
    for (const { words, summary } of samples) {
      assert.deepEqual(Object.keys(words).sort(), ['adjective', 'noun', 'verb']);
      assert.notEqual(summary, '');
    }
    const text = await answer('sample-data', 'stories', ...given);
    assert.equal(text, samples.map((story) => `${story.text}\n<|endoftext|>\n`).join(''));
    assert.match(await answer('sample-data', 'stories-instruct', ...given), /^\w+: .*\n(.*\n)*Story:\n/);
  });

  it('stops when whoever reads it has enough', async () => {
    const { child, ended, finished } = startSubtext(['sample-data', 'cfg3b', '--count', '1000000000']);
    finished.catch(() => undefined); // What came out is not read to its end.
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    assert.equal(await ended, 0);
  });
});

describe('subtext cfg', () => {
  it('lists its commands', async () => {
    const [none, help] = await Promise.all([subtext(['cfg']), answer('cfg', '--help')]);
    assert.equal(none.code, USAGE);
    assert.equal(none.stdout, help);
    assert.match(help, /^ {2}cfg check .*\n(.*\n)* {2}cfg eval {3}/m);
    assert.match(await answer('cfg', 'eval', '--help'), /^Usage: subtext cfg eval \[options\]\n/);
  });

  it('check says what the strings of a grammar are like', async () => {
    const found = await json<Record<string, unknown>>('cfg', 'check', pairs);
    assert.deepEqual(found.levels, [['S'], ['A', 'C'], ['a', 'b', 'c']]);
    assert.deepEqual([found.rules, found.vocabulary, found.min_length, found.max_length], [4, 5, 3, 3]);
    assert.ok(Math.abs((found.entropy as number) - 2 * Math.LN2) < 1e-12);
    assert.match(await answer('cfg', 'check', 'cfg3b/2'), /^length +48\.8 ± 11\.5, 30 to 72$/m);
  });

  it('check lists every problem with its place, also as JSON, and fails where one is an error', async () => {
    const file = join(folder, 'problems.cfg');
    writeFileSync(file, 'S -> A B | C\nA -> A x\nD -> y\n');
    const expected = [
      [2, 1, 'cycle', 'A'],
      [3, 1, 'unreachable', 'D'],
    ];
    const asJson = await subtext(['cfg', 'check', file, '--json']);
    assert.equal(asJson.code, FAILED);
    const found = JSON.parse(asJson.stdout) as {
      valid: boolean;
      problems: { line: number; column: number; kind: string; symbol: string }[];
    };
    assert.equal(found.valid, false);
    assert.deepEqual(
      found.problems.map(({ line, column, kind, symbol }) => [line, column, kind, symbol]),
      expected,
    );
    const { code, stdout, stderr } = await subtext(['cfg', 'check', file]);
    assert.equal(code, FAILED);
    assert.deepEqual(stdout.match(/problems\.cfg:\d+:\d+: error: /g), [
      'problems.cfg:2:1: error: ',
      'problems.cfg:3:1: error: ',
    ]);
    assert.match(stderr, /^subtext: .*line 2, column 1: A leads back to itself .*\n$/);
  });

  it('check warns of what is allowed, and goes on', async () => {
    const file = join(folder, 'ambiguous.cfg');
    writeFileSync(file, 'S -> A B\nA -> x | x x\nB -> x | y\n');
    const { problems, valid } = await json<{
      problems: { severity: string; kind: string }[];
      valid: boolean;
    }>('cfg', 'check', file);
    assert.equal(valid, true);
    assert.deepEqual(
      problems.map(({ severity, kind }) => [severity, kind]),
      [['warning', 'ambiguous']],
    );
    assert.match(await answer('cfg', 'check', file), /^.*ambiguous\.cfg:3:6: warning: A .*\ngrammar /);
  });

  it('parse gives the tree of a string, or where it leaves the language', async () => {
    const parse = (text: string) => json<Record<string, unknown>>('cfg', 'parse', pairs, '--text', text);
    const found = await parse(' a b\nc ');
    assert.ok(Math.abs((found.log_probability as number) + 2 * Math.LN2) < 1e-12);
    assert.deepEqual(
      [found.in_language, found.trees, found.tree, found.dies_at],
      [true, 1, '(S (A a) (A b) (C c))', null],
    );
    const outside = { in_language: false, log_probability: null, trees: 0, tree: null };
    assert.deepEqual(await parse('a b b c'), { ...outside, dies_at: 3 });
    assert.deepEqual(await parse('a b'), { ...outside, dies_at: null });
    assert.match(await answer('cfg', 'parse', pairs, '--text', 'a cat'), /first 2 words \(… cat\)/);
  });

  it('next gives the true probabilities after every prefix', async () => {
    const { positions, dies_at: diesAt } = await json<{
      positions: { after: string | null; next: Record<string, number> }[];
      dies_at: number | null;
    }>('cfg', 'next', pairs, '--text', 'a b c c');
    assert.equal(diesAt, 4);
    assert.deepEqual(positions, [
      { after: null, next: { a: 0.5, b: 0.5, c: 0, '<eos>': 0 } },
      { after: 'a', next: { a: 0.5, b: 0.5, c: 0, '<eos>': 0 } },
      { after: 'b', next: { a: 0, b: 0, c: 1, '<eos>': 0 } },
      { after: 'c', next: { a: 0, b: 0, c: 0, '<eos>': 1 } },
    ]);
  });

  it('eval measures a model that errs by a known amount', async () => {
    const given = ['cfg', 'eval', '--model', model, '--grammar', pairs, '--samples', '400', '--seed', '1'];
    const found = await json<Record<string, number>>(...given, '--cut', '0');
    assert.equal(found.n, 400);
    assert.ok(Math.abs(found.accuracy - 0.7) < 4 * Math.sqrt((0.7 * 0.3) / 400), `${found.accuracy}`);
    const kl = (0.5 * Math.log(0.5 / 0.4) + 0.5 * Math.log(0.5 / 0.3)) / 4;
    assert.ok(Math.abs(found.kl - kl) < 1e-5, `${found.kl}`);
    assert.ok(Math.abs(found.entropy - Math.LN2 / 2) < 1e-12);
    const behind = await json<Record<string, number>>(...given, '--cut', '2');
    assert.equal(behind.accuracy, 1);
    assert.match(await answer(...given), /^accuracy +\d\d\.\d % ± \d\.\d of 400$/m);
  });

  it('refuses grammars, cuts and models that do not fit, and says where and why', async () => {
    const evaluate = ['cfg', 'eval', '--grammar', pairs];
    await refuses(USAGE, ['cfg', 'foo'], 'no command cfg foo', 'cfg eval');
    await refuses(USAGE, ['cfg', 'check'], 'GRAMMAR is missing');
    await refuses(USAGE, ['sample-data', 'cfg3b', '--count', '0'], '--count 0');
    await refuses(USAGE, ['cfg', 'eval', '--model', model], '--grammar is missing');
    await refuses(FAILED, ['sample-data', 'nothing'], 'no grammar nothing', 'cfg3b');
    await refuses(FAILED, ['cfg', 'parse', wrong, '--text', 'a'], wrong, 'line 2, column 1');
    await refuses(FAILED, ['cfg', 'check', join(folder, 'binary')], 'UTF-8');
    await refuses(FAILED, ['cfg', 'check', folder], 'not a file');
    await refuses(FAILED, ['cfg', 'check', 'cfg3b', '--drop', '6'], '7 levels');
    await refuses(FAILED, [...evaluate, '--model', model, '--cut', '4'], 'after 4 terminals');
    await refuses(FAILED, [...evaluate, '--model', other], 'Token 0 of the model');
  });
});
