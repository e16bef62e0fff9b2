// Runs whose outputs are written into memory of ours. ONNX Runtime's binding for Node (1.30) copies every output into new
// memory of JavaScript's once more, also where it was given some to write into: for a forward pass with all activations two
// fifths of its time (bench/NOTES.md). It stops at the first output that it cannot hand over, after the run is done: so there
// is one, a sequence, in front of all others. A binding that knows memory that it was given
// (https://github.com/microsoft/onnxruntime/pull/32346) needs none of this, and may be stopped too early by it: the test of
// this file tells at the next version.
import type * as onnxruntime from 'onnxruntime-node';
import { sizeOf } from '../graph/dimension';
import type { DataType } from '../graph/graph';
import { ARRAYS } from '../graph/storage';
import { memoryFor } from '../reusedMemory';
import { crossingType, ELEMENT_TYPES } from './elementTypes';
import type { ModelProto } from './proto';

/** The output that is never handed over, and what the binding says of it. */
const SEQUENCE = 'sequence';
const REFUSED = 'Non tensor type is temporarily not supported.';

/** The same graph with the sequence in front of its outputs. */
export function withSequence<Graph extends Pick<ModelProto['graph'], 'node' | 'output'>>(
  graph: Graph,
): Graph {
  const elemType = { tensorType: { elemType: ELEMENT_TYPES.float32 } };
  const node = {
    name: SEQUENCE,
    opType: 'SequenceEmpty',
    domain: '',
    input: [],
    output: [SEQUENCE],
    attribute: [],
  };
  return {
    ...graph,
    node: [node, ...graph.node],
    output: [{ name: SEQUENCE, type: { sequenceType: { elemType } } }, ...graph.output],
  };
}

/** Room for a value that leaves a run, with nothing certain in it. */
export function emptyTensor(
  runtime: typeof onnxruntime,
  type: DataType,
  shape: readonly number[],
): onnxruntime.Tensor {
  const crossing = crossingType(type, 'cpu');
  const Numbers = crossing === 'int64' ? BigInt64Array : ARRAYS[crossing];
  const numbers = new Numbers(memoryFor(Numbers.BYTES_PER_ELEMENT * sizeOf(shape)));
  return new runtime.Tensor(crossing as 'float32', numbers as Float32Array, shape);
}

/** Runs a model that begins with the sequence; `fetches` have room for all other outputs. */
export async function runInPlace(
  session: onnxruntime.InferenceSession,
  feeds: Record<string, onnxruntime.Tensor>,
  fetches: Record<string, onnxruntime.Tensor>,
): Promise<void> {
  try {
    await session.run(feeds, { [SEQUENCE]: null, ...fetches });
  } catch (error) {
    if (!(error instanceof Error && error.message === REFUSED)) throw error;
  }
}
