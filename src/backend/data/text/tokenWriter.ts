// Writes the token ids of text files: each document, followed by the end of text, to train on or to validate with.
import { open, rm, type FileHandle } from 'node:fs/promises';
import { SubtextError } from '../../errors';
import type { Tokenizer } from '../../tokenizer';
import { readDocuments } from './documents';
import { mix } from './mixing';
import type { DocumentPart } from './parts';
import type { TextData, TokenCacheOptions } from './textData';
import type { TextFile } from './textFiles';
import { HEADER_BYTES, headerBytes, idBytesOf } from './tokenFile';

/** Ids are written in pieces of this many. */
const WRITTEN_AT_ONCE = 2 ** 18;

/** Writes one token file. */
export class TokenWriter {
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
