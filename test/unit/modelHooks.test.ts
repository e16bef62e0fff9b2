// Every activation of every kind of model: its name, TransformerLens's shape, and how the activations hang together.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { hookNames } from '../../src/backend/model/hooks';
import { TESTED_ENGINES, tryEngine } from '../support/engines';
import { CONFIGURATIONS } from '../support/configurations';
import { assertClose, assertCloseValues, floatTensor } from '../support/numbers';
import { configurationWith, randomIds, randomModel } from '../support/randomModel';

const reference = new ReferenceExecutor();
const BATCH = 2;
const POS = 7;

for (const [kind, changes] of Object.entries(CONFIGURATIONS)) {
  const configuration = configurationWith(changes);

  describe(`model: ${kind}`, () => {
    it('gives every activation under its TransformerLens name with its shape', async () => {
      const all = await runAll(changes);
      for (const name of hookNames(configuration)) {
        assert.deepEqual([...all.get(name)!.shape], shapeOf(name, configuration), name);
        assert.ok(
          all.get(name)!.data.every((value) => !Number.isNaN(value)),
          name,
        );
      }
    });

    it('computes the same logits whether its activations are looked at or not', async () => {
      const plain = await randomModel(changes, reference).runWithCache(texts(configuration), ['logits']);
      const all = await runAll(changes);
      assertClose(all.get('logits')!, plain.get('logits')!, 1e-5, 'logits');
    });

    it('adds attention and MLP to the residual stream', async () => {
      const all = await runAll(changes);
      for (let layer = 0; layer < configuration.n_layers; layer++) assertResidual(all, layer, configuration);
    });

    it('has attention rows that sum to one', async () => {
      const all = await runAll(changes);
      for (let layer = 0; layer < configuration.n_layers; layer++) {
        const { data } = all.get(`blocks.${layer}.attn.hook_pattern`)!;
        for (let start = 0; start < data.length; start += POS) {
          const total = Array.from(data.subarray(start, start + POS)).reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(total - 1) <= 1e-5, `row ${start / POS} of layer ${layer} sums to ${total}`);
        }
      }
    });

    it('sees exactly the keys that it may see', async () => {
      const all = await runAll(changes);
      for (let layer = 0; layer < configuration.n_layers; layer++) {
        const { data } = all.get(`blocks.${layer}.attn.hook_pattern`)!;
        for (let index = 0; index < data.length; index++) {
          const [query, key] = [Math.floor(index / POS) % POS, index % POS];
          const head = Math.floor(index / (POS * POS)) % configuration.n_heads;
          const seen = isSeen(configuration, layer, head, query, key);
          assert.equal(data[index] > 0, seen, `layer ${layer}, head ${head}, ${query} → ${key}`);
        }
      }
    });

    it('sums what its heads write, and the bias, to what attention writes', async () => {
      const model = randomModel(changes, reference);
      const names = [0, 1].flatMap((layer) => [
        `blocks.${layer}.attn.hook_result`,
        `blocks.${layer}.hook_attn_out`,
      ]);
      const all = await model.runWithCache(texts(configuration), names);
      const { n_heads, d_model } = configuration;
      // Computed without per-head results, by the one product that the model otherwise takes.
      const fused = await model.runWithCache(
        texts(configuration),
        names.filter((name) => name.endsWith('out')),
      );
      for (const layer of [0, 1]) {
        const bias = model.weight(`blocks.${layer}.attn.b_O`)?.data;
        const { data } = all.get(`blocks.${layer}.attn.hook_result`)!;
        const summed = Array.from({ length: BATCH * POS * d_model }, (_, index) => {
          const [place, column] = [Math.floor(index / d_model), index % d_model];
          const heads = Array.from(
            { length: n_heads },
            (__, h) => data[(place * n_heads + h) * d_model + column],
          );
          return heads.reduce((a, b) => a + b, bias?.[column] ?? 0);
        });
        const out = `blocks.${layer}.hook_attn_out`;
        assertCloseValues(all.get(out)!.data, summed, 1e-5, out);
        assertClose(fused.get(out)!, all.get(out)!, 1e-5, out);
      }
    });

    for (const engine of TESTED_ENGINES) {
      it(`gives the same logits and activations on ${engine} as in float64`, async (context) => {
        const executor = await tryEngine(engine);
        if (typeof executor === 'string') {
          context.skip(executor);
          return;
        }
        const model = randomModel(changes, executor);
        const found = await model.runWithCache(texts(configuration), [...hookNames(configuration), 'logits']);
        for (const [name, value] of await runAll(changes)) assertClose(found.get(name)!, value, 1e-4, name);
        const alone = await model.runWithCache(texts(configuration), ['logits']);
        assertClose(alone.get('logits')!, found.get('logits')!, 1e-4, 'logits alone');
        model.dispose();
      });
    }
  });
}

describe('model: norms', () => {
  for (const kind of ['layer', 'rms'] as const) {
    it(`${kind}: normalises to its scale, with epsilon under the root`, async () => {
      const { d_model, norm_epsilon } = configurationWith();
      const all = await runAll({ norm: kind });
      const { data: input } = all.get('blocks.1.hook_resid_post')!;
      const [scales, rows]: number[][] = [[], []];
      for (let start = 0; start < input.length; start += d_model) {
        const row = Array.from(input.subarray(start, start + d_model));
        const mean = kind === 'layer' ? row.reduce((a, b) => a + b, 0) / d_model : 0;
        const centered = row.map((value) => value - mean);
        const variance = centered.reduce((sum, value) => sum + value * value, 0) / d_model;
        const scale = Math.sqrt(variance + norm_epsilon);
        scales.push(scale);
        rows.push(...centered.map((value) => value / scale));
      }
      assertClose(all.get('ln_final.hook_scale')!, floatTensor([BATCH, POS, 1], scales), 1e-5, 'scale');
      assertCloseValues(all.get('ln_final.hook_normalized')!.data, rows, 1e-5, 'normalized');
    });
  }
});

const runs = new Map<string, Promise<NamedTensors>>();

/** All activations and the logits of two random texts, in float64; computed once for each kind of model. */
function runAll(changes: Partial<TransformerConfiguration>): Promise<NamedTensors> {
  const configuration = configurationWith(changes);
  const key = JSON.stringify(configuration);
  const names = [...hookNames(configuration), 'logits'];
  const run = runs.get(key) ?? randomModel(changes, reference).runWithCache(texts(configuration), names);
  runs.set(key, run);
  return run;
}

function texts({ d_vocab }: TransformerConfiguration): number[][] {
  return [randomIds(POS, d_vocab, 1), randomIds(POS, d_vocab, 2)];
}

function shapeOf(name: string, configuration: TransformerConfiguration): number[] {
  const { n_heads, n_key_value_heads, d_model, d_head, d_mlp } = configuration;
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (/hook_(attn_scores|pattern)$/.test(name)) return [BATCH, n_heads, POS, POS];
  if (/hook_(q|rot_q|z)$/.test(last)) return [BATCH, POS, n_heads, d_head];
  if (/hook_(k|rot_k|v)$/.test(last)) return [BATCH, POS, n_key_value_heads, d_head];
  if (last === 'hook_result') return [BATCH, POS, n_heads, d_model];
  if (name.endsWith('.hook_expert_weights')) return [BATCH, POS, configuration.experts!.num_experts];
  if (name.includes('.mlp.')) return [BATCH, POS, d_mlp];
  return [BATCH, POS, last === 'hook_scale' ? 1 : d_model];
}

function isSeen(
  configuration: TransformerConfiguration,
  layer: number,
  head: number,
  query: number,
  key: number,
): boolean {
  const distance = query - key;
  const { causal, position, windows } = configuration;
  if (causal && distance < 0) return false;
  if (position === 'uniform' && distance >= 2 ** (head + 1) - 1) return false;
  return distance < (windows[layer] ?? Infinity);
}

function assertResidual(all: NamedTensors, layer: number, { block, d_mlp }: TransformerConfiguration): void {
  const of = (name: string) => all.get(`blocks.${layer}.${name}`)!;
  const sum = (...names: string[]) =>
    Float64Array.from(of(names[0]).data, (_, index) =>
      names.reduce((total, name) => total + of(name).data[index], 0),
    );
  const check = (name: string, ...parts: string[]) =>
    assertCloseValues(of(name).data, sum(...parts), 1e-5, `blocks.${layer}.${name}`);
  if (layer > 0) {
    const before = all.get(`blocks.${layer - 1}.hook_resid_post`)!;
    assertClose(of('hook_resid_pre'), before, 0, `blocks.${layer}.hook_resid_pre`);
  }
  if (block === 'post-norm') return; // Its residual stream is normalised after each addition.
  if (d_mlp === 0) check('hook_resid_post', 'hook_resid_pre', 'hook_attn_out');
  else if (block === 'parallel') check('hook_resid_post', 'hook_resid_pre', 'hook_attn_out', 'hook_mlp_out');
  else {
    check('hook_resid_mid', 'hook_resid_pre', 'hook_attn_out');
    check('hook_resid_post', 'hook_resid_mid', 'hook_mlp_out');
  }
}
