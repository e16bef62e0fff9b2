// Direct logit attribution: addends that sum to the model's own logit, each of them what its part adds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOT_CANCELLED } from '../../src/backend/cancellation';
import { Reading } from '../../src/backend/interpret/reading';
import { LanguageModel, type HookedValue } from '../../src/backend/model/languageModel';
import type { LogitComponent } from '../../src/protocol/attribution';
import { CONFIGURATIONS } from '../support/configurations';
import { DRAWN_CONFIGURATIONS, draws } from '../support/drawnConfigurations';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { assertCloseValues, floatTensor, rowOf } from '../support/numbers';
import { randomCheckpoint, randomIds, randomModel } from '../support/randomModel';
import { fails } from './checkpointFiles';
import { assertSum, attribute, reading, reference, sum, valueOf } from '../support/attributions';

const ATTRIBUTED = Object.entries(CONFIGURATIONS).filter(([, changes]) => !changes.head_transform);

describe('logit attribution: the sum', () => {
  for (const [kind, changes] of ATTRIBUTED) {
    it(`of all addends is the logit, and the difference of two: ${kind}`, async () => {
      await assertSums(randomModel(changes, reference), 7);
    });
  }

  for (const [family, draw] of Object.entries(DRAWN_CONFIGURATIONS)) {
    it(`is the logit for configurations drawn for ${family}, and refused where there is none`, async () => {
      for (let seed = 1; seed <= 12; seed++) {
        const configuration = draw(draws(seed));
        const model = new LanguageModel(randomCheckpoint(configuration, seed), reference);
        if (configuration.head_transform) {
          await fails(attribute(reading(model, 1), { position: 0 }), 'hook', 'activation function');
        } else {
          await assertSums(model, configuration.n_ctx);
        }
      }
    });
  }

  for (const engine of TESTED_ENGINES) {
    it(`is the logit on ${engine}`, async (context) => {
      const executor = await tryEngine(engine);
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const model = randomModel({ n_layers: 3, d_model: 24, d_mlp: 50 }, executor);
      await assertSums(model, 9);
      model.dispose();
    });
  }

  it('holds in every window of a text longer than the context, each position in the one that reads it best', async () => {
    const model = randomModel({}, reference);
    const long = reading(model, 40);
    for (const position of [0, 10, 11, 25, 39]) {
      const found = await attribute(long, { position, token: 3 });
      assertSum(found);
      const window = long.windows.find(
        ({ keepStart, keepEnd }) => keepStart <= position && position < keepEnd,
      )!;
      const row = position - window.keepStart + window.keepRow;
      const alone = await attribute(Reading.ofIds(model, [...window.ids]), { position: row, token: 3 });
      assertCloseValues(found.values, alone.values, 0, `values at ${position}`);
    }
  });
});

describe('logit attribution: the addends', () => {
  it('are each part’s writing, centred, over the final norm’s scale there, along gain and unembedding', async () => {
    const model = randomModel({}, reference);
    const { d_model, n_layers, n_heads } = model.configuration;
    const ids = randomIds(6, 17);
    const parts = [0, 1].flatMap((layer) => [
      `blocks.${layer}.attn.hook_result`,
      `blocks.${layer}.hook_mlp_out`,
    ]);
    const run = await model.runWithCache(
      [ids],
      ['hook_embed', 'hook_pos_embed', 'ln_final.hook_scale', ...parts],
    );
    const [position, token] = [4, 9];
    const scale = run.get('ln_final.hook_scale')!.data[position];
    const gain = model.weight('ln_final.w')!.data;
    const unembedding = model.weight('unembed.W_U')!;
    const along = (written: readonly number[]) => {
      const mean = written.reduce((a, b) => a + b, 0) / d_model;
      const normed = written.map((value, i) => ((value - mean) / scale) * gain[i]);
      return normed.reduce((sum, value, i) => sum + value * unembedding.data[i * 17 + token], 0);
    };
    const found = await attribute(Reading.ofIds(model, ids), { position, token });
    const value = (wanted: Partial<LogitComponent>) => [valueOf(found, wanted)];
    const embedding = rowOf(run.get('hook_embed')!, 0, position);
    assertCloseValues(value({ kind: 'embedding' }), [along(embedding)], 1e-5, 'embedding');
    const place = rowOf(run.get('hook_pos_embed')!, 0, position);
    assertCloseValues(value({ kind: 'position' }), [along(place)], 1e-5, 'position');
    for (let layer = 0; layer < n_layers; layer++) {
      for (let head = 0; head < n_heads; head++) {
        const written = rowOf(run.get(`blocks.${layer}.attn.hook_result`)!, 0, position, head);
        assertCloseValues(value({ kind: 'head', layer, head }), [along(written)], 1e-5, `L${layer}H${head}`);
      }
      const written = rowOf(run.get(`blocks.${layer}.hook_mlp_out`)!, 0, position);
      const bias = model.weight(`blocks.${layer}.mlp.b_out`)!.data;
      const own = written.map((each, i) => each - bias[i]);
      assertCloseValues(value({ kind: 'mlp', layer }), [along(own)], 1e-5, `MLP ${layer}`);
    }
  });

  for (const kind of [
    'learned positions',
    'partial rotary, parallel',
    'rotary halves, gated, rms, grouped keys',
    'post-norm, bidirectional',
    'post-norm without MLP',
    'two of four experts',
  ]) {
    it(`of heads and MLPs are what the logit loses without them, all else held: ${kind}`, async () => {
      const model = randomModel({ ...CONFIGURATIONS[kind], n_layers: 3 }, reference);
      const { n_heads, n_layers, d_mlp, biases } = model.configuration;
      const ids = randomIds(5, 17);
      const [position, token, against] = [3, 2, 11];
      const found = await attribute(Reading.ofIds(model, ids), { position, token, against });
      const logit = (logits: ArrayLike<number>) =>
        logits[position * 17 + token] - logits[position * 17 + against];
      for (let layer = 0; layer < n_layers; layer++) {
        const head = 1;
        const scale = floatTensor(
          [n_heads, 1],
          Array.from({ length: n_heads }, (_, h) => Number(h !== head)),
        );
        const lost = await without(model, ids, `blocks.${layer}.hook_attn_out`, {
          hook: `blocks.${layer}.attn.hook_result`,
          kind: 'scale',
          value: scale,
        });
        const what = `L${layer}H${head}`;
        assertCloseValues([valueOf(found, { kind: 'head', layer, head })], [lost(logit)], 1e-5, what);
        if (d_mlp === 0 || biases.mlp) continue;
        const hook = `blocks.${layer}.hook_mlp_out`;
        const lostMlp = await without(model, ids, hook, { hook, kind: 'scale', value: floatTensor([], [0]) });
        assertCloseValues([valueOf(found, { kind: 'mlp', layer })], [lostMlp(logit)], 1e-5, `MLP ${layer}`);
      }
    });
  }

  it('name every bias that makes the constant', async () => {
    const model = randomModel({ embedding_norm: true, token_types: 2 }, reference);
    const { constants } = await attribute(reading(model, 5), { position: 2 });
    const names = [
      ...['token_type_embed.W_token_type', 'embed.ln.b'],
      ...['blocks.0.attn.b_O', 'blocks.0.mlp.b_out', 'blocks.1.attn.b_O', 'blocks.1.mlp.b_out'],
      ...['ln_final.b', 'unembed.b_U'],
    ];
    assert.deepEqual(constants.names, names);
  });

  it('accumulate over the layers to what each stream gives with the last one’s scale', async () => {
    const model = randomModel({ n_layers: 3 }, reference);
    const ids = randomIds(6, 17);
    const [position, token] = [5, 8];
    const scale = 'ln_final.hook_scale';
    const streams = [
      'blocks.0.hook_resid_pre',
      ...[0, 1, 2].map((layer) => `blocks.${layer}.hook_resid_post`),
    ];
    const run = await model.runWithCache([ids], [scale, ...streams]);
    const { accumulated } = await attribute(Reading.ofIds(model, ids), { position, token });
    const expected = await Promise.all(
      streams.map(async (hook) => {
        const fed = [
          { hook: 'blocks.2.hook_resid_post', kind: 'feed' as const, value: run.get(hook)! },
          { hook: scale, kind: 'feed' as const, value: run.get(scale)! },
        ];
        return (await model.runWithHooks([ids], ['logits'], fed)).get('logits')!.data[position * 17 + token];
      }),
    );
    assertCloseValues(accumulated, expected, 1e-5, 'accumulated');
  });
});

describe('logit attribution: neurons', () => {
  for (const [kind, changes] of ATTRIBUTED.filter(([, { d_mlp }]) => d_mlp !== 0)) {
    it(`of a layer sum to their MLP's addend: ${kind}`, async () => {
      const read = reading(randomModel(changes, reference), 6);
      const { n_layers, d_mlp } = read.model.configuration;
      for (let layer = 0; layer < n_layers; layer++) {
        const found = await attribute(read, { position: 4, neurons: { layer, count: d_mlp } });
        const { values, neurons, layers } = found.neurons!;
        assert.deepEqual(
          [...neurons].sort((a, b) => a - b),
          [...Array(d_mlp).keys()],
        );
        assert.ok(layers.every((each) => each === layer));
        assertCloseValues([sum(values)], [valueOf(found, { kind: 'mlp', layer })], 1e-5, `MLP ${layer}`);
      }
    });
  }

  it('of all layers come strongest first, up or down, with their activations and the rest of the MLPs', async () => {
    const read = reading(randomModel({ n_layers: 3 }, reference), 6);
    const question = { position: 5, token: 4 };
    const all = (await attribute(read, { ...question, neurons: { count: 1000 } })).neurons!;
    assert.equal(all.values.length, 3 * 14);
    const strengths = Array.from(all.values, Math.abs);
    assert.deepEqual(
      strengths,
      strengths.toSorted((a, b) => b - a),
    );
    const found = await attribute(read, { ...question, neurons: { count: 5 } });
    const few = found.neurons!;
    assert.deepEqual(few.values, all.values.slice(0, 5));
    for (let row = 0; row < 5; row++) {
      const { data } = await read.activation(`blocks.${few.layers[row]}.mlp.hook_post`, NOT_CANCELLED);
      assert.equal(few.activations[row], data[5 * 14 + few.neurons[row]]);
    }
    const mlps = found.components.reduce(
      (total, { kind }, index) => total + (kind === 'mlp' ? found.values[index] : 0),
      0,
    );
    assertCloseValues([sum(few.values) + few.rest[0]], [mlps], 1e-5, 'MLPs');
  });
});

/** Also that the logits are those of a plain run. */
async function assertSums(model: LanguageModel, length: number): Promise<void> {
  const read = reading(model, length);
  const { d_vocab } = model.configuration;
  const run = await model.runWithCache([read.tokens.map(({ id }) => id)], ['logits']);
  for (const position of new Set([0, Math.floor(length / 2), length - 1])) {
    const token = (3 * position) % d_vocab;
    const against = (token + 1) % d_vocab;
    const { data } = run.get('logits')!;
    const one = await attribute(read, { position, token });
    assertCloseValues(one.logits, [data[position * d_vocab + token]], 1e-4, 'logit');
    assertSum(one);
    assertSum(await attribute(read, { position, token, against }));
  }
}

/**
 * What the logits lose by a change, while every other part writes what it did and every norm between the stream and the
 * logits keeps its scale.
 */
async function without(
  model: LanguageModel,
  ids: readonly number[],
  changed: string,
  change: HookedValue,
): Promise<(of: (logits: ArrayLike<number>) => number) => number> {
  const { n_layers, d_mlp, block } = model.configuration;
  const layers = [...Array(n_layers).keys()];
  const writers = layers.flatMap((layer) => [
    `blocks.${layer}.hook_attn_out`,
    ...(d_mlp > 0 ? [`blocks.${layer}.hook_mlp_out`] : []),
  ]);
  const scales =
    block === 'post-norm'
      ? layers.flatMap((layer) => [1, 2].map((norm) => `blocks.${layer}.ln${norm}.hook_scale`))
      : ['ln_final.hook_scale'];
  const held = [...writers, ...scales].filter((hook) => d_mlp > 0 || !hook.includes('.ln2.'));
  const run = await model.runWithCache([ids], [...held, 'logits']);
  const fed = held
    .filter((hook) => hook !== changed)
    .map((hook) => ({ hook, kind: 'feed' as const, value: run.get(hook)! }));
  const after = await model.runWithHooks([ids], ['logits'], [...fed, change]);
  return (of) => of(run.get('logits')!.data) - of(after.get('logits')!.data);
}
