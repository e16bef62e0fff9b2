// The "version 0" checkpoints of llama2.c: seven int32, then float32 weights in a fixed order, nothing else.
// Format: https://github.com/karpathy/llama2.c, export.py (legacy_export) and run.c (memory_map_weights).
import type { TransformerConfiguration } from '../model/configuration';
import { checkWeights, parameterCount, type Weights } from '../model/weights';
import type { StoredTensor } from './checkpoint';
import { MAX_CONTEXT, MAX_LAYERS } from './configurationReader';
import { formatError, readBytes, withFile, type OpenFile } from '../files';
import { hasNonFinite, transpose } from './layout';
import { allocateNumbers, checkMemory } from './memory';

const HEADER_BYTES = 7 * 4;

/** Of any one extent; the largest published vocabularies have a quarter of a million pieces. */
const MAX_EXTENT = 2 ** 24;

export interface Llama2cHeader {
  architecture: 'llama';
  configuration: TransformerConfiguration;
  /** In the order of the file, with the names of run.c. */
  tensors: StoredTensor[];
}

export interface Llama2cModel extends Llama2cHeader {
  weights: Weights;
  notes: string[];
}

/**
 * Reads the header and checks it against the length of the file.
 * @throws SubtextError `checkpoint-format`, `not-found`, `file-access`.
 */
export async function readLlama2cHeader(path: string): Promise<Llama2cHeader> {
  return withFile(path, readHeader);
}

/**
 * Reads the whole model, every matrix turned to [in, out].
 * @throws SubtextError as `readLlama2cHeader`.
 */
export async function readLlama2c(path: string): Promise<Llama2cModel> {
  return withFile(path, async (file) => {
    const header = await readHeader(file);
    checkMemory(parameterCount(header.configuration), path);
    const { weights, notes } = await readWeights(file, header);
    checkWeights(header.configuration, weights, path);
    return { ...header, weights, notes };
  });
}

/** The configuration that 28 bytes say, or what is wrong with them. */
export function parseLlama2cHeader(bytes: Uint8Array): TransformerConfiguration | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const [dim, hidden, layers, heads, keyValueHeads, vocabulary, context] = Array.from({ length: 7 }, (_, i) =>
    view.getInt32(4 * i, true),
  ) as [number, number, number, number, number, number, number];
  // A negative vocabulary size says that the unembedding is not the embedding.
  const pieces = Math.abs(vocabulary);
  const extents: [string, number, number][] = [
    ['dim', dim, MAX_EXTENT],
    ['hidden_dim', hidden, MAX_EXTENT],
    ['n_layers', layers, MAX_LAYERS],
    ['n_heads', heads, MAX_EXTENT],
    ['n_kv_heads', keyValueHeads, MAX_EXTENT],
    ['vocab_size', pieces, MAX_EXTENT],
    ['seq_len', context, MAX_CONTEXT],
  ];
  for (const [name, value, limit] of extents) {
    if (value < 1 || value > limit) return `${name} is ${value}, not from 1 to ${limit}`;
  }
  if (dim % heads !== 0) return `n_heads is ${heads}, which does not divide dim, ${dim}`;
  if (heads % keyValueHeads !== 0)
    return `n_kv_heads is ${keyValueHeads}, which does not divide n_heads, ${heads}`;
  const d_head = dim / heads;
  if (d_head % 2 !== 0) return `heads are ${d_head} wide; rotary positions need an even width`;
  return {
    n_layers: layers,
    n_heads: heads,
    n_key_value_heads: keyValueHeads,
    d_model: dim,
    d_head,
    d_mlp: hidden,
    d_vocab: pieces,
    n_ctx: context,
    position: 'rotary',
    rotary: { base: 10000, dimensions: d_head, pairing: 'interleaved' },
    norm: 'rms',
    norm_epsilon: 1e-5,
    block: 'serial',
    activation: 'silu',
    gated: true,
    causal: true,
    windows: new Array<null>(layers).fill(null),
    attention_scale: 1 / Math.sqrt(d_head),
    tied: vocabulary > 0,
    biases: { qkv: false, attention_out: false, mlp: false, unembed: false },
  };
}

/** How many bytes a model of this configuration takes on disk. */
export function llama2cBytes(configuration: TransformerConfiguration): number {
  return HEADER_BYTES + 4 * layout(configuration).reduce((sum, part) => sum + count(part), 0);
}

async function readHeader(file: OpenFile): Promise<Llama2cHeader> {
  const { path, size } = file;
  if (size === 0) throw formatError(path, 'is empty');
  if (size < HEADER_BYTES) throw formatError(path, `is cut short: it has ${size} bytes`);
  const bytes = new Uint8Array(HEADER_BYTES);
  await readBytes(file, bytes, 0);
  const configuration = parseLlama2cHeader(bytes);
  if (typeof configuration === 'string') {
    throw formatError(path, `is no llama2.c checkpoint: ${configuration}`, 'Name a checkpoint.');
  }
  const expected = llama2cBytes(configuration);
  if (size !== expected) {
    const problem = size < expected ? 'is cut short' : 'goes on after its last tensor';
    throw formatError(path, `${problem}: its header promises ${expected} bytes, but it has ${size}`);
  }
  const tensors = layout(configuration).map(({ name, layers, shape }) => ({
    name,
    dtype: 'F32',
    shape: layers === undefined ? shape : [layers, ...shape],
  }));
  return { architecture: 'llama', configuration, tensors };
}

/** A run of numbers in the file: one tensor, or one for each layer, one after the other. */
interface Part {
  /** In run.c. */
  name: string;
  layers?: number;
  /** In the file; matrices are [out, in]. */
  shape: [number] | [number, number];
  /** The weight it becomes, `{}` for the layer; none for the tables that run.c skips too. */
  weight?: string;
}

function layout(configuration: TransformerConfiguration): Part[] {
  const { d_model, d_head, d_mlp, d_vocab, n_ctx, n_layers: layers } = configuration;
  const queries = configuration.n_heads * d_head;
  const keys = configuration.n_key_value_heads * d_head;
  const parts: Part[] = [
    { name: 'token_embedding_table', shape: [d_vocab, d_model], weight: 'embed.W_E' },
    { name: 'rms_att_weight', layers, shape: [d_model], weight: 'blocks.{}.ln1.w' },
    { name: 'wq', layers, shape: [queries, d_model], weight: 'blocks.{}.attn.W_Q' },
    { name: 'wk', layers, shape: [keys, d_model], weight: 'blocks.{}.attn.W_K' },
    { name: 'wv', layers, shape: [keys, d_model], weight: 'blocks.{}.attn.W_V' },
    { name: 'wo', layers, shape: [d_model, queries], weight: 'blocks.{}.attn.W_O' },
    { name: 'rms_ffn_weight', layers, shape: [d_model], weight: 'blocks.{}.ln2.w' },
    { name: 'w1', layers, shape: [d_mlp, d_model], weight: 'blocks.{}.mlp.W_gate' },
    { name: 'w2', layers, shape: [d_model, d_mlp], weight: 'blocks.{}.mlp.W_out' },
    { name: 'w3', layers, shape: [d_mlp, d_model], weight: 'blocks.{}.mlp.W_in' },
    { name: 'rms_final_weight', shape: [d_model], weight: 'ln_final.w' },
    { name: 'freq_cis_real', shape: [n_ctx, d_head / 2] },
    { name: 'freq_cis_imag', shape: [n_ctx, d_head / 2] },
  ];
  if (!configuration.tied) parts.push({ name: 'wcls', shape: [d_vocab, d_model], weight: 'unembed.W_U' });
  return parts;
}

/** Numbers in all layers of a part. */
function count({ layers = 1, shape }: Part): number {
  return layers * shape[0] * (shape[1] ?? 1);
}

async function readWeights(
  file: OpenFile,
  { configuration }: Llama2cHeader,
): Promise<{ weights: Weights; notes: string[] }> {
  const weights: Weights = new Map();
  const notes = ['ignored the tables of rotary cosines and sines'];
  let position = HEADER_BYTES;
  for (const part of layout(configuration)) {
    const { weight, shape, layers = 1 } = part;
    for (let layer = 0; weight !== undefined && layer < layers; layer++) {
      const values = allocateNumbers(count(part) / layers, file.path, part.name);
      await readBytes(file, new Uint8Array(values.buffer), position + layer * values.byteLength);
      if (hasNonFinite(values)) {
        const place = part.layers === undefined ? '' : ` of layer ${layer}`;
        notes.push(`tensor ${part.name}${place} holds numbers that are not finite`);
      }
      weights.set(weight.replace('{}', String(layer)), oriented(values, shape, weight));
    }
    position += 4 * count(part);
  }
  return { weights, notes };
}

/** The embedding is a table; all other matrices are turned to [in, out]. */
function oriented(values: Float32Array, shape: [number] | [number, number], weight: string) {
  const [rows, columns] = shape;
  if (columns === undefined || weight === 'embed.W_E') return { shape: [...shape], data: values };
  return { shape: [columns, rows], data: transpose(values, rows, columns) };
}
