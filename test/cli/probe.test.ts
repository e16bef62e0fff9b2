// subtext probe: the table of accuracies as scripts read it, what is left behind, and what is refused.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readProbe } from '../../src/backend/interpret/probes/probeFile';
import type { InterventionFile } from '../../src/protocol/interventions';
import type { ProbeResults } from '../../src/protocol/probes';
import { buildCommand, json, refuses, startSubtext } from '../support/commandLine';
import { writeRandomCheckpoint } from '../support/randomModel';

const RECIPE = {
  models: ['cfg'],
  data: { kind: 'cfg', grammar: 'cfg3h', drop: 3, documents: 400 },
  targets: [
    { kind: 'ancestor', levels: [3] },
    { kind: 'boundary', levels: [2] },
  ],
  activations: { layers: 'last' },
  probe: { kind: 'linear', solver: 'ridge' },
};

let folder = '';
before(async () => {
  await buildCommand();
  folder = await mkdtemp(join(tmpdir(), 'subtext-probe-'));
});
after(() => rm(folder, { recursive: true }));

async function recipe(changes: object = {}): Promise<string> {
  const path = join(folder, `${Math.random()}.probe.json`);
  await writeFile(path, JSON.stringify({ ...RECIPE, ...changes }));
  return path;
}

describe('subtext probe on the sample model of a grammar', () => {
  let found: ProbeResults;
  const out = () => join(folder, 'out');
  before(async () => {
    found = await json<ProbeResults>('probe', await recipe(), '--out', out());
  });

  it('gives accuracies beside their controls, as scripts read them', () => {
    assert.deepEqual(
      found.probes.map(({ target, level, layer, kind }) => [target, level, layer, kind]),
      [
        ['ancestor', 3, 2, 'linear'],
        ['boundary', 2, 2, 'linear'],
      ],
    );
    for (const { accuracy, ci, majority, random_init, shuffled, n_test } of found.probes) {
      assert.ok(ci[0] < accuracy && accuracy < ci[1]);
      assert.ok(ci[0] > majority && ci[0] > random_init! && ci[0] > shuffled!, `${accuracy}, ${random_init}`);
      assert.ok(Math.abs(shuffled! - majority) < 0.1);
      assert.ok(n_test > 500);
    }
  });

  it('writes the recipe, the results and every probe, and says the same the next time', async () => {
    const names = await readdir(out());
    const files = found.probes.map(({ file }) => file);
    assert.deepEqual(names.sort(), [...files, 'recipe.json', 'results.json', 'test.cfgtext'].sort());
    assert.deepEqual(JSON.parse(await readFile(join(out(), 'results.json'), 'utf8')), found);
    assert.deepEqual(await json('probe', await recipe(), '--out', out()), found);
  });

  it('writes beside the checkpoint unless a folder is named', async () => {
    const model = join(folder, 'mine');
    await cp(join(__dirname, '../../media/models/cfg'), model, { recursive: true });
    const path = join(folder, 'beside.probe.json');
    await writeFile(path, JSON.stringify({ ...RECIPE, models: ['mine'], targets: [{ kind: 'position' }] }));
    await json('probe', path);
    assert.ok(existsSync(join(folder, 'mine.probes/beside/results.json')));
  });

  it('reads a text with a stored probe, on the checkpoint that it was trained on alone', async () => {
    const file = join(out(), found.probes[0].file);
    const text = ['--text', '3 1 2 3 2 1 3 1 3 2 3 1 2 1'];
    const { tokens, classes } = await json<{
      tokens: { read: string; probabilities: number[] }[];
      classes: string[];
    }>('probe', 'read', file, '--model', 'cfg', ...text);
    assert.equal(tokens.length, 14);
    assert.ok(tokens.every(({ read }) => classes.includes(read)));
    const other = join(folder, 'other');
    await writeRandomCheckpoint(other);
    await refuses(1, ['probe', 'read', file, '--model', other, ...text], 'other weights', 'trained on cfg');
  });

  it('reads a text as its test split was read, also by a model that looks both ways', async () => {
    const shipped = join(__dirname, '../../media/models/probes/cfg-ancestor');
    const [line] = (await readFile(join(shipped, 'test.cfgtext'), 'utf8'))
      .split('\n')
      .filter((each) => each !== '' && !each.startsWith('#'));
    for (const model of ['cfg', 'cfg-encoder']) {
      const file = join(shipped, `${model}-ancestor-level-2-blocks.1.hook_resid_post.probe.safetensors`);
      const { places } = await readProbe(file);
      const { tokens, classes } = await json<{ tokens: { read: string }[]; classes: string[] }>(
        ...['probe', 'read', file, '--model', model, '--text', line],
      );
      // The first test document stands first in the file, and each of its tokens has a row: range, truth, reading.
      const scored = tokens.map((_, index) => classes[places[4 * index + 3]]);
      assert.deepEqual(
        tokens.map(({ read }) => read),
        scored,
        model,
      );
    }
  });

  it('steers along a stored probe, which then reads the class more', async () => {
    const file = join(out(), found.probes[0].file);
    const steering = await json<InterventionFile>(
      'probe',
      'direction',
      file,
      '--towards',
      '8',
      '--factor',
      '30',
    );
    assert.equal(steering.interventions[0].part, 'L3.resid');
    const path = join(folder, 'steer.interventions.json');
    await writeFile(path, JSON.stringify(steering));
    const read = async (...more: string[]) => {
      const text = '3 1 2 3 2 1 3 1 3 2 3 1 2 1';
      const { tokens } = await json<{ tokens: { read: string }[] }>(
        'probe',
        'read',
        file,
        '--model',
        'cfg',
        '--text',
        text,
        ...more,
      );
      return tokens.filter((token) => token.read === '8').length;
    };
    assert.ok((await read('--interventions', path)) > (await read()));
    await refuses(1, ['probe', 'direction', file, '--towards', '99'], 'no class 99', '7, 8, 9');
  });
});

describe('subtext probe refuses', () => {
  it('a model of another vocabulary', async () => {
    await refuses(1, ['probe', await recipe({ models: ['stories'] })], 'Token 0 of the model');
  });

  it('an activation, a layer or a model that is not there', async () => {
    await refuses(
      1,
      ['probe', await recipe({ activations: { hooks: ['blocks.0.nothing'] } })],
      'blocks.0.nothing',
    );
    await refuses(1, ['probe', await recipe({ activations: { layers: [3] } })], 'no layer 3');
    await refuses(
      1,
      ['probe', await recipe({ activations: { hooks: ['blocks.*.attn.hook_pattern'] } })],
      'two tokens',
    );
    await refuses(1, ['probe', await recipe({ models: ['nothing'] })], 'no model nothing');
    await refuses(1, ['probe', join(folder, 'nothing.json')], 'does not exist');
  });

  it('too few examples, with the number needed', async () => {
    const data = { ...RECIPE.data, documents: 12 };
    await refuses(1, ['probe', await recipe({ data })], 'about 50 are needed');
  });

  it('to write over other files, and leaves nothing', async () => {
    const out = join(folder, 'full');
    await json('probe', await recipe(), '--out', out);
    await writeFile(join(out, 'mine.txt'), 'x');
    const before = await readdir(out);
    await refuses(1, ['probe', await recipe(), '--out', out], 'mine.txt');
    assert.deepEqual(await readdir(out), before);
  });

  it('to be half: interrupted, it leaves no folder', async () => {
    const out = join(folder, 'interrupted');
    const probe = { kind: 'multi-head' };
    const train = { steps: 100000, patience: 10000 };
    const { child, ended } = startSubtext(['probe', await recipe({ probe, train }), '--out', out]);
    await new Promise((resolve) => child.stderr!.once('data', resolve));
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    assert.ok(!existsSync(out) && !existsSync(`${out}.subtext-tmp`));
  });
});
