// How much memory a graph takes, known before it takes it: what does not fit is refused with what to lower, instead of
// taking the machine down.
import type { Plan } from './executor';
import { resolveShape, sizeOf, type Bindings } from './graph/dimension';
import type { Tensor, TensorType } from './graph/graph';
import { ARRAYS } from './graph/storage';

/** Bytes of a run of a graph at given sizes. */
export interface RunMemory {
  /**
   * All values that live at once, at the most: a value lives from the operation that computes it to the last that reads
   * it, an output to the end. Inputs, weights and their new values are not among them: they have places of their own.
   */
  values: number;
  /** The outputs once more: engines copy them to where JavaScript sees them, or those of the run before still lie there. */
  outputs: number;
}

/** The lives of the values of a plan. */
export class Lifetimes {
  /** Per node: what begins to live with it, and what is not read after it. */
  private readonly steps: { born: Tensor[]; last: Tensor[] }[];
  private readonly outputs: Tensor[];

  /** @param freed whether the engine frees values as soon as nothing reads them, or all of them at the end */
  constructor(plan: Plan, freed = true) {
    this.outputs = [...plan.outputs.values()];
    this.steps = plan.nodes.map(() => ({ born: [], last: [] }));
    const lastStep = new Map<Tensor, number>();
    for (const [index, node] of plan.nodes.entries()) {
      if (node.kind === 'operation') for (const input of node.inputs) lastStep.set(memoryOf(input), index);
    }
    const kept = new Set(this.outputs.map(memoryOf));
    const elsewhere = new Set([...plan.updates.values()].map(memoryOf));
    for (const [index, node] of plan.nodes.entries()) {
      if (node.kind !== 'operation') continue;
      for (const tensor of node.outputs) {
        const last = lastStep.get(tensor);
        const unread = last === undefined && !kept.has(tensor);
        if (unread || memoryOf(tensor) !== tensor || elsewhere.has(tensor)) continue;
        this.steps[index].born.push(tensor);
        if (freed && last !== undefined && !kept.has(tensor)) this.steps[last].last.push(tensor);
      }
    }
  }

  memory(bindings: Bindings): RunMemory {
    const sum = (tensors: Tensor[]) =>
      tensors.reduce((total, tensor) => total + bytesOf(tensor, bindings), 0);
    let living = 0;
    let values = 0;
    for (const { born, last } of this.steps) {
      living += sum(born);
      values = Math.max(values, living);
      living -= sum(last);
    }
    return { values, outputs: sum(this.outputs) };
  }
}

/** The tensor whose numbers these are: a reshape has none of its own. */
function memoryOf(tensor: Tensor): Tensor {
  const { node } = tensor;
  return node.kind === 'operation' && node.forms.name === 'reshape' ? memoryOf(node.inputs[0]) : tensor;
}

function bytesOf({ type, shape }: TensorType, bindings: Bindings): number {
  return ARRAYS[type].BYTES_PER_ELEMENT * sizeOf(resolveShape(shape, bindings));
}
