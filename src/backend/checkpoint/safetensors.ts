// Reads tensors out of a safetensors file, one byte range at a time, and writes such files.
// Format: https://huggingface.co/docs/safetensors#format
import { open, rename, rm } from 'node:fs/promises';
import { SubtextError } from '../errors';
import { fileError, openFile, readBytes, shown, type OpenFile } from '../files';
import { allocateNumbers } from './memory';
import { conversions, dtypeBytes } from './numbers';
import {
  LENGTH_BYTES,
  readSafetensorsHeader,
  type SafetensorsHeader,
  type TensorRange,
} from './safetensorsHeader';

/** What is converted at once: small enough to stay in cache, a multiple of every dtype's size. */
const CHUNK_BYTES = 1024 * 1024;

/** A safetensors file open for reading. Its header is checked; its tensors are read when asked for. */
export class SafetensorsFile {
  private constructor(
    private readonly file: OpenFile,
    private readonly header: SafetensorsHeader,
  ) {}

  /**
   * Opens a file and checks its header. Close it when done.
   * @throws SubtextError `not-found`, `file-access`, `checkpoint-format`.
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await openFile(path);
    try {
      return new SafetensorsFile(file, await readSafetensorsHeader(file));
    } catch (error) {
      await file.handle.close();
      throw error;
    }
  }

  get path(): string {
    return this.file.path;
  }

  /** By name, in the order of the file. */
  get tensors(): ReadonlyMap<string, TensorRange> {
    return this.header.tensors;
  }

  get metadata(): ReadonlyMap<string, string> {
    return this.header.metadata;
  }

  /**
   * The numbers of one tensor, row-major, as float32.
   * @throws SubtextError `checkpoint-tensors` where there is no such tensor, its dtype is not read or memory ends.
   */
  async read(name: string): Promise<Float32Array> {
    const range = this.header.tensors.get(name);
    if (!range) throw tensorError(this.path, name, 'is missing');
    const numberBytes = dtypeBytes.get(range.dtype)!;
    const convert = conversions.get(range.dtype);
    if (!convert) throw tensorError(this.path, name, `has dtype ${range.dtype}, which is not read`);

    const values = allocateNumbers((range.end - range.begin) / numberBytes, this.path, name);
    if (range.dtype === 'F32') {
      await readBytes(this.file, new Uint8Array(values.buffer), range.begin);
      return values;
    }
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, range.end - range.begin));
    for (let at = range.begin; at < range.end; at += CHUNK_BYTES) {
      const bytes = chunk.subarray(0, Math.min(CHUNK_BYTES, range.end - at));
      await readBytes(this.file, bytes, at);
      const first = (at - range.begin) / numberBytes;
      convert(bytes, values.subarray(first, first + bytes.length / numberBytes));
    }
    return values;
  }

  async close(): Promise<void> {
    await this.file.handle.close();
  }
}

function tensorError(path: string, name: string, problem: string): SubtextError {
  return new SubtextError(
    'checkpoint-tensors',
    `${path}: tensor ${shown(name)} ${problem}`,
    'Export the checkpoint again, as float32 or float16.',
  );
}

/** A tensor to write; the kind of array says the dtype. */
export interface WritableTensor {
  shape: readonly number[];
  data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}

/**
 * Writes tensors as a safetensors file, under a temporary name first, so that `path` is never half a file.
 * @param metadata free text, kept under `__metadata__`.
 * @throws SubtextError `file-access` where the file cannot be written.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  // Wide numbers first, so that every tensor starts at a multiple of its number's size.
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(['__metadata__', metadata]);
  let end = 0;
  for (const [name, { shape, data }] of ordered) {
    if (shape.reduce((a, b) => a * b, 1) !== data.length) {
      throw new Error(`tensor ${name} of shape [${shape.join()}] has ${data.length} numbers`);
    }
    const begin = end;
    end += data.byteLength;
    header.push([name, { dtype: dtypeOf(data), shape, data_offsets: [begin, end] }]);
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  // Padded with spaces, so that the data starts at a multiple of 8.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));

  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      for (const part of [length, padded, ...ordered.map(([, { data }]) => bytesOf(data))]) {
        await handle.writeFile(part);
      }
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, path, 'write');
  }
}

function bytesOf(data: WritableTensor['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function dtypeOf(data: WritableTensor['data']): string {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  return data instanceof Uint8Array ? 'U8' : 'I64';
}
