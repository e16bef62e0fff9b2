// The kinds of models that tests run through: each position kind, norm, block, activation and way to share weights.
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { NO_BIASES } from './randomModel';

const llama3 = { factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 32 };

/** What distinguishes each from `configurationWith()`. */
export const CONFIGURATIONS: Record<string, Partial<TransformerConfiguration>> = {
  'learned positions': {},
  'learned positions, tied, no biases': { tied: true, biases: NO_BIASES },
  'rotary halves, gated, rms, grouped keys': {
    position: 'rotary',
    norm: 'rms',
    activation: 'silu',
    gated: true,
    n_heads: 4,
    n_key_value_heads: 2,
    biases: NO_BIASES,
  },
  'rotary interleaved, one key head, biases': {
    position: 'rotary',
    rotary: { base: 100, dimensions: 4, pairing: 'interleaved' },
    n_key_value_heads: 1,
    gated: true,
    activation: 'gelu_new',
  },
  'partial rotary, parallel': {
    position: 'rotary',
    d_head: 6,
    rotary: { base: 100, dimensions: 4, pairing: 'halves' },
    block: 'parallel',
  },
  'rotary with scaled frequencies': {
    position: 'rotary',
    d_head: 8,
    rotary: { base: 100, dimensions: 8, pairing: 'halves', scaling: llama3 },
  },
  'relative positions': { position: 'relative', activation: 'relu' },
  'relative positions, grouped keys': { position: 'relative', n_heads: 4, n_key_value_heads: 2 },
  'distances only': { position: 'distance-only', activation: 'gelu_new' },
  'uniform attention': { position: 'uniform' },
  'no positions, windows': { position: 'none', windows: [3, null] },
  'windows of one token and wider than the text': { windows: [1, 100] },
  'post-norm, bidirectional': { block: 'post-norm', causal: false },
  'embeddings with token types and a norm, a layer before the unembedding': {
    block: 'post-norm',
    causal: false,
    tied: true,
    embedding_norm: true,
    token_types: 2,
    head_transform: true,
  },
  'parallel without MLP': { block: 'parallel', d_mlp: 0 },
  'serial without MLP, no scale': { d_mlp: 0, attention_scale: 1 },
  'two of four experts': {
    d_mlp: 20,
    experts: { num_experts: 4, experts_per_token: 2, normalize: true },
    gated: true,
    activation: 'silu',
  },
  'one of three experts, parallel': {
    d_mlp: 15,
    experts: { num_experts: 3, experts_per_token: 1, normalize: false },
    block: 'parallel',
    biases: NO_BIASES,
  },
  'all of two experts, post-norm': {
    experts: { num_experts: 2, experts_per_token: 2, normalize: true },
    block: 'post-norm',
    activation: 'relu',
  },
  'post-norm without MLP': { block: 'post-norm', d_mlp: 0, tied: true },
};
