// What a path holds. Files are told apart by their content, folders by the files in them.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SubtextError } from '../errors';
import { fileError, formatError, isObject, readBytes, readJsonObject, shown, withFile } from '../files';
import type { HuggingFaceFiles } from './huggingFace';
import { llama2cBytes, parseLlama2cHeader } from './llama2c';

/** A checkpoint that was found, not yet read. */
export type Found =
  { format: 'llama2.c'; model: string } | { format: 'hugging-face'; files: HuggingFaceFiles };

/** What the first bytes and the length of a file say. */
type FileKind =
  'empty' | 'safetensors' | 'json' | 'llama2.c' | 'llama2.c, cut' | 'pickle' | 'gguf' | 'unknown';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

/**
 * Finds the checkpoint at an absolute path.
 * @throws SubtextError `not-found`, `file-access`; `checkpoint-format` where there is none or more than one.
 */
export async function findCheckpoint(path: string): Promise<Found> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    throw fileError(error, path, 'read');
  }
  return isFolder ? findInFolder(path) : findFromFile(path);
}

async function findFromFile(path: string): Promise<Found> {
  const folder = dirname(path);
  const kind = await fileKind(path);
  switch (kind) {
    case 'safetensors':
      return huggingFace(folder, await weightsOf(path));
    case 'json':
      return findFromJson(path);
    case 'llama2.c':
    case 'llama2.c, cut':
      return { format: 'llama2.c', model: path };
    case 'empty':
      throw formatError(path, 'is empty');
    case 'pickle':
      throw pickleError(path);
    case 'gguf':
      throw formatError(path, 'is a GGUF file, which is not read', useSafetensors);
    case 'unknown':
      // Reading it says what is wrong with it.
      if (path.endsWith('.bin')) return { format: 'llama2.c', model: path };
      if (path.endsWith('.safetensors')) return huggingFace(folder, { weights: path, sharded: false });
      if (path.endsWith('.json')) return findFromJson(path);
      throw formatError(path, 'is no checkpoint', readable);
  }
}

async function findFromJson(path: string): Promise<Found> {
  const folder = dirname(path);
  const value = await readJsonObject(path);
  if (isObject(value.weight_map)) return huggingFace(folder, { weights: path, sharded: true });
  if (basename(path) !== 'config.json' && value.model_type === undefined) {
    throw formatError(path, 'is neither a config.json nor an index of safetensors files', readable);
  }
  const names = await filesOf(folder);
  const found = weightsIn(folder, names).map((weights) => huggingFaceWith(path, weights));
  return onlyOne(found, folder, () => nothingFound(folder, names));
}

async function findInFolder(folder: string): Promise<Found> {
  const names = await filesOf(folder);
  const found: Found[] = names.includes('config.json')
    ? weightsIn(folder, names).map((weights) => huggingFaceWith(join(folder, 'config.json'), weights))
    : [];
  const cut: Found[] = [];
  for (const name of names.filter((candidate) => candidate.endsWith('.bin'))) {
    const model = join(folder, name);
    const kind = await fileKind(model).catch(() => 'unknown');
    if (kind === 'llama2.c') found.push({ format: 'llama2.c', model });
    if (kind === 'llama2.c, cut') cut.push({ format: 'llama2.c', model });
  }
  // One that is cut short is better opened, to say so, than passed over, but never preferred to a whole one.
  return onlyOne(found.length > 0 ? found : cut, folder, () => nothingFound(folder, names));
}

function onlyOne(found: Found[], folder: string, nothing: () => SubtextError): Found {
  if (found.length === 0) throw nothing();
  if (found.length === 1) return found[0];
  const names = found.map((one) => basename(one.format === 'llama2.c' ? one.model : one.files.weights));
  throw formatError(
    folder,
    `holds several checkpoints: ${names.map((name) => shown(name)).join(', ')}`,
    'Name one.',
  );
}

function nothingFound(folder: string, names: string[]): SubtextError {
  if (names.length === 0) return formatError(folder, 'is an empty folder', readable);
  const pickle = names.find((name) => /^pytorch_model.*\.bin(\.index\.json)?$|\.(pt|pth|ckpt)$/.test(name));
  const other = names.filter((name) => name.endsWith('.safetensors')).map((name) => shown(name));
  if (!names.includes('config.json')) {
    if (weightsIn(folder, names).length > 0) return missingConfig(folder);
    if (names.includes('final') || names.includes('checkpoints')) {
      return formatError(folder, 'is the folder of a run', 'Name its folder final, or one in checkpoints.');
    }
    return pickle === undefined
      ? formatError(folder, 'holds no checkpoint', readable)
      : pickleError(join(folder, pickle));
  }
  if (pickle !== undefined) return pickleError(join(folder, pickle));
  if (other.length > 0) {
    return formatError(
      folder,
      `holds no ${SINGLE_FILE}, but ${other.slice(0, 5).join(', ')}`,
      'Name the file.',
    );
  }
  return formatError(folder, `holds a config.json but no ${SINGLE_FILE}`, 'Download the weights too.');
}

type WeightFiles = Pick<HuggingFaceFiles, 'weights' | 'sharded'>;

function weightsIn(folder: string, names: string[]): WeightFiles[] {
  return [SINGLE_FILE, INDEX_FILE]
    .filter((name) => names.includes(name))
    .map((name) => ({ weights: join(folder, name), sharded: name === INDEX_FILE }));
}

/** A file of weights, or the index beside it where it is one shard of several. */
async function weightsOf(path: string): Promise<WeightFiles> {
  const index = join(dirname(path), INDEX_FILE);
  const map = await readJsonObject(index).then(
    (value) => value.weight_map,
    () => undefined,
  );
  const isShard = isObject(map) && Object.values(map).includes(basename(path));
  return isShard ? { weights: index, sharded: true } : { weights: path, sharded: false };
}

async function huggingFace(folder: string, weights: WeightFiles): Promise<Found> {
  if (!(await filesOf(folder)).includes('config.json')) throw missingConfig(folder);
  return huggingFaceWith(join(folder, 'config.json'), weights);
}

function huggingFaceWith(config: string, weights: WeightFiles): Found {
  return { format: 'hugging-face', files: { config, ...weights } };
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw fileError(error, folder, 'read');
  }
}

async function fileKind(path: string): Promise<FileKind> {
  return withFile(path, async (file) => {
    const { size } = file;
    const bytes = new Uint8Array(Math.min(size, 28));
    await readBytes(file, bytes, 0);
    if (size === 0) return 'empty';
    const start = Buffer.from(bytes.buffer).toString('latin1');
    if (start.startsWith('GGUF')) return 'gguf';
    // A zip archive since PyTorch 1.6, a bare pickle of protocol 2 before.
    if (start.startsWith('PK\x03\x04') || start.startsWith('\x80\x02')) return 'pickle';
    if (size > 8 && start[8] === '{' && new DataView(bytes.buffer).getBigUint64(0, true) <= size)
      return 'safetensors';
    if (/^[ \t\r\n]*\{/.test(start)) return 'json';
    const configuration = bytes.length === 28 ? parseLlama2cHeader(bytes) : 'too short';
    if (typeof configuration === 'string') return 'unknown';
    return llama2cBytes(configuration) === size ? 'llama2.c' : 'llama2.c, cut';
  });
}

const readable =
  'Name a Hugging Face folder (config.json and model.safetensors) or a llama2.c model (version 0, .bin).';

const useSafetensors = 'Use the safetensors files of the same model.';

function pickleError(path: string): SubtextError {
  return formatError(
    path,
    'is a PyTorch pickle, which is not read yet',
    'Convert it to safetensors: load it in transformers and call save_pretrained(folder, safe_serialization=True).',
  );
}

function missingConfig(folder: string): SubtextError {
  return formatError(
    folder,
    'holds weights but no config.json',
    'Put the config.json of the model beside them.',
  );
}
