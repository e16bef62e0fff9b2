// The recipe of a training run: what the JSON file may say, and its defaults. `media/schemas/recipe.schema.json` and
// `docs/recipes.md` are generated from this (`npm run docs`).
import { z } from 'zod';

const count = (least: number, most: number) => z.int().min(least).max(most);
const share = z.number().min(0).max(1);
const seed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);
const file = z.string().min(1);

/** Wide enough for all that a desktop trains; a slip of the keyboard is refused before memory is asked for. */
const MOST = { layers: 256, width: 65536, heads: 1024, context: 131072, vocabulary: 1_000_000, steps: 1e9 };

const data = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('cfg'),
      grammar: file.describe(
        'A grammar by name (cfg3b, cfg3i, cfg3h, cfg3g, cfg3f, cfg3j, cfg3k) or the path of a file with rules.',
      ),
      drop: count(0, 16).default(0).describe('How many levels to drop at the top: shorter texts.'),
    })
    .describe('Fresh samples of a context-free grammar, without end.'),
  z
    .strictObject({
      kind: z.literal('stories'),
      instruct: z
        .boolean()
        .default(false)
        .describe('Stories that follow a header with words, features, a summary or a sentence.'),
    })
    .describe('Fresh stories of a few paragraphs in simple words, without end.'),
  z
    .strictObject({
      kind: z.literal('text'),
      files: z
        .array(file)
        .min(1)
        .describe('Files or folders: .txt, .jsonl, .ndjson, .parquet. Relative to the recipe.'),
      column: z.string().min(1).default('text').describe('Where the text stands in JSONL and Parquet.'),
      validation_share: z
        .number()
        .gt(0)
        .lt(1)
        .default(0.01)
        .describe('Share of the documents that is never trained on.'),
      validation_files: z
        .array(file)
        .min(1)
        .optional()
        .describe('Files that are never trained on, instead of a share of the documents.'),
      separator: z
        .enum(['end-of-text', 'blank-line', 'none'])
        .default('end-of-text')
        .describe('What stands between two documents of a .txt: <|endoftext|>, an empty line, or nothing.'),
    })
    .describe('Documents from files.'),
]);

const tokenizer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grammar') }).describe("One token for each of a grammar's terminals."),
  z
    .strictObject({
      kind: z.literal('bpe'),
      vocabulary: count(257, MOST.vocabulary).default(2048),
      megabytes: z.number().gt(0).max(1000).default(8).describe('Text that it is trained on.'),
    })
    .describe('Byte-level BPE, trained on the data.'),
  z
    .strictObject({
      kind: z.literal('words'),
      vocabulary: count(2, MOST.vocabulary).default(2048),
      megabytes: z.number().gt(0).max(1000).default(8),
    })
    .describe('Whole words; others are unknown.'),
  z
    .strictObject({ kind: z.literal('characters'), megabytes: z.number().gt(0).max(1000).default(8) })
    .describe('Single characters.'),
  z
    .strictObject({ kind: z.literal('file'), path: file })
    .describe('The tokenizer.json at a path, or that of the checkpoint in a folder.'),
]);

export const ARCHITECTURES = [
  'gpt2',
  'gpt_neo',
  'gpt_rotary',
  'gpt_relative',
  'gpt_distance_only',
  'gpt_uniform',
  'llama',
  'encoder',
] as const;

const newModel = z.strictObject({
  architecture: z
    .enum(ARCHITECTURES)
    .describe(
      'gpt2, gpt_neo (TinyStories: local and global layers in turns), llama; gpt_rotary, gpt_relative, gpt_distance_only and gpt_uniform are the variants of Physics of Language Models 1; encoder is bidirectional and trained on masked tokens.',
    ),
  layers: count(1, MOST.layers),
  width: count(1, MOST.width).describe('d_model'),
  heads: count(1, MOST.heads),
  key_value_heads: count(1, MOST.heads).optional().describe('Fewer than heads: llama only.'),
  mlp: count(0, 4 * MOST.width)
    .optional()
    .describe('Neurons per layer. Default: 4 × width; for llama 8/3 × width.'),
  context: count(1, MOST.context).optional().describe('Longest text in tokens. Default: train.context.'),
  window: count(1, MOST.context).optional().describe('What local layers of gpt_neo see. Default: 256.'),
  tied: z
    .boolean()
    .optional()
    .describe('Whether the unembedding is the embedding. Default: yes, but for llama.'),
  initial_deviation: z
    .number()
    .gt(0)
    .max(10)
    .default(0.02)
    .describe('Standard deviation of the first weights.'),
});

const startedModel = z.strictObject({
  from: file.describe('A checkpoint to go on from.'),
  lora: z
    .strictObject({
      rank: count(1, 4096),
      alpha: z.number().gt(0).optional().describe('Default: rank.'),
      matrices: z
        .array(z.enum(['W_Q', 'W_K', 'W_V', 'W_O', 'W_in', 'W_gate', 'W_out']))
        .min(1)
        .default(['W_Q', 'W_V']),
    })
    .optional()
    .describe(
      'Trains a product of two thin matrices beside each chosen one, and nothing else (arXiv 2106.09685).',
    ),
});

const schedule = z.strictObject({
  kind: z.enum(['constant', 'linear', 'cosine', 'warmup-stable-decay']).default('cosine'),
  warmup: count(0, MOST.steps).default(0).describe('Steps in which the rate rises from 0.'),
  final: share.default(0.1).describe('Share of the rate that is left at the end.'),
  decay: count(0, MOST.steps)
    .optional()
    .describe('Steps of the decay in warmup-stable-decay. Default: a fifth of all.'),
});

const optimizer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('adamw'),
    beta1: share.lt(1).default(0.9),
    beta2: share.lt(1).default(0.98),
    epsilon: z.number().gt(0).default(1e-8),
    weight_decay: z
      .number()
      .min(0)
      .default(0.1)
      .describe('Of matrices; embeddings too. Norms and biases never decay.'),
  }),
  z.strictObject({
    kind: z.literal('sgd'),
    momentum: share.lt(1).default(0.9),
    weight_decay: z.number().min(0).default(0),
  }),
]);

const train = z.strictObject({
  steps: count(1, MOST.steps),
  batch: count(1, 65536).describe('Texts per step.'),
  context: count(2, MOST.context).describe('Tokens per text.'),
  accumulate: count(1, 65536)
    .default(1)
    .describe('Parts that a step is computed in, one after the other; divides batch.'),
  seed: seed.default(1),
  learning_rate: z.number().gt(0).max(100),
  optimizer: optimizer.prefault({ kind: 'adamw' }),
  schedule: schedule.prefault({}),
  clip: z.number().min(0).default(1).describe('Largest global norm of the gradient; 0 never clips.'),
  z_loss: z.number().min(0).default(0).describe('Weight of log²Z in the loss (PaLM: 1e-4).'),
  dropout: share.lt(1).default(0),
  recompute: z.boolean().default(false).describe('Less memory, about a fifth more time.'),
  mask_share: z.number().gt(0).lt(1).default(0.15).describe('encoder: share of tokens to be guessed.'),
  log_every: count(1, MOST.steps).default(1),
  eval_every: count(1, MOST.steps).optional().describe('Default: a twentieth of all steps.'),
  eval_batches: count(1, 10000).default(8),
  checkpoint_every: count(1, MOST.steps).optional().describe('Default: a tenth of all steps.'),
  keep_checkpoints: count(1, 10000)
    .default(20)
    .describe('The newest are kept; with spike_guard also one or two before, to go back to.'),
  precision: z
    .enum(['float32', 'float16'])
    .default('float32')
    .describe(
      'float16: matrix products of float16 numbers, on a card that has it (subtext devices); weights, long sums and everything else stay float32.',
    ),
  final_type: z.enum(['float32', 'float16']).default('float32').describe('How the last weights are stored.'),
  samples: z
    .strictObject({
      count: count(0, 64).default(3),
      max_tokens: count(1, MOST.context).default(200),
      prompt: z.string().default(''),
      temperature: z.number().min(0).max(10).default(1),
    })
    .prefault({})
    .describe('What the model writes at every evaluation.'),
  stop_gap: z
    .number()
    .gt(0)
    .optional()
    .describe(
      'Ends the run once the validation loss is this close to the known entropy of the data, in nats.',
    ),
  spike_guard: z
    .strictObject({
      window: count(10, 100000).default(100).describe('Steps that a loss is compared with.'),
      deviations: z
        .number()
        .gt(0)
        .default(6)
        .describe('Median absolute deviations above the median that count as a spike.'),
      floor: z.number().min(0).default(0.3).describe('Nats above the median that a spike has at least.'),
      patience: count(1, 1000).default(3).describe('Steps in a row.'),
      retries: count(0, 100).default(3).describe('At one place, before the learning rate is halved.'),
    })
    .nullable()
    .default(null)
    .describe(
      'On a spike of the loss goes back to a checkpoint and skips the batches around it (PaLM, arXiv 2204.02311).',
    ),
});

export const recipeSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().max(100).optional().describe('For people.'),
  data,
  tokenizer: tokenizer
    .optional()
    .describe(
      'Default: grammar for grammars, BPE of 2048 for stories and text; that of the checkpoint with model.from.',
    ),
  model: z.union([newModel, startedModel]),
  train,
});

/** A recipe with all defaults written out, but for those that depend on other values (`completed`). */
export type Recipe = z.output<typeof recipeSchema>;
export type RecipeInput = z.input<typeof recipeSchema>;
export type NewModel = z.output<typeof newModel>;
export type StartedModel = z.output<typeof startedModel>;
export type TrainSettings = Recipe['train'];

/** JSON Schema for editors, of what a person may write. */
export function recipeJsonSchema(): object {
  const schema = z.toJSONSchema(recipeSchema, { io: 'input', target: 'draft-7' });
  return { title: 'Subtext recipe', ...schema };
}
