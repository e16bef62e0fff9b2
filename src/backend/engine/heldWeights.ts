// The copies of weights that an engine keeps in a memory of its own, known by the objects that hold their numbers outside.
import type { NamedTensors } from './executor';
import type { DataType, TensorData } from './graph/graph';

/** How an engine keeps a tensor. */
export interface DeviceMemory<Handle> {
  upload(value: TensorData): Handle | Promise<Handle>;
  /** The numbers now. */
  download(handle: Handle, type: DataType): Promise<TensorData['data']>;
  free(handle: Handle): void;
}

export class HeldWeights<Handle> {
  private readonly copies = new Map<TensorData, { handle: Handle; newer: boolean }>();

  constructor(private readonly memory: DeviceMemory<Handle>) {}

  /** The copy of each of these, made where there is none. */
  async of(values: Iterable<readonly [string, TensorData]>): Promise<Map<string, Handle>> {
    const handles = new Map<string, Handle>();
    for (const [name, value] of values) {
      let copy = this.copies.get(value);
      if (!copy) this.copies.set(value, (copy = { handle: await this.memory.upload(value), newer: false }));
      handles.set(name, copy.handle);
    }
    return handles;
  }

  /** Bytes of all copies; about, where they hold numbers as another type. */
  get bytes(): number {
    return bytesOf(this.copies.keys());
  }

  /** Bytes of the copies of these that are still to be made. */
  missing(values: NamedTensors): number {
    return bytesOf([...values.values()].filter((value) => !this.copies.has(value)));
  }

  /** Gives a weight a new copy, whose numbers are newer than those outside, and frees the one before. */
  renew(value: TensorData, handle: Handle): void {
    const before = this.copies.get(value);
    this.copies.set(value, { handle, newer: true });
    if (before) this.memory.free(before.handle);
  }

  /** Brings the numbers outside up to date, in place; gives the names of those that were old. */
  async fetch(weights: NamedTensors): Promise<string[]> {
    const old: string[] = [];
    for (const [name, value] of weights) {
      const copy = this.copies.get(value);
      if (!copy?.newer) continue;
      value.data.set(await this.memory.download(copy.handle, value.type));
      copy.newer = false;
      old.push(name);
    }
    return old;
  }

  /** Drops the copies of these: the numbers outside count. */
  drop(weights: NamedTensors): void {
    for (const value of weights.values()) {
      const copy = this.copies.get(value);
      if (!copy) continue;
      this.copies.delete(value);
      this.memory.free(copy.handle);
    }
  }

  dispose(): void {
    for (const { handle } of this.copies.values()) this.memory.free(handle);
    this.copies.clear();
  }
}

function bytesOf(values: Iterable<TensorData>): number {
  return [...values].reduce((sum, { data }) => sum + data.byteLength, 0);
}
