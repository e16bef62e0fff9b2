// Small weights, side by side in one tensor: an optimizer's dozen operations on a few numbers each cost more to start than
// to compute, and a model has a hundred small weights.
import type { NamedTensors } from '../engine/executor';
import { sizeOf } from '../engine/graph/dimension';
import type { Graph, Tensor, TensorData } from '../engine/graph/graph';
import { reshape, split } from '../engine/operations';
import type { WeightSource } from '../model/transformer';

/** Numbers up to which a weight is packed: beyond, an operation's start is a small part of its time. */
const SMALL = 16384;

export interface Packed {
  name: string;
  decays: boolean;
  parts: { name: string; shape: readonly number[] }[];
  /** Numbers in all parts. */
  size: number;
}

/** The tensors that a trainer updates: packs of small weights, and large weights alone. */
export function packSmall(
  shapes: ReadonlyMap<string, readonly number[]>,
  decays: (name: string, shape: readonly number[]) => boolean,
): Packed[] {
  const packs: Packed[] = [];
  for (const [name, shape] of shapes) {
    const size = sizeOf(shape);
    const own = decays(name, shape);
    const packName = size > SMALL ? name : `packed.${own ? 'decayed' : 'plain'}`;
    let pack = packs.find((each) => each.name === packName);
    if (!pack) packs.push((pack = { name: packName, decays: own, parts: [], size: 0 }));
    pack.parts.push({ name, shape });
    pack.size += size;
  }
  return packs;
}

/** A pack as the engine holds it: a single large weight keeps its shape. */
export function packTensor(graph: Graph, { name, parts, size }: Packed): Tensor {
  return graph.weight(name, isAlone(name, parts) ? parts[0].shape : [size]);
}

/** Takes each weight out of its pack. */
export function unpack(packs: readonly Packed[]): WeightSource {
  const ofGraph = new WeakMap<Graph, Map<string, Tensor>>();
  return (graph, name, shape) => {
    let taken = ofGraph.get(graph);
    if (!taken) ofGraph.set(graph, (taken = new Map<string, Tensor>()));
    const pack = packs.find(({ parts }) => parts.some((part) => part.name === name))!;
    if (isAlone(pack.name, pack.parts)) return graph.weight(name, shape);
    if (!taken.has(name)) {
      const values = taken;
      const parts = split(
        packTensor(graph, pack),
        0,
        pack.parts.map((part) => sizeOf(part.shape)),
      );
      parts.forEach((part, index) =>
        values.set(pack.parts[index].name, reshape(part, pack.parts[index].shape)),
      );
    }
    return taken.get(name)!;
  };
}

/** Keeps the weights of a model in packs, and every weight under its own name as a view of its pack. */
export class PackedWeights {
  private readonly views = new WeakMap<TensorData, TensorData[]>();
  private readonly packs: Packed[];

  constructor(
    packs: readonly Packed[],
    private readonly weights: NamedTensors,
  ) {
    this.packs = packs.filter(({ name, parts }) => !isAlone(name, parts));
    for (const { name, parts, size } of this.packs) {
      const data = new Float32Array(size);
      let start = 0;
      for (const part of parts) {
        data.set(weights.get(part.name)!.data, start);
        start += sizeOf(part.shape);
      }
      weights.set(name, { type: 'float32', shape: [size], data });
    }
    this.refresh();
  }

  /** To be called when packs have new values. */
  refresh(): void {
    for (const { name, parts } of this.packs) {
      const views = this.viewsOf(this.weights.get(name)!, parts);
      parts.forEach((part, index) => this.weights.set(part.name, views[index]));
    }
  }

  /** The same objects for the same pack: engines know a weight by its object. */
  private viewsOf(pack: TensorData, parts: Packed['parts']): TensorData[] {
    let views = this.views.get(pack);
    if (!views) {
      let start = 0;
      views = parts.map(({ shape }) => {
        const from = start;
        start += sizeOf(shape);
        return { type: pack.type, shape, data: pack.data.subarray(from, start) };
      });
      this.views.set(pack, views);
    }
    return views;
  }
}

function isAlone(name: string, parts: Packed['parts']): boolean {
  return parts[0].name === name;
}
