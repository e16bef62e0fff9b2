// How the outputs of a plan leave a session. The same numbers in the same order leave once: a value under two names, or
// before and after a reshape, would be copied. And in small runs those of one shape leave as one, because handing a value
// over takes longer than computing a small one (bench/NOTES.md).
import { resolveShape, sizeOf, type Bindings } from '../graph/dimension';
import type { DataType, Tensor, TensorData } from '../graph/graph';

interface ExitOptions {
  /** Whether outputs of one shape leave as one: for runs so small that a copy of them costs nothing. */
  joined?: boolean;
  /** Names of outputs that leave as they are, for others to read. */
  apart?: ReadonlySet<string>;
}

/** A value that leaves a session: the outputs of one type and shape, one after the other along their first axis. */
export interface Exit {
  name: string;
  tensors: readonly Tensor[];
}

/** What an exit's value is in a run. */
interface Leaving {
  name: string;
  type: DataType;
  shape: number[];
}

export class Exits {
  readonly all: readonly Exit[];
  /** What the outputs are put together from: the value that has the same numbers, the exit it leaves by, and its place there. */
  private readonly parts: { name: string; tensor: Tensor; exit: Exit; index: number }[] = [];
  /** Of the run before: of all outputs, and of all that leaves. */
  private last?: { bindings: Bindings; shapes: number[][]; leaving: Leaving[] };

  constructor(outputs: ReadonlyMap<string, Tensor>, { joined = false, apart = new Set() }: ExitOptions = {}) {
    const exits = new Map<string, Exit & { tensors: Tensor[] }>();
    const leave = (name: string, tensor: Tensor, key: string) => {
      let exit = exits.get(key);
      if (!exit) exits.set(key, (exit = { name, tensors: [] }));
      if (!exit.tensors.includes(tensor)) exit.tensors.push(tensor);
      return { exit, index: exit.tensors.indexOf(tensor) };
    };
    for (const [name, tensor] of outputs) {
      if (apart.has(name)) {
        leave(name, tensor, `apart ${name}`);
        continue;
      }
      const source = unreshaped(tensor);
      const { id, type, shape } = source;
      const key = joined && shape.length > 0 ? `${type} ${shape.join()}` : `${id}`;
      this.parts.push({ name, tensor, ...leave(name, source, key) });
    }
    this.all = [...exits.values()];
  }

  /**
   * The outputs but those apart, in their order and shapes. What left once, or together, shares its memory.
   * @param left gives what left by an exit of this name
   */
  outputs(
    bindings: Bindings,
    left: (name: string, type: DataType) => TensorData['data'],
  ): Map<string, TensorData> {
    const { shapes } = this.at(bindings);
    const data = new Map<Exit, TensorData['data']>();
    return new Map(
      this.parts.map(({ name, tensor: { type }, exit, index }, part) => {
        let numbers = data.get(exit);
        if (!numbers) data.set(exit, (numbers = left(exit.name, type)));
        const shape = shapes[part];
        if (exit.tensors.length === 1) return [name, { type, shape, data: numbers }];
        const size = sizeOf(shape);
        return [name, { type, shape, data: numbers.subarray(index * size, (index + 1) * size) }];
      }),
    );
  }

  /** What leaves a run of these sizes, by all exits. */
  leaving(bindings: Bindings): readonly Leaving[] {
    return this.at(bindings).leaving;
  }

  private at(bindings: Bindings) {
    if (this.last?.bindings !== bindings) {
      const shapes = this.parts.map(({ tensor }) => resolveShape(tensor.shape, bindings));
      const leaving = this.all.map(({ name, tensors }) => {
        const [{ type, shape }] = tensors;
        const [first, ...rest] = resolveShape(shape, bindings);
        return { name, type, shape: shape.length === 0 ? [] : [first * tensors.length, ...rest] };
      });
      this.last = { bindings, shapes, leaving };
    }
    return this.last;
  }
}

/** The value whose numbers, in their order, are this one's. */
function unreshaped(tensor: Tensor): Tensor {
  const { node } = tensor;
  return node.kind === 'operation' && node.forms.name === 'reshape' ? unreshaped(node.inputs[0]) : tensor;
}
