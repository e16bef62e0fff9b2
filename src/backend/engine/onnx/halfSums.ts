// Whether a card multiplies in float16, and what its products are added up in: only a trial tells.
import type * as onnxruntime from 'onnxruntime-node';
import type { Precision } from '../../../protocol/types';
import { halfProductModel } from './smallModels';

/** So many rows and columns take the kernel that large products take. */
const SIDE = 64;
const SUMMANDS = 4096;

/** Two numbers of one product: of 4096 ones, and of one large and many small numbers. */
interface Trial {
  ones: number;
  small: number;
}

/**
 * What a runtime adds up products of float16 in; undefined where it has no float16.
 * @param create makes a session on the device
 */
export async function halfSums(
  runtime: typeof onnxruntime,
  create: (model: Uint8Array) => Promise<onnxruntime.InferenceSession>,
): Promise<Precision | undefined> {
  try {
    const session = await create(halfProductModel(SIDE, SUMMANDS));
    const ones = new Float32Array(SUMMANDS * SIDE).fill(1);
    const left = new runtime.Tensor('float32', trialRows(), [SIDE, SUMMANDS]);
    const right = new runtime.Tensor('float32', ones, [SUMMANDS, SIDE]);
    const { product } = await session.run({ left, right });
    await session.release();
    const numbers = product.data as Float32Array;
    return judged({ ones: numbers[SIDE], small: numbers[0] });
  } catch {
    return undefined;
  }
}

/** A first row of 1024 and then 1/32 everywhere; the others ones. */
export function trialRows(): Float32Array {
  const rows = new Float32Array(SIDE * SUMMANDS).fill(1);
  rows.fill(1 / 32, 0, SUMMANDS);
  rows[0] = 1024;
  return rows;
}

/**
 * Of 4096 ones float16 may reach the sum or not, by the order of the additions. What is added to 1024 in it gets lost below
 * 1/2, however few are added up before: the whole sum of 1152 comes out of float32 alone.
 */
export function judged({ ones, small }: Trial): Precision | undefined {
  if (!(ones >= 2048 && ones <= 4096)) return undefined;
  return Math.abs(small - 1152) <= 1 ? 'float32' : 'float16';
}
