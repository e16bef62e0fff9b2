// Interventions and patching in a terminal.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { answer, buildCommand, json, refuses } from '../support/commandLine';
import { assertCloseValues } from '../support/numbers';
import { writeRandomCheckpoint } from '../support/randomModel';

const folder = mkdtempSync(join(tmpdir(), 'subtext-cli-'));
const model = join(folder, 'tiny');
const file = join(folder, 'a.interventions.json');
const GENERATE = [
  'generate',
  '--model',
  model,
  '--prompt',
  'The crew',
  '--max-tokens',
  '8',
  '--temperature',
  '1',
];

interface PatchJson {
  model: string;
  part: string;
  metric: { kind: string; answer: { id: number }; wrong?: { id: number }; clean: number; corrupted: number };
  clean: string[];
  corrupted: string[];
  sources: number[];
  effect: (number | null)[][];
}

before(async () => {
  await buildCommand();
  await writeRandomCheckpoint(model);
  const interventions = [
    { part: 'L1.mlp', change: { kind: 'ablate' } },
    { part: 'L0H1', change: { kind: 'scale', factor: 9 }, on: false },
  ];
  writeFileSync(file, JSON.stringify({ interventions }));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('subtext generate with interventions', () => {
  it('writes another text, the same each time', async () => {
    const plain = await json<{ text: string }>(...GENERATE);
    const ablated = await json<{ text: string }>(...GENERATE, '--ablate', 'L1.mlp');
    assert.notEqual(ablated.text, plain.text);
    assert.deepEqual(await json(...GENERATE, '--ablate', 'L1.mlp'), ablated);
    assert.equal(await answer(...GENERATE, '--ablate', 'L1.mlp'), ablated.text);
  });

  it('takes several, repeated or with commas, and a file of them', async () => {
    const commas = await json(...GENERATE, '--ablate', 'L1.mlp,L0H1', '--steer', 'L1.resid=2*L0N4');
    const repeated = [...GENERATE, '--ablate', 'L1.mlp', '--ablate', 'L0H1', '--steer', 'L1.resid=2*L0N4'];
    assert.deepEqual(await json(...repeated), commas);
    const fromFile = await json(...GENERATE, '--interventions', file);
    assert.deepEqual(fromFile, await json(...GENERATE, '--ablate', 'L1.mlp'));
  });

  it('an ablation is a scaling by zero', async () => {
    const scaled = await json(...GENERATE, '--scale', 'L1.attn=0');
    assert.deepEqual(scaled, await json(...GENERATE, '--ablate', 'L1.attn'));
  });

  it('refuses what it does not understand, and parts that the model does not have', async () => {
    await refuses(2, [...GENERATE, '--ablate', 'head5'], '--ablate head5 is not understood', 'L3H5');
    await refuses(2, [...GENERATE, '--scale', 'L0H1'], '--scale L0H1');
    await refuses(
      1,
      [...GENERATE, '--ablate', 'L2H0'],
      'The model has no L2H0',
      'layers 0 to 1. Leave it out',
    );
    await refuses(1, [...GENERATE, '--interventions', join(folder, 'none.json')], 'none.json');
    await refuses(
      1,
      [...GENERATE, '--interventions', join(model, 'config.json')],
      'config.json',
      'is missing',
    );
  });
});

describe('other commands with interventions', () => {
  it('read the text under them', async () => {
    const reading = ['--model', model, '--text', 'The crew'];
    const hook = ['activations', ...reading, '--hook', 'blocks.0.mlp.hook_post'];
    const plain = await json<{ data: number[]; shape: number[] }>(...hook);
    const scaled = await json<{ data: number[] }>(...hook, '--scale', 'L0N5=3');
    const width = plain.shape[2];
    const expected = plain.data.map((value, index) => (index % width === 5 ? 3 * value : value));
    assertCloseValues(scaled.data, expected, 1e-5, 'neurons');
    for (const command of ['neurons', 'logits', 'attention', 'lens', 'attribute']) {
      const changed = await json(command, ...reading, '--ablate-mean', 'L0.resid');
      assert.notDeepEqual(changed, await json(command, ...reading), command);
    }
  });
});

describe('subtext patch', () => {
  const texts = ['patch', '--model', model, '--clean', 'The crew were', '--corrupted', 'The sun were'];

  it('gives a map of layers and tokens, or of layers and heads', async () => {
    const aligned = [...texts, '--align', 'subsequence'];
    const found = await json<PatchJson>(...aligned);
    assert.equal(found.model, 'tiny');
    assert.equal(found.effect.length, 2);
    assert.ok(found.effect.every((row) => row.length === found.corrupted.length));
    assert.deepEqual(
      found.effect[0].map((value) => value === null),
      found.sources.map((source) => source === -1),
    );
    assert.equal(found.metric.kind, 'log-probability');
    const heads = await json<PatchJson>(...aligned, '--part', 'head', '--answer', 'a', '--wrong', 'b');
    assert.deepEqual([heads.effect.length, heads.effect[0].length], [2, 4]);
    assert.equal(heads.metric.kind, 'logit-difference');
    const table = await answer(...aligned);
    assert.match(table, /^log-probability of .*: .* after the clean text/);
    assert.equal(table.split('\n').length, 1 + 1 + found.corrupted.length + 1);
  });

  it('refuses texts of different token counts, and says what would help', async () => {
    const different = ['patch', '--model', model, '--clean', 'The crew', '--corrupted', 'The crew were'];
    await refuses(1, different, 'tokens', '--align subsequence');
  });

  it('refuses parts, alignments and answers that it does not know', async () => {
    await refuses(2, [...texts, '--part', 'neuron'], '--part neuron', 'resid, attn, mlp, head');
    await refuses(2, [...texts, '--align', 'best'], '--align best');
    await refuses(2, [...texts, '--align', 'subsequence', '--answer', 'baked in the sun'], 'tokens');
    await refuses(2, ['patch', '--model', model, '--clean', 'The'], '--corrupted is missing');
  });
});
