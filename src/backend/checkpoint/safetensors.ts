// Reads tensors out of a safetensors file, one byte range at a time.
// Format: https://huggingface.co/docs/safetensors#format
import { SubtextError } from '../errors';
import { openFile, readBytes, shown, type OpenFile } from '../files';
import { allocateBytes, allocateNumbers } from './memory';
import { arrays, conversions, dtypeBytes, type TensorArray } from './numbers';
import { readSafetensorsHeader, type SafetensorsHeader, type TensorRange } from './safetensorsHeader';

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
    const range = this.rangeOf(name);
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

  /**
   * The numbers of one tensor, row-major, as the file has them; float16 and bfloat16 as float32.
   * @throws SubtextError as `read`.
   */
  async readExact(name: string): Promise<TensorArray> {
    const { dtype, begin, end } = this.rangeOf(name);
    const make = arrays.get(dtype);
    if (!make) return this.read(name);
    const bytes = allocateBytes(end - begin, this.path, name);
    await readBytes(this.file, bytes, begin);
    return make(bytes.buffer);
  }

  private rangeOf(name: string): TensorRange {
    const range = this.header.tensors.get(name);
    if (!range) throw tensorError(this.path, name, 'is missing');
    return range;
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

/** A tensor with its numbers as the file has them; those of 16 bits are widened. */
export interface ReadTensor {
  shape: number[];
  data: TensorArray;
}

/**
 * Reads a whole file, such as the state of a training run.
 * @throws SubtextError `not-found`, `file-access`, `checkpoint-format`, `checkpoint-tensors`.
 */
export async function readSafetensors(
  path: string,
): Promise<{ tensors: Map<string, ReadTensor>; metadata: ReadonlyMap<string, string> }> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors = new Map<string, ReadTensor>();
    for (const { name, shape } of file.tensors.values()) {
      tensors.set(name, { shape, data: await file.readExact(name) });
    }
    return { tensors, metadata: file.metadata };
  } finally {
    await file.close();
  }
}
