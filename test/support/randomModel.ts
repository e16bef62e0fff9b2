// Small models of random numbers: of any configuration in memory, and as a real GPT-2 folder with a tokenizer.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from '../../src/backend/checkpoint/checkpoint';
import { writeSafetensors, type WritableTensor } from '../../src/backend/checkpoint/safetensorsWriter';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { LanguageModel } from '../../src/backend/model/languageModel';
import { weightShapes, type Weights } from '../../src/backend/model/weights';
import { seededNormal } from '../../src/backend/random';
import type { Tokenizer } from '../../src/backend/tokenizer/tokenizer';
import { floatTensor } from './numbers';

/** A GPT-2 of odd sizes, so that no two axes can be mistaken for each other; `changes` make it any other model. */
export function configurationWith(changes: Partial<TransformerConfiguration> = {}): TransformerConfiguration {
  const d_head = changes.d_head ?? 4;
  const n_layers = changes.n_layers ?? 2;
  return {
    n_layers,
    n_heads: 3,
    n_key_value_heads: changes.n_heads ?? 3,
    d_model: 10,
    d_head,
    d_mlp: 14,
    d_vocab: 17,
    n_ctx: 11,
    position: 'learned',
    ...(changes.position === 'rotary' && {
      rotary: { base: 100, dimensions: d_head, pairing: 'halves' },
    }),
    norm: 'layer',
    norm_epsilon: 0.01, // large, so that a model that ignores it is seen
    block: 'serial',
    activation: 'gelu',
    gated: false,
    causal: true,
    windows: new Array<null>(n_layers).fill(null),
    attention_scale: 1 / Math.sqrt(d_head),
    tied: false,
    biases: { qkv: true, attention_out: true, mlp: true, unembed: true },
    ...changes,
  };
}

export const NO_BIASES = { qkv: false, attention_out: false, mlp: false, unembed: false };

/** Random weights of the sizes that a trained model has: matrices keep the scale of what goes through them. */
export function randomWeights(configuration: TransformerConfiguration, seed: number): Weights {
  const normal = seededNormal(seed);
  return new Map(
    [...weightShapes(configuration)].map(([name, shape]) => {
      const gain = /\bln\w*\.w$/.test(name);
      const table = /W_E$|W_pos$|distance_scores$|relative_/.test(name);
      const deviation = gain || shape.length === 1 ? 0.3 : table ? 1 : 1 / Math.sqrt(shape[0]);
      const length = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length }, () => Number(gain) + deviation * normal());
      return [name, { shape, data }];
    }),
  );
}

/** The same as an executor takes them. */
export function randomWeightTensors(configuration: TransformerConfiguration, seed: number): NamedTensors {
  return new Map(
    [...randomWeights(configuration, seed)].map(([name, { shape, data }]) => [
      name,
      floatTensor(shape, data),
    ]),
  );
}

/** A checkpoint that lies nowhere. */
export function randomCheckpoint(
  configuration: TransformerConfiguration,
  seed = 1,
  tokenizer?: Tokenizer,
): Checkpoint {
  return {
    format: 'hugging-face',
    architecture: 'random',
    path: '/nowhere/random',
    configuration,
    tensors: [],
    weights: randomWeights(configuration, seed),
    tokenizer,
    notes: [],
  };
}

export function randomModel(
  changes: Partial<TransformerConfiguration>,
  executor: Executor,
  seed = 1,
): LanguageModel {
  return new LanguageModel(randomCheckpoint(configurationWith(changes), seed), executor);
}

/** Token ids below `vocabulary`, the same for the same seed. */
export function randomIds(length: number, vocabulary: number, seed = 1): number[] {
  const normal = seededNormal(seed);
  return Array.from({ length }, () => Math.floor(Math.abs(normal()) * 1e6) % vocabulary);
}

const TOKENIZER = join(__dirname, '../fixtures/tokenizers/byte-level-bpe/tokenizer.json');

export interface RandomCheckpointOptions {
  seed?: number;
  layers?: number;
  width?: number;
  heads?: number;
  context?: number;
}

/**
 * Writes a Hugging Face GPT-2 folder of random weights, which reads any text: config.json, model.safetensors and a
 * byte-level tokenizer.json of 427 tokens, the last of them `<|endoftext|>`.
 */
export async function writeRandomCheckpoint(
  folder: string,
  { seed = 1, layers = 2, width = 32, heads = 4, context = 64 }: RandomCheckpointOptions = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(TOKENIZER, join(folder, 'tokenizer.json'));
  const { model, added_tokens: added } = JSON.parse(await readFile(TOKENIZER, 'utf8')) as {
    model: { vocab: Record<string, number> };
    added_tokens: { id: number }[];
  };
  const d_vocab = Math.max(...Object.values(model.vocab), ...added.map(({ id }) => id)) + 1;
  const config = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_embd: width,
    n_layer: layers,
    n_head: heads,
    n_positions: context,
    vocab_size: d_vocab,
    activation_function: 'gelu_new',
    layer_norm_epsilon: 1e-5,
    bos_token_id: d_vocab - 1,
    eos_token_id: d_vocab - 1,
  };
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  await writeSafetensors(join(folder, 'model.safetensors'), gpt2Tensors(config, seed));
}

function gpt2Tensors(
  {
    n_embd: width,
    n_layer,
    n_positions,
    vocab_size,
  }: { n_embd: number; n_layer: number; n_positions: number; vocab_size: number },
  seed: number,
): Map<string, WritableTensor> {
  const normal = seededNormal(seed);
  const tensors = new Map<string, WritableTensor>();
  const add = (name: string, shape: number[], deviation: number, mean = 0) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length }, () => mean + deviation * normal());
    tensors.set(`transformer.${name}`, { shape, data });
  };
  const norm = (name: string) => {
    add(`${name}.weight`, [width], 0.2, 1);
    add(`${name}.bias`, [width], 0.2);
  };
  const linear = (name: string, from: number, to: number) => {
    add(`${name}.weight`, [from, to], 1 / Math.sqrt(from));
    add(`${name}.bias`, [to], 0.2);
  };
  add('wte.weight', [vocab_size, width], 0.5);
  add('wpe.weight', [n_positions, width], 0.5);
  for (let layer = 0; layer < n_layer; layer++) {
    norm(`h.${layer}.ln_1`);
    linear(`h.${layer}.attn.c_attn`, width, 3 * width);
    linear(`h.${layer}.attn.c_proj`, width, width);
    norm(`h.${layer}.ln_2`);
    linear(`h.${layer}.mlp.c_fc`, width, 4 * width);
    linear(`h.${layer}.mlp.c_proj`, 4 * width, width);
  }
  norm('ln_f');
  return tensors;
}
