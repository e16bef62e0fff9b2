// Finds and reads the tokenizer of a checkpoint, whatever lies there.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { SubtextError } from '../errors';
import { readBytes, withFile } from '../files';
import { readHuggingFaceTokenizer } from './huggingFace';
import { JsonValue } from './jsonValue';
import { readLlama2cTokenizer } from './llama2c';
import type { Tokenizer } from './tokenizer';

export { readHuggingFaceTokenizer } from './huggingFace';
export { IncrementalDecoder } from './incrementalDecoder';
export { JsonValue } from './jsonValue';
export { readLlama2cTokenizer } from './llama2c';
export type { Token, Tokenizer } from './tokenizer';

/** The largest published tokenizer.json (Gemma 3, 262 144 pieces) has 33 MB. */
const MAX_JSON_BYTES = 128 * 2 ** 20;
/** 262 144 pieces of llama2.c's format would have about 4 MB. */
const MAX_BINARY_BYTES = 32 * 2 ** 20;

export interface TokenizerOptions {
  /** Pieces in a llama2.c tokenizer, which only the model's own file says. */
  vocabularySize?: number | undefined;
}

/**
 * Reads the tokenizer at `location`: a checkpoint folder, or a tokenizer file (`tokenizer.json`, llama2.c's `.bin`).
 * @returns undefined when no tokenizer lies in the folder
 * @throws SubtextError 'not-found' when there is no such file or folder, 'tokenizer' when it cannot be used
 */
export async function loadTokenizer(
  location: string,
  options: TokenizerOptions = {},
): Promise<Tokenizer | undefined> {
  const info = await stat(location).catch(() => undefined);
  if (info === undefined) {
    throw new SubtextError('not-found', `${location} does not exist`, 'Check the path of the tokenizer.');
  }
  try {
    return info.isDirectory() ? await loadFromFolder(location, options) : await loadFile(location, options);
  } catch (error) {
    if (error instanceof SubtextError) throw error;
    // A file can ask for the impossible in ways that no check foresees: too deep, too large.
    const what = error instanceof Error ? error.message : String(error);
    throw new SubtextError(
      'tokenizer',
      `${location}: the tokenizer cannot be read (${what})`,
      'Download it again.',
    );
  }
}

async function loadFromFolder(folder: string, options: TokenizerOptions): Promise<Tokenizer | undefined> {
  const names = new Set(await readdir(folder));
  const candidates = [
    'tokenizer.json',
    'vocab.json',
    `tok${options.vocabularySize ?? ''}.bin`,
    'tokenizer.bin',
  ];
  const found = candidates.find(
    (name) => names.has(name) && (name !== 'vocab.json' || names.has('merges.txt')),
  );
  const name = found ?? ['tokenizer.model', 'spiece.model', 'vocab.txt'].find((other) => names.has(other));
  return name === undefined ? undefined : loadFile(path.join(folder, name), options);
}

async function loadFile(file: string, options: TokenizerOptions): Promise<Tokenizer> {
  const name = path.basename(file);
  if (name.endsWith('.bin')) {
    if (options.vocabularySize === undefined) {
      throw new SubtextError(
        'tokenizer',
        `${file}: a llama2.c tokenizer does not say how many pieces it has`,
        'Open it together with its model.',
      );
    }
    return readLlama2cTokenizer(await readCapped(file, MAX_BINARY_BYTES), options.vocabularySize, file);
  }
  const folder = path.dirname(file);
  if (name === 'vocab.json')
    return readHuggingFaceTokenizer(await fromVocabularyAndMerges(folder), await findEnd(folder));
  if (name.endsWith('.json')) return readHuggingFaceTokenizer(await readJson(file), await findEnd(folder));
  throw new SubtextError(
    'tokenizer',
    `${file}: only the old form of the tokenizer is here, and Subtext reads tokenizer.json`,
    `Make it in Python: transformers.AutoTokenizer.from_pretrained("${folder}", use_fast=True).save_pretrained("${folder}").`,
  );
}

/** GPT-2's own two files, from before tokenizer.json, as the tokenizer.json that they stand for. */
async function fromVocabularyAndMerges(folder: string): Promise<JsonValue> {
  const file = path.join(folder, 'vocab.json');
  const end = '<|endoftext|>';
  const vocabulary = await readJson(file);
  const merges = (await readText(path.join(folder, 'merges.txt'))).split(/\r?\n/);
  const endId = vocabulary.field(end);
  const tokenizer = {
    added_tokens: endId.isNumber ? [{ id: endId.value, content: end, special: true }] : [],
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: vocabulary.value,
      merges: merges.filter((line) => line !== '' && !line.startsWith('#version')),
    },
  };
  return new JsonValue(tokenizer, file);
}

/** The token that ends a text, as the files beside tokenizer.json say; the first that says so counts. */
async function findEnd(folder: string): Promise<string | number | undefined> {
  for (const name of ['tokenizer_config.json', 'special_tokens_map.json', 'config.json']) {
    const file = path.join(folder, name);
    if ((await stat(file).catch(() => undefined)) === undefined) continue;
    const json = await readJson(file);
    // A text, or an added token with its content.
    const token = json.field('eos_token');
    const content = token.isObject ? token.field('content') : token;
    if (content.isText) return content.text();
    // A number, or several of which the first is the one that training used.
    const ids = json.field('eos_token_id');
    const id = ids.isArray ? ids.item(0) : ids;
    if (id.isNumber) return id.count(Number.MAX_SAFE_INTEGER);
  }
  return undefined;
}

async function readJson(file: string): Promise<JsonValue> {
  return JsonValue.parse(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  return (await readCapped(file, MAX_JSON_BYTES)).toString('utf8');
}

async function readCapped(file: string, limit: number): Promise<Buffer> {
  return withFile(file, async (opened) => {
    if (opened.size > limit) {
      throw new SubtextError(
        'tokenizer',
        `${file} has ${opened.size} bytes, more than any tokenizer (${limit})`,
        'Check that this is the tokenizer and not the weights.',
      );
    }
    const bytes = Buffer.alloc(opened.size);
    await readBytes(opened, bytes, 0);
    return bytes;
  });
}
