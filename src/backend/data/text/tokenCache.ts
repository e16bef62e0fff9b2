// The token ids of text files, made once and kept beside the run: all documents, each followed by the end of text.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from '../../files';
import { replaceFile } from '../../replace';
import type { Tokenizer } from '../../tokenizer';
import type { TextData, TokenCacheOptions } from './textData';
import { findTextFiles, type TextFile } from './textFiles';
import { TokenFile, type TokenStretch } from './tokenFile';
import { TokenWriter } from './tokenWriter';

export interface TokenCache {
  readonly training: TokenStretch;
  readonly validation: TokenStretch;
  /** On both sides together. */
  readonly documents: number;
  readonly path: string;
  /** Of the text, the tokenizer and the split that it was made from. */
  readonly key: string;
  /** Whether it was there already. */
  readonly isReused: boolean;
  dispose(): void;
}

const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;
/**
 * The ids of the text, from the cache when the files, the tokenizer and the split are those that it was made from.
 * Where all documents fall to one side (there may be only one), the end of the text is what is validated with.
 * @throws SubtextError 'data', 'not-found', 'empty-text', 'file-access', 'cancelled'; an interrupted file is never used
 */
export async function openTokenCache(
  data: TextData,
  tokenizer: Tokenizer,
  options: TokenCacheOptions,
): Promise<TokenCache> {
  const { files, ofValidation, key } = await identify(data, tokenizer, options.tokenizerHash);
  const file = path.join(options.folder, `${key.slice(0, 16)}.tokens`);
  const found = openWith(file, key);
  if (found) return cacheOf(found, data, true);
  try {
    await mkdir(options.folder, { recursive: true });
    await removeAbandoned(options.folder);
  } catch (error) {
    throw fileError(error, options.folder, 'write');
  }
  await replaceFile(file, (handle) =>
    new TokenWriter(data, tokenizer, options, key).write(handle, file, files, ofValidation),
  );
  const made = openWith(file, key);
  if (!made) throw new Error(`${file} was written but cannot be read`);
  return cacheOf(made, data, false);
}

/** The ids that a folder keeps, whatever has become of the text since; undefined where it keeps none. */
export async function openKeptTokens(folder: string, data: TextData): Promise<TokenCache | undefined> {
  const names = await readdir(folder).catch(() => []);
  const name = names.find((each) => each.endsWith('.tokens'));
  const file = name === undefined ? undefined : TokenFile.open(path.join(folder, name));
  return file && cacheOf(file, data, true);
}

/** Whether a cache holds what the text, the tokenizer and the split would give now. */
export async function isUpToDate(
  { key }: TokenCache,
  data: TextData,
  tokenizer: Tokenizer,
  tokenizerHash: string,
): Promise<boolean> {
  const found = await identify(data, tokenizer, tokenizerHash).catch(() => undefined);
  return found?.key === key;
}

async function identify(
  data: TextData,
  tokenizer: Tokenizer,
  tokenizerHash: string,
): Promise<{ files: TextFile[]; ofValidation: TextFile[]; key: string }> {
  const files = await findTextFiles(data.files, data.base);
  const ofValidation =
    'files' in data.validation ? await findTextFiles(data.validation.files, data.base) : [];
  return { files, ofValidation, key: keyOf(data, files, ofValidation, tokenizer, tokenizerHash) };
}

function openWith(file: string, key: string): TokenFile | undefined {
  const found = TokenFile.open(file);
  if (found?.header.key === key) return found;
  found?.close();
  return undefined;
}

/** Files that were never finished, because their process was killed a day ago or more. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.tokens\.\d+\.(validation\.)?tmp$/.test(name)) continue;
    const file = path.join(folder, name);
    const age = Date.now() - (await stat(file)).mtimeMs;
    if (age > ABANDONED_AFTER_MS) await rm(file, { force: true });
  }
}

function cacheOf(file: TokenFile, { validation }: TextData, isReused: boolean): TokenCache {
  const { header, path: where } = file;
  const total = header.training + header.validation;
  // One document is on one side, whichever it is.
  const isCut = (header.training === 0 || header.validation === 0) && 'share' in validation;
  const cut = isCut ? total - Math.ceil(total * validation.share) : header.training;
  return {
    training: file.stretch(0, cut, 'the text to train on'),
    validation: file.stretch(cut, total, 'the text to validate with'),
    documents: header.documents,
    path: where,
    key: header.key,
    isReused,
    dispose: () => file.close(),
  };
}

function keyOf(
  data: TextData,
  files: readonly TextFile[],
  ofValidation: readonly TextFile[],
  tokenizer: Tokenizer,
  tokenizerHash: string,
): string {
  const identity = [
    files,
    ofValidation,
    'share' in data.validation ? data.validation.share : null,
    data.column ?? null,
    data.separator ?? null,
    tokenizerHash,
    tokenizer.vocabularySize,
    tokenizer.endOfText ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}
