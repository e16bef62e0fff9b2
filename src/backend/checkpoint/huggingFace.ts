// Hugging Face checkpoints: a config.json and weights in safetensors, in one file or in shards.
import { SubtextError } from '../errors';
import type { TransformerConfiguration } from '../model/configuration';
import { checkWeights, parameterCount, type Weights } from '../model/weights';
import type { StoredTensor } from './checkpoint';
import { mapConfiguration } from './families';
import { readJsonObject, shown } from '../files';
import { hasNonFinite } from './layout';
import { checkMemory } from './memory';
import { withShards, type Shards } from './shards';
import { takeWeight } from './placement';
import { planTensors, type TensorPlan } from './tensorPlan';

/** The files that make a checkpoint. */
export interface HuggingFaceFiles {
  config: string;
  /** A `.safetensors` file, or the index of several where `sharded`. */
  weights: string;
  sharded: boolean;
}

export interface HuggingFaceHeader {
  architecture: string;
  configuration: TransformerConfiguration;
  tensors: StoredTensor[];
}

export interface HuggingFaceModel extends HuggingFaceHeader {
  weights: Weights;
  notes: string[];
}

/**
 * Reads the configuration and the names and shapes of the tensors, and checks that they fit each other.
 * @throws SubtextError `unknown-architecture`, `checkpoint-format`, `checkpoint-tensors`, `not-found`, `file-access`.
 */
export async function readHuggingFaceHeader(files: HuggingFaceFiles): Promise<HuggingFaceHeader> {
  return (await readWith(files, () => Promise.resolve())).header;
}

/**
 * Reads the whole model, every number as float32 and every matrix turned to [in, out].
 * @throws SubtextError as `readHuggingFaceHeader`.
 */
export async function readHuggingFace(files: HuggingFaceFiles): Promise<HuggingFaceModel> {
  const { header, notes, result } = await readWith(files, async (configuration, shards, plan) => {
    checkMemory(parameterCount(configuration), files.weights);
    const read = await readWeights(plan, shards, files);
    checkWeights(configuration, read.weights, files.weights);
    return read;
  });
  return { ...header, weights: result.weights, notes: [...notes, ...result.notes] };
}

async function readWith<T>(
  files: HuggingFaceFiles,
  use: (configuration: TransformerConfiguration, shards: Shards, plan: TensorPlan) => Promise<T>,
) {
  const values = await readJsonObject(files.config);
  const { family, configuration, unknownKeys } = mapConfiguration(files.config, values);
  return withShards(files.weights, files.sharded, async (shards) => {
    const plan = planTensors(family, configuration, shards.tensors, files.weights);
    const notes = [...plan.notes];
    if (unknownKeys.length > 0) {
      notes.unshift(`ignored keys of config.json: ${shown(unknownKeys.sort().join(', '))}`);
    }
    const tensors = [...shards.tensors.values()].map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    const header = { architecture: family.modelType, configuration, tensors };
    return { header, notes, result: await use(configuration, shards, plan) };
  });
}

async function readWeights(
  plan: TensorPlan,
  shards: Shards,
  files: HuggingFaceFiles,
): Promise<{ weights: Weights; notes: string[] }> {
  const weights: Weights = new Map();
  const notes: string[] = [];
  for (const tensor of plan.tensors) {
    const values = await shards.read(tensor.name);
    if (hasNonFinite(values)) notes.push(`tensor ${shown(tensor.name)} holds numbers that are not finite`);
    if (tensor.name === plan.copyOfEmbedding?.embedding) {
      await compareCopy(values, plan.copyOfEmbedding.name, tensor.name, shards, files);
      notes.push(`ignored ${plan.copyOfEmbedding.name}, a copy of ${tensor.name}`);
    }
    for (const placed of tensor.weights) {
      const { name, shape } = placed;
      weights.set(name, { shape, data: takeWeight(placed, values, weights.get(name)?.data) });
    }
  }
  return { weights, notes };
}

/** A tied model computes with its embedding; where its file holds another head, one of the two is wrong. */
async function compareCopy(
  values: Float32Array,
  copy: string,
  embedding: string,
  shards: Shards,
  files: HuggingFaceFiles,
): Promise<void> {
  const other = await shards.read(copy);
  // By bits, so that NaN equals itself.
  if (Buffer.compare(Buffer.from(values.buffer), Buffer.from(other.buffer)) !== 0) {
    throw new SubtextError(
      'checkpoint-tensors',
      `${files.weights}: ${copy} differs from ${embedding}, but config.json says that they are tied`,
      'Set tie_word_embeddings to false to use both, or remove one of them.',
    );
  }
}
