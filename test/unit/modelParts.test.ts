// Each part of a layer from the activations before it: norms, MLP, mixing of values, unembedding.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NamedTensors } from '../../src/backend/engine/executor';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import type { ActivationKind, TransformerConfiguration } from '../../src/backend/model/configuration';
import { hookNames } from '../../src/backend/model/hooks';
import type { LanguageModel } from '../../src/backend/model/languageModel';
import { assertCloseValues, dot, element, rowOf } from '../support/numbers';
import { configurationWith, randomIds, randomModel } from '../support/randomModel';

const reference = new ReferenceExecutor();
const POS = 5;

/** The definitions: x·Φ(x), its tanh approximation (Hendrycks & Gimpel, arXiv 1606.08415), … */
const ACTIVATIONS: Record<ActivationKind, (x: number) => number> = {
  gelu: (x) => x * normalDistribution(x),
  gelu_new: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  relu: (x) => Math.max(0, x),
  silu: (x) => x / (1 + Math.exp(-x)),
};

describe('model parts: MLP', () => {
  for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
    for (const gated of [false, true]) {
      it(`applies ${activation}${gated ? ', gated' : ''} between its matrices`, async () => {
        const { model, all } = await run({ activation, gated });
        const mlp = 'blocks.0.mlp';
        const act = ACTIVATIONS[activation];
        for (let position = 0; position < POS; position++) {
          const input = normed(model, all, 'blocks.0.ln2', position);
          const pre = affine(model, mlp, gated ? 'gate' : 'in', input);
          const linear = gated ? affine(model, mlp, 'in', input) : pre.map(() => 1);
          const post = pre.map((value, neuron) => act(value) * linear[neuron]);
          const out = affine(model, mlp, 'out', post);
          // The kinds of gelu lie up to 5e-4 apart.
          assertCloseValues(rowOf(all.get(`${mlp}.hook_pre`)!, 0, position), pre, 1e-5, 'pre');
          assertCloseValues(rowOf(all.get(`${mlp}.hook_post`)!, 0, position), post, 1e-5, 'post');
          assertCloseValues(rowOf(all.get('blocks.0.hook_mlp_out')!, 0, position), out, 1e-5, 'out');
        }
      });
    }
  }
});

describe('model parts: mixture of experts', () => {
  for (const [normalize, gated] of [
    [true, true],
    [false, false],
  ]) {
    const kind = normalize ? 'weighed to sum to one, gated' : 'weighed by their probability';
    it(`adds up what the chosen experts write, ${kind}`, async () => {
      const experts = { num_experts: 4, experts_per_token: 2, normalize };
      const { model, all } = await run({ activation: 'relu', gated, d_mlp: 20, experts });
      const mlp = 'blocks.0.mlp';
      const size = 20 / experts.num_experts;
      for (let position = 0; position < POS; position++) {
        const input = normed(model, all, 'blocks.0.ln2', position);
        const powers = affine(model, mlp, 'router', input).map(Math.exp);
        const order = [...powers.keys()].sort((a, b) => powers[b] - powers[a]);
        const chosen = order.slice(0, experts.experts_per_token);
        const total = (normalize ? chosen.map((expert) => powers[expert]) : powers).reduce((a, b) => a + b);
        const weights = powers.map((power, expert) => (chosen.includes(expert) ? power / total : 0));
        const pre = affine(model, mlp, gated ? 'gate' : 'in', input);
        const linear = gated ? affine(model, mlp, 'in', input) : pre.map(() => 1);
        const post = pre.map((value, neuron) =>
          weights[Math.floor(neuron / size)] === 0 ? 0 : Math.max(0, value) * linear[neuron],
        );
        const out = rowOf(all.get('blocks.0.hook_mlp_out')!, 0, position).map((_, column) =>
          weights.reduce((sum, weight, expert) => {
            const own = post.slice(expert * size, (expert + 1) * size);
            const row = (neuron: number) =>
              element(model.weight(`${mlp}.W_out`)!, expert * size + neuron, column);
            const written = own.reduce((before, value, neuron) => before + value * row(neuron), 0);
            return sum + weight * (written + element(model.weight(`${mlp}.b_out`)!, expert, column));
          }, 0),
        );
        const found = (name: string) => rowOf(all.get(name)!, 0, position);
        assertCloseValues(found(`${mlp}.hook_expert_weights`), weights, 1e-5, 'expert weights');
        assertCloseValues(found(`${mlp}.hook_post`), post, 1e-5, 'post');
        assertCloseValues(found('blocks.0.hook_mlp_out'), out, 1e-5, 'out');
      }
    });
  }
});

describe('model parts: changed weights of experts', () => {
  const weightsHook = 'blocks.0.mlp.hook_expert_weights';
  const outHook = 'blocks.0.hook_mlp_out';
  const changes = { d_mlp: 20, experts: { num_experts: 4, experts_per_token: 2, normalize: true } };

  /** What stands at `name` when the weights are fed or scaled by these numbers. */
  async function changed(
    model: LanguageModel,
    name: string,
    kind: 'feed' | 'scale',
    shape: number[],
    data: number[],
  ) {
    const value = { type: 'float32' as const, shape, data: Float32Array.from(data) };
    const ids = randomIds(POS, model.configuration.d_vocab);
    const found = await model.runWithHooks([ids], [name], [{ hook: weightsHook, kind, value }]);
    return Array.from(found.get(name)!.data);
  }

  it('weigh what the experts write, also below zero', async () => {
    const { model, all } = await run(changes);
    const turned = Array.from(all.get(outHook)!.data, (each) => -each);
    assertCloseValues(await changed(model, outHook, 'scale', [], [-1]), turned, 1e-5, 'out');
  });

  it('switch the neurons of experts that the router did not choose', async () => {
    const { model } = await run(changes);
    const last = Array.from({ length: POS * 4 }, (_, index) => Number(index % 4 === 3));
    const post = await changed(model, 'blocks.0.mlp.hook_post', 'feed', [1, POS, 4], last);
    post.forEach((activation, index) => {
      assert.equal(activation !== 0, index % 20 >= 15, `neuron ${index % 20} is ${activation}`);
    });
  });
});

describe('model parts: norms', () => {
  const inputs: Record<TransformerConfiguration['block'], [norm: string, input: string[]][]> = {
    serial: [
      ['ln1', ['hook_resid_pre']],
      ['ln2', ['hook_resid_mid']],
    ],
    parallel: [
      ['ln1', ['hook_resid_pre']],
      ['ln2', ['hook_resid_pre']],
    ],
    'post-norm': [
      ['ln1', ['hook_resid_pre', 'hook_attn_out']],
      ['ln2', ['hook_resid_mid', 'hook_mlp_out']],
    ],
  };
  for (const [block, norms] of Object.entries(inputs)) {
    it(`stand where a ${block} block has them`, async () => {
      const { all } = await run({ block: block as TransformerConfiguration['block'] });
      for (const [norm, parts] of norms) {
        for (let position = 0; position < POS; position++) {
          const rows = parts.map((part) => rowOf(all.get(`blocks.1.${part}`)!, 0, position));
          const input = rows[0].map((_, column) => rows.reduce((sum, row) => sum + row[column], 0));
          const mean = input.reduce((a, b) => a + b, 0) / input.length;
          const scale = element(all.get(`blocks.1.${norm}.hook_scale`)!, 0, position, 0);
          const expected = input.map((value) => (value - mean) / scale);
          const found = rowOf(all.get(`blocks.1.${norm}.hook_normalized`)!, 0, position);
          assertCloseValues(found, expected, 1e-5, `${norm} at ${position}`);
        }
      }
    });
  }
});

describe('model parts: attention', () => {
  it('mixes the values of the head that its query head shares, by the pattern', async () => {
    const { model, all } = await run({ n_heads: 6, n_key_value_heads: 2 });
    const of = (name: string) => all.get(`blocks.0.attn.hook_${name}`)!;
    for (let head = 0; head < 6; head++) {
      for (let position = 0; position < POS; position++) {
        const weights = rowOf(of('pattern'), 0, head, position);
        const values = weights.map((_, key) => rowOf(of('v'), 0, key, head < 3 ? 0 : 1));
        const mixed = values[0].map((_, i) =>
          dot(
            weights,
            values.map((row) => row[i]),
          ),
        );
        assertCloseValues(rowOf(of('z'), 0, position, head), mixed, 1e-5, `z of head ${head}`);
        const rows = mixed.map((_, i) => rowOf(model.weight('blocks.0.attn.W_O')!, 4 * head + i));
        const result = rows[0].map((_, column) =>
          dot(
            mixed,
            rows.map((row) => row[column]),
          ),
        );
        assertCloseValues(rowOf(of('result'), 0, position, head), result, 1e-5, `result of head ${head}`);
      }
    }
  });

  it('takes queries, keys and values of a head from its own columns', async () => {
    const { model, all } = await run({ position: 'none', n_heads: 4, n_key_value_heads: 2 });
    for (const which of ['Q', 'K', 'V']) {
      for (let position = 0; position < POS; position++) {
        const input = normed(model, all, 'blocks.0.ln1', position);
        const expected = affine(model, 'blocks.0.attn', which, input);
        const heads = all.get(`blocks.0.attn.hook_${which.toLowerCase()}`)!;
        const found = Array.from({ length: heads.shape[2] }, (_, head) => rowOf(heads, 0, position, head));
        assertCloseValues(found.flat(), expected, 1e-5, which);
      }
    }
  });
});

describe('model parts: unembedding', () => {
  for (const tied of [false, true]) {
    it(`is ${tied ? 'the embedding itself' : 'a matrix of its own'}, with its bias`, async () => {
      const { model, all } = await run({ tied });
      const { d_vocab } = model.configuration;
      const weights = model.weight(tied ? 'embed.W_E' : 'unembed.W_U')!;
      const bias = model.weight('unembed.b_U')!;
      for (let position = 0; position < POS; position++) {
        const input = normed(model, all, 'ln_final', position);
        const logits = Array.from({ length: d_vocab }, (_, id) =>
          input.reduce(
            (sum, value, i) => sum + value * (tied ? element(weights, id, i) : element(weights, i, id)),
            bias.data[id],
          ),
        );
        assertCloseValues(rowOf(all.get('logits')!, 0, position), logits, 1e-5, 'logits');
        const top = Math.max(...logits);
        const total = top + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - top), 0));
        const expected = logits.map((value) => value - total);
        assertCloseValues(rowOf(all.get('log_probs')!, 0, position), expected, 1e-5, 'log_probs');
      }
    });
  }
});

async function run(changes: Partial<TransformerConfiguration>) {
  const model = randomModel(changes, reference);
  const ids = randomIds(POS, configurationWith().d_vocab);
  const names = [...hookNames(model.configuration), 'logits', 'log_probs'];
  return { model, all: await model.runWithCache([ids], names) };
}

/** The output of a norm: its captured quotient times gain plus offset. */
function normed(model: LanguageModel, all: NamedTensors, name: string, position: number): number[] {
  const [gain, offset] = ['w', 'b'].map((each) => model.weight(`${name}.${each}`)!.data);
  return rowOf(all.get(`${name}.hook_normalized`)!, 0, position).map((x, i) => x * gain[i] + offset[i]);
}

function affine(model: LanguageModel, path: string, name: string, input: number[]): number[] {
  const weights = model.weight(`${path}.W_${name}`)!;
  const bias = model.weight(`${path}.b_${name}`)?.data;
  return Array.from({ length: weights.shape[1] }, (_, column) =>
    input.reduce((sum, value, row) => sum + value * element(weights, row, column), bias?.[column] ?? 0),
  );
}

/** Φ(x), by Simpson's rule on the density from 0. */
function normalDistribution(x: number): number {
  const steps = 400;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let step = 1; step < steps; step++) sum += (step % 2 === 1 ? 4 : 2) * density((x * step) / steps);
  return 0.5 + (sum * x) / (3 * steps);
}
