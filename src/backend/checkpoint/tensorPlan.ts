// Whether the tensors of a Hugging Face checkpoint are those that its configuration asks for, and what is left out of it.
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import type { StoredTensor } from './checkpoint';
import type { Family } from './families/family';
import { shown } from '../files';
import { placeWeights, type PlacedTensor } from './placement';

export interface TensorPlan {
  /** To be read. */
  tensors: PlacedTensor[];
  /** A tied model's own copy of the unembedding, to be compared with this tensor. */
  copyOfEmbedding: { name: string; embedding: string } | undefined;
  notes: string[];
}

/**
 * Plans how to make all weights of a configuration.
 * @param path named in the error.
 * @throws SubtextError `checkpoint-tensors` that names missing, unknown and misshaped tensors as the file does.
 */
export function planTensors(
  family: Family,
  configuration: TransformerConfiguration,
  stored: ReadonlyMap<string, StoredTensor>,
  path: string,
): TensorPlan {
  const prefixed = [...stored.keys()].some((name) => name.startsWith(family.prefix));
  const inFile = (name: string) =>
    !prefixed && name.startsWith(family.prefix) ? name.slice(family.prefix.length) : name;
  const notes: string[] = [];

  const renamed = [...stored.keys()].some((name) => family.renamed?.where.test(name));
  const sources = renamed ? { ...family.sources, ...family.renamed?.sources } : family.sources;

  const placed = placeWeights(family, sources, configuration, inFile);
  const planned = new Map(placed.map((tensor) => [tensor.name, tensor]));

  const embedding = inFile(family.sources['embed.W_E'].tensor);
  const head = inFile(family.sources['unembed.W_U']?.tensor ?? '');
  let copyOfEmbedding: TensorPlan['copyOfEmbedding'];
  if (configuration.tied && stored.has(head)) {
    if (stored.has(embedding)) {
      copyOfEmbedding = { name: head, embedding };
    } else {
      // Of tensors that share memory, safetensors may keep either.
      const tensor = planned.get(embedding)!;
      planned.delete(embedding);
      planned.set(head, { ...tensor, name: head });
      notes.push(`took the embedding from ${head}: they are tied`);
    }
  }

  const unknown: string[] = [];
  const ignored = new Map<string, number>();
  for (const name of stored.keys()) {
    if (planned.has(name) || name === copyOfEmbedding?.name) continue;
    const what = family.ignored.find(({ pattern }) => pattern.test(name))?.what;
    if (what === undefined) unknown.push(name);
    else ignored.set(what, (ignored.get(what) ?? 0) + 1);
  }
  for (const [what, count] of ignored) notes.push(`ignored ${count} ${what}${count === 1 ? '' : 's'}`);

  checkTensors([...planned.values()], unknown, stored, path);
  return { tensors: [...planned.values()], copyOfEmbedding, notes };
}

function checkTensors(
  planned: PlacedTensor[],
  unknown: string[],
  stored: ReadonlyMap<string, StoredTensor>,
  path: string,
): void {
  const missing = planned.filter(({ name }) => !stored.has(name)).map(({ name }) => name);
  const misshaped = planned.flatMap(({ name, shape }) => {
    const found = stored.get(name)?.shape;
    if (!found || found.join() === shape.join()) return [];
    return [`${name} is [${shown(found.join(), 60)}], not [${shape.join()}]`];
  });
  const problems = [
    listed('missing', missing),
    listed('unknown', unknown),
    listed('of the wrong shape', misshaped),
  ].filter((part) => part !== '');
  if (problems.length > 0) {
    throw new SubtextError(
      'checkpoint-tensors',
      `${path}: the tensors do not fit config.json: ${problems.join('; ')}`,
      'Check that the weights and config.json come from the same model.',
    );
  }
}

function listed(what: string, names: string[]): string {
  if (names.length === 0) return '';
  const some = names.slice(0, 5).map((name) => shown(name, 120));
  return `${what}: ${some.join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}
