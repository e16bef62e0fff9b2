// The parse trees of a document's strings as the extension host asks for them: places, edits, refusals, real lengths.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CancellationTokenSource, LSPErrorCodes } from 'vscode-languageserver-protocol/node';
import { samplesFile } from '../../src/backend/data/cfg/samplesFile';
import { CFG_TEXT_LANGUAGE } from '../../src/protocol/grammars';
import type { ParseTreeQuestion, ParseTreeReadings, ParseTreeString } from '../../src/protocol/parseTrees';
import type { TextRange } from '../../src/protocol/types';
import { BackendProcess } from '../support/backendProcess';
import { isFailure } from '../support/errors';
import { writeTreeModel } from '../support/treeProbes';

const GRAMMAR = 'cfg3b/3';
const ALL = [{ start: 0, end: 1e6 }];

const folder = mkdtempSync(join(tmpdir(), 'subtext-trees-'));
let backend: BackendProcess;
let model: string;
let documents = 0;
before(async () => {
  await writeTreeModel(join(folder, 'small'), { grammar: GRAMMAR, context: 40 });
  backend = await BackendProcess.start();
  model = (await backend.request('subtext/openModel', { path: join(folder, 'small') })).id;
});
after(() => {
  backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a document of strings and gives its name. */
async function open(text: string, languageId = CFG_TEXT_LANGUAGE): Promise<string> {
  const uri = `file:///strings-${documents++}.cfgtext`;
  await backend.openDocument(uri, text, 1, languageId);
  return uri;
}

function read(uri: string, changes: Partial<ParseTreeQuestion & { model: string }> = {}) {
  const question = { model, ranges: ALL, probes: null, hook: null, folders: [], ...changes };
  return backend.request('subtext/readParseTree', { uri, ...question });
}

/** Lines of one string each. */
const strings = (...lines: string[]): string => `# grammar: ${GRAMMAR}\n${lines.join('\n')}\n`;
/** Twelve of them; each may stand on several lines. */
const TWELVE = samplesFile(GRAMMAR, 12, 1);

/** What was read of a string, without its place. */
const readingOf = ({ words, levels }: ParseTreeString) => ({ words, levels });

describe('backend: parse trees of strings', () => {
  it('come with places in the document, the truth and probabilities, level by level', async () => {
    const found = await read(await open(TWELVE));
    assert.deepEqual(
      [found.grammar, found.hook, found.source.modelName, found.source.version, found.strings.length],
      [GRAMMAR, 'blocks.1.hook_resid_post', 'small', 1, 12],
    );
    assert.equal(found.first, found.strings[0].start);
    assert.deepEqual(
      found.levels.map(({ level, symbols, ancestor }) => [level, symbols, ancestor?.accuracy]),
      [
        [2, ['11', '12'], 0.8],
        [3, ['7', '8', '9'], 0.8],
      ],
    );
    for (const { starts, ends, words, trees, levels } of found.strings) {
      const places = Array.from(starts, (start, token) => TWELVE.slice(start, ends[token]));
      assert.deepEqual(places, words);
      assert.equal(trees, 1);
      for (const [index, { truth, ends: trueEnds, symbols, endProbability }] of levels.entries()) {
        const { length: choices } = found.levels[index].symbols;
        assert.deepEqual([truth?.length, trueEnds?.length], [words.length, words.length]);
        assert.equal(trueEnds?.at(-1), 1);
        assert.equal(endProbability?.length, words.length);
        assert.equal(symbols?.length, choices * words.length);
        const sum = symbols.subarray(0, choices).reduce((a, b) => a + b);
        assert.ok(Math.abs(sum - 1) < 1e-6, `${sum}`);
      }
    }
  });

  it('are those of the strings that a range touches', async () => {
    const uri = await open(TWELVE);
    const all = await read(uri);
    const [, second, third] = all.strings;
    const startsIn = async (...ranges: TextRange[]) =>
      (await read(uri, { ranges })).strings.map(({ start }) => start);
    const across = { start: second.end - 1, end: third.start + 1 };
    assert.deepEqual(await startsIn(across), [second.start, third.start]);
    const far = all.strings[9];
    assert.deepEqual(await startsIn(across, { start: far.start, end: far.start }), [
      ...[second.start, third.start, far.start],
    ]);
    assert.deepEqual(await startsIn({ start: 0, end: 1 }), []);
  });

  it('are read again after an edit for strings alone that are new, and have their new places', async () => {
    const uri = await open(TWELVE);
    // Under an intervention each string is a run of its own, of which the progress tells.
    const change = { kind: 'scale', factor: 0.5 } as const;
    const interventions = [{ id: 'a', on: true, part: 'L0.mlp', change }];
    await backend.request('subtext/setInterventions', { model, interventions });
    const runsOf = async (work: () => Promise<ParseTreeReadings>) => {
      const from = backend.healths.length;
      const answer = await work();
      const shares = backend.healths.slice(from).flatMap(({ progress }) => progress ?? []);
      return { answer, runs: shares.length };
    };
    const before = await runsOf(() => read(uri));
    assert.deepEqual([before.runs, before.answer.source.interventions], [12, 1]);
    const first = before.answer.strings[0];
    const changed = `${TWELVE.slice(0, first.start)}3 1\n${TWELVE.slice(first.start)}`;
    await backend.changeDocument(uri, changed, 2);
    const after = await runsOf(() => read(uri));
    assert.deepEqual([after.runs, after.answer.source.version], [1, 2]);
    const [fresh, ...old] = after.answer.strings;
    assert.deepEqual([fresh.words, fresh.start], [['3', '1'], first.start]);
    assert.deepEqual(old.map(readingOf), before.answer.strings.map(readingOf));
    assert.deepEqual(
      old.map(({ start }) => start),
      before.answer.strings.map(({ start }) => start + 4),
    );
    await backend.request('subtext/setInterventions', { model, interventions: [] });
    // What the model computes now is another thing.
    const plain = await read(uri);
    assert.notDeepEqual(plain.strings.map(readingOf), after.answer.strings.map(readingOf));
  });

  it('are not read of a word that is no terminal, which takes the truth too', async () => {
    const { strings: found } = await read(await open(strings('3 1 banana 2', '2 1')));
    assert.deepEqual(found[0].words, ['3', '1', 'banana', '2']);
    assert.match(found[0].unread ?? '', /a word that is no terminal of cfg3b\/3/);
    assert.match(found[0].fault ?? '', /banana/);
    assert.ok(found[0].levels.every(({ truth, symbols }) => truth === null && symbols === null));
    assert.equal(found[1].unread, undefined);
    assert.ok(found[1].levels.every(({ symbols }) => symbols !== null));
  });

  it('are read without truth where the grammar does not accept the string', async () => {
    const [only] = (await read(await open(strings('1 1 1')))).strings;
    assert.ok(only.fault !== undefined && only.unread === undefined);
    assert.deepEqual(
      only.levels.map(({ truth, symbols }) => [truth, symbols?.length]),
      [
        [null, 2 * 3],
        [null, 3 * 3],
      ],
    );
  });

  it('have their truth where the string does not fit into the context', async () => {
    const path = join(folder, 'short');
    await writeTreeModel(path, { grammar: GRAMMAR, context: 16 });
    const { id } = await backend.request('subtext/openModel', { path });
    const { strings: found } = await read(await open(TWELVE), { model: id });
    // Begin of text takes a place.
    for (const { words, unread, levels } of found) {
      assert.equal(unread !== undefined, words.length > 15, `${words.length}`);
      if (unread !== undefined)
        assert.match(unread, new RegExp(`${words.length} terminals .* context of 16 tokens`));
      assert.equal(levels[0].truth?.length, words.length);
      assert.equal(levels[0].symbols === null, words.length > 15);
    }
    const isUnread = (each: ParseTreeString) => each.unread !== undefined;
    assert.ok(found.some(isUnread) && !found.every(isUnread), 'the file has both');
  });

  it('are given up once nobody wants them, and can be asked for again', async () => {
    const uri = await open(samplesFile(GRAMMAR, 1000, 7));
    const source = new CancellationTokenSource();
    const question = { uri, model, ranges: ALL, probes: null, hook: null, folders: [] };
    const asked = backend.request('subtext/readParseTree', question, source.token);
    source.cancel();
    await assert.rejects(asked, { code: LSPErrorCodes.RequestCancelled });
    assert.equal((await read(uri, { ranges: [{ start: 0, end: 100 }] })).strings[0].unread, undefined);
  });
});

describe('backend: parse trees that cannot be read', () => {
  const refused = (asked: Promise<unknown>, reason: string, ...parts: string[]) =>
    assert.rejects(asked, isFailure(reason, ...parts));

  it('are refused for a document that is not open, or holds no strings, or names no grammar', async () => {
    await refused(read('file:///nowhere.cfgtext'), 'no-document', 'nowhere');
    await refused(read(await open('Once upon a time', 'plaintext')), 'usage', '*.cfgtext');
    await refused(read(await open('# grammar: nothing\n1 2\n')), 'grammar', 'nothing');
  });

  it('are refused for a model without probes, or of another vocabulary, or that is not there', async () => {
    const uri = await open(TWELVE);
    await refused(read(uri, { model: 'nothing' }), 'no-model');
    const stories = join(__dirname, '../../media/models/stories');
    const { id: other } = await backend.request('subtext/openModel', { path: stories });
    await refused(read(uri, { model: other }), 'grammar', 'Token 0 of the model');
    const bare = join(folder, 'bare');
    await writeTreeModel(bare, { grammar: GRAMMAR, context: 40 });
    rmSync(`${bare}.probes`, { recursive: true });
    const { id } = await backend.request('subtext/openModel', { path: bare });
    await refused(read(uri, { model: id }), 'probe', 'no probes', 'bare');
  });

  it('are refused for probes of another grammar', async () => {
    const uri = await open(samplesFile('cfg3i/3', 2, 1));
    await refused(read(uri), 'probe', 'trained on cfg3b/3', 'strings of cfg3i/3');
  });
});

describe('backend: strings of the whole grammar cfg3b', () => {
  it('are read with all their levels, five of some 300 terminals', async () => {
    const path = join(folder, 'long');
    await writeTreeModel(path, { grammar: 'cfg3b', context: 512 });
    const { id } = await backend.request('subtext/openModel', { path });
    const text = samplesFile('cfg3b', 4, 1);
    const found = await read(await open(text), { model: id });
    assert.deepEqual(
      found.levels.map(({ level }) => level),
      [2, 3, 4, 5, 6],
    );
    for (const { words, starts, ends, levels, unread, fault } of found.strings) {
      assert.ok(words.length > 160 && words.length < 400, `${words.length}`);
      assert.deepEqual([unread, fault], [undefined, undefined]);
      assert.deepEqual(
        Array.from(starts, (start, token) => text.slice(start, ends[token])),
        words,
      );
      for (const [index, { symbols, endProbability, truth }] of levels.entries()) {
        assert.equal(symbols?.length, words.length * found.levels[index].symbols.length);
        assert.equal(endProbability?.length, words.length);
        assert.equal(truth?.length, words.length);
      }
    }
  });
});
