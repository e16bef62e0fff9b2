// Labels of tokens: from a grammar's tree, spans beside a text, patterns; and what is refused.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { documentsOf, type ReadDocument } from '../../src/backend/interpret/probes/documents';
import { readProbeData } from '../../src/backend/interpret/probes/readData';
import { parseProbeRecipe } from '../../src/backend/interpret/probes/recipe';
import type { ProbeRecipe, TargetSettings } from '../../src/backend/interpret/probes/recipeSchema';
import { targetReaders } from '../../src/backend/interpret/probes/targets';
import { cfgTokenizerJson } from '../../src/backend/data/cfg/tokens';
import { tokenizerOf } from '../../src/backend/data/textTokenizer';
import { openGrammar } from '../../src/backend/data/cfg/open';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { isError } from '../support/errors';
import { configurationWith, randomCheckpoint } from '../support/randomModel';

const grammar = openGrammar('cfg3b', 3);
const words = tokenizerOf(cfgTokenizerJson(grammar));
const modelOf = (n_ctx: number, d_vocab = 5) =>
  new LanguageModel(
    randomCheckpoint(configurationWith({ n_ctx, d_vocab }), 1, words),
    new ReferenceExecutor(),
  );
const model = modelOf(32);

let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'subtext-probes-'))));
after(() => rm(folder, { recursive: true }));

function recipe(changes: object): ProbeRecipe {
  const base = {
    models: ['x'],
    data: { kind: 'cfg', grammar: 'cfg3b', drop: 3, documents: 300 },
    targets: [{ kind: 'ancestor' }],
    probe: { kind: 'linear' },
  };
  return parseProbeRecipe(JSON.stringify({ ...base, ...changes }), 'r.probe.json');
}

async function lines(...objects: object[]): Promise<ProbeRecipe['data']> {
  const file = join(folder, `${Math.random()}.jsonl`);
  await writeFile(file, objects.map((each) => JSON.stringify(each)).join('\n'));
  return recipe({ data: { kind: 'text', files: [file] }, targets: [{ kind: 'position' }] }).data;
}

/** Seven tokens, at 0–1, 2–3, …; white space belongs to the token behind it. */
const TEXT = '1 2 3 1 2 3 1';

async function labels(target: object, columns: object = {}): Promise<(string | undefined)[]> {
  const data = await lines({ text: TEXT, ...columns });
  const wanted = recipe({ data, targets: [target] });
  const [reader] = targetReaders(wanted.targets[0], 0, model);
  for await (const document of documentsOf(wanted, model, NOT_CANCELLED)) return reader.labels(document);
  throw new Error('no document');
}

const column = (more: object = {}) => ({ kind: 'column', column: 'tag', ...more });

describe('labels from a column', () => {
  it('are those of spans over characters', async () => {
    const tag = [[0, 3, 'a'], { start: 6, end: 7, label: 'b' }];
    const found = await labels(column(), { tag });
    assert.deepEqual(found, ['a', 'a', undefined, 'b', undefined, undefined, undefined]);
    assert.deepEqual((await labels(column({ outside: 'O' }), { tag }))[4], 'O');
  });

  it('count from the text as it is, white space at its beginning too', async () => {
    const data = await lines({ text: `  ${TEXT}  `, tag: [[4, 5, 'second']] });
    const wanted = recipe({ data, targets: [column()] });
    const [reader] = targetReaders(wanted.targets[0], 0, model);
    for await (const document of documentsOf(wanted, model, NOT_CANCELLED))
      assert.equal(reader.labels(document).indexOf('second'), 1);
  });

  it('stand at the token of a span that is asked for', async () => {
    const tag = [[4, 9, 'x']];
    const places = async (at: string) =>
      (await labels(column({ at }), { tag })).flatMap((label, index) => (label === 'x' ? [index] : []));
    assert.deepEqual(await places('every'), [2, 3, 4]);
    assert.deepEqual(await places('first'), [2]);
    assert.deepEqual(await places('last'), [4]);
    assert.deepEqual(await places('before'), [1]);
  });

  it('are spans over tokens, a label for each token, or one for the text', async () => {
    const spans = await labels(column({ unit: 'tokens' }), { tag: [[1, 3, 5]] });
    assert.deepEqual(spans.slice(0, 4), [undefined, '5', '5', undefined]);
    const each = await labels(column(), { tag: ['a', null, 'b', 'a', 'a', 'a', 'c'] });
    assert.deepEqual(each, ['a', undefined, 'b', 'a', 'a', 'a', 'c']);
    assert.deepEqual((await labels(column({ at: 'last' }), { tag: 'who' })).indexOf('who'), 6);
  });

  const refused: Record<string, [object, string[]]> = {
    'a span that leaves the text': [
      { tag: [[0, 14, 'a']] },
      ['line 1', 'span from 0 to 14', '13 characters'],
    ],
    'a span that begins before it': [{ tag: [[-1, 2, 'a']] }, ['line 1', 'span from -1 to 2']],
    'a span of nothing': [{ tag: [[3, 3, 'a']] }, ['line 1', 'span from 3 to 3']],
    'what is no span': [{ tag: [[0, 'a']] }, ['line 1', 'no span in entry 0']],
    'too few labels': [{ tag: ['a', 'b'] }, ['line 1', '2 labels for 7 tokens']],
    'no column': [{}, ['line 1', "'tag' is missing"]],
    'an object': [{ tag: { a: 1 } }, ['line 1', 'neither a list nor a label']],
  };
  for (const [name, [columns, parts]] of Object.entries(refused)) {
    it(`refuse ${name}, with the line`, async () => {
      await assert.rejects(labels(column(), columns), isError('data', ...parts));
    });
  }

  it('refuse a span over more tokens than there are', async () => {
    await assert.rejects(
      labels(column({ unit: 'tokens' }), { tag: [[5, 8, 'a']] }),
      isError('data', 'span from 5 to 8', '7 tokens'),
    );
  });
});

describe('labels from the text', () => {
  it('tell tokens that touch a match', async () => {
    const found = await labels({ kind: 'pattern', pattern: '2 3' });
    assert.deepEqual(found, ['other', 'match', 'match', 'other', 'match', 'match', 'other']);
  });

  it('name the token that follows, the last one none', async () => {
    assert.deepEqual(await labels({ kind: 'next-token' }), ['2', '3', '1', '2', '3', '1', undefined]);
  });

  it('count the tokens before, as far as is asked', async () => {
    const found = await labels({ kind: 'position', classes: 3 });
    assert.deepEqual(found, ['0', '1', '2', undefined, undefined, undefined, undefined]);
  });
});

describe('labels from a grammar', () => {
  const read = async (target: TargetSettings) => {
    const [reader] = targetReaders(target, 4, model);
    const documents: { document: ReadDocument; labels: (string | undefined)[] }[] = [];
    for await (const document of documentsOf(recipe({}), model, NOT_CANCELLED))
      documents.push({ document, labels: reader.labels(document) });
    return documents;
  };

  it('are the symbol of the level above each terminal, behind the token that begins the text', async () => {
    const level = [3];
    const [{ document, labels: found }] = await read({ kind: 'ancestor', levels: level, at: 'every' });
    assert.deepEqual(
      [...document.rows],
      [...document.rows.keys()].map((row) => row + 1),
    );
    assert.equal(document.ids[0], 0);
    assert.equal(document.ids.at(-1), 4);
    const { labels: latent } = document.tree!;
    assert.deepEqual(
      found,
      [...latent.levels[1].symbols].map((symbol) => grammar.symbols[symbol]),
    );
  });

  it('are ends of constituents, and only at these the symbol where that is asked', async () => {
    const ends = await read({ kind: 'boundary', levels: [2] });
    const atEnds = await read({ kind: 'ancestor', levels: [2], at: 'ends' });
    for (const [index, { labels: found }] of ends.entries()) {
      assert.equal(found.at(-1), 'end');
      assert.deepEqual(
        found.map((label) => label === 'end'),
        atEnds[index].labels.map((label) => label !== undefined),
      );
    }
  });
});

describe('what probes are trained on', () => {
  it('is the same for the same seed, with equal strings in one split', async () => {
    const found = await readProbeData(recipe({}), model, NOT_CANCELLED);
    assert.deepEqual(await readProbeData(recipe({}), model, NOT_CANCELLED), found);
    const splitOf = new Map<string, string>();
    for (const { ids, unit } of found.texts) {
      const key = ids.join();
      assert.equal(splitOf.get(key) ?? found.splits[unit], found.splits[unit]);
      splitOf.set(key, found.splits[unit]);
    }
    assert.ok(splitOf.size < found.texts.length);
    assert.deepEqual(
      found.targets.map(({ level, classes }) => [level, classes]),
      [
        [2, ['11', '12']],
        [3, ['7', '8', '9']],
      ],
    );
  });

  it('keeps documents of one group together', async () => {
    const texts = Array.from({ length: 120 }, (_, index) => ({
      text: `${TEXT} ${1 + (index % 3)}`,
      who: index >> 1,
    }));
    const data = { ...(await lines(...texts)), group: 'who' };
    const found = await readProbeData(
      recipe({ data, targets: [{ kind: 'pattern', pattern: '2' }] }),
      model,
      NOT_CANCELLED,
    );
    assert.equal(found.splits.length, 60);
    assert.deepEqual(
      found.texts.map(({ unit }) => unit),
      texts.map(({ who }) => who),
    );
  });

  it('gives every question a name of its own, a regular expression its own text', async () => {
    const texts = Array.from({ length: 120 }, (_, index) => ({
      text: `${TEXT} ${'1 '.repeat(index)}`,
      tag: [[0, 5, index % 2 ? 'a' : 'b']],
    }));
    const targets = [
      { kind: 'pattern', pattern: '2' },
      { kind: 'pattern', pattern: '3', flags: 'iu' },
      { kind: 'column', column: 'tag' },
      { kind: 'column', column: 'tag', at: 'first' },
    ];
    const found = await readProbeData(recipe({ data: await lines(...texts), targets }), model, NOT_CANCELLED);
    assert.deepEqual(
      found.targets.map(({ name }) => name),
      ['/2/', '/3/iu', 'tag', 'tag 2'],
    );
  });

  it('cuts a text longer than the context into pieces of one document, each behind the begin of text', async () => {
    const long = (start: string) => ({
      text: `${start} ${Array.from({ length: 40 }, () => TEXT).join(' ')}`,
    });
    const texts = Array.from({ length: 60 }, (_, index) => long(`${1 + (index % 3)} ${'2 '.repeat(index)}1`));
    const short = modelOf(11);
    const wanted = recipe({ data: await lines(...texts), targets: [{ kind: 'pattern', pattern: '3' }] });
    const found = await readProbeData(wanted, short, NOT_CANCELLED);
    const own = found.texts.filter(({ unit }) => unit === 0);
    assert.ok(own.every(({ ids }) => ids.length <= 11 && ids[0] === 0));
    assert.equal(
      own.reduce((sum, { rows }) => sum + rows.length, 0),
      282,
    );
    assert.equal(found.targets[0].labels.length, found.examples);
  });

  const refused: Record<string, [() => Promise<ProbeRecipe> | ProbeRecipe, 'data' | 'grammar', string[]]> = {
    'a target with one class': [
      async () =>
        recipe({
          data: await lines(...Array.from({ length: 80 }, (_, index) => ({ text: '1 '.repeat(index + 1) }))),
          targets: [{ kind: 'pattern', pattern: '3' }],
        }),
      'data',
      ['/3/ has one class to learn from: other'],
    ],
    'too few documents, with the number needed': [
      async () =>
        recipe({
          data: await lines(
            ...Array.from({ length: 20 }, (_, index) => ({ text: '1 2 '.repeat(index + 1) })),
          ),
          targets: [{ kind: 'pattern', pattern: '2' }],
        }),
      'data',
      ['20 different documents', 'about 50 are needed', 'test split, which has 4'],
    ],
    'too few examples for the classes': [
      () =>
        recipe({
          data: { kind: 'cfg', grammar: 'cfg3b', drop: 3, documents: 90 },
          targets: [{ kind: 'position', classes: 400 }, { kind: 'next-token' }],
          split: { test: 0.4, validation: 0.49 },
        }),
      'data',
      ['about 91 are needed', 'train split'],
    ],
    'a level that the grammar does not have': [
      () => recipe({ targets: [{ kind: 'ancestor', levels: [4] }] }),
      'grammar',
      ['no level 4'],
    ],
    'a grammar of another vocabulary': [
      () => recipe({ data: { kind: 'cfg', grammar: join(folder, 'other.cfg') } }),
      'grammar',
      ['Token 1 of the model is 1', 'is a'],
    ],
    'a grammar of longer strings than the model reads': [
      () => recipe({ data: { kind: 'cfg', grammar: 'cfg3b' } }),
      'grammar',
      ['have up to', 'reads 32 tokens'],
    ],
  };
  for (const [name, [make, reason, parts]] of Object.entries(refused)) {
    it(`refuses ${name}`, async () => {
      await writeFile(join(folder, 'other.cfg'), 'S -> X Y\nX -> a b | b a\nY -> a a | c');
      await assert.rejects(readProbeData(await make(), model, NOT_CANCELLED), isError(reason, ...parts));
    });
  }
});
