// Values that stay where an engine computed them until a later run takes them as inputs: keys and values of a text.
import type { DataType, TensorData } from './graph/graph';
import { graphError } from './graph/graph';

export interface HeldTensor {
  readonly type: DataType;
  readonly shape: readonly number[];
  /** Its numbers. @throws SubtextError as a run */
  read(): Promise<TensorData>;
  /** Gives its memory back; it must not be used any more. */
  release(): void;
}

/** What a run takes: numbers, or what the same engine held of an earlier run. */
export type RunInputs = ReadonlyMap<string, TensorData | HeldTensor>;

/** A tensor of an engine whose memory is ours. */
class HostTensor implements HeldTensor {
  constructor(readonly value: TensorData) {}

  get type(): DataType {
    return this.value.type;
  }

  get shape(): readonly number[] {
    return this.value.shape;
  }

  read(): Promise<TensorData> {
    return Promise.resolve(this.value);
  }

  release(): void {
    // Nobody else knows it.
  }
}

/** The numbers of all inputs, for an engine whose memory is ours. */
export function onHost(inputs: RunInputs): Map<string, TensorData> {
  return new Map(
    [...inputs].map(([name, value]) => {
      if ('data' in value) return [name, value];
      if (value instanceof HostTensor) return [name, value.value];
      throw graphError(`input ${name} is held by another engine`);
    }),
  );
}

/** Takes what is to be held out of a run's outputs. */
export function heldOnHost(
  outputs: Map<string, TensorData>,
  names: ReadonlySet<string>,
): { outputs: Map<string, TensorData>; held: Map<string, HeldTensor> } {
  const held = new Map([...outputs].filter(([name]) => names.has(name)));
  return {
    outputs: new Map([...outputs].filter(([name]) => !names.has(name))),
    held: new Map([...held].map(([name, value]) => [name, new HostTensor(value)])),
  };
}
