// Recipes of probes: defaults, what is said about wrong ones, what is generated from their schema.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SubtextError } from '../../src/backend/errors';
import { modelPlaces } from '../../src/backend/interpret/probes/models';
import { parseProbeRecipe, resolvedProbeRecipe } from '../../src/backend/interpret/probes/recipe';
import { hooksOf } from '../../src/backend/interpret/probes/run';
import { isError } from '../support/errors';
import { PROBE_SCHEMA, probeSchemaText } from '../support/probeSchema';
import { configurationWith } from '../support/randomModel';

const SMALLEST = {
  models: ['cfg'],
  data: { kind: 'cfg', grammar: 'cfg3b' },
  targets: [{ kind: 'ancestor' }],
  probe: { kind: 'linear' },
};
const TEXT = { kind: 'text', files: ['a.jsonl'] };

const parse = (changes: object) =>
  parseProbeRecipe(JSON.stringify({ ...SMALLEST, ...changes }), 'r.probe.json');

describe('a recipe of probes', () => {
  it('needs models, data, targets and a probe', () => {
    const recipe = parse({});
    assert.deepEqual(recipe.activations, { hooks: ['blocks.*.hook_resid_post'], layers: 'all' });
    assert.deepEqual(recipe.controls, { random_init: true, shuffled: true });
    assert.deepEqual(recipe.split, { validation: 0.1, test: 0.2 });
    assert.deepEqual(recipe.targets, [{ kind: 'ancestor', levels: 'all', at: 'every' }]);
  });

  it('has paths relative to its folder, and grammars and models by name', () => {
    const own = (changes: object) => resolvedProbeRecipe(parse(changes), '/recipes', (given) => `<${given}>`);
    assert.deepEqual(own({ models: ['cfg', { run: '../run' }] }).models, ['<cfg>', { run: '/run' }]);
    assert.deepEqual(own({}).data, { kind: 'cfg', grammar: 'cfg3b', drop: 0, documents: 2000 });
    const { data } = own({ data: TEXT, targets: [{ kind: 'position' }] });
    assert.deepEqual(data.kind === 'text' && data.files, ['/recipes/a.jsonl']);
  });

  const wrong: Record<string, [object, string]> = {
    'an unknown key': [{ prob: {} }, 'prob is not known'],
    'an unknown kind of target': [{ targets: [{ kind: 'ancestors' }] }, 'targets.0.kind'],
    'no target': [{ targets: [] }, 'targets is a list of 0'],
    'a target of a grammar for texts': [
      { data: TEXT },
      'targets.0.kind is ancestor, which only data.kind cfg has',
    ],
    'a target of texts for a grammar': [
      { targets: [{ kind: 'pattern', pattern: 'a' }] },
      'targets.0.kind is pattern, which only data.kind text has',
    ],
    'a pattern that is none': [
      { data: TEXT, targets: [{ kind: 'pattern', pattern: '(' }] },
      'targets.0.pattern',
    ],
    'a split that leaves nothing': [{ split: { validation: 0.45, test: 0.46 } }, 'split leaves 9 %'],
  };
  for (const [name, [changes, expected]] of Object.entries(wrong)) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => parse(changes), isError('recipe', 'r.probe.json', expected));
    });
  }

  it('is refused when it is no JSON', () => {
    assert.throws(() => parseProbeRecipe('{"models": [', 'r.probe.json'), SubtextError);
  });
});

describe('activations of a recipe', () => {
  const hooks = (activations: object) => hooksOf(parse({ activations }).activations, configurationWith());

  it('are those of every layer, the last one or some, in the order of the forward pass', () => {
    assert.deepEqual(hooks({}), ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post']);
    assert.deepEqual(hooks({ layers: 'last' }), ['blocks.1.hook_resid_post']);
    assert.deepEqual(hooks({ layers: [1], hooks: ['blocks.*.attn.hook_z', 'hook_embed'] }), [
      'hook_embed',
      'blocks.1.attn.hook_z',
    ]);
  });

  it('are refused for a layer that is not there', () => {
    assert.throws(() => hooks({ layers: [0, 2] }), isError('hook', 'no layer 2'));
  });
});

describe('models of a recipe', () => {
  const run = mkdtempSync(join(tmpdir(), 'subtext-run-'));
  for (const step of [200, 1000, 50])
    mkdirSync(join(run, 'checkpoints', `step-${step}`), { recursive: true });

  it('are the checkpoints of a run by step, or those that are asked for', () => {
    const steps = (model: { run: string; steps?: number[] }) => modelPlaces([model]).map(({ step }) => step);
    assert.deepEqual(steps({ run }), [50, 200, 1000]);
    assert.deepEqual(steps({ run, steps: [1000, 50] }), [50, 1000]);
    assert.match(modelPlaces([{ run }])[0].name, /step 50$/);
    assert.throws(() => steps({ run, steps: [60] }), isError('run', 'no checkpoint of step 60'));
    rmSync(run, { recursive: true });
    assert.throws(() => steps({ run }), isError('run', 'has no checkpoints'));
  });
});

describe('what is generated from the schema of probe recipes', () => {
  it('is up to date: media/schemas/probe.schema.json', async () => {
    assert.equal(await readFile(PROBE_SCHEMA, 'utf8'), await probeSchemaText(), 'run npm run docs');
  });
});

describe('the recipes that come with Subtext', () => {
  it('are understood', async () => {
    const folder = join(__dirname, '../../media/recipes');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.probe.json'));
    assert.ok(names.length > 0);
    for (const name of names) parseProbeRecipe(await readFile(join(folder, name), 'utf8'), name);
  });
});
