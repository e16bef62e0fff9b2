// What probes read of a grammar's strings, against the same computed directly in double precision; and what is refused.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import type { Executor } from '../../src/backend/engine/executor';
import { vocabularyOf } from '../../src/backend/data/cfg/evaluate';
import { presetGrammar } from '../../src/backend/data/cfg/presets';
import { BaseValues } from '../../src/backend/interpret/interventions/baseValues';
import { Interventions } from '../../src/backend/interpret/interventions/interventions';
import { grammarSignature } from '../../src/backend/interpret/parseTree/probeSet';
import type {
  LevelProbabilities,
  TreeAnswer,
  TreeQuestion,
} from '../../src/backend/interpret/parseTree/treeQuestion';
import { ParseTreeReader } from '../../src/backend/interpret/parseTree/treeReader';
import type { StoredProbe } from '../../src/backend/interpret/probes/probeFile';
import { LanguageModel } from '../../src/backend/model/languageModel';
import type { Intervention } from '../../src/protocol/interventions';
import { tryEngine } from '../support/engines';
import { isError } from '../support/errors';
import { configurationWith, randomCheckpoint } from '../support/randomModel';
import { writeTreeProbes, type MadeUpFolder } from '../support/treeProbes';

const grammar = presetGrammar('cfg3b', 3);
const NAMED = { name: 'cfg3b', drop: 3 };
const HOOKS = ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'];
const configuration = configurationWith({ d_vocab: 5, n_ctx: 20 });
const checkpoint = randomCheckpoint(configuration, 3);
const STRINGS = [
  [3, 1, 2, 1],
  [2, 3],
  [1, 2, 3, 1, 2, 3, 3, 1],
].map((ids) => Int32Array.from(ids));

let folder = '';
let executor: Executor;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subtext-trees-'));
  executor = (await tryEngine('cpu')) as Executor;
});
after(() => rm(folder, { recursive: true }));

const asked = (strings: Int32Array[] = STRINGS, changes: Partial<TreeQuestion> = {}): TreeQuestion => ({
  grammar: {
    name: grammar.name,
    words: vocabularyOf(grammar),
    levels: grammar
      .requireLevels()
      .slice(1, -1)
      .map((symbols, index) => ({
        level: index + 2,
        symbols: symbols.map((symbol) => grammar.symbols[symbol]),
      })),
    signature: grammarSignature(grammar),
  },
  strings,
  probes: null,
  hook: null,
  folders: [],
  ...changes,
});

/** A reader of a model whose probes lie in a folder of its own. */
async function readerWith(
  name: string,
  changes: Partial<MadeUpFolder> = {},
): Promise<{ model: LanguageModel; reader: ParseTreeReader; stored: StoredProbe[] }> {
  const path = join(folder, name);
  const made = { grammar: NAMED, kind: 'multi-head' as const, hooks: HOOKS, ...changes };
  const stored = await writeTreeProbes(join(`${path}.probes`, 'made-up'), checkpoint, grammar, made);
  const model = new LanguageModel(checkpoint, executor);
  return { model, reader: new ParseTreeReader(model, path), stored };
}

const read = (
  reader: ParseTreeReader,
  question: TreeQuestion,
  interventions?: Interventions,
): Promise<TreeAnswer> => reader.read(question, interventions, NOT_CANCELLED, () => undefined);

/** Levels of a string that was read. */
function levelsIn({ strings }: TreeAnswer, string: number): LevelProbabilities[] {
  const tree = strings[string];
  assert.ok('levels' in tree, 'the string was read');
  return tree.levels;
}

/** A probe's probabilities of the classes that are named, at every token of one string, in double precision. */
async function direct(
  model: LanguageModel,
  { header, parameters }: StoredProbe,
  ids: Int32Array,
  names: readonly string[],
): Promise<number[][]> {
  const { hook, width, classes, probe } = header;
  const captured = (await model.runWithCache([[0, ...ids]], [hook])).get(hook)!.data as Float32Array;
  const x = Array.from(ids, (_, token) =>
    Array.from(captured.subarray((token + 1) * width, (token + 2) * width)),
  );
  const of = (name: string) => Array.from(parameters.get(name)!.data as Float32Array);
  const map = (from: number[], matrix: number[], columns: number, first: number) =>
    classes.map((_, column) =>
      from.reduce((sum, value, row) => sum + value * matrix[row * columns + first + column], 0),
    );
  const logitsAt = (token: number): number[] => {
    const b = of('b');
    if (probe.kind === 'linear')
      return map(x[token], of('W'), classes.length, 0).map((value, at) => value + b[at]);
    assert.equal(probe.kind, 'multi-head');
    const { heads, width: own } = probe;
    const P = of('P');
    const vector = (position: number, head: number) =>
      P.slice((position * heads + head) * own, (position * heads + head + 1) * own);
    const total = [...b];
    for (let head = 0; head < heads; head++) {
      const here = vector(token, head);
      const weights = softmax(
        x.map(
          (_, other) =>
            vector(other, head).reduce((sum, value, at) => sum + value * here[at], 0) / Math.sqrt(own),
        ),
      );
      x.forEach((from, other) =>
        map(from, of('F'), heads * classes.length, head * classes.length).forEach(
          (value, at) => (total[at] += weights[other] * value),
        ),
      );
    }
    return total;
  };
  return x.map((_, token) => {
    const all = softmax(logitsAt(token));
    return names.map((name) => all[classes.indexOf(name)]);
  });
}

function softmax(values: number[]): number[] {
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / total);
}

function assertClose(actual: Float32Array | null, expected: number[]): void {
  assert.equal(actual?.length, expected.length);
  actual.forEach((value, at) =>
    assert.ok(Math.abs(value - expected[at]) < 1e-5, `${at}: ${value}, ${expected[at]}`),
  );
}

describe('reading the tree of a string', () => {
  for (const kind of ['linear', 'multi-head'] as const) {
    it(`gives every symbol and end the probability that the ${kind} probe computes`, async () => {
      const { model, reader, stored } = await readerWith(kind, { kind });
      // Strings of several lengths share a run.
      const answer = await read(reader, asked());
      const { levels } = asked().grammar;
      for (const [string, ids] of STRINGS.entries()) {
        for (const [index, { level, symbols }] of levels.entries()) {
          const of = (target: string) =>
            stored.find(
              ({ header }) =>
                header.target === target && header.level === level && header.hook === answer.hook,
            )!;
          const found = levelsIn(answer, string)[index];
          assertClose(found.symbols, (await direct(model, of('ancestor'), ids, symbols)).flat());
          assertClose(found.ends, (await direct(model, of('boundary'), ids, ['end'])).flat());
        }
      }
    });
  }

  it('reads the hook whose probes are best, unless another is asked for', async () => {
    const { reader } = await readerWith('hooks');
    const best = await read(reader, asked());
    assert.equal(best.hook, HOOKS[1]);
    assert.deepEqual(best.hooks, HOOKS);
    assert.equal(best.results[0].ancestor?.accuracy, 0.9);
    const other = await read(reader, asked(STRINGS, { hook: HOOKS[0] }));
    assert.equal(other.hook, HOOKS[0]);
    assert.notDeepEqual(levelsIn(other, 0), levelsIn(best, 0));
  });

  it('runs the model only over strings that it has not read', async () => {
    const { model, reader } = await readerWith('kept');
    const runs: number[] = [];
    const run = model.runWithHooks.bind(model);
    model.runWithHooks = (texts, ...rest) => {
      runs.push(texts.length);
      return run(texts, ...rest);
    };
    const first = await read(reader, asked());
    const again = await read(reader, asked([...STRINGS, Int32Array.of(2, 2)]));
    assert.deepEqual(runs, [3, 1]);
    assert.deepEqual(levelsIn(again, 1), levelsIn(first, 1));
    // A string that is there twice is read once.
    await read(reader, asked([Int32Array.of(1), Int32Array.of(1)]));
    assert.deepEqual(runs, [3, 1, 1]);
  });

  it('reads what interventions leave', async () => {
    const { model, reader } = await readerWith('changed', { kind: 'linear' });
    const plain = levelsIn(await read(reader, asked()), 0)[1].symbols!;
    // Behind a stream of zeros every token is alike.
    const list: Intervention[] = [
      { id: 'a', on: true, part: 'L1.resid', change: { kind: 'ablate', to: 'zero' } },
    ];
    const interventions = new Interventions(model, list, new BaseValues(model));
    reader.forget();
    const changed = levelsIn(await read(reader, asked(), interventions), 0)[1].symbols!;
    assert.notDeepEqual(plain.subarray(0, 3), plain.subarray(3, 6));
    assertClose(changed.subarray(0, 3), [...changed.subarray(3, 6)]);
  });
});

describe('strings that cannot be read', () => {
  it('are said to be too long, or to have a word that is none, and the others are read', async () => {
    const { reader } = await readerWith('long', { positions: 5 });
    const tooLong = new Int32Array(30).fill(1);
    const { strings } = await read(reader, asked([Int32Array.of(1, 0), STRINGS[2], tooLong, STRINGS[1]]));
    const said = strings.map((tree) => ('unread' in tree ? tree.unread : 'read'));
    assert.match(said[0], /no terminal of cfg3b\/3/);
    assert.match(said[1], /8 terminals.*up to 5/);
    assert.match(said[2], /context of 20 tokens/);
    assert.equal(said[3], 'read');
  });

  it('are not there in an empty file', async () => {
    const { reader } = await readerWith('none');
    assert.deepEqual((await read(reader, asked([]))).strings, []);
  });
});

describe('probes that do not fit', () => {
  it('are missed, with what to do', async () => {
    const reader = new ParseTreeReader(new LanguageModel(checkpoint, executor), join(folder, 'bare'));
    await assert.rejects(read(reader, asked()), isError('probe', 'no probes', 'bare'));
  });

  it('are not taken from another checkpoint', async () => {
    const path = join(folder, 'other');
    const other = randomCheckpoint(configuration, 4);
    await writeTreeProbes(join(`${path}.probes`, 'made-up'), other, grammar, {
      grammar: NAMED,
      kind: 'linear',
      hooks: HOOKS,
    });
    const reader = new ParseTreeReader(new LanguageModel(checkpoint, executor), path);
    await assert.rejects(
      read(reader, asked()),
      isError('probe', 'No probes in', 'other.probes', 'weights that it has now'),
    );
  });

  it('are not taken from another grammar, whose symbols may have the same names', async () => {
    const { reader } = await readerWith('foreign', { grammar: { name: 'cfg3i', drop: 3 } });
    await assert.rejects(read(reader, asked()), isError('probe', 'trained on cfg3i/3', 'strings of cfg3b/3'));
  });

  it('are chosen by how much they read, then by how well, and only then by their age', async () => {
    const path = join(folder, 'several');
    const made = { grammar: NAMED, kind: 'linear' as const };
    await writeTreeProbes(join(`${path}.probes`, 'better'), checkpoint, grammar, { ...made, hooks: HOOKS });
    await writeTreeProbes(join(`${path}.probes`, 'newer'), checkpoint, grammar, {
      ...made,
      hooks: HOOKS.slice(0, 1),
    });
    const reader = new ParseTreeReader(new LanguageModel(checkpoint, executor), path);
    const { probes: chosen } = await read(reader, asked());
    assert.equal(basename(chosen), 'better');
  });

  it('and a model of another vocabulary are told apart', async () => {
    const small = randomCheckpoint(configurationWith({ d_vocab: 4 }), 1);
    const reader = new ParseTreeReader(new LanguageModel(small, executor), join(folder, 'small'));
    await assert.rejects(read(reader, asked()), isError('grammar', '4 tokens', 'needs 5'));
  });
});
