// Which tensors of a Hugging Face checkpoint make which weights, and whether all of them are there.
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import { weightShapes } from '../model/weights';
import type { StoredTensor } from './checkpoint';
import type { Family, Source } from './families/family';
import { putColumns } from './layout';
import { shown } from '../files';

/** A tensor to read, and the weights to take out of it. */
export interface PlannedTensor {
  /** In the file. */
  name: string;
  /** In the file. */
  shape: number[];
  weights: PlannedWeight[];
}

export interface PlannedWeight {
  name: string;
  shape: number[];
  source: Source;
  /** For weights in which experts lie side by side: of whom the tensor holds a part, and of how many. */
  experts?: { first: number; count: number; of: number };
}

export interface TensorPlan {
  tensors: PlannedTensor[];
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

  const planned = new Map<string, PlannedTensor>();
  for (const [weight, shape] of weightShapes(configuration)) {
    const layer = /^blocks\.(\d+)\./.exec(weight)?.[1];
    const key = layer === undefined ? weight : weight.replace(layer, '{}');
    const source = sources[key];
    if (!source) throw new Error(`family ${family.modelType} names no tensor for ${key}`);
    const name = inFile(layer === undefined ? source.tensor : source.tensor.replace('{}', layer));
    for (const part of tensorsOf(source, name, shape, configuration)) {
      const tensor = planned.get(part.name) ?? { name: part.name, shape: part.shape, weights: [] };
      tensor.weights.push({ name: weight, shape, source, experts: part.experts });
      planned.set(part.name, tensor);
    }
  }

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

/** The tensors that make a weight: one, unless each expert has its own. */
function tensorsOf(
  source: Source,
  name: string,
  weight: number[],
  { experts }: TransformerConfiguration,
): { name: string; shape: number[]; experts?: PlannedWeight['experts'] }[] {
  if (!source.experts) return [{ name, shape: source.shape(weight) }];
  const of = experts!.num_experts;
  const shape = source.shape(expertShape(source, weight, of));
  if (source.experts.stacked) return [{ name, shape: [of, ...shape], experts: { first: 0, count: of, of } }];
  return Array.from({ length: of }, (_, first) => ({
    name: name.replace('{expert}', String(first)),
    shape,
    experts: { first, count: 1, of },
  }));
}

/** The shape of one expert's part of a weight. */
function expertShape({ experts }: Source, weight: readonly number[], of: number): number[] {
  const { axis } = experts!;
  return weight.with(axis, weight[axis] / of);
}

/**
 * Takes a weight, or the part of it that lies in this tensor, out of the tensor.
 * @param values of the whole tensor, as in the file.
 * @param before the weight as other tensors have filled it.
 * @returns the weight, row-major: `before` if given.
 */
export function takeWeight(
  { shape, source, experts }: PlannedWeight,
  values: Float32Array,
  before: Float32Array | undefined,
): Float32Array {
  if (!experts) return source.take(values, shape);
  const weight = before ?? new Float32Array(shape.reduce((a, b) => a * b, 1));
  const partShape = expertShape(source, shape, experts.of);
  const stride = values.length / experts.count;
  for (let i = 0; i < experts.count; i++) {
    const part = source.take(values.subarray(i * stride, (i + 1) * stride), partShape);
    const expert = experts.first + i;
    if (source.experts!.axis === 0) weight.set(part, expert * part.length);
    else putColumns(weight, shape[1], expert * partShape[1], part);
  }
  return weight;
}

function checkTensors(
  planned: PlannedTensor[],
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
