// Writes safetensors files: weights of a model, activations, the state of a training run.
// Format: https://huggingface.co/docs/safetensors#format
import type { FileHandle } from 'node:fs/promises';
import { sizeOf } from '../engine/graph/dimension';
import { SubtextError } from '../errors';
import { shown } from '../files';
import { narrowToHalves } from '../halfPrecision';
import { replaceFile } from '../replace';
import { dtypeBytes, dtypeOf, type TensorArray } from './numbers';
import { LENGTH_BYTES } from './safetensorsHeader';

/** A tensor to write. */
export interface WritableTensor {
  shape: readonly number[];
  /** Row-major; the kind of array says the dtype. */
  data: TensorArray;
}

/** A tensor of float32 numbers that are made when their turn comes and forgotten after, so that a model is not held twice. */
export interface DeferredTensor {
  shape: readonly number[];
  /** Numbers are rounded to the nearest, ties to even. */
  dtype: FloatType;
  make: () => Float32Array;
}

export type FloatType = 'F32' | 'F16' | 'BF16';

/** What is narrowed at once. */
const CHUNK_NUMBERS = 256 * 1024;

/**
 * Writes tensors, to a temporary name first, so that `path` is never half a file: an earlier one stays until then.
 * @param metadata free text, kept under `__metadata__`.
 * @throws SubtextError `file-access` where the file cannot be written; `not-a-number` where a number is beyond float16.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor | DeferredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytesPerNumber = (tensor: WritableTensor | DeferredTensor) => dtypeBytes.get(dtype(tensor))!;
  // Wide numbers first, so that every tensor starts at a multiple of its number's size.
  const ordered = [...tensors].sort(([, a], [, b]) => bytesPerNumber(b) - bytesPerNumber(a));
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(['__metadata__', metadata]);
  let end = 0;
  for (const [name, tensor] of ordered) {
    const begin = end;
    end += sizeOf(tensor.shape) * bytesPerNumber(tensor);
    header.push([name, { dtype: dtype(tensor), shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  await replaceFile(path, async (handle) => {
    await handle.writeFile(headerBytes(header));
    for (const [name, tensor] of ordered) await writeNumbers(handle, name, tensor, path);
  });
}

/** The header with its length before it, padded with spaces, so that the data starts at a multiple of 8. */
function headerBytes(entries: [string, unknown][]): Buffer {
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(LENGTH_BYTES + length, ' ');
  bytes.writeBigUInt64LE(BigInt(length));
  json.copy(bytes, LENGTH_BYTES);
  return bytes;
}

async function writeNumbers(
  handle: FileHandle,
  name: string,
  tensor: WritableTensor | DeferredTensor,
  path: string,
): Promise<void> {
  const data = 'make' in tensor ? tensor.make() : tensor.data;
  if (sizeOf(tensor.shape) !== data.length) {
    throw new Error(`tensor ${name} of shape [${tensor.shape.join()}] has ${data.length} numbers`);
  }
  if (!('make' in tensor) || tensor.dtype === 'F32') {
    await handle.writeFile(bytesOf(data));
    return;
  }
  for (let at = 0; at < data.length; at += CHUNK_NUMBERS) {
    const numbers = data.subarray(at, at + CHUNK_NUMBERS) as Float32Array;
    if (tensor.dtype === 'F16') checkRange(numbers, name, path);
    await handle.writeFile(bytesOf(narrowToHalves(tensor.dtype === 'F16' ? 'float16' : 'bfloat16', numbers)));
  }
}

/** float16 ends at 65504, and what rounds beyond it would come back as infinity. */
function checkRange(numbers: Float32Array, name: string, path: string): void {
  const beyond = numbers.find((value) => Math.abs(value) >= 65520 && Math.abs(value) < Infinity);
  if (beyond === undefined) return;
  throw new SubtextError(
    'not-a-number',
    `${shown(path)} is not written: tensor ${shown(name)} holds ${beyond}, beyond what float16 can hold`,
    'Write it as float32.',
  );
}

function dtype(tensor: WritableTensor | DeferredTensor): string {
  return 'make' in tensor ? tensor.dtype : dtypeOf(tensor.data);
}

function bytesOf(data: TensorArray | Uint16Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
