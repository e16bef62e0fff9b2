// Configurations of each family of checkpoints, drawn by a seed, with weights to write, and what to compare of them.
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { configurationWith, NO_BIASES } from './randomModel';
import { randomNumbers } from '../unit/checkpointFiles';

type Draw = ReturnType<typeof draws>;

/** What random configurations are drawn with. */
export function draws(seed: number) {
  const below = randomNumbers(seed);
  const oneOf = <T>(values: readonly T[]): T => values[below(values.length)];
  return { upTo: (limit: number) => 1 + below(limit), oneOf, coin: () => below(2) === 0 };
}

const ACTIVATIONS = ['gelu', 'gelu_new', 'relu', 'silu'] as const;
const llama3 = { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 32 };

/** Sizes that all families share. */
function sizes({ upTo, oneOf, coin }: Draw, d_head: number): TransformerConfiguration {
  const [n_heads, n_layers] = [upTo(4), upTo(3)];
  return configurationWith({
    n_layers,
    n_heads,
    d_head,
    d_model: n_heads * d_head,
    d_mlp: upTo(20),
    d_vocab: upTo(20),
    n_ctx: upTo(12),
    norm_epsilon: oneOf([1e-5, 1e-12, 0.3]),
    activation: oneOf(ACTIVATIONS),
    tied: coin(),
    biases: { qkv: true, attention_out: true, mlp: true, unembed: false },
  });
}

/** Configurations of each family, and no others, drawn at random. */
export const DRAWN_CONFIGURATIONS: Record<string, (draw: Draw) => TransformerConfiguration> = {
  gpt2(draw) {
    const drawn = sizes(draw, draw.upTo(6));
    return draw.coin() ? drawn : { ...drawn, attention_scale: 1 };
  },
  gpt_neo(draw) {
    const drawn = sizes(draw, draw.upTo(6));
    const window = draw.upTo(9);
    return {
      ...drawn,
      attention_scale: 1,
      windows: drawn.windows.map(() => (draw.coin() ? window : null)),
      biases: { ...drawn.biases, qkv: false },
    };
  },
  gpt_neox(draw) {
    const d_head = draw.oneOf([2, 5, 8, 47]);
    const dimensions = 2 * draw.upTo(Math.floor(d_head / 2));
    const bias = draw.coin();
    return {
      ...sizes(draw, d_head),
      position: 'rotary',
      rotary: { base: draw.oneOf([100, 10_000]), dimensions, pairing: 'halves' },
      block: draw.oneOf(['serial', 'parallel']),
      biases: { qkv: bias, attention_out: bias, mlp: true, unembed: false },
    };
  },
  llama(draw) {
    const d_head = 2 * draw.upTo(4);
    const drawn = sizes(draw, d_head);
    const bias = draw.coin();
    return {
      ...drawn,
      d_model: drawn.n_heads * draw.upTo(6),
      n_key_value_heads: drawn.n_heads % 2 === 0 ? drawn.n_heads / 2 : drawn.n_heads,
      position: 'rotary',
      rotary: {
        base: draw.oneOf([100.5, 10_000]),
        dimensions: d_head,
        pairing: 'halves',
        ...(draw.coin() && { scaling: llama3 }),
      },
      norm: 'rms',
      gated: true,
      biases: { qkv: bias, attention_out: bias, mlp: draw.coin(), unembed: false },
    };
  },
  mixtral(draw) {
    const drawn = DRAWN_CONFIGURATIONS.llama(draw);
    const num_experts = draw.upTo(4);
    return {
      ...drawn,
      d_mlp: num_experts * draw.upTo(5),
      experts: { num_experts, experts_per_token: draw.upTo(num_experts), normalize: true },
      windows: new Array<number | null>(drawn.n_layers).fill(draw.oneOf([null, 3])),
      biases: NO_BIASES,
    };
  },
  bert(draw) {
    return {
      ...sizes(draw, draw.upTo(6)),
      block: 'post-norm',
      causal: false,
      tied: true,
      embedding_norm: true,
      token_types: draw.upTo(2),
      head_transform: true,
      biases: { qkv: true, attention_out: true, mlp: true, unembed: true },
    };
  },
  subtext(draw) {
    const drawn = sizes(draw, 2 * draw.upTo(3));
    return {
      ...drawn,
      d_model: draw.upTo(20),
      d_mlp: draw.oneOf([0, 6]),
      position: draw.oneOf(['learned', 'relative', 'distance-only', 'uniform', 'none']),
      norm: draw.oneOf(['layer', 'rms']),
      block: draw.oneOf(['serial', 'parallel', 'post-norm']),
      gated: draw.coin(),
      causal: draw.coin(),
      windows: drawn.windows.map(() => draw.oneOf([null, 1, 5])),
      attention_scale: 0.123,
      ...(draw.coin() && { embedding_norm: true, token_types: 3 }),
      ...(draw.coin() && { head_transform: true }),
      biases: { qkv: draw.coin(), attention_out: draw.coin(), mlp: draw.coin(), unembed: true },
    };
  },
};

/** Weights by their bits, so that −0 and NaN are told apart too. */
export function bits(weights: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>) {
  const each = [...weights].map(
    ([name, { shape, data }]) => [name, { shape, bits: Buffer.from(data.buffer).toString('hex') }] as const,
  );
  return Object.fromEntries(each);
}
