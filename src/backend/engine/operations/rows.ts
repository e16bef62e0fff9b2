// What operations along the last axis have in common.
import type { Dimension } from '../graph/dimension';
import type { TensorType } from '../graph/graph';

/** Size of the last axis. @throws Error for a scalar */
export function lastAxis({ shape }: TensorType): Dimension {
  const size = shape.at(-1);
  if (size === undefined) throw new Error('expects at least one axis');
  return size;
}
