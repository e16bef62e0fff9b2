// Opens a checkpoint of any known format, from a folder or one of its files.
import { dirname, resolve } from 'node:path';
import { SubtextError } from '../errors';
import type { Checkpoint, CheckpointHeader } from './checkpoint';
import { readHuggingFace, readHuggingFaceHeader } from './huggingFace';
import { readLlama2c, readLlama2cHeader } from './llama2c';
import { findCheckpoint } from './recognise';
import { findTokenizer } from './tokenizers';

/**
 * Reads what a checkpoint is, without its weights: fast for any size.
 * @param path a folder that holds one checkpoint, or a file of one; relative to the working directory.
 * @throws SubtextError `not-found`, `file-access`, `checkpoint-format`, `checkpoint-tensors`,
 * `unknown-architecture`.
 */
export async function readCheckpointHeader(path: string): Promise<CheckpointHeader> {
  const absolute = absolutePath(path);
  const found = await findCheckpoint(absolute);
  const header =
    found.format === 'llama2.c'
      ? await readLlama2cHeader(found.model)
      : await readHuggingFaceHeader(found.files);
  return { format: found.format, path: absolute, ...header };
}

export type CheckpointShape = Pick<Checkpoint, 'configuration' | 'tokenizer'>;

/** The configuration and the tokenizer, without the weights. @throws SubtextError as `openCheckpoint` */
export async function readCheckpointShape(path: string): Promise<CheckpointShape> {
  const { format, configuration } = await readCheckpointHeader(path);
  const found = await findCheckpoint(absolutePath(path));
  const folder = dirname(found.format === 'llama2.c' ? found.model : found.files.config);
  const { tokenizer } = await findTokenizer(format, folder, configuration.d_vocab);
  return { configuration, tokenizer };
}

/**
 * Reads a checkpoint with all its weights and the tokenizer beside them.
 * @param path as for `readCheckpointHeader`.
 * @throws SubtextError as `readCheckpointHeader`, and `tokenizer`.
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const absolute = absolutePath(path);
  const found = await findCheckpoint(absolute);
  const model =
    found.format === 'llama2.c' ? await readLlama2c(found.model) : await readHuggingFace(found.files);
  const folder = dirname(found.format === 'llama2.c' ? found.model : found.files.config);
  const { tokenizer, notes } = await findTokenizer(found.format, folder, model.configuration.d_vocab);
  return { format: found.format, path: absolute, ...model, tokenizer, notes: [...model.notes, ...notes] };
}

function absolutePath(path: string): string {
  if (path === '')
    throw new SubtextError('not-found', 'The path of the model is empty', 'Name a file or folder.');
  return resolve(path);
}
