// What is measured: the sizes of models and matrix products, the same numbers for `subtext bench`, for `npm run bench` and
// for its peers.
import type { TransformerConfiguration } from '../model/configuration';
import { parameterCount } from '../model/weights';

interface Named {
  name: string;
  /** So large that a processor takes seconds for one run: `npm run bench` measures it only when asked for it by name. */
  large?: true;
}

/** A GPT-2: learned positions, layer norm before each part, tanh GELU, biases, the embedding as unembedding. */
export interface ModelSize extends Named {
  layers: number;
  width: number;
  heads: number;
  vocabulary: number;
  context: number;
  /** Texts at once. */
  batch: number;
  /** Tokens of each text; for `generate` those to be generated. */
  tokens: number;
  /** Tokens before the generated ones. */
  prompt: number;
}

/** [batch, rows, inner] · [batch, inner, columns] */
export interface ProductSize extends Named {
  batch: number;
  rows: number;
  inner: number;
  columns: number;
}

/** Causal attention of queries, keys and values [batch, heads, tokens, width]. */
export interface AttentionSize extends Named {
  batch: number;
  heads: number;
  tokens: number;
  /** Of a head. */
  width: number;
}

const tiny = { layers: 2, width: 32, heads: 2, vocabulary: 64, context: 16 };
const A = { layers: 4, width: 128, heads: 4, vocabulary: 1024, context: 128 };
const B = { layers: 8, width: 256, heads: 8, vocabulary: 4096, context: 256 };
/** As deep as GPT-2: what compiling takes is told by its layers. */
const deep = { ...B, layers: 12 };
const tinyStories1M = { layers: 8, width: 64, heads: 16, vocabulary: 50257, context: 2048 };
const tinyStories33M = { layers: 4, width: 768, heads: 16, vocabulary: 50257, context: 2048 };

type Shape = typeof A;

const wholeTexts = (name: string, shape: Shape, batch: number): ModelSize => ({
  name,
  ...shape,
  batch,
  tokens: shape.context,
  prompt: 0,
});

const oneText = (name: string, shape: Shape, tokens: number): ModelSize => ({
  name,
  ...shape,
  batch: 1,
  tokens,
  prompt: 0,
});

const continuation = (name: string, shape: Shape, prompt: number, tokens: number): ModelSize => ({
  name,
  ...shape,
  batch: 1,
  tokens,
  prompt,
});

const square = (size: number): ProductSize => ({
  name: `${size}`,
  batch: 1,
  rows: size,
  inner: size,
  columns: size,
});

/** The best of these is what the others' speeds are a share of. */
export const squares: ProductSize[] = [
  ...[256, 512, 1024].map(square),
  ...[2048, 4096].map((size) => ({ ...square(size), large: true as const })),
];

/** The products of a forward pass; every one but the scores is of all tokens with one weight. */
function products(model: string, { width, heads, vocabulary, context }: Shape, batch: number): ProductSize[] {
  const weight = (name: string, inner: number, columns: number) => ({
    name: `${model} ${name}`,
    batch: 1,
    rows: batch * context,
    inner,
    columns,
  });
  return [
    weight('qkv', width, 3 * width),
    weight('attention out', width, width),
    weight('mlp in', width, 4 * width),
    weight('mlp out', 4 * width, width),
    weight('unembedding', width, vocabulary),
    { name: `${model} scores`, batch: batch * heads, rows: context, inner: width / heads, columns: context },
  ];
}

const attentionOf = (
  name: string,
  { heads, width }: Shape,
  batch: number,
  tokens: number,
): AttentionSize => ({
  name,
  batch,
  heads,
  tokens,
  width: width / heads,
});

export const sizes = {
  matmul: [...squares, ...products('A', A, 16), ...products('B', B, 8)],
  attention: [
    attentionOf('A', A, 16, A.context),
    attentionOf('B', B, 8, B.context),
    { ...attentionOf('33M', tinyStories33M, 8, 512), large: true as const },
    { ...attentionOf('long', tinyStories33M, 1, 2048), large: true as const },
  ],
  forward: [
    wholeTexts('tiny', tiny, 2),
    wholeTexts('A', A, 16),
    wholeTexts('B', B, 8),
    oneText('1M', tinyStories1M, 300),
    oneText('33M', tinyStories33M, 300),
    { ...wholeTexts('12 layers', deep, 8), large: true as const },
  ],
  train: [
    wholeTexts('tiny', tiny, 2),
    wholeTexts('A', A, 16),
    wholeTexts('B', B, 8),
    wholeTexts('1M', { ...tinyStories1M, vocabulary: 2048, context: 256 }, 8),
    { ...wholeTexts('12 layers', deep, 8), large: true as const },
    {
      ...wholeTexts('33M', { ...tinyStories33M, vocabulary: 10_000, context: 512 }, 8),
      large: true as const,
    },
  ],
  generate: [
    continuation('tiny', tiny, 4, 12),
    continuation('A', A, 20, 100),
    continuation('B', B, 20, 100),
    continuation('1M', tinyStories1M, 20, 100),
    continuation('33M', tinyStories33M, 20, 100),
  ],
} satisfies Record<string, (ModelSize | ProductSize | AttentionSize)[]>;

export type BenchmarkName = keyof typeof sizes;

export type Size = ModelSize | ProductSize | AttentionSize;

/** A training step on hardly any numbers: what it takes is the time of the host. */
export const hostSizes: ModelSize[] = [2, 12].map((layers) =>
  wholeTexts(`${layers} layers`, { ...tiny, layers, width: 8, context: 4 }, 1),
);

export function configurationOf(size: ModelSize): TransformerConfiguration {
  const { layers, width, heads, vocabulary, context } = size;
  return {
    n_layers: layers,
    n_heads: heads,
    n_key_value_heads: heads,
    d_model: width,
    d_head: width / heads,
    d_mlp: 4 * width,
    d_vocab: vocabulary,
    n_ctx: context,
    position: 'learned',
    norm: 'layer',
    norm_epsilon: 1e-5,
    block: 'serial',
    activation: 'gelu_new',
    gated: false,
    causal: true,
    windows: new Array<null>(layers).fill(null),
    attention_scale: 1 / Math.sqrt(width / heads),
    tied: true,
    biases: { qkv: true, attention_out: true, mlp: true, unembed: false },
  };
}

/**
 * Floating-point operations of a forward pass: of its products, with attention to all positions as it is computed. A training
 * step takes three times as many (PaLM, arXiv 2204.02311, appendix B).
 */
export function forwardOperations(size: ModelSize): number {
  const { layers, width, context, batch, tokens } = size;
  const table = context * width; // of positions, which are looked up
  const parameters = parameterCount(configurationOf(size)) - table;
  return batch * tokens * (2 * parameters + 4 * layers * width * tokens);
}

export function productOperations({ batch, rows, inner, columns }: ProductSize): number {
  return 2 * batch * rows * inner * columns;
}

/** Of the scores and of what they mix, for all pairs of positions. */
export function attentionOperations({ batch, heads, tokens, width }: AttentionSize): number {
  return 4 * batch * heads * tokens * tokens * width;
}
