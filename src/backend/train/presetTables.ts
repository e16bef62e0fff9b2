// The data, architectures, sizes and budgets that the command palette offers.
import type { NewModel, RecipeInput } from './recipe';

type Architecture = NewModel['architecture'];

export interface Preset<Value> {
  id: string;
  label: string;
  detail: string;
  value: Value;
}

export interface DataPreset {
  data: RecipeInput['data'];
  /** Tokens per text. */
  context: number;
  /** Texts per step. */
  batch: number;
  architectures: readonly Architecture[];
  sizes: readonly Preset<Size>[];
  /** Standard deviation of the first weights at a width, where it is not that of GPT-2. */
  deviation?: (width: number) => number;
  samples?: RecipeInput['train']['samples'];
  /** Of a run of so many steps. */
  schedule: (steps: number) => RecipeInput['train']['schedule'];
}

interface Size {
  layers: number;
  width: number;
  heads: number;
  learningRate: number;
}

const size = (
  id: string,
  label: string,
  layers: number,
  width: number,
  heads: number,
  learningRate: number,
  detail = '',
) => ({
  id,
  label,
  detail: `${layers} ${layers === 1 ? 'layer' : 'layers'} of width ${width}, ${heads} heads${detail && `. ${detail}`}`,
  value: { layers, width, heads, learningRate },
});

/** GPT2-ℓ-h of "Physics of Language Models" has ℓ layers and h heads of width 64. */
const grammarSizes = [
  size('tiny', 'Tiny', 2, 64, 4, 3e-3, 'Learns cfg3b without its three top levels'),
  size('sample', 'Sample', 3, 64, 4, 3e-3, 'As the sample model cfg'),
  size('small', 'Small', 4, 128, 8, 1e-3),
  size('medium', 'Medium', 6, 192, 6, 1e-3),
  size('gpt2-4-4', 'GPT2-4-4', 4, 256, 4, 6e-4),
  size('gpt2-6-6', 'GPT2-6-6', 6, 384, 6, 6e-4),
  size('gpt2-12-12', 'GPT2-12-12', 12, 768, 12, 3e-4, "The papers' own size; for a GPU"),
];

/** The models of TinyStories (arXiv 2305.07759) by their published names, and a smaller one. */
const storySizes = [
  size('sample', 'Sample', 4, 128, 8, 3e-3, 'As the sample model stories'),
  size('1m', 'TinyStories-1M', 8, 64, 16, 2e-3),
  size('3m', 'TinyStories-3M', 8, 128, 16, 1e-3),
  size('8m', 'TinyStories-8M', 8, 256, 16, 1e-3),
  size('28m', 'TinyStories-28M', 8, 512, 16, 5e-4, 'For a GPU'),
  size('33m', 'TinyStories-33M', 4, 768, 16, 5e-4, 'For a GPU'),
  size('1layer-21m', 'TinyStories-1Layer-21M', 1, 1024, 16, 5e-4, 'For a GPU'),
  size('2layers-33m', 'TinyStories-2Layers-33M', 2, 1024, 16, 5e-4, 'For a GPU'),
];

const grammar = (
  name: string,
  drop: number,
  label: string,
  detail: string,
  context = 128,
): Preset<DataPreset> => ({
  id: `cfg:${name}/${drop}`,
  label,
  detail,
  value: {
    data: { kind: 'cfg', grammar: name, drop },
    context,
    batch: 32,
    architectures: [
      'gpt_rotary',
      'gpt_relative',
      'gpt_distance_only',
      'gpt_uniform',
      'gpt2',
      'llama',
      'encoder',
    ],
    sizes: grammarSizes,
    // A few thousand steps from GPT-2's 0.02 leave two to three times as many strings wrong (bench/NOTES.md).
    schedule: (steps) => ({ kind: 'cosine', warmup: warmupOf(steps) }),
    deviation: (width) => Number((1 / Math.sqrt(width)).toPrecision(3)),
  },
});

const storyArchitectures = ['gpt_neo', 'gpt2', 'gpt_rotary', 'llama'] as const;

const stories = (instruct: boolean): DataPreset => ({
  data: { kind: 'stories', instruct },
  context: 512,
  batch: 8,
  architectures: storyArchitectures,
  sizes: storySizes,
  schedule: (steps) => ({
    kind: 'warmup-stable-decay',
    warmup: warmupOf(steps),
    decay: Math.ceil(steps / 3),
  }),
  samples: { count: 2, max_tokens: 400, temperature: 0.8 },
});

export const DATA: readonly Preset<DataPreset>[] = [
  grammar(
    'cfg3b',
    3,
    'Grammar cfg3b, three levels dropped',
    'Texts of 12 to 18 tokens; minutes on two cores',
  ),
  grammar(
    'cfg3h',
    3,
    'Grammar cfg3h, three levels dropped',
    'Texts of 10 to 18 tokens; the sample model cfg',
  ),
  grammar('cfg3b', 2, 'Grammar cfg3b, two levels dropped', 'Texts of 30 to 72 tokens'),
  grammar('cfg3f', 2, 'Grammar cfg3f, two levels dropped', 'Texts of 16 to 81 tokens, ambiguous: harder'),
  grammar('cfg3b', 0, 'Grammar cfg3b', 'Texts of 138 to 432 tokens, as in the paper; for a GPU', 512),
  grammar('cfg3f', 0, 'Grammar cfg3f', 'Texts of 64 to 729 tokens, as in the paper; for a GPU', 512),
  {
    id: 'stories',
    label: 'Stories',
    detail: 'Short stories in simple words, made as they are needed',
    value: stories(false),
  },
  {
    id: 'stories-instruct',
    label: 'Stories with instructions',
    detail: 'Stories after a header with words, features, a summary or a sentence',
    value: stories(true),
  },
  {
    id: 'text',
    label: 'Text files…',
    detail: 'A file or folder with .txt, .jsonl or .parquet',
    value: { ...stories(false), data: { kind: 'text', files: ['.'] } },
  },
];

export const architectureWords: Record<Architecture, { label: string; detail: string }> = {
  gpt_rotary: {
    label: 'Rotary',
    detail: 'Queries and keys turned by their position (GPT_rot of the papers)',
  },
  gpt_relative: { label: 'Relative', detail: 'Learned vectors for each distance (GPT_rel)' },
  gpt_distance_only: {
    label: 'Distance only',
    detail: 'A learned score for each head and distance, no queries or keys (GPT_pos)',
  },
  gpt_uniform: { label: 'Uniform', detail: 'Each head averages a window, nothing learned (GPT_uni)' },
  gpt2: { label: 'GPT-2', detail: 'Learned absolute positions' },
  gpt_neo: { label: 'GPT-Neo', detail: 'The type of TinyStories: global and local layers in turns' },
  llama: { label: 'Llama', detail: 'RMS norms, gated MLPs, rotary positions' },
  encoder: { label: 'Encoder', detail: 'Looks both ways, trained to guess masked tokens (BERT-like)' },
};

export const BUDGETS = [
  { id: 'look', label: 'A quick look', steps: 300 },
  { id: 'short', label: 'Short', steps: 2000 },
  { id: 'medium', label: 'Medium', steps: 5000 },
  { id: 'long', label: 'Long', steps: 50_000 },
];

/** Steps in which the rate rises. */
function warmupOf(steps: number): number {
  return Math.min(100, Math.floor(steps / 10));
}
