// What is generated from the schema of probe recipes: the JSON Schema of editors.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { probeRecipeJsonSchema } from '../../src/backend/interpret/probes/recipeSchema';

export const PROBE_SCHEMA = join(__dirname, '../../media/schemas/probe.schema.json');

export function probeSchemaText(): Promise<string> {
  return format(JSON.stringify(probeRecipeJsonSchema()), { parser: 'json', printWidth: 110 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  void (async () => {
    await mkdir(dirname(PROBE_SCHEMA), { recursive: true });
    await writeFile(PROBE_SCHEMA, await probeSchemaText());
  })();
}
