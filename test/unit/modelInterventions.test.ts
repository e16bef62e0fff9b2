// Activations fed, scaled and added to: what the model goes on with, and what it no longer computes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TensorData } from '../../src/backend/engine/graph/graph';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { hookNames } from '../../src/backend/model/hooks';
import type { HookedValue } from '../../src/backend/model/languageModel';
import { buildTransformer } from '../../src/backend/model/transformer';
import { neededNodes } from '../../src/backend/engine/graph/graph';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { fails } from './checkpointFiles';
import { CONFIGURATIONS } from '../support/configurations';
import { assertClose, assertCloseValues, floatTensor, largestDifference } from '../support/numbers';
import { configurationWith, randomIds, randomModel } from '../support/randomModel';
import { seededNormal } from '../../src/backend/random';

const reference = new ReferenceExecutor();
const { d_vocab, d_model, d_mlp } = configurationWith();
const TEXTS = [randomIds(6, d_vocab, 1), randomIds(6, d_vocab, 2)];
const POST = 'blocks.0.mlp.hook_post';

describe('interventions: feed', () => {
  for (const kind of [
    'learned positions',
    'rotary halves, gated, rms, grouped keys',
    'relative positions',
    'distances only',
    'uniform attention',
    'post-norm, bidirectional',
    'partial rotary, parallel',
  ]) {
    it(`of any activation with its own value changes nothing: ${kind}`, async () => {
      const model = randomModel(CONFIGURATIONS[kind], reference);
      const names = hookNames(model.configuration);
      const all = await model.runWithCache(TEXTS, [...names, 'logits']);
      for (const hook of names) {
        const fed = await model.runWithHooks(
          TEXTS,
          ['logits'],
          [{ hook, kind: 'feed', value: all.get(hook)! }],
        );
        assertClose(fed.get('logits')!, all.get('logits')!, 1e-5, `logits with ${hook} fed`);
      }
    });
  }

  it('of another text’s residual stream gives that text’s logits', async () => {
    const model = randomModel({}, reference);
    const hook = 'blocks.1.hook_resid_pre';
    const other = await model.runWithCache([TEXTS[1]], [hook, 'logits']);
    const value = other.get(hook)!;
    const patched = await model.runWithHooks([TEXTS[0]], ['logits'], [{ hook, kind: 'feed', value }]);
    assertClose(patched.get('logits')!, other.get('logits')!, 1e-5, 'logits');
  });

  it('shows the fed value under its name', async () => {
    const model = randomModel({}, reference);
    const value = randomTensor([2, 6, d_mlp]);
    const found = await model.runWithHooks(TEXTS, [POST], [{ hook: POST, kind: 'feed', value }]);
    assertClose(found.get(POST)!, value, 0, POST);
  });

  it('of the last residual stream computes nothing upstream: neither tokens nor layers are needed', () => {
    const configuration = configurationWith();
    const hook = 'blocks.1.hook_resid_post';
    const shape = ['batch', 'pos', d_model];
    const request = { captures: ['logits'], interventions: [{ hook, kind: 'feed' as const, shape }] };
    const { graph, outputs } = buildTransformer(configuration, request);
    const sources = neededNodes(graph, outputs.values())
      .flatMap((node) => (node.kind === 'input' || node.kind === 'weight' ? [node.name] : []))
      .sort();
    assert.deepEqual(sources, [`feed ${hook}`, 'ln_final.b', 'ln_final.w', 'unembed.W_U', 'unembed.b_U']);
  });

  it('reads logits out of a residual stream alone', async () => {
    const model = randomModel({}, reference);
    const hook = 'blocks.1.hook_resid_post';
    const all = await model.runWithCache(TEXTS, [hook, 'logits', 'log_probs']);
    const found = await model.readout(all.get(hook)!, ['logits', 'log_probs']);
    for (const name of ['logits', 'log_probs']) assertClose(found.get(name)!, all.get(name)!, 1e-5, name);
  });

  it('refuses a value of another shape than the activation’s', async () => {
    const model = randomModel({}, reference);
    for (const shape of [
      [2, 5, d_mlp],
      [1, 6, d_mlp],
      [2, 6, 1],
      [6, d_mlp],
    ]) {
      const hooked: HookedValue[] = [{ hook: POST, kind: 'feed', value: randomTensor(shape) }];
      await assert.rejects(model.runWithHooks(TEXTS, ['logits'], hooked), /mlp\.hook_post/, shape.join());
    }
  });
});

describe('interventions: scale and add', () => {
  it('scaling neurons by zero equals an MLP without their output weights', async () => {
    const model = randomModel({}, reference);
    const ablated = [2, 9];
    const mask = Float32Array.from({ length: d_mlp }, (_, neuron) => (ablated.includes(neuron) ? 0 : 1));
    const value = floatTensor([d_mlp], mask);
    const scaled = await model.runWithHooks(TEXTS, ['logits'], [{ hook: POST, kind: 'scale', value }]);
    const without = randomModel({}, reference);
    const output = without.weight('blocks.0.mlp.W_out')!.data;
    for (const neuron of ablated) output.fill(0, neuron * d_model, (neuron + 1) * d_model);
    const expected = await without.runWithCache(TEXTS, ['logits']);
    assertClose(scaled.get('logits')!, expected.get('logits')!, 1e-5, 'logits');
  });

  it('scaling by one and adding zero change nothing, scaling by zero does', async () => {
    const model = randomModel({}, reference);
    const plain = (await model.runWithCache(TEXTS, ['logits'])).get('logits')!;
    const with_ = async (kind: 'scale' | 'add', number: number) => {
      const hooked: HookedValue[] = [{ hook: POST, kind, value: floatTensor([], [number]) }];
      return (await model.runWithHooks(TEXTS, ['logits'], hooked)).get('logits')!;
    };
    assertClose(await with_('scale', 1), plain, 1e-6, 'scaled by one');
    assertClose(await with_('add', 0), plain, 1e-6, 'with zero added');
    assert.ok(largestDifference((await with_('scale', 0)).data, plain.data) > 0.01);
  });

  for (const engine of [...TESTED_ENGINES, 'reference'] as const) {
    it(`adds a vector at one position of one text, on ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const model = randomModel({}, executor);
      const hook = 'blocks.1.hook_resid_pre';
      const plain = (await model.runWithCache(TEXTS, [hook])).get(hook)!;
      const value = floatTensor([2, 6, d_model], new Float32Array(2 * 6 * d_model));
      const at = (1 * 6 + 3) * d_model;
      value.data.set([2, -1], at); // Not the same everywhere, which a norm takes out again.
      const found = await model.runWithHooks(TEXTS, [hook, 'logits'], [{ hook, kind: 'add', value }]);
      const expected = plain.data.map((each, index) => each + value.data[index]);
      assertCloseValues(found.get(hook)!.data, expected, 1e-4, hook);
      // The text beside it and the positions before it stay as they were.
      const logits = (await model.runWithCache(TEXTS, ['logits'])).get('logits')!;
      const changed = changedRows(found.get('logits')!, logits);
      assert.deepEqual(changed, [9, 10, 11]);
      model.dispose();
    });
  }

  it('scales and adds at one place, in the order given', async () => {
    const model = randomModel({}, reference);
    const plain = (await model.runWithCache(TEXTS, [POST])).get(POST)!;
    const hooked: HookedValue[] = [
      { hook: POST, kind: 'scale', value: floatTensor([], [3]) },
      { hook: POST, kind: 'add', value: floatTensor([], [1]) },
    ];
    const found = await model.runWithHooks(TEXTS, [POST], hooked);
    assertCloseValues(
      found.get(POST)!.data,
      plain.data.map((value) => 3 * value + 1),
      1e-5,
      POST,
    );
  });

  it('changes one head’s pattern without touching the others', async () => {
    const model = randomModel({}, reference);
    const [pattern, z] = ['blocks.0.attn.hook_pattern', 'blocks.0.attn.hook_z'];
    const plain = await model.runWithCache(TEXTS, [z]);
    const value = floatTensor([3, 1, 1], [1, 0, 1]);
    const found = await model.runWithHooks(TEXTS, [z], [{ hook: pattern, kind: 'scale', value }]);
    const { d_head, n_heads } = model.configuration;
    const expected = plain
      .get(z)!
      .data.map((each, index) => (Math.floor(index / d_head) % n_heads === 1 ? 0 : each));
    assertCloseValues(found.get(z)!.data, expected, 1e-6, z);
  });

  it('refuses two values for one thing at one place', async () => {
    const model = randomModel({}, reference);
    const hooked: HookedValue[] = [1, 2].map((number) => ({
      hook: POST,
      kind: 'add',
      value: floatTensor([], [number]),
    }));
    await fails(model.runWithHooks(TEXTS, ['logits'], hooked), 'hook', POST);
  });
});

describe('interventions: names', () => {
  it('refuses names that the model does not have, whether to capture or to change', async () => {
    const model = randomModel({ position: 'uniform' }, reference);
    await fails(model.runWithCache(TEXTS, ['blocks.2.hook_resid_pre']), 'hook', 'blocks.2.hook_resid_pre');
    await fails(model.runWithCache(TEXTS, ['blocks.0.attn.hook_q']), 'hook', 'blocks.0.attn.hook_q');
    const value = floatTensor([], [0]);
    await fails(
      model.runWithHooks(TEXTS, ['logits'], [{ hook: 'logits', kind: 'scale', value }]),
      'hook',
      'logits',
    );
  });

  it('refuses ids outside the vocabulary', async () => {
    const model = randomModel({}, reference);
    for (const id of [-1, d_vocab])
      await fails(model.runWithCache([[1, id]], ['logits']), 'tokenizer', String(id));
  });
});

function randomTensor(shape: number[]): TensorData {
  const normal = seededNormal(5);
  return floatTensor(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal));
}

/** Rows of the last axis that differ by more than 1e-4. */
function changedRows(a: TensorData, b: TensorData): number[] {
  const width = a.shape[a.shape.length - 1];
  const count = a.data.length / width;
  return Array.from({ length: count }, (_, row) => row).filter((row) => {
    const slice = ({ data }: TensorData) => data.subarray(row * width, (row + 1) * width);
    return largestDifference(slice(a), slice(b)) > 1e-4;
  });
}
