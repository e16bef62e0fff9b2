// An operation is one object that says everything about it: shapes, float64 reference, ONNX form, TensorFlow.js form.
// (Its gradient will be one more member.) Calling the function that `defineOperation` returns adds a node.
import type * as tensorflow from '@tensorflow/tfjs-core';
import { graphError, describeType, type Graph, type Tensor, type TensorType } from './graph';
import type { Dimension, Shape } from './dimension';

/** The float64 reference's tensor. Integers and bools are exact in it. */
export interface ReferenceTensor {
  shape: readonly number[];
  data: Float64Array;
}

/** What an operation may ask about the run that it is part of. */
export interface RunContext {
  resolve(shape: Shape): number[];
}

/** Writes the ONNX nodes of one operation. Values are known by name. */
export interface OnnxEmitter {
  /** The execution provider that will run the nodes: some have operators of their own. */
  readonly provider: 'cpu' | 'webgpu';
  node(operator: string, inputs: readonly string[], attributes?: OnnxAttributes, domain?: string): string;
  /** As `node`, for operators with several outputs. */
  nodes(operator: string, inputs: readonly string[], outputs: number, attributes?: OnnxAttributes): string[];
  /** A one-dimensional int64 constant, as shapes and axes are given. */
  int64(values: readonly number[]): string;
  float(value: number): string;
  /** The int64 constant for a Reshape from one shape to another. */
  reshapeTarget(from: Shape, to: readonly Dimension[]): string;
}

export type OnnxAttributes = Record<string, number | string | readonly number[] | { float: number }>;

export interface OperationForms<Attributes> {
  name: string;
  /** Types of the outputs. @throws Error when the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType[];
  /** The definition: slow, plain, float64. */
  reference(
    inputs: readonly ReferenceTensor[],
    attributes: Attributes,
    context: RunContext,
  ): ReferenceTensor[];
  onnx(
    emit: OnnxEmitter,
    inputs: readonly string[],
    attributes: Attributes,
    types: { inputs: readonly TensorType[]; outputs: readonly TensorType[] },
  ): string[];
  tfjs(
    tf: typeof tensorflow,
    inputs: readonly tensorflow.Tensor[],
    attributes: Attributes,
    context: RunContext,
  ): tensorflow.Tensor[];
}

/** Every operation by name: tests and executors go through this table. */
export const operations = new Map<string, OperationForms<never>>();

/** Registers an operation; the result adds it to the graph of its inputs and gives the output tensors. */
export function defineOperation<Attributes>(
  forms: OperationForms<Attributes>,
): (inputs: readonly [Tensor, ...Tensor[]], attributes: Attributes) => Tensor[] {
  const erased = forms as unknown as OperationForms<never>;
  operations.set(forms.name, erased);
  return (inputs, attributes) => {
    const graph: Graph = inputs[0].graph;
    if (inputs.some((tensor) => tensor.graph !== graph))
      throw graphError(`${forms.name}: inputs of two graphs`);
    let types: TensorType[];
    try {
      types = forms.infer(inputs, attributes);
    } catch (error) {
      const given = inputs.map(describeType).join(', ');
      throw graphError(`${forms.name}(${given}): ${(error as Error).message}`);
    }
    return graph.append(
      { kind: 'operation', forms: erased, attributes: attributes as never, inputs: [...inputs], outputs: [] },
      types,
    );
  };
}
