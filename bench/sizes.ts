// What is measured: the sizes of models and matrix products, the same numbers for our side and for its peers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TransformerConfiguration } from '../src/backend/model/configuration';
import type { RecipeInput } from '../src/backend/train/recipe';

/** A GPT-2: learned positions, layer norm before each part, tanh GELU, biases, the embedding as unembedding. */
export interface ModelSize {
  name: string;
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
export interface ProductSize {
  name: string;
  batch: number;
  rows: number;
  inner: number;
  columns: number;
}

const tiny = { layers: 2, width: 32, heads: 2, vocabulary: 64, context: 16 };
const A = { layers: 4, width: 128, heads: 4, vocabulary: 1024, context: 128 };
const B = { layers: 8, width: 256, heads: 8, vocabulary: 4096, context: 256 };
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

export const sizes = {
  train: [
    wholeTexts('tiny', tiny, 2),
    wholeTexts('A', A, 16),
    wholeTexts('B', B, 8),
    wholeTexts('1M', { ...tinyStories1M, vocabulary: 2048, context: 256 }, 8),
  ],
  forward: [
    wholeTexts('tiny', tiny, 2),
    wholeTexts('A', A, 16),
    wholeTexts('B', B, 8),
    oneText('1M', tinyStories1M, 300),
    oneText('33M', tinyStories33M, 300),
  ],
  generate: [
    continuation('tiny', tiny, 4, 12),
    continuation('A', A, 20, 100),
    continuation('B', B, 20, 100),
    continuation('1M', tinyStories1M, 20, 100),
    continuation('33M', tinyStories33M, 20, 100),
  ],
  matmul: [square(256), square(512), square(1024), ...products('A', A, 16), ...products('B', B, 8)],
};

/** A recipe whose steps are measured on their own and inside the trainer. */
export interface RecipeSize {
  name: string;
  recipe: RecipeInput;
}

const sampleRecipe = (name: string): RecipeSize => ({
  name,
  recipe: JSON.parse(
    readFileSync(join(__dirname, `../media/recipes/${name}.subtext.json`), 'utf8'),
  ) as RecipeInput,
});

/** A model of this shape that is trained on stories, with a vocabulary of bytes at least. */
const onStories = (name: string, shape: Shape, batch: number): RecipeSize => ({
  name,
  recipe: {
    data: { kind: 'stories' },
    tokenizer: { kind: 'bpe', vocabulary: Math.max(300, shape.vocabulary), megabytes: 2 },
    model: { architecture: 'gpt2', layers: shape.layers, width: shape.width, heads: shape.heads },
    train: { steps: 1, batch, context: shape.context, learning_rate: 1e-4 },
  },
});

export const recipes: RecipeSize[] = [
  sampleRecipe('cfg'),
  sampleRecipe('stories'),
  onStories('tiny', tiny, 2),
  onStories('A', A, 16),
  onStories('B', B, 8),
];

export type BenchmarkName = keyof typeof sizes;

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
