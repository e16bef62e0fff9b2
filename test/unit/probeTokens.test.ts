// Folders of probes as they are opened again: every cell's tokens stand in the test documents where the probe says.
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { openCheckpoint } from '../../src/backend/checkpoint/open';
import { readCfgText, wordsOf } from '../../src/backend/data/cfg/cfgText';
import type { Executor } from '../../src/backend/engine/executor';
import { writeProbes } from '../../src/backend/interpret/probes/folder';
import {
  fittingFolders,
  openProbeFolder,
  placeOfProbes,
  probesBeside,
} from '../../src/backend/interpret/probes/openFolder';
import { probePositions } from '../../src/backend/interpret/probes/positions';
import { probedModel } from '../../src/backend/interpret/probes/probedModel';
import { fingerprintOf } from '../../src/backend/interpret/probes/probeFile';
import { parseProbeRecipe } from '../../src/backend/interpret/probes/recipe';
import { runProbes } from '../../src/backend/interpret/probes/run';
import { probeConfusion, probeTokens } from '../../src/backend/interpret/probes/testTokens';
import { seededRandom } from '../../src/backend/random';
import type { ProbeFolder, ProbeResult, ProbeToken } from '../../src/protocol/probes';
import { tryEngine } from '../support/engines';
import { isError } from '../support/errors';
import { writeRandomCheckpoint } from '../support/randomModel';

const SAMPLE = join(__dirname, '../../media/models/cfg');
const WORDS = ['alpha', 'beta', 'gamma'];
/** White space and marks that editors change, drop, or open no file with. */
const ODD = [' ', '\r\n', '\r', '\n\n', '\uFEFF', '\0', ' é😀 ', '\t'];

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subtext-probe-tokens-'));
  for (const seed of [1, 2])
    await writeRandomCheckpoint(join(folder, `model-${seed}`), { seed, context: 32 });
});
after(() => rm(folder, { recursive: true }));

async function trained(name: string, recipe: object): Promise<ProbeFolder> {
  const base = {
    activations: { layers: 'last' },
    probe: { kind: 'linear', solver: 'ridge' },
    controls: { random_init: false, shuffled: false },
  };
  const complete = parseProbeRecipe(JSON.stringify({ ...base, ...recipe }), 'r.probe.json');
  const executor = (await tryEngine('cpu')) as Executor;
  const path = join(folder, name);
  await writeProbes(path, complete, await runProbes(executor, complete, NOT_CANCELLED));
  return openProbeFolder(path);
}

/** All test tokens of a probe with the classes of their cell, asked for three at a time. */
async function everyToken(
  { path }: ProbeFolder,
  { file: name }: ProbeResult,
): Promise<(ProbeToken & { label: string; read: string })[]> {
  const file = join(path, name);
  const { classes, counts } = await probeConfusion({ file });
  const found = [];
  for (const [label, of] of classes.entries()) {
    for (const [read, as] of classes.entries()) {
      const cell = [];
      const question = { file, true: label, read, count: 3 };
      let total = 0;
      do {
        const answer = await probeTokens({ ...question, first: cell.length });
        cell.push(...answer.tokens.map((token) => ({ ...token, label: of, read: as })));
        total = answer.total;
      } while (cell.length < total);
      assert.equal(cell.length, counts[label * classes.length + read]);
      found.push(...cell);
    }
  }
  return found;
}

/** Lines of words, each labelled with itself, with odd characters between them and some lines twice. */
function labelledLines(): string {
  const random = seededRandom(3);
  const pick = <One>(from: readonly One[]) => from[Math.floor(random() * from.length)];
  const lines = Array.from({ length: 70 }, (_, line) => {
    let text = line === 0 ? '\uFEFF' : '';
    const spans: [number, number, string][] = [];
    for (let count = 3 + Math.floor(random() * 20); count > 0; count--) {
      const word = pick(WORDS);
      spans.push([text.length, text.length + word.length, word]);
      text += word + pick(ODD);
    }
    return JSON.stringify({ text, word: spans });
  });
  return [...lines, ...lines.slice(0, 10)].join('\n');
}

describe('the tokens of a probe on texts', () => {
  let probes: ProbeFolder;
  let text: string;
  before(async () => {
    await writeFile(join(folder, 'words.jsonl'), labelledLines());
    probes = await trained('texts', {
      models: [join(folder, 'model-1'), join(folder, 'model-2')],
      data: { kind: 'text', files: [join(folder, 'words.jsonl')] },
      targets: [{ kind: 'column', column: 'word' }],
    });
    text = await readFile(probes.testFile, 'utf8');
  });

  it('are the labelled tokens of the test split, each in its place of a file that editors leave as it is', async () => {
    assert.doesNotMatch(text, /[\r\0\uFEFF]/);
    for (const result of probes.probes) {
      const tokens = await everyToken(probes, result);
      assert.equal(tokens.length, result.n_test);
      const right = tokens.filter(({ label, read }) => label === read);
      assert.equal(right.length / tokens.length, result.accuracy);
      for (const { start, end, text: own, before, after, label } of tokens) {
        assert.equal(text.slice(start, end), own);
        assert.ok(text.startsWith(before, start - before.length) && text.startsWith(after, end));
        const around = text.slice(Math.max(0, start - 5), end + 5);
        assert.ok(around.includes(label) && own.trim() !== '', `${label}: ${JSON.stringify(around)}`);
        assert.ok(!`${before}${own}${after}`.includes('<|endoftext|>'), 'context of another document');
      }
    }
  });

  it('stand at as many characters from the begin of their document as their position says', async () => {
    const [probe] = probes.probes;
    const { unit, bins } = await probePositions({ file: join(probes.path, probe.file) });
    assert.equal(unit, 'characters');
    const starts = [
      0,
      ...[...text.matchAll(/\n<\|endoftext\|>\n/g)].map(({ 0: mark, index }) => index + mark.length),
    ];
    const counts = new Map(bins.map(({ first }) => [first, 0]));
    const width = bins[0].last - bins[0].first + 1;
    for (const { start } of await everyToken(probes, probe)) {
      const position = start - starts.findLast((each) => each <= start)!;
      const first = position - (position % width);
      counts.set(first, counts.get(first)! + 1);
    }
    assert.deepEqual(
      bins.map(({ tokens }) => tokens),
      [...counts.values()],
    );
  });

  it('are refused for classes that there are not, and where the documents were changed', async () => {
    const file = join(probes.path, probes.probes[0].file);
    const cell = { file, true: 0, read: 0, first: 0, count: 5 };
    await assert.rejects(probeTokens({ ...cell, read: 3 }), isError('usage', 'no classes 0 and 3'));
    await writeFile(probes.testFile, 'alpha');
    await assert.rejects(probeTokens(cell), isError('probe', 'places that are not in its test documents'));
    await assert.rejects(
      probePositions({ file }),
      isError('probe', 'places that are not in its test documents'),
    );
  });
});

describe('the tokens of a probe on strings of a grammar', () => {
  it('stand in a grammar text, followed by the token that they were asked for', async () => {
    const probes = await trained('strings', {
      models: [SAMPLE],
      data: { kind: 'cfg', grammar: 'cfg3b', drop: 3, documents: 120 },
      targets: [{ kind: 'next-token' }],
    });
    assert.equal(probes.testFile, join(probes.path, 'test.cfgtext'));
    const text = await readFile(probes.testFile, 'utf8');
    const { grammar, samples } = readCfgText(text);
    assert.equal(grammar?.value, 'cfg3b/3');
    const words = samples.flatMap((sample) => {
      const own = wordsOf(text, sample, Infinity);
      return own.map(({ start }, index) => [start, own.at(index + 1)?.word] as const);
    });
    const following = new Map(words);
    const tokens = await everyToken(probes, probes.probes[0]);
    assert.equal(tokens.length, probes.probes[0].n_test);
    for (const { start, label } of tokens) {
      assert.ok(following.has(start));
      assert.equal(following.get(start) ?? 'end', /^\d$/.test(label) ? label : 'end');
    }
    const { unit, bins } = await probePositions({ file: join(probes.path, probes.probes[0].file) });
    assert.equal(unit, 'tokens');
    // Every string has a first token, which stands at the begin of its line.
    assert.deepEqual([bins[0].first, bins[0].last, bins[0].documents], [0, 0, samples.length]);
    const firsts = tokens.filter(({ start }) => samples.some((sample) => sample.start === start));
    assert.equal(bins[0].tokens, firsts.length);
    assert.equal(bins[0].accuracy, firsts.filter(({ label, read }) => label === read).length / firsts.length);
  });
});

describe('a folder of probes', () => {
  it('has names that every file system takes, however long what is asked is', async () => {
    const pattern = `a|${'é'.repeat(400)}`;
    const { probes } = await trained('long-names', {
      models: [join(folder, 'model-1')],
      data: { kind: 'text', files: [join(folder, 'words.jsonl')] },
      targets: [pattern, `${pattern}x`].map((each) => ({ kind: 'pattern', pattern: each })),
    });
    const names = probes.map(({ file }) => file);
    assert.equal(new Set(names).size, 2);
    for (const name of names) assert.ok(Buffer.byteLength(name) <= 255 && !name.includes('\uFFFD'), name);
  });

  it('is refused without its test documents, without results, and with results that are none', async () => {
    const path = join(folder, 'strings');
    const copy = join(folder, 'damaged');
    await mkdir(copy);
    await assert.rejects(openProbeFolder(copy), isError('probe', 'holds no probes'));
    await copyFile(join(path, 'results.json'), join(copy, 'results.json'));
    await assert.rejects(openProbeFolder(copy), isError('probe', 'no file with the documents'));
    const results = JSON.parse(await readFile(join(copy, 'results.json'), 'utf8')) as {
      probes: ProbeResult[];
    };
    results.probes[0].file = '../../x.probe.safetensors';
    await writeFile(join(copy, 'results.json'), JSON.stringify(results));
    await assert.rejects(openProbeFolder(copy), isError('checkpoint-format', 'no results of probes'));
    await assert.rejects(openProbeFolder(join(folder, 'nowhere')), isError('not-found'));
  });

  it('is found by the weights that it was trained on, the newest first', async () => {
    const fingerprint = fingerprintOf(await openCheckpoint(join(folder, 'model-2')));
    const recipe = {
      models: [join(folder, 'model-2')],
      data: { kind: 'text', files: [join(folder, 'words.jsonl')] },
      targets: [{ kind: 'column', column: 'word' }],
    };
    await trained('model-2.probes/older', recipe);
    await trained('model-2.probes/newer', recipe);
    await trained('model-2.probes/half.subtext-tmp', recipe);
    await utimes(join(folder, 'model-2.probes/older/results.json'), 1, 1);
    const places = [probesBeside(join(folder, 'model-2')), join(folder, 'texts'), join(folder, 'strings')];
    const found = await fittingFolders([...places, join(folder, 'nowhere')], fingerprint);
    const names = found.map(({ folder: { name } }) => name);
    assert.deepEqual(names.sort(), ['newer', 'older', 'texts']);
    assert.equal(found.at(-1)!.folder.name, 'older');
    const texts = found.find(({ folder: { name } }) => name === 'texts')!;
    assert.deepEqual(
      texts.probes.map(({ model }) => model),
      ['model-2'],
    );
  });

  it('knows the model of its probes: the open ones with its weights, and where the checkpoint lies', async () => {
    const [one, two] = [1, 2].map((seed) => join(folder, `model-${seed}`));
    const open = new Map(
      await Promise.all([two, one].map(async (path) => [path, await openCheckpoint(path)] as const)),
    );
    const { path, probes } = await openProbeFolder(join(folder, 'texts'));
    const file = join(path, probes.find(({ model }) => model === 'model-1')!.file);
    assert.deepEqual(await probedModel(file, open), { name: 'model-1', open: [one], path: one });
    await rename(one, `${one}-moved`);
    const gone = await probedModel(file, new Map());
    await rename(`${one}-moved`, one);
    assert.deepEqual(gone, { name: 'model-1', open: [], path: null });
  });

  it('lies beside its checkpoint, or beside all checkpoints of a run', () => {
    assert.equal(probesBeside('/models/cfg'), '/models/cfg.probes');
    assert.equal(probesBeside('/runs/cfg-01/checkpoints/step-20'), '/runs/cfg-01/probes');
    assert.equal(probesBeside('/runs/cfg-01/final'), '/runs/cfg-01/probes');
    assert.equal(probesBeside('/models/step-20'), '/models/step-20.probes');
    assert.equal(placeOfProbes({ models: ['/models/cfg', SAMPLE] }), '/models/cfg.probes');
  });
});
