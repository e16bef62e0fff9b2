// Asks for the memory of weights, and says so in words where there is not enough.
import { gigabytes, totalMemory } from '../engine/availableMemory';
import { SubtextError } from '../errors';
import { shown } from '../files';

/**
 * Refuses a model that cannot fit, before reading any of it: a sparse file may promise terabytes.
 * @param parameters numbers in the model, 4 bytes each.
 * @throws SubtextError `checkpoint-tensors`
 */
export function checkMemory(parameters: number, path: string): void {
  const needed = 4 * parameters;
  const total = totalMemory();
  if (needed <= total) return;
  throw new SubtextError(
    'checkpoint-tensors',
    `${path} needs ${gigabytes(needed)} of memory, but this machine has ${gigabytes(total)}`,
    'Use a smaller model.',
  );
}

/**
 * An array for the numbers of a tensor.
 * @throws SubtextError `checkpoint-tensors` where memory ends or arrays cannot be that long.
 */
export function allocateNumbers(length: number, path: string, tensor: string): Float32Array<ArrayBuffer> {
  return new Float32Array(allocateBytes(4 * length, path, tensor).buffer);
}

/**
 * The bytes of a tensor, all zero.
 * @throws SubtextError as `allocateNumbers`.
 */
export function allocateBytes(length: number, path: string, tensor: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch {
    throw new SubtextError(
      'checkpoint-tensors',
      `${path}: tensor ${shown(tensor)} takes ${length} bytes, more than fit in memory`,
      'Use a smaller model.',
    );
  }
}
