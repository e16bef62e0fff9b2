// A file of token ids, for data larger than memory: a header, the ids to train on, those to validate with. Read at any
// place with positioned reads, because Node maps no files into memory; the operating system's page cache keeps what is
// read often, as it would for a map.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SubtextError } from '../../errors';
import { fileError, shown } from '../../files';

const MAGIC = 'subtext tokens 1';
/** Magic 16, bytes per id 4, vocabulary 4, ids to train on 8, to validate with 8, documents 8, key 64. */
export const HEADER_BYTES = 112;

/** All numbers are little-endian, as on every machine that Subtext runs on; counts are float64. */
export interface TokenHeader {
  /** 2 or 4. */
  idBytes: number;
  /** Ids are below this. */
  vocabulary: number;
  training: number;
  validation: number;
  documents: number;
  /** SHA-256 of what the ids were made from, in hexadecimal. */
  key: string;
}

/** A stretch of a token file. */
export interface TokenStretch {
  /** Ids in it. */
  readonly count: number;
  /** Ids are below this. */
  readonly vocabulary: number;
  /** For messages: the file, and which part of it. */
  readonly name: string;
  /**
   * Fills `into` with the ids from `position` on.
   * @throws SubtextError 'data' where the file was changed, 'file-access'
   */
  read(position: number, into: Int32Array): void;
}

/** Two bytes hold the ids of most vocabularies. */
export function idBytesOf(vocabulary: number): number {
  return vocabulary <= 2 ** 16 ? 2 : 4;
}

export function headerBytes(header: TokenHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(header.idBytes, 16);
  bytes.writeUInt32LE(header.vocabulary, 20);
  bytes.writeDoubleLE(header.training, 24);
  bytes.writeDoubleLE(header.validation, 32);
  bytes.writeDoubleLE(header.documents, 40);
  bytes.write(header.key, 48, 'latin1');
  return bytes;
}

/** Undefined where the bytes are no header of this version or do not fit a file of this size. */
function parseHeader(bytes: Buffer, size: number): TokenHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 16) !== MAGIC) return undefined;
  const header: TokenHeader = {
    idBytes: bytes.readUInt32LE(16),
    vocabulary: bytes.readUInt32LE(20),
    training: bytes.readDoubleLE(24),
    validation: bytes.readDoubleLE(32),
    documents: bytes.readDoubleLE(40),
    key: bytes.toString('latin1', 48, HEADER_BYTES),
  };
  const counts = [header.training, header.validation, header.documents];
  const fits =
    header.idBytes === idBytesOf(header.vocabulary) &&
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    size === HEADER_BYTES + (header.training + header.validation) * header.idBytes;
  return fits ? header : undefined;
}

/** An open token file; close it when it is no longer read. */
export class TokenFile {
  /** Reused from read to read. */
  private bytes = new ArrayBuffer(0);

  private constructor(
    readonly path: string,
    readonly header: TokenHeader,
    private readonly descriptor: number,
  ) {}

  /** @returns undefined where there is no such file or it is no whole token file */
  static open(path: string): TokenFile | undefined {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch {
      return undefined;
    }
    const bytes = Buffer.alloc(HEADER_BYTES);
    const header =
      readSync(descriptor, bytes, 0, HEADER_BYTES, 0) === HEADER_BYTES
        ? parseHeader(bytes, fstatSync(descriptor).size)
        : undefined;
    if (header) return new TokenFile(path, header, descriptor);
    closeSync(descriptor);
    return undefined;
  }

  /**
   * A part of the ids, from `start` up to `end`, counted from the first that is trained on.
   * @param what 'text to train on', for messages
   */
  stretch(start: number, end: number, what: string): TokenStretch {
    return {
      count: end - start,
      vocabulary: this.header.vocabulary,
      name: `${what} in ${shown(this.path)}`,
      read: (position, into) => {
        if (position < 0 || position + into.length > end - start)
          throw new RangeError(`ids ${position} to ${position + into.length} of ${end - start}`);
        this.read(start + position, into);
      },
    };
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private read(position: number, into: Int32Array): void {
    const { idBytes, vocabulary } = this.header;
    const ids = this.scratch(into.length);
    const bytes = Buffer.from(ids.buffer, 0, into.length * idBytes);
    let done = 0;
    while (done < bytes.length) {
      const read = this.readSome(bytes, done, HEADER_BYTES + position * idBytes + done);
      if (read === 0) throw this.changed();
      done += read;
    }
    for (let index = 0; index < into.length; index++) {
      // An id without an embedding would end the run with a message about a gather.
      if (ids[index] >= vocabulary) throw this.changed();
      into[index] = ids[index];
    }
  }

  private readSome(bytes: Buffer, done: number, position: number): number {
    try {
      return readSync(this.descriptor, bytes, done, bytes.length - done, position);
    } catch (error) {
      throw fileError(error, this.path, 'read');
    }
  }

  /** Memory for this many ids as they lie in the file. */
  private scratch(count: number): Uint16Array | Uint32Array {
    const size = count * this.header.idBytes;
    if (this.bytes.byteLength < size) this.bytes = new ArrayBuffer(size);
    return new (this.header.idBytes === 2 ? Uint16Array : Uint32Array)(this.bytes, 0, count);
  }

  private changed(): SubtextError {
    return new SubtextError(
      'data',
      `${shown(this.path)} was changed or damaged`,
      'Delete it; it is made again from the text.',
    );
  }
}
