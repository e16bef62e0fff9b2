// What is generated from the schema of recipes: the JSON Schema of editors, and docs/recipes.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { recipeJsonSchema } from '../../src/backend/train/recipe';

const root = join(__dirname, '../..');
export const RECIPE_SCHEMA = join(root, 'media/schemas/recipe.schema.json');
export const RECIPES_DOCUMENT = join(root, 'docs/recipes.md');

interface Schema {
  description?: string;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, Schema> & { kind?: Schema };
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

export function recipeSchemaText(): Promise<string> {
  return format(JSON.stringify(recipeJsonSchema()), { parser: 'json', printWidth: 110 });
}

export async function recipesDocument(): Promise<string> {
  const { properties } = recipeJsonSchema() as Required<Schema>;
  const sections = ['data', 'tokenizer', 'model', 'train'].map(
    (name) => `## ${name}\n\n${sentence(properties[name])}${objects(name, properties[name])}`,
  );
  const text = `# Recipes

A recipe is a JSON file that says what to train: \`NAME.subtext.json\`. VS Code completes and checks it, and runs it from the line above its first. In a terminal: \`subtext train NAME.subtext.json --out DIR\`. Paths in it are relative to it. The same recipe gives the same losses on the same engine with the same number of threads.

\`\`\`json
{
  "name": "my-stories",
  "data": { "kind": "text", "files": ["books/"] },
  "model": { "architecture": "gpt2", "layers": 4, "width": 128, "heads": 8 },
  "train": { "steps": 2000, "batch": 8, "context": 256, "learning_rate": 0.002 }
}
\`\`\`

A grammar of your own is a text file with a line for each symbol; the first is the root, and what has no line is a terminal. Alternatives are equally likely. No symbol may lead back to itself: the language is finite.

\`\`\`
# a comment
S -> A B | B A A
A -> x y | y
B -> z x z
\`\`\`

${sections.join('\n\n')}

_Generated from \`src/backend/train/recipeSchema.ts\` by \`npm run docs\`._
`;
  return format(text, { parser: 'markdown', printWidth: 110 });
}

/** The tables of an object's keys, and below each those of the objects in it. */
function objects(path: string, schema: Schema): string {
  const alternatives = (schema.oneOf ?? schema.anyOf)?.filter(({ properties }) => properties);
  if (alternatives?.length === 1) return table(path, alternatives[0]);
  if (alternatives && alternatives.length > 1) {
    return alternatives.map((each) => `${lead(each)}${table(path, each)}`).join('\n\n');
  }
  return schema.properties ? table(path, schema) : '';
}

function lead(schema: Schema): string {
  const { kind } = schema.properties ?? {};
  if (!kind) return '\n\nEither, or:\n\n';
  return `\n\n**\`"kind": ${JSON.stringify(kind.const)}\`** ${schema.description ?? ''}\n\n`;
}

function table(path: string, { properties = {}, required = [] }: Schema): string {
  // The kind that parts alternatives stands above each.
  const keys = Object.entries(properties).filter(
    ([name, schema]) => name !== 'kind' || schema.const === undefined,
  );
  if (keys.length === 0) return '';
  const rows = keys.map(([name, schema]) => {
    const fallback =
      schema.default === undefined || isObject(schema) ? '' : `\`${JSON.stringify(schema.default)}\``;
    const needed = required.includes(name) ? 'needed' : fallback;
    return `| \`${name}\` | ${values(schema)} | ${needed} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`;
  });
  const inner = keys
    .filter(([, schema]) => isObject(schema))
    .map(
      ([name, schema]) =>
        `\n\n### ${path}.${name}\n\n${sentence(schema)}${objects(`${path}.${name}`, schema)}`,
    );
  return `| key | values | default | |\n| --- | --- | --- | --- |\n${rows.join('\n')}${inner.join('')}`;
}

function isObject(schema: Schema): boolean {
  return [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].some(({ properties }) => properties);
}

function values(schema: Schema): string {
  if (schema.enum) return schema.enum.map((each) => `\`${String(each)}\``).join(' ');
  if (isObject(schema)) return 'see below';
  if (schema.type === 'array') return `list of ${values(schema.items!)}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'string') return 'text';
  const whole = schema.type === 'integer' ? 'whole ' : '';
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  const most =
    maximum !== undefined ? `${maximum}` : exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : '';
  const from = minimum === undefined ? '' : most === '' ? `≥ ${minimum}` : `${minimum}`;
  const least = exclusiveMinimum === undefined ? from : `> ${exclusiveMinimum}`;
  return `${whole}${[least, most].filter((each) => each !== '').join(' … ')}`;
}

function sentence({ description }: Schema): string {
  return description === undefined ? '' : `${description}\n\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  void (async () => {
    await mkdir(dirname(RECIPE_SCHEMA), { recursive: true });
    await writeFile(RECIPE_SCHEMA, await recipeSchemaText());
    await writeFile(RECIPES_DOCUMENT, await recipesDocument());
  })();
}
