// Grammars and their strings as languages: what the editor is told of them, by place.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Diagnostic, DocumentSymbol, MarkupContent, Range } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { cfgTextHeader, sampleWriter } from '../../src/backend/data/cfg/cfgText';
import { expansionsOf } from '../../src/backend/data/cfg/expansions';
import { readGrammar } from '../../src/backend/data/cfg/grammarText';
import { nextTokens } from '../../src/backend/data/cfg/next';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { derive, sampleTree, type ParseNode } from '../../src/backend/data/cfg/sample';
import {
  grammarDefinition,
  grammarDiagnostics,
  grammarHover,
  grammarSymbols,
} from '../../src/backend/language/grammarFeatures';
import { OpenGrammars } from '../../src/backend/language/grammars';
import { OpenStrings } from '../../src/backend/language/strings';
import { textDiagnostics, textFolds, textSymbols } from '../../src/backend/language/textFeatures';
import { textHover } from '../../src/backend/language/textHover';
import { streamRandom } from '../../src/backend/random';
import { CFG_TEXT_LANGUAGE, GRAMMAR_LANGUAGE } from '../../src/protocol/grammars';
import { everyDerivation } from '../support/grammars';

const open = new Map<string, TextDocument>();
const grammars = new OpenGrammars({ all: () => [...open.values()] });
const strings = new OpenStrings();
const folder = mkdtempSync(join(tmpdir(), 'subtext-language-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const TOY = '# toy\nS -> A B | B\r\nA -> x y | y\nB -> x\n';
const grammarOf = (text: string, uri = 'file:///toy.cfg') =>
  TextDocument.create(uri, GRAMMAR_LANGUAGE, 1, text);
const stringsOf = (text: string, uri = 'file:///toy.cfgtext') =>
  TextDocument.create(uri, CFG_TEXT_LANGUAGE, 1, text);
const diagnose = (document: TextDocument) => textDiagnostics(grammars, strings, document, () => false);
/** `line:character name` and what is below it, each level with two more blanks. */
const outline = (symbols: DocumentSymbol[], indent = ''): string[] =>
  symbols.flatMap(({ name, selectionRange: { start }, children = [] }) => [
    `${indent}${start.line}:${start.character} ${name}`,
    ...outline(children, `${indent}  `),
  ]);
const at = (document: TextDocument, word: string, which = 0) => {
  const found = [...document.getText().matchAll(new RegExp(`\\b${word}\\b`, 'g'))][which];
  return document.positionAt(found.index);
};
const said = ({ message }: Diagnostic) => (typeof message === 'string' ? message : message.value);
const textIn = (document: TextDocument, range: Range | undefined) => range && document.getText(range);

describe('a grammar in the editor', () => {
  const document = grammarOf(TOY);

  it('has its problems underlined: errors, and warnings where it goes on', () => {
    const wrong = grammarOf('S -> a b\nT -> a\n');
    const [diagnostic] = grammarDiagnostics(grammars, wrong);
    assert.deepEqual([textIn(wrong, diagnostic.range), diagnostic.severity], ['T', 1]);
    const warned = grammarDiagnostics(grammars, document);
    assert.deepEqual(
      warned.map(({ range, severity, code }) => [document.offsetAt(range.start), severity, code]),
      [],
    );
    assert.equal(grammarDiagnostics(grammars, grammarOf('S -> A B\nA -> x\nB -> x'))[0].severity, 2);
    assert.deepEqual(grammarDiagnostics(grammars, grammarOf(' \n')), []);
    assert.equal(
      said(grammarDiagnostics(grammars, grammarOf('# nothing'))[0]).slice(0, 24),
      'The grammar has no rules',
    );
    assert.equal(grammarDiagnostics(grammars, grammarOf('\0PNG\n'.repeat(100_000))).length, 500);
  });

  it('has its levels and symbols in the outline, the symbols alone where there are no levels', () => {
    const layered = grammarOf('S -> A B\nA -> x y\nB -> y');
    assert.deepEqual(outline(grammarSymbols(grammars, layered)), [
      '0:0 Level 1',
      '  0:0 S',
      '1:0 Level 2',
      '  1:0 A',
      '  2:0 B',
      '1:5 Level 3',
      '  1:5 x',
      '  1:7 y',
    ]);
    assert.deepEqual(outline(grammarSymbols(grammars, grammarOf('S -> A x\nA -> x y'))), ['0:0 S', '1:0 A']);
  });

  it('leads from each use of a symbol to its rules', () => {
    const range = grammarDefinition(grammars, document, at(document, 'B', 1));
    assert.equal(document.offsetAt(range!.start), TOY.indexOf('B -> x'));
    assert.equal(grammarDefinition(grammars, document, at(document, 'x')), undefined);
    assert.equal(grammarDefinition(grammars, document, { line: 0, character: 3 }), undefined);
  });

  it('says of a symbol its level, its rules and what it can become', () => {
    const textOf = (word: string) =>
      (grammarHover(grammars, document, at(document, word, 0))!.contents as MarkupContent).value;
    assert.match(textOf('S'), /^`S` root, level 1 of 3, 2 rules, used 0 times/);
    assert.match(textOf('A'), /1 to 2 terminals; 2 trees, each of another string$/);
    assert.match(textOf('y'), /^`y` level 3 of 3, terminal, token 2, used 2 times$/);
    assert.equal(grammarHover(grammars, document, { line: 0, character: 3 }), undefined);
  });

  it('counts what a symbol can become as all derivations do', () => {
    for (const name of ['cfg3b/3', 'cfg3i/4', 'cfg3f/4']) {
      const grammar = presetGrammar(name);
      const all = everyDerivation(grammar).map(({ tokens }) => tokens.join());
      const { trees, strings: different, logTrees } = expansionsOf(grammar, grammar.root);
      assert.equal(trees, all.length);
      assert.ok(Math.abs(logTrees - Math.log10(all.length)) < 1e-9);
      assert.ok(different === undefined ? all.length > 5000 : different === new Set(all).size, name);
    }
    assert.equal(expansionsOf(presetGrammar('cfg3b'), 0).trees, undefined);
  });

  it('gives up telling strings apart that are few but endless', () => {
    const tail = Array.from({ length: 12 }, (_, level) => `T${level} -> T${level + 1} T${level + 1}\n`).join(
      '',
    );
    const choices = Array.from(
      { length: 10 },
      (_, level) => `C${level} -> x C${level + 1} | y C${level + 1}\n`,
    ).join('');
    const grammar = readGrammar(`S -> C0\n${choices}C10 -> T0\n${tail}T12 -> x\n`, 'long');
    const { trees, strings: different, longest } = expansionsOf(grammar, grammar.root);
    assert.deepEqual([trees, different, longest], [1024, undefined, 4096 + 10]);
  });
});

describe('a file of strings in the editor', () => {
  const cfg3b = presetGrammar('cfg3b');
  const random = streamRandom(3, 0);
  const samples = Array.from({ length: 3 }, () => sampleTree(cfg3b, random));
  const write = sampleWriter(cfg3b, true);
  const header = cfgTextHeader({ grammar: 'cfg3b', drop: 0, seed: 3 });
  const text = `${header}${samples.map(write).join('\n')}\n`;

  it('has the tree that each string was sampled with in its outline, with the terminals it covers', () => {
    for (const document of [stringsOf(text), stringsOf(text.replaceAll('\n', '\r\n'))]) {
      const symbols = textSymbols(grammars, strings, document);
      assert.deepEqual(
        symbols.map(({ name }) => name),
        ['String 1', 'String 2', 'String 3'],
      );
      for (const [index, { tokens, tree }] of samples.entries()) {
        const compare = (symbol: DocumentSymbol, node: ParseNode) => {
          assert.equal(symbol.name, cfg3b.symbols[node.symbol]);
          const words = document.getText(symbol.range).trim().split(/\s+/);
          assert.deepEqual(words.map(Number), tokens.slice(node.start, node.end));
          const inner = node.children.filter((child) => child.children.length > 0);
          assert.equal(symbol.children?.length, inner.length);
          for (const [child, each] of inner.entries()) compare(symbol.children[child], each);
        };
        compare(symbols[index].children![0], tree);
      }
    }
  });

  it('can be folded at its strings and at the constituents of several lines', () => {
    const document = stringsOf(text);
    const folds = textFolds(grammars, strings, document);
    const lines = text.split('\n');
    const starts = lines.flatMap((line, index) => (/^[123]/.test(line) ? [index] : []));
    for (const start of starts) assert.ok(folds.some(({ startLine }) => startLine === start));
    for (const { startLine, endLine } of folds) {
      const indent = lines[startLine].search(/\S/);
      // Lines of a constituent stand further in than the line that it begins with, the next one does not.
      for (let line = startLine + 1; line <= endLine; line++) assert.ok(lines[line].search(/\S/) > indent);
      assert.ok(lines[endLine + 1] === '' || lines[endLine + 1].search(/\S/) <= indent);
    }
    assert.ok(folds.length > 2 * samples.length);
  });

  it('has the word underlined where a prefix dies, and the last one of a string that ends too early', async () => {
    assert.deepEqual(await diagnose(stringsOf(text)), []);
    const document = stringsOf('# grammar: cfg3b/5\n1 2\n3 2\n3 dog 1\n3 1\n3 1 1\n');
    const found = (await diagnose(document))!;
    assert.deepEqual(
      found.map(({ range, message }) => [
        range.start.line,
        range.start.character,
        textIn(document, range),
        message,
      ]),
      [
        [1, 2, '2', 'The string ends too early: after 2 words of cfg3b/5 must follow 3.'],
        [2, 2, '2', 'No string of cfg3b/5 goes on with 2 here; possible is 1.'],
        [3, 2, 'dog', 'dog is no terminal of cfg3b/5; here can follow 1.'],
        [5, 4, '1', 'No string of cfg3b/5 goes on with 1 here; possible is the end.'],
      ],
    );
  });

  it('says what is wrong with its header', async () => {
    const message = async (content: string) => {
      const document = stringsOf(content, pathToFileURL(join(folder, 'a.cfgtext')).href);
      const [found] = (await diagnose(document))!;
      return `${textIn(document, found.range)}: ${said(found)}`;
    };
    assert.match(await message('1 2\n'), /^1 2: The grammar is not named/);
    assert.match(await message('# grammar: no.cfg\n1'), /^no\.cfg: There is no grammar .*no\.cfg/);
    assert.match(await message('# grammar: cfg3b\n# drop: two\n1'), /^two: two is no number/);
    assert.match(await message('# grammar: cfg3b\n# drop: 9\n1'), /^cfg3b: cfg3b has 7 levels/);
    assert.deepEqual(await diagnose(stringsOf('')), []);
  });

  it('follows its grammar: on the disk, and as it is edited', async () => {
    const path = join(folder, 'toy.cfg');
    const document = stringsOf('# grammar: toy.cfg\na\n', pathToFileURL(join(folder, 'b.cfgtext')).href);
    const count = async () => (await diagnose(document))!.length;
    writeFileSync(path, 'S -> a\n');
    assert.equal(await count(), 0);
    writeFileSync(path, 'S -> b b\n');
    utimesSync(path, 1, 1);
    assert.equal(await count(), 1);
    const uri = pathToFileURL(path).href;
    open.set(uri, TextDocument.create(uri, GRAMMAR_LANGUAGE, 1, 'S -> a | b'));
    assert.equal(await count(), 0);
    open.set(uri, TextDocument.create(uri, GRAMMAR_LANGUAGE, 2, 'S -> -> a'));
    assert.match(said((await diagnose(document))![0]), /line 1, column 6/);
    // As VS Code writes it.
    open.delete(uri);
    const encoded = uri.replace('toy.cfg', '%74oy.cfg');
    open.set(encoded, TextDocument.create(encoded, GRAMMAR_LANGUAGE, 1, 'S -> a | c'));
    assert.equal(await count(), 0);
  });

  it('with too many strings is checked from the top, and says where that ends', async () => {
    const document = stringsOf(
      `# grammar: cfg3b/5\n${'3 1 '.repeat(10)}\n`.padEnd(100_000 * 4 + 60, '1 2\n'),
    );
    const start = performance.now();
    const found = (await diagnose(document))!;
    assert.ok(found.length > 1000 && performance.now() - start < 60_000);
    assert.equal(textSymbols(grammars, strings, document).length, 1000);
    const stopped = await textDiagnostics(
      grammars,
      new OpenStrings(),
      stringsOf(text.repeat(200)),
      () => true,
    );
    assert.equal(stopped, undefined);
  });

  it('says over a terminal its ancestors, what ends with it, and what may follow', async () => {
    const grammar = presetGrammar('cfg3b/4');
    const { tree, tokens } = derive(grammar, () => 0);
    const document = stringsOf(`# grammar: cfg3b/4\n${tokens.join(' ')}\n3 9 1\n`);
    const hover = async (line: number, character: number) => {
      const found = await textHover(grammars, strings, document, { line, character }, undefined);
      return (found?.contents as MarkupContent | undefined)?.value.split('\n\n');
    };
    const name = ({ symbol }: ParseNode) => grammar.symbols[symbol];
    const [first] = tree.children;
    const last = first.end - 1;
    assert.deepEqual((await hover(1, 2 * last))!.slice(0, 2), [
      `\`${tokens[last]}\` terminal ${first.end} of ${tokens.length}`,
      `Ancestors, with levels: \`${name(tree)}\` 1 › \`${name(first)}\` 2; ends \`${name(first)}\``,
    ]);
    const { probabilities, vocabulary } = nextTokens(grammar, tokens);
    const [own, table] = (await hover(1, 0))!.slice(2);
    assert.equal(own, `p ${Number((100 * probabilities[tokens[0]]).toPrecision(3))}%`);
    assert.deepEqual(
      [...table.matchAll(/\| ([\d.]+)% \|/g)].map(([, share]) => Number(share)),
      Array.from(probabilities.slice(vocabulary + 1, 2 * vocabulary), (value) =>
        Number((100 * value).toPrecision(3)),
      ),
    );
    assert.equal(await hover(0, 3), undefined);
    assert.match((await hover(2, 2))![1], /^9 is no terminal of cfg3b\/4/);
    assert.match((await hover(2, 4))![1], /no truth about what follows/);
  });
});
