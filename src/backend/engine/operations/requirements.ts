// What operations demand of what they are given.
import { resolveAxis, type Dimension } from '../graph/dimension';
import type { DataType, Tensor, TensorType } from '../graph/graph';
import { misfit } from '../graph/operation';

/** Size of the last axis. @throws Error for a scalar */
export function lastAxis({ shape }: TensorType): Dimension {
  const size = shape.at(-1);
  if (size === undefined) throw new Error('expects at least one axis');
  return size;
}

/** @throws Error when one of the inputs has another type */
export function requireType(inputs: readonly TensorType[], type: DataType): void {
  if (inputs.some((input) => input.type !== type)) throw new Error(`expects ${type}`);
}

/** An axis counted from the first one. @throws SubtextError `graph` where the tensor has no such axis */
export function axisOf(operation: string, x: Tensor, axis: number): number {
  try {
    return resolveAxis(axis, x.shape.length);
  } catch (error) {
    throw misfit(operation, [x], error as Error);
  }
}
