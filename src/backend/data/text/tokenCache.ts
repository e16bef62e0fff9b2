// The token ids of text files, made once and kept beside the run: all documents, each followed by the end of text.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import { fileError } from '../../files';
import { replaceFile } from '../../replace';
import type { Tokenizer } from '../../tokenizer';
import { readDocuments, type DocumentPart } from './documents';
import type { Separator } from './plainText';
import { mix } from './mixing';
import { findTextFiles, type TextFile } from './textFiles';
import { HEADER_BYTES, headerBytes, idBytesOf, TokenFile, type TokenStretch } from './tokenFile';

/** What a recipe says about its text. */
export interface TextData {
  /** Files, folders and patterns. */
  files: readonly string[];
  /** Folder that they are relative to. */
  base: string;
  /** Where the text stands in JSONL and Parquet. Default: 'text'. */
  column?: string;
  /** What stands between two documents of a `.txt`. Default: 'end-of-text'. */
  separator?: Separator;
  /** A share of the documents, chosen by their content, so that the same document is never on both sides; or files. */
  validation: { share: number } | { files: readonly string[] };
}

export interface TokenCacheOptions {
  /** Where token files are kept; made if it is not there. */
  folder: string;
  /** Tells tokenizers apart: a hash of tokenizer.json. */
  tokenizerHash: string;
  cancellation?: Cancellation;
  /** @param bytes of text done, @param total of all files */
  onProgress?: (bytes: number, total: number) => void;
}

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
/** Ids are written in pieces of this many. */
const WRITTEN_AT_ONCE = 2 ** 18;

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

/** Writes one token file. */
class TokenWriter {
  private documents = 0;

  constructor(
    private readonly data: TextData,
    private readonly tokenizer: Tokenizer,
    private readonly options: TokenCacheOptions,
    private readonly key: string,
  ) {}

  async write(
    handle: FileHandle,
    file: string,
    files: readonly TextFile[],
    ofValidation: readonly TextFile[],
  ): Promise<void> {
    const { validation } = this.data;
    const vocabulary = this.tokenizer.vocabularySize;
    const idBytes = idBytesOf(vocabulary);
    const training = new IdStream(handle, idBytes, HEADER_BYTES);
    // How many ids there are to train on is known at the end; those to validate with wait elsewhere.
    const waiting = `${file}.${process.pid}.validation.tmp`;
    const other = await open(waiting, 'w+');
    try {
      const validating = new IdStream(other, idBytes, 0);
      const share = 'share' in validation ? validation.share : 0;
      const sides = (hash: number): IdStream => (hash < share * 2 ** 32 ? validating : training);
      await this.addDocuments(files, sides);
      if (ofValidation.length > 0) await this.addDocuments(ofValidation, () => validating);
      await training.flush();
      await validating.flush();
      await append(other, validating.bytes, handle, HEADER_BYTES + training.bytes);
      const header = headerBytes({
        idBytes,
        vocabulary,
        training: training.bytes / idBytes,
        validation: validating.bytes / idBytes,
        documents: this.documents,
        key: this.key,
      });
      await handle.write(header, 0, HEADER_BYTES, 0);
    } finally {
      await other.close();
      await rm(waiting, { force: true });
    }
  }

  /** @param side where a document goes, by a hash of its first part */
  private async addDocuments(files: readonly TextFile[], side: (hash: number) => IdStream): Promise<void> {
    const { column, separator } = this.data;
    const { cancellation, onProgress } = this.options;
    const reading = {
      ...(column !== undefined && { column }),
      ...(separator !== undefined && { separator }),
      ...(cancellation && { cancellation }),
      ...(onProgress && { onProgress }),
    };
    let stream: IdStream | undefined;
    for await (const part of readDocuments(files, reading)) {
      const ids = this.idsOf(part, stream !== undefined);
      stream ??= side(hashOf(ids));
      await stream.add(ids);
      if (!part.ends) continue;
      this.documents++;
      stream = undefined;
    }
  }

  private idsOf({ text, ends }: DocumentPart, hasBegun: boolean): Int32Array {
    const { beginOfText, endOfText } = this.tokenizer;
    if (endOfText === undefined) {
      throw new SubtextError(
        'tokenizer',
        'The tokenizer has no token that ends a text',
        'Choose one with <|endoftext|> or </s>, or train one.',
      );
    }
    let ids: Int32Array = text === '' ? new Int32Array(0) : this.tokenizer.encodeIds(text);
    // A part in the middle begins nothing, and some tokenizers end texts themselves.
    if (hasBegun && ids[0] === beginOfText) ids = ids.subarray(1);
    if (ids.at(-1) === endOfText) ids = ids.subarray(0, -1);
    return ends ? withEnd(ids, endOfText) : ids;
  }
}

function withEnd(ids: Int32Array, endOfText: number): Int32Array {
  const ended = new Int32Array(ids.length + 1);
  ended.set(ids);
  ended[ids.length] = endOfText;
  return ended;
}

/** 32 bits that are the same for the same ids (FNV-1a, on whole ids), mixed so that their size tells nothing. */
function hashOf(ids: Int32Array): number {
  let hash = 0x811c9dc5;
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193);
  return mix(hash);
}

/** Writes ids to a file one after the other. */
class IdStream {
  /** Written, or waiting to be. */
  bytes = 0;
  private readonly waiting: Uint16Array | Uint32Array;
  private count = 0;
  private position: number;

  constructor(
    private readonly handle: FileHandle,
    private readonly idBytes: number,
    position: number,
  ) {
    this.waiting = new (idBytes === 2 ? Uint16Array : Uint32Array)(WRITTEN_AT_ONCE);
    this.position = position;
  }

  async add(ids: Int32Array): Promise<void> {
    this.bytes += ids.length * this.idBytes;
    for (let done = 0; done < ids.length;) {
      const some = ids.subarray(done, done + WRITTEN_AT_ONCE - this.count);
      this.waiting.set(some, this.count);
      this.count += some.length;
      done += some.length;
      if (this.count === WRITTEN_AT_ONCE) await this.flush();
    }
  }

  async flush(): Promise<void> {
    const bytes = Buffer.from(this.waiting.buffer, 0, this.count * this.idBytes);
    await writeAll(this.handle, bytes, this.position);
    this.position += bytes.length;
    this.count = 0;
  }
}

async function append(from: FileHandle, bytes: number, to: FileHandle, position: number): Promise<void> {
  const buffer = Buffer.alloc(2 ** 20);
  for (let done = 0; done < bytes;) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, bytes - done), done);
    await writeAll(to, buffer.subarray(0, bytesRead), position + done);
    done += bytesRead;
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
