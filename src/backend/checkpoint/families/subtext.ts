// Our own family, for transformers that no class of transformers computes: config.json holds our configuration as it
// is, and the tensors have our names and shapes. Python reads its tensors, but transformers cannot open it.
import type {
  ExpertsConfiguration,
  RotaryConfiguration,
  TransformerConfiguration,
} from '../../model/configuration';
import {
  described,
  MAX_CONTEXT,
  MAX_LAYERS,
  MAX_SIZE,
  type ConfigurationReader,
} from '../configurationReader';
import { asIs, withoutUnused, type Family } from './family';

/** All weights that any configuration asks for (model/weights.ts). */
const names = [
  'embed.W_E',
  'pos_embed.W_pos',
  'token_type_embed.W_token_type',
  ...['embed.ln.w', 'embed.ln.b', 'mlm_head.W', 'mlm_head.b', 'mlm_head.ln.w', 'mlm_head.ln.b'],
  ...['ln1.w', 'ln1.b', 'ln2.w', 'ln2.b'].map(inBlock),
  ...['W_Q', 'W_K', 'W_V', 'W_O', 'b_Q', 'b_K', 'b_V', 'b_O'].map((name) => inBlock(`attn.${name}`)),
  ...['distance_scores', 'relative_keys', 'relative_queries'].map((name) => inBlock(`attn.${name}`)),
  ...['W_in', 'W_gate', 'W_out', 'W_router'].map((name) => inBlock(`mlp.${name}`)),
  ...['b_in', 'b_gate', 'b_out'].map((name) => inBlock(`mlp.${name}`)),
  'ln_final.w',
  'ln_final.b',
  'unembed.W_U',
  'unembed.b_U',
];

const POSITIONS = ['learned', 'rotary', 'relative', 'distance-only', 'uniform', 'none'] as const;

export const subtext: Family = {
  modelType: 'subtext',
  architecture: undefined,
  prefix: '',
  harmless: /(?!)/,
  ignored: [],
  sources: { 'embed.W_E': asIs('embed.W_E'), ...Object.fromEntries(names.map((name) => [name, asIs(name)])) },
  configuration(config) {
    return strictObject(config, 'configuration', read) ?? config.missing('configuration');
  },
  values: (configuration) => ({ configuration: withoutUnused(configuration) }),
};

function inBlock(name: string): string {
  return `blocks.{}.${name}`;
}

function read(config: ConfigurationReader): TransformerConfiguration {
  const n_layers = config.size(['n_layers'], MAX_LAYERS);
  const n_heads = config.size(['n_heads']);
  const n_key_value_heads = config.size(['n_key_value_heads']);
  if (n_heads % n_key_value_heads !== 0) {
    throw config.error(
      'n_key_value_heads',
      `is ${n_key_value_heads}, which does not divide ${n_heads} heads`,
    );
  }
  const d_head = config.size(['d_head']);
  const d_mlp = config.value('d_mlp') === 0 ? 0 : config.size(['d_mlp']);
  const position = choice(config, 'position', POSITIONS);
  const rotary = readRotary(config, d_head);
  if ((position === 'rotary') !== (rotary !== undefined)) {
    throw config.error('rotary', 'is there for rotary positions, and for no others');
  }
  const experts = readExperts(config, d_mlp);
  const token_types = config.optionalSize(['token_types']);
  return {
    n_layers,
    n_heads,
    n_key_value_heads,
    d_model: config.size(['d_model']),
    d_head,
    d_mlp,
    d_vocab: config.size(['d_vocab']),
    n_ctx: config.size(['n_ctx'], MAX_CONTEXT),
    position,
    ...(rotary && { rotary }),
    norm: choice(config, 'norm', ['layer', 'rms']),
    norm_epsilon: config.positive(['norm_epsilon']),
    block: choice(config, 'block', ['serial', 'parallel', 'post-norm']),
    activation: choice(config, 'activation', ['gelu', 'gelu_new', 'relu', 'silu']),
    gated: config.flag('gated'),
    ...(experts && { experts }),
    causal: config.flag('causal'),
    windows: readWindows(config, n_layers),
    attention_scale: config.positive(['attention_scale']),
    tied: config.flag('tied'),
    ...(config.flag('embedding_norm', false) && { embedding_norm: true }),
    ...(token_types !== undefined && { token_types }),
    ...(config.flag('head_transform', false) && { head_transform: true }),
    biases: readBiases(config),
  };
}

function readRotary(config: ConfigurationReader, d_head: number): RotaryConfiguration | undefined {
  const rotary = strictObject(config, 'rotary', (inner): RotaryConfiguration => {
    const scaling = strictObject(inner, 'scaling', (scaled) => ({
      factor: scaled.positive(['factor']),
      lowFrequencyFactor: scaled.positive(['lowFrequencyFactor']),
      highFrequencyFactor: scaled.positive(['highFrequencyFactor']),
      originalContext: scaled.size(['originalContext'], MAX_CONTEXT),
    }));
    return {
      base: inner.positive(['base']),
      dimensions: inner.size(['dimensions'], d_head),
      pairing: choice(inner, 'pairing', ['halves', 'interleaved']),
      ...(scaling && { scaling }),
    };
  });
  const { dimensions = 0, scaling } = rotary ?? {};
  if (dimensions % 2 !== 0)
    throw config.error('rotary', `turns ${dimensions} dimensions, not an even number`);
  if (scaling && scaling.highFrequencyFactor <= scaling.lowFrequencyFactor) {
    throw config.error('rotary', 'has a highFrequencyFactor that is not above lowFrequencyFactor');
  }
  return rotary;
}

function readExperts(config: ConfigurationReader, d_mlp: number): ExpertsConfiguration | undefined {
  const experts = strictObject(config, 'experts', (inner) => ({
    num_experts: inner.size(['num_experts'], Math.max(d_mlp, 1)),
    experts_per_token: inner.size(['experts_per_token']),
    normalize: inner.flag('normalize'),
  }));
  if (!experts) return undefined;
  const { num_experts, experts_per_token } = experts;
  if (d_mlp === 0 || d_mlp % num_experts !== 0) {
    throw config.error('experts', `are ${num_experts}, which do not share ${d_mlp} neurons evenly`);
  }
  if (experts_per_token > num_experts) {
    throw config.error('experts', `are ${num_experts}, of which a token cannot pass ${experts_per_token}`);
  }
  return experts;
}

function readWindows(config: ConfigurationReader, n_layers: number): (number | null)[] {
  const windows = config.value('windows') ?? config.missing('windows');
  if (!Array.isArray(windows) || windows.length !== n_layers) {
    throw config.error('windows', `is not a list with an entry for each of ${n_layers} layers`);
  }
  return windows.map((window: unknown) => {
    if (window === null) return null;
    if (Number.isInteger(window) && (window as number) >= 1 && (window as number) <= MAX_SIZE)
      return window as number;
    throw config.error('windows', `holds ${described(window)}, neither null nor a number of tokens`);
  });
}

function readBiases(config: ConfigurationReader): TransformerConfiguration['biases'] {
  const biases = strictObject(config, 'biases', (inner) => ({
    qkv: inner.flag('qkv'),
    attention_out: inner.flag('attention_out'),
    mlp: inner.flag('mlp'),
    unembed: inner.flag('unembed'),
  }));
  return biases ?? config.missing('biases');
}

/** An object inside the configuration, with none but the keys that are read. */
function strictObject<T>(
  config: ConfigurationReader,
  name: string,
  read: (inner: ConfigurationReader) => T,
): T | undefined {
  const inner = config.object(name);
  if (!inner) return undefined;
  const value = read(inner);
  for (const unknown of inner.unread()) throw inner.error(unknown, 'is not known to Subtext');
  return value;
}

function choice<T extends string>(config: ConfigurationReader, name: string, choices: readonly T[]): T {
  return config.choice([name], Object.fromEntries(choices.map((each) => [each, each])));
}
