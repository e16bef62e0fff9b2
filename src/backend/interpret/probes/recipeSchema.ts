// The recipe of probes: what the JSON file may say, and its defaults. `media/schemas/probe.schema.json` is generated from
// this (`npm run docs`).
import { z } from 'zod';

const count = (least: number, most: number) => z.int().min(least).max(most);
const name = z.string().min(1).max(300);
/** More is no probe: every class is a column of every matrix. */
const MOST_CLASSES = 4096;

const models = z
  .array(
    z.union([
      name,
      z.strictObject({
        run: name.describe('A run directory: each of its checkpoints is a model.'),
        steps: z.array(count(0, 1e9)).min(1).optional().describe('Only these. Default: all that are there.'),
      }),
    ]),
  )
  .min(1)
  .max(64)
  .describe(
    'Checkpoints, compared with each other: folders or files relative to the recipe, or names of sample models.',
  );

const data = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('cfg'),
      grammar: name.describe('A grammar by name (cfg3b, …) or the path of a file with rules.'),
      drop: count(0, 16).default(0).describe('How many levels to drop at the top.'),
      documents: count(1, 1_000_000).default(2000).describe('Fresh strings, in all splits.'),
    })
    .describe('Fresh strings of a grammar, with the trees that they were sampled with.'),
  z
    .strictObject({
      kind: z.literal('text'),
      files: z
        .array(name)
        .min(1)
        .describe('Files or folders: .txt, .jsonl, .ndjson, .parquet. Relative to the recipe.'),
      column: name.default('text').describe('Where the text stands in JSONL and Parquet.'),
      separator: z.enum(['end-of-text', 'blank-line', 'none']).default('end-of-text'),
      tokens: count(1, 100_000_000)
        .default(200_000)
        .describe('Documents are read until there are so many tokens.'),
      group: name
        .optional()
        .describe(
          'JSONL column: documents with the same value in it stay in one split, such as those of a person.',
        ),
    })
    .describe('Documents from files.'),
]);

const levels = z
  .union([z.literal('all'), z.array(count(2, 100)).min(1)])
  .default('all')
  .describe("Counted from the root's, which is 1.");
const classes = count(2, MOST_CLASSES);

const target = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('ancestor'),
      levels,
      at: z
        .enum(['every', 'ends'])
        .default('every')
        .describe('ends: only the last token of each constituent.'),
    })
    .describe("cfg: the level's symbol above a token."),
  z
    .strictObject({ kind: z.literal('boundary'), levels })
    .describe('cfg: whether a constituent of the level ends at a token.'),
  z
    .strictObject({
      kind: z.literal('column'),
      column: name.describe(
        'JSONL column: a list of spans [start, end, label], end exclusive; a list with a label or null for each token; or one label for the whole text.',
      ),
      unit: z
        .enum(['characters', 'tokens'])
        .default('characters')
        .describe('What spans count: UTF-16 offsets into the text, or tokens.'),
      at: z
        .enum(['every', 'first', 'last', 'before'])
        .default('every')
        .describe('Which tokens of a span have its label; before is the one before its first.'),
      outside: name.optional().describe('Label of the tokens in no span. Default: they do not count.'),
    })
    .describe('text: labels that stand beside the text.'),
  z
    .strictObject({
      kind: z.literal('pattern'),
      pattern: z.string().min(1).max(1000).describe('Regular expression, JavaScript’s.'),
      flags: z
        .string()
        .regex(/^[imsu]*$/)
        .default('u'),
    })
    .describe('text: whether a token is part of a match.'),
  z
    .strictObject({
      kind: z.literal('next-token'),
      classes: classes.default(256).describe('The most frequent tokens; others do not count.'),
    })
    .describe('The token that follows.'),
  z
    .strictObject({
      kind: z.literal('position'),
      classes: classes.default(64).describe('The first positions; others do not count.'),
    })
    .describe('How many tokens stand before it.'),
]);

const probe = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('linear'),
      solver: z
        .enum(['adamw', 'ridge'])
        .default('adamw')
        .describe('adamw: logistic regression; ridge: least squares on one-hot labels, in closed form.'),
    })
    .describe('A linear map of one activation at one token.'),
  z
    .strictObject({
      kind: z.literal('multi-head'),
      heads: count(1, 64).default(4),
      width: count(1, 4096).default(64).describe('Numbers of a position vector.'),
      locality: z
        .enum(['all', 'diagonal', 'tridiagonal'])
        .default('all')
        .describe('Tokens that are read for a token: all, itself, or itself and its neighbours.'),
    })
    .describe(
      'Linear maps of the activations of all tokens, weighed by their positions alone (Physics of Language Models 1, §4.1).',
    ),
  z
    .strictObject({
      kind: z.literal('embedding-update'),
      rank: count(1, 1024).default(2).describe('Of what is added to the token embedding.'),
      norm: z
        .enum(['layer', 'batch'])
        .default('layer')
        .describe('Before the linear map: layer as in P-probing, batch as in Q-probing.'),
    })
    .describe(
      'A linear map behind a norm, and an update of low rank to the token embedding of the model, which else stays as it is (Physics of Language Models 3.1, P- and Q-probing).',
    ),
]);

const train = z.strictObject({
  steps: count(1, 1_000_000).optional().describe('At most. Default: 2000.'),
  batch: count(1, 65536)
    .optional()
    .describe(
      'Tokens per step; texts for the other kinds. Default: 512; multi-head 32, embedding-update 50.',
    ),
  learning_rate: z.number().gt(0).max(10).default(0.003).describe('Falls linearly to 0.'),
  weight_decay: z.number().min(0).default(0.001),
  evaluate_every: count(1, 1_000_000).default(100).describe('Steps between looks at the validation split.'),
  patience: count(1, 10000).default(8).describe('Looks without a better one after which a probe is done.'),
});

export const probeRecipeSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().max(100).optional().describe('For people.'),
  models,
  data,
  targets: z.array(target).min(1).max(64),
  activations: z
    .strictObject({
      hooks: z
        .array(name)
        .min(1)
        .default(['blocks.*.hook_resid_post'])
        .describe('Activation names; * stands for every layer.'),
      layers: z
        .union([z.enum(['all', 'last']), z.array(count(0, 10000)).min(1)])
        .default('all')
        .describe('Which layers * stands for.'),
    })
    .prefault({}),
  probe,
  train: train.prefault({}),
  controls: z
    .strictObject({
      random_init: z
        .boolean()
        .default(true)
        .describe('The same probe on a model of the same shape with first weights.'),
      shuffled: z.boolean().default(true).describe('The same probe with the labels in random order.'),
    })
    .prefault({}),
  split: z
    .strictObject({
      validation: z.number().gt(0).lt(0.5).default(0.1),
      test: z.number().gt(0).lt(0.5).default(0.2),
    })
    .prefault({})
    .describe('Shares of the documents; the rest is trained on.'),
  seed: count(0, 2 ** 31 - 1).default(1),
});

export type ProbeRecipe = z.output<typeof probeRecipeSchema>;
export type TargetSettings = ProbeRecipe['targets'][number];
export type ProbeSettings = ProbeRecipe['probe'];

/** JSON Schema for editors, of what a person may write. */
export function probeRecipeJsonSchema(): object {
  const schema = z.toJSONSchema(probeRecipeSchema, { io: 'input', target: 'draft-7' });
  return { title: 'Subtext probes', ...schema };
}
