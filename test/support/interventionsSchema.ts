// What is generated from the schema of interventions: the JSON Schema of editors.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { interventionsJsonSchema } from '../../src/backend/interpret/interventions/schema';

export const INTERVENTIONS_SCHEMA = join(__dirname, '../../media/schemas/interventions.schema.json');

export function interventionsSchemaText(): Promise<string> {
  return format(JSON.stringify(interventionsJsonSchema()), { parser: 'json', printWidth: 110 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  void (async () => {
    await mkdir(dirname(INTERVENTIONS_SCHEMA), { recursive: true });
    await writeFile(INTERVENTIONS_SCHEMA, await interventionsSchemaText());
  })();
}
