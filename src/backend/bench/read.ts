// What is read of a result. An engine in the process's own memory gives all of it; from a card hundreds of megabytes would
// travel, and the way would be measured instead of the work: a row of each tensor stands for it then.
import type { Executor } from '../engine/executor';
import type { Tensor } from '../engine/graph/graph';
import { slice } from '../engine/operations';

export function readable(executor: Executor, outputs: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  if (!executor.ownMemory) return new Map(outputs);
  return new Map([...outputs].map(([name, tensor]) => [name, firstRow(tensor)]));
}

/** Its first row: [.., rows, columns] → [1, .., 1, columns] */
function firstRow(tensor: Tensor): Tensor {
  let found = tensor;
  for (let axis = 0; axis < tensor.shape.length - 1; axis++) found = slice(found, axis, 0, 1);
  return found;
}
