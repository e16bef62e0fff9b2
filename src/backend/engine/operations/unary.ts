// What functions of one number have in common.
import type * as tensorflow from '@tensorflow/tfjs-core';
import type { Tensor } from '../graph/graph';
import { defineOperation, type OnnxEmitter } from '../graph/operation';
import { mapElements } from '../reference/arrays';
import { multiply, subtract } from './elementwise';
import { requireType } from './requirements';

/** A float32 operation on each element by itself. */
export function unary(
  name: string,
  reference: (x: number) => number,
  onnx: string | ((emit: OnnxEmitter, x: string) => string),
  tfjs: (tf: typeof tensorflow, x: tensorflow.Tensor) => tensorflow.Tensor,
  /** The derivative at `x`, where the value is `y`. */
  derivative: (x: Tensor, y: Tensor) => Tensor,
): (x: Tensor) => Tensor {
  const add = defineOperation<null>({
    name,
    infer: (inputs) => (requireType(inputs, 'float32'), [{ type: 'float32', shape: inputs[0].shape }]),
    gradient: ({ inputs: [x], outputs: [y], gradient }) => [() => multiply(gradient, derivative(x, y))],
    reference: ([x]) => [mapElements(x, reference)],
    onnx: (emit, [x]) => [typeof onnx === 'string' ? emit.node(onnx, [x]) : onnx(emit, x)],
    tfjs: (tf, [x]) => [tfjs(tf, x)],
  });
  return (x) => add([x], null)[0];
}

export function oneMinus(x: Tensor): Tensor {
  return subtract(x.graph.scalar(1), x);
}
