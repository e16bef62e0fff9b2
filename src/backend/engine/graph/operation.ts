// An operation is one object that says everything about it: shapes, gradient, float64 reference, ONNX form, TensorFlow.js
// form. Calling the function that `defineOperation` returns adds a node.
import type * as tensorflow from '@tensorflow/tfjs-core';
import type { SubtextError } from '../../errors';
import type { Provider } from '../onnx/elementTypes';
import {
  graphError,
  describeType,
  type DataType,
  type Graph,
  type Tensor,
  type TensorData,
  type TensorType,
} from './graph';
import type { Dimension, Shape } from './dimension';
import { STORAGE_TYPES } from './storage';

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
  readonly provider: Provider;
  /** Whether it multiplies in float16. */
  readonly hasFloat16: boolean;
  node(operator: string, inputs: readonly string[], attributes?: OnnxAttributes, domain?: string): string;
  /** As `node`, for operators with several outputs. */
  nodes(operator: string, inputs: readonly string[], outputs: number, attributes?: OnnxAttributes): string[];
  /** A one-dimensional int64 constant, as shapes and axes are given. */
  int64(values: readonly number[]): string;
  /** Scalars. */
  int32(value: number): string;
  float(value: number): string;
  /** The same numbers in another type, as the provider holds it. */
  cast(value: string, from: DataType, to: DataType): string;
  /** The sizes of a shape where they are the same in all runs. */
  known(shape: Shape): number[] | undefined;
  constant(value: TensorData): string;
  /** The int64 constant for a Reshape from one shape to another. */
  reshapeTarget(from: Shape, to: readonly Dimension[]): string;
}

export type OnnxAttributes = Record<string, number | string | readonly number[] | { float: number }>;

/** One node, seen from behind. */
export interface GradientCall<Attributes> {
  inputs: readonly Tensor[];
  /** The first is what the operation is for; others are there for the gradient to use, unless `everyOutput` is set. */
  outputs: readonly Tensor[];
  /** Gradient of the loss in the first output, of its shape. */
  gradient: Tensor;
  /** Gradients in all outputs: zeros where the loss does not depend on one. */
  gradients: () => Tensor[];
  /** By input, whether its gradient will be made. */
  wanted: readonly boolean[];
  attributes: Attributes;
}

/** Makes the gradient of the loss in one input, of that input's shape. */
export type InputGradient = () => Tensor;

export interface OperationForms<Attributes> {
  name: string;
  /** Whether it takes types that only hold numbers, because it computes nothing with them. */
  takesStored?: true;
  /** Types of the outputs. @throws Error when the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType[];
  /**
   * For each input how its gradient is made from other operations; undefined for inputs that have none (indices).
   * null for operations without a derivative: comparisons, integers.
   */
  gradient: ((call: GradientCall<Attributes>) => readonly (InputGradient | undefined)[]) | null;
  /** Whether a loss may depend on any of the outputs, not just on the first. */
  everyOutput?: true;
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
      const holding = inputs.find(({ type }) => STORAGE_TYPES.has(type));
      if (holding && !forms.takesStored) throw new Error(`cast ${holding.type} first`);
      types = forms.infer(inputs, attributes);
    } catch (error) {
      throw misfit(forms.name, inputs, error as Error);
    }
    return graph.append(
      {
        kind: 'operation',
        forms: erased,
        attributes: attributes as never,
        inputs: [...inputs],
        outputs: [],
        scope: graph.scope,
      },
      types,
    );
  };
}

/** What does not fit in a call: the operation, what it was given, where in the model, and why. */
export function misfit(
  name: string,
  inputs: readonly [Tensor, ...Tensor[]],
  { message }: Error,
): SubtextError {
  const { scope } = inputs[0].graph;
  const given = inputs.map(describeType).join(', ');
  return graphError(`${name}(${given})${scope === '' ? '' : ` in ${scope}`}: ${message}`);
}
