// Grammars and their strings in the backend process: standard requests, diagnostics that follow edits, and the hover with
// a model.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type {
  CompletionItem,
  Diagnostic,
  DocumentSymbol,
  FoldingRange,
  Location,
  MarkupContent,
} from 'vscode-languageserver-protocol/node';
import { readCfgText } from '../../src/backend/data/cfg/cfgText';
import { CFG_TEXT_LANGUAGE, GRAMMAR_LANGUAGE } from '../../src/protocol/grammars';
import { BackendProcess } from '../support/backendProcess';
import { writeRandomCheckpoint } from '../support/randomModel';

const GRAMMAR = 'file:///toy.cfg';
const STRINGS = 'file:///toy.cfgtext';
const SAMPLED = 'untitled:Untitled-1';

describe('grammars in the backend', () => {
  let folder: string;
  let backend: BackendProcess;
  const said = new Map<string, { version?: number; diagnostics: Diagnostic[] }>();
  let onSaid: () => void = () => undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'subtext-grammars-'));
    await writeRandomCheckpoint(join(folder, 'random'));
    backend = await BackendProcess.start();
    backend.onDiagnostics = ({ uri, version, diagnostics }) => {
      said.set(uri, { version, diagnostics });
      onSaid();
    };
  });
  after(async () => {
    backend.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Resolves once what is said of a document is as wanted. */
  async function diagnostics(uri: string, wanted: (found: Diagnostic[]) => boolean): Promise<Diagnostic[]> {
    for (;;) {
      const found = said.get(uri);
      if (found && wanted(found.diagnostics)) return found.diagnostics;
      await new Promise<void>((resolve) => (onSaid = resolve));
    }
  }
  const hoverText = async (uri: string, line: number, character: number) =>
    ((await backend.hover(uri, line, character))!.contents as MarkupContent).value;

  it('samples a file whose strings are in the language, and shows their trees', async () => {
    const names = await backend.request('subtext/listGrammars', null);
    assert.ok(
      names.some(({ name, detail }) => name === 'cfg3b' && detail === '7 levels, 138 to 432 terminals'),
    );
    const { text } = await backend.request('subtext/sampleGrammar', {
      grammar: 'cfg3h/3',
      count: 2,
      seed: 1,
    });
    assert.equal(readCfgText(text).samples.length, 2);
    await backend.openDocument(SAMPLED, text, 1, CFG_TEXT_LANGUAGE);
    assert.deepEqual(await diagnostics(SAMPLED, () => true), []);
    const symbols = await backend.ask<DocumentSymbol[]>('textDocument/documentSymbol', SAMPLED);
    assert.deepEqual(
      symbols.map(({ name, children }) => [name, children?.map((child) => child.name)]),
      [
        ['String 1', ['13']],
        ['String 2', ['13']],
      ],
    );
    assert.deepEqual(await backend.ask<FoldingRange[]>('textDocument/foldingRange', SAMPLED), []);
  });

  it('refuses to sample what is no number of strings', async () => {
    const question = { grammar: 'cfg3b', count: 0, seed: 1 };
    await assert.rejects(backend.request('subtext/sampleGrammar', question), /0 strings cannot be sampled/);
  });

  it('underlines what is wrong, and looks again at the strings when their grammar is edited', async () => {
    await backend.openDocument(GRAMMAR, 'S -> a b |\nB -> b\n', 1, GRAMMAR_LANGUAGE);
    assert.equal((await diagnostics(GRAMMAR, ({ length }) => length === 2))[1].range.start.line, 1);
    await backend.openDocument(STRINGS, '# grammar: toy.cfg\na b\na c\n', 1, CFG_TEXT_LANGUAGE);
    const [header] = await diagnostics(STRINGS, ({ length }) => length > 0);
    assert.deepEqual(header.range, { start: { line: 0, character: 11 }, end: { line: 0, character: 18 } });
    await backend.changeDocument(GRAMMAR, 'S -> A B\nA -> a\nB -> b\n', 2);
    assert.deepEqual(await diagnostics(GRAMMAR, ({ length }) => length === 0), []);
    const [dead] = await diagnostics(STRINGS, ([first]) => first.range.start.line === 2);
    assert.match(
      typeof dead.message === 'string' ? dead.message : '',
      /^c is no terminal of toy\.cfg; here can follow b\.$/,
    );
    const definition = await backend.ask<Location>('textDocument/definition', GRAMMAR, {
      line: 0,
      character: 7,
    });
    assert.deepEqual(definition.range.start, { line: 2, character: 0 });
    assert.match(await hoverText(GRAMMAR, 2, 0), /^`B` level 2 of 3, 1 rule, used 1 time/);
    await backend.closeDocument(STRINGS);
    assert.deepEqual(await diagnostics(STRINGS, ({ length }) => length === 0), []);
  });

  it('offers grammars at the head of a file of strings, and nothing in other files', async () => {
    const uri = 'untitled:Untitled-2';
    await backend.openDocument(uri, '# grammar: \n', 1, CFG_TEXT_LANGUAGE);
    const items = await backend.ask<CompletionItem[] | null>('textDocument/completion', uri, {
      line: 0,
      character: 11,
    });
    assert.equal(items?.[0].label, 'cfg3b');
    const inGrammar = { line: 0, character: 0 };
    assert.equal(await backend.ask('textDocument/completion', GRAMMAR, inGrammar), null);
  });

  it('shows the truth alone without a model, and with one of another vocabulary says so', async () => {
    assert.match(await hoverText(SAMPLED, 2, 0), /\| next \| truth \|\n/);
    await backend.request('subtext/openModel', { path: join(folder, 'random') });
    const text = await hoverText(SAMPLED, 2, 0);
    assert.match(text, /\| next \| truth \|\n/);
    assert.match(text, /random has another vocabulary than cfg3h\/3: truth only/);
  });

  it('shows the truth alone with a model that reads the strings, but predicts no next token', async () => {
    await backend.request('subtext/openModel', { path: join(__dirname, '../../media/models/cfg-encoder') });
    assert.match(await hoverText(SAMPLED, 2, 0), /cfg-encoder predicts no next token: truth only/);
  });

  it('shows truth and model side by side, and how far they are apart', async () => {
    const path = join(__dirname, '../../media/models/cfg');
    const { id: model } = await backend.request('subtext/openModel', { path });
    const text = await hoverText(SAMPLED, 2, 0);
    assert.match(text, /^`\d` terminal 1 of \d+\n\nAncestors, with levels: `13` 1 › `1[012]` 2 › `[789]` 3/);
    assert.match(text, /\n\np [\d.]+%, by cfg [\d.]+%\n/);
    const rows = [...text.matchAll(/^\| (?:`\d`|end) \| (\S+)% \| <?(\S+)% \|$/gm)].map(([, ...cells]) =>
      cells.map((cell) => Number(cell) / 100),
    );
    assert.equal(rows.length, 4);
    for (const column of [0, 1])
      assert.ok(Math.abs(rows.reduce((sum, row) => sum + row[column], 0) - 1) < 0.01, text);
    const kl = Number(/KL from truth to cfg of what follows: (\S+) nats/.exec(text)![1]);
    const expected = rows.reduce((sum, [p, q]) => sum + (p > 0 ? p * Math.log(p / q) : 0), 0);
    assert.ok(Math.abs(kl - expected) < 0.005 && kl < 0.2, `${kl} ${expected}`);
    // The header is no part of what a model reads.
    const table = await backend.request('subtext/rankNeurons', { uri: SAMPLED, model });
    assert.ok(
      table.tokens.pieces.every((piece) => /^(\d|<bos>)$/.test(piece)),
      table.tokens.pieces.join(' '),
    );
  });
});
