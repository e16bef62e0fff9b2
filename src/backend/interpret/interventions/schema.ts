// Checks interventions that come from outside: a file `*.interventions.json`, a panel. The types are the protocol's.
import { z } from 'zod';
import { printIntervention, type Intervention, type InterventionFile } from '../../../protocol/interventions';
import { SubtextError } from '../../errors';
import { problemsOf } from '../../train/recipeProblems';
import { partNamed } from './parts';

/** More are a mistake: each changes something in every run. */
const MOST_ENTRIES = 256;
/** Characters of a text that values are taken from: its windows are all kept. */
const LONGEST_TEXT = 100_000;

const text = z.string().min(1).max(LONGEST_TEXT).describe('Text that values are taken from.');
const offset = z.int().min(0);
const passage = z.strictObject({
  text,
  range: z
    .strictObject({ start: offset, end: offset })
    .optional()
    .describe('Only the tokens that touch these UTF-16 offsets, end exclusive; all where left out.'),
});

const direction = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('neuron'),
    neuron: z.string().describe('Short name of the neuron: L2N17.'),
  }),
  z.strictObject({ kind: z.literal('difference'), towards: passage, from: passage }),
  z.strictObject({
    kind: z.literal('numbers'),
    values: z.array(z.number()).min(1).max(65536),
    name: z.string().max(100).optional(),
  }),
]);

const change = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ablate'),
    to: z
      .enum(['zero', 'mean'])
      .default('zero')
      .describe('What the values become: zero, or their mean over the text that is read.'),
  }),
  z.strictObject({
    kind: z.literal('scale'),
    factor: z.number().describe('What the values are multiplied by.'),
  }),
  z.strictObject({
    kind: z.literal('steer'),
    factor: z
      .number()
      .describe('What the direction is multiplied by; of a neuron, what its activation rises by.'),
    direction: direction.optional().describe('What is added at every token; a neuron has none.'),
  }),
  z.strictObject({
    kind: z.literal('patch'),
    text,
    align: z
      .enum(['equal', 'subsequence'])
      .default('equal')
      .describe('equal wants as many tokens in both texts; subsequence patches those that correspond.'),
  }),
]);

const fileSchema = z.strictObject({
  model: z.string().optional().describe('Name of the model that they were made for; not checked.'),
  interventions: z
    .array(
      z.strictObject({
        id: z
          .string()
          .min(1)
          .max(100)
          .optional()
          .describe('Unique in the list; made from part and change where left out.'),
        on: z.boolean().default(true).describe('One that is off does nothing.'),
        part: z.string().describe('Short name: L3H5, L2N17, L1.attn, L1.mlp or L1.resid.'),
        change,
      }),
    )
    .max(MOST_ENTRIES),
});

/**
 * Reads a file of interventions. Left-out ids are made from the short form, left-out switches are on.
 * @param name of the file, for messages
 * @throws SubtextError `interventions`: what is wrong, each with its path in the file
 */
export function parseInterventions(json: string, name: string): InterventionFile {
  let value: unknown;
  try {
    // Some editors begin a file with a mark of its byte order.
    value = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw wrong(name, [(error as Error).message], 'Mend the JSON.');
  }
  return checkFile(value, name);
}

/** JSON Schema for editors, of what a person may write. */
export function interventionsJsonSchema(): object {
  const schema = z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-7' });
  return { title: 'Subtext interventions', ...schema };
}

/** The same check for a list that was not read from a file. @throws SubtextError `interventions` */
export function checkInterventions(list: readonly Intervention[]): Intervention[] {
  return checkFile({ interventions: list }, 'The list').interventions;
}

function checkFile(value: unknown, name: string): InterventionFile {
  const result = fileSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw wrong(name, problemsOf(fileSchema, result.error.issues, value, 'the file'));
  const { model, interventions } = result.data;
  const problems = interventions.flatMap(({ part, change: each }, index) =>
    contradictions(part, each).map((problem) => `interventions.${index}: ${problem}`),
  );
  const ids = new Set<string>();
  const named = interventions.map(({ id, ...rest }, index): Intervention => {
    const own = id ?? unused(printIntervention(rest), ids);
    if (ids.has(own)) problems.push(`interventions.${index}.id is ${own}, as one before it`);
    ids.add(own);
    return { id: own, ...rest };
  });
  if (problems.length > 0) throw wrong(name, problems);
  return { model, interventions: named };
}

/** What no model can do, whatever its sizes. */
function contradictions(name: string, given: Intervention['change']): string[] {
  let part;
  try {
    part = partNamed(name);
    if (given.kind === 'steer' && given.direction?.kind === 'neuron') partNamed(given.direction.neuron);
  } catch (error) {
    return [(error as SubtextError).line.replace(/\.$/, '')];
  }
  if (given.kind !== 'steer') return [];
  const { direction: along } = given;
  if (part.kind === 'head')
    return [`${name} cannot be steered: steer its layer's attention, L${part.layer}.attn`];
  if (part.kind === 'neuron') {
    return along
      ? [`${name} is a neuron, which is steered along its own output weights: leave direction out`]
      : [];
  }
  if (!along) return [`direction is missing: ${name} can be steered along any`];
  if (along.kind === 'neuron' && partNamed(along.neuron).kind !== 'neuron') {
    return [`direction.neuron is ${along.neuron}, which is no neuron`];
  }
  return [];
}

function unused(id: string, ids: ReadonlySet<string>): string {
  let free = id;
  for (let count = 2; ids.has(free); count++) free = `${id} (${count})`;
  return free;
}

function wrong(
  name: string,
  found: readonly string[],
  remedy = 'A file that Subtext saved shows how it is written.',
): SubtextError {
  const more = found.length > 5 ? `; and ${found.length - 5} more` : '';
  return new SubtextError('interventions', `${name}: ${found.slice(0, 5).join('; ')}${more}`, remedy);
}
