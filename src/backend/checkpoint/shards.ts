// The safetensors files of a Hugging Face checkpoint: one, or several with an index that says what lies where.
import { basename, dirname, join } from 'node:path';
import { SubtextError } from '../errors';
import { formatError, isObject, readJsonObject, shown } from '../files';
import { SafetensorsFile } from './safetensors';
import type { TensorRange } from './safetensorsHeader';

/** All are open at once; the largest published models have fewer, and systems allow about a thousand open files. */
const MAX_SHARDS = 256;

/** Open files and the tensors in them. */
export interface Shards {
  tensors: Map<string, TensorRange>;
  read(name: string): Promise<Float32Array>;
}

/**
 * Opens the weights at `path`, a `.safetensors` file or an index of such files (`sharded`), and closes them after
 * `use`.
 * @throws SubtextError `not-found`, `file-access`, `checkpoint-format`, `checkpoint-tensors`; what `use` throws.
 */
export async function withShards<T>(
  path: string,
  sharded: boolean,
  use: (shards: Shards) => Promise<T>,
): Promise<T> {
  const files: SafetensorsFile[] = [];
  try {
    const owners = new Map<string, SafetensorsFile>();
    const index = sharded ? await readIndex(path) : undefined;
    for (const file of index ? new Set(index.values()) : [basename(path)]) {
      const shard = await SafetensorsFile.open(join(dirname(path), file));
      files.push(shard);
      for (const name of shard.tensors.keys()) {
        if (index && index.get(name) !== file) throw astray(shard.path, name, 'is not named by', path);
        owners.set(name, shard);
      }
    }
    for (const [name, file] of index ?? []) {
      if (!owners.has(name))
        throw astray(join(dirname(path), file), name, 'is missing, though named by', path);
    }
    const tensors = new Map([...owners].map(([name, shard]) => [name, shard.tensors.get(name)!]));
    return await use({ tensors, read: async (name) => owners.get(name)!.read(name) });
  } finally {
    for (const file of files) await file.close();
  }
}

/** The file of every tensor, by the tensor's name. */
async function readIndex(path: string): Promise<Map<string, string>> {
  const { weight_map: map } = await readJsonObject(path);
  if (!isObject(map)) throw formatError(path, 'has no weight_map');
  const files = new Map<string, string>();
  for (const [tensor, file] of Object.entries(map)) {
    // A name, not a path: an index must not reach outside its folder.
    if (typeof file !== 'string' || !/^[\w-][\w. -]*\.safetensors$/.test(file)) {
      throw formatError(
        path,
        `says that ${shown(tensor)} lies in ${described(file)}, which is no .safetensors file`,
      );
    }
    files.set(tensor, file);
  }
  const count = new Set(files.values()).size;
  if (count > MAX_SHARDS)
    throw formatError(path, `names ${count} files, more than the ${MAX_SHARDS} that are opened`);
  if (count === 0) throw formatError(path, 'names no tensor');
  return files;
}

function described(file: unknown): string {
  return typeof file === 'string' ? shown(file, 100) : `a ${typeof file}`;
}

function astray(path: string, tensor: string, problem: string, index: string): SubtextError {
  return new SubtextError(
    'checkpoint-tensors',
    `${path}: tensor ${shown(tensor)} ${problem} ${basename(index)}`,
    'Download or export the checkpoint again, with all its files.',
  );
}
