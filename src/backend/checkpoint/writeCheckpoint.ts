// Writes a checkpoint as an ordinary Hugging Face folder, which transformers in Python opens and Subtext reads back to
// the same bits.
import { join } from 'node:path';
import { sizeOf } from '../engine/graph/dimension';
import type { TransformerConfiguration } from '../model/configuration';
import { checkWeights, weightShapes, type Weights } from '../model/weights';
import { replaceFile, replaceFolder } from '../replace';
import { familyOf } from './families';
import type { Family } from './families/family';
import { placeWeights, putWeight } from './placement';
import {
  writeSafetensors,
  type DeferredTensor,
  type FloatType,
  type WritableTensor,
} from './safetensorsWriter';
import { tokenizerConfiguration } from './tokenizerConfiguration';

/** The files of a checkpoint that Subtext writes. */
export const CHECKPOINT_FILES = {
  config: 'config.json',
  weights: 'model.safetensors',
  tokenizer: 'tokenizer.json',
  tokenizerConfiguration: 'tokenizer_config.json',
  trainState: 'train-state.safetensors',
} as const;

export interface CheckpointContents {
  configuration: TransformerConfiguration;
  /** By name, as the configuration asks for them; others, such as an optimizer's, are left out. */
  weights: ReadonlyMap<string, { shape: readonly number[]; data: ArrayLike<number> }>;
  /** How numbers are stored; float32 by default, the only one that loses nothing. */
  dtype?: 'float32' | 'float16' | 'bfloat16';
  /** The text of a tokenizer.json. */
  tokenizerJson?: string;
  /** Ids of the tokens that begin and end a text, if there are such. */
  beginOfText?: number;
  endOfText?: number;
  /** The deviation that weights began with, for whoever trains on in Python. */
  initializerRange?: number;
  /** What is needed to go on training. */
  trainState?: {
    tensors: ReadonlyMap<string, WritableTensor>;
    metadata?: Readonly<Record<string, string>>;
  };
}

const FLOAT_TYPES: Record<NonNullable<CheckpointContents['dtype']>, FloatType> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
};

/**
 * Writes a checkpoint folder, whole or not at all: an earlier one at the same place stays until the new one is on the disk.
 * @throws SubtextError `file-access` where it cannot be written or the folder holds other files; `checkpoint-tensors`
 * where weights are missing or misshaped; `checkpoint-format` for a configuration that no checkpoint can have;
 * `not-a-number` where a number is beyond float16; `tokenizer`.
 */
export async function writeCheckpoint(folder: string, contents: CheckpointContents): Promise<void> {
  const { configuration, tokenizerJson, trainState, dtype = 'float32' } = contents;
  const { family, values } = familyOf(configuration);
  const tensors = tensorsOf(family, configuration, weightsOf(contents, folder), FLOAT_TYPES[dtype]);
  const texts: Partial<Record<CheckpointFile, string>> = {
    config: json({
      ...values,
      // Where config.json says nothing, transformers takes the ids of its best known model.
      bos_token_id: contents.beginOfText ?? null,
      eos_token_id: contents.endOfText ?? null,
      torch_dtype: dtype,
      ...(contents.initializerRange !== undefined && { initializer_range: contents.initializerRange }),
    }),
    ...(tokenizerJson !== undefined && {
      tokenizer: tokenizerJson,
      tokenizerConfiguration: json(tokenizerConfiguration(tokenizerJson, configuration.n_ctx, contents)),
    }),
  };
  await replaceFolder(folder, Object.values(CHECKPOINT_FILES), async (temporary) => {
    const at = (file: CheckpointFile) => join(temporary, CHECKPOINT_FILES[file]);
    for (const [file, text] of Object.entries(texts)) {
      await replaceFile(at(file as CheckpointFile), (handle) => handle.writeFile(text));
    }
    // The format is what transformers asks for, before version 5.
    await writeSafetensors(at('weights'), tensors, { format: 'pt' });
    if (trainState) await writeSafetensors(at('trainState'), trainState.tensors, trainState.metadata);
  });
}

type CheckpointFile = keyof typeof CHECKPOINT_FILES;

/** The weights that the configuration asks for, checked. */
function weightsOf({ configuration, weights: given }: CheckpointContents, folder: string): Weights {
  const weights: Weights = new Map();
  for (const name of weightShapes(configuration).keys()) {
    const weight = given.get(name);
    if (!weight) continue;
    const { shape, data } = weight;
    if (!(data instanceof Float32Array) || data.length !== sizeOf(shape)) {
      throw new Error(`weight ${name} is no float32 array of shape [${shape.join()}]`);
    }
    weights.set(name, { shape: [...shape], data });
  }
  checkWeights(configuration, weights, folder);
  return weights;
}

/** The tensors of the file, each made only when it is its turn. */
function tensorsOf(
  family: Family,
  configuration: TransformerConfiguration,
  weights: Weights,
  dtype: FloatType,
): Map<string, DeferredTensor> {
  const tensors = placeWeights(family, family.sources, configuration);
  return new Map(
    tensors.map(({ name, shape, weights: placed }) => {
      const make = () => {
        const tensor = new Float32Array(sizeOf(shape));
        for (const weight of placed) putWeight(weight, weights.get(weight.name)!.data, tensor);
        return tensor;
      };
      return [name, { shape, dtype, make }];
    }),
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
