// What distinguishes one transformer from another. Every family that loads from disk maps onto this.
// Names are TransformerLens's (https://transformerlensorg.github.io/TransformerLens, HookedTransformerConfig).

/** How the model knows where a token stands. */
export type PositionKind =
  | 'learned' // an embedding per absolute position, added to the token's (GPT-2)
  | 'rotary' // queries and keys rotated by their position (RoFormer, arXiv 2104.09864)
  | 'relative' // learned vectors per distance, against queries and keys (arXiv 2305.13673, GPT_rel)
  | 'distance-only' // a learned score per head and distance, no queries or keys (ibid., GPT_pos)
  | 'uniform' // head h averages the last 2^h - 1 tokens, nothing learned (ibid., GPT_uni)
  | 'none';

export type ActivationKind = 'gelu' | 'gelu_new' | 'relu' | 'silu';

export interface RotaryConfiguration {
  /** Base of the frequencies, 10000 unless the checkpoint says otherwise. */
  base: number;
  /** How many leading dimensions of a head turn; even, at most `d_head`. */
  dimensions: number;
  /** Which dimensions form a pair: (i, i + dimensions/2), or (2i, 2i + 1) as in llama2.c and GPT-J. */
  pairing: 'halves' | 'interleaved';
  /** Frequencies of Llama 3.1 and later, stretched for long contexts. */
  scaling?: {
    factor: number;
    lowFrequencyFactor: number;
    highFrequencyFactor: number;
    originalContext: number;
  };
}

export interface ExpertsConfiguration {
  /** How many equally wide MLPs share the `d_mlp` neurons. */
  num_experts: number;
  /** How many of them, those that its router likes best, each token passes. */
  experts_per_token: number;
  /** Whether the weights of a token's experts are made to sum to one (Mixtral, arXiv 2401.04088). */
  normalize: boolean;
}

export interface TransformerConfiguration {
  n_layers: number;
  n_heads: number;
  /** Heads of keys and values; fewer than `n_heads` where several query heads share one. */
  n_key_value_heads: number;
  d_model: number;
  d_head: number;
  /** Neurons per layer, those of all experts together; 0 for a model without MLPs. */
  d_mlp: number;
  d_vocab: number;
  /** Longest text in tokens that the model takes at once. */
  n_ctx: number;
  position: PositionKind;
  rotary?: RotaryConfiguration;
  norm: 'layer' | 'rms';
  norm_epsilon: number;
  /** serial: x + attn(ln1 x), then + mlp(ln2 ·). parallel: x + attn(ln1 x) + mlp(ln2 x). post-norm: ln(x + ·). */
  block: 'serial' | 'parallel' | 'post-norm';
  activation: ActivationKind;
  /** Gated: act(x·W_gate) ⊙ (x·W_in), as in Llama. */
  gated: boolean;
  /** A mixture of experts (arXiv 1701.06538) instead of one MLP that all tokens pass; null or left out: one MLP. */
  experts?: ExpertsConfiguration | null;
  causal: boolean;
  /** For each layer the number of tokens that a query sees, itself included; null sees all. */
  windows: (number | null)[];
  /** What query·key is multiplied by: 1/√d_head, or 1 for GPT-Neo. */
  attention_scale: number;
  /** The unembedding is the embedding, transposed. */
  tied: boolean;
  /** Whether the sum of the embeddings is normalised before the first layer, as in BERT (arXiv 1810.04805). */
  embedding_norm?: boolean;
  /** Rows of BERT's table of token types, of which every token takes the first; 0 or left out: none. */
  token_types?: number;
  /** Whether a layer of its own, with activation and norm, stands before the unembedding: BERT's masked-token head. */
  head_transform?: boolean;
  /** Which parts have an additive bias. */
  biases: { qkv: boolean; attention_out: boolean; mlp: boolean; unembed: boolean };
}
