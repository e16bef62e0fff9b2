// Softmax and what is made of it: logarithms of probabilities, cross-entropy.
import type * as tensorflow from '@tensorflow/tfjs-core';
import type { Tensor } from '../graph/graph';
import { defineOperation, type GradientCall, type OnnxEmitter } from '../graph/operation';
import { mapRows } from '../reference/arrays';
import { asIndices, equal, exponential, multiply, negate, subtract, where } from './elementwise';
import { addAlong } from './indexing';
import { sum } from './reductions';
import { lastAxis, requireType } from './requirements';
import { reshape } from './shape';

type Tensorflow = typeof tensorflow;

const total = (row: Float64Array) => row.reduce((sum, value) => sum + value, 0);
const largest = (row: Float64Array) => row.reduce((max, value) => Math.max(max, value), -Infinity);

export function softmaxOfRow(row: Float64Array): Float64Array {
  const top = largest(row);
  const powers = row.map((value) => Math.exp(value - top));
  const sumOfPowers = total(powers);
  return powers.map((power) => power / sumOfPowers);
}

function logSoftmaxOfRow(row: Float64Array): Float64Array {
  const top = largest(row);
  const logarithm = top + Math.log(total(row.map((value) => Math.exp(value - top))));
  return row.map((value) => value - logarithm);
}

function logSoftmaxInTensorflow(tf: Tensorflow, x: tensorflow.Tensor): tensorflow.Tensor {
  const shifted = tf.sub(x, tf.max(x, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

/** WebGPU has no operator of its own for it. */
function logSoftmaxInOnnx(emit: OnnxEmitter, x: string): string {
  if (emit.provider === 'cpu') return emit.node('LogSoftmax', [x], { axis: -1 });
  const last = emit.int64([-1]);
  const shifted = emit.node('Sub', [x, emit.node('ReduceMax', [x, last])]);
  const total = emit.node('ReduceSum', [emit.node('Exp', [shifted]), last]);
  return emit.node('Sub', [shifted, emit.node('Log', [total])]);
}

function rowwise(
  name: string,
  reference: (row: Float64Array) => Float64Array,
  onnx: (emit: OnnxEmitter, x: string) => string,
  tfjs: (tf: Tensorflow, x: tensorflow.Tensor) => tensorflow.Tensor,
  gradient: (call: GradientCall<null>) => Tensor,
): (x: Tensor) => Tensor {
  const add = defineOperation<null>({
    name,
    infer: ([x]) => {
      requireType([x], 'float32');
      lastAxis(x);
      return [{ type: 'float32', shape: x.shape }];
    },
    gradient: (call) => [() => gradient(call)],
    reference: ([x]) => [{ ...mapRows(x, reference), shape: x.shape }],
    onnx: (emit, [x]) => [onnx(emit, x)],
    tfjs: (tf, [x]) => [tfjs(tf, x)],
  });
  return (x) => add([x], null)[0];
}

/** Softmax over the last axis. A row needs at least one finite score. */
export const softmax = rowwise(
  'softmax',
  softmaxOfRow,
  (emit, x) => emit.node('Softmax', [x], { axis: -1 }),
  (tf, x) => tf.softmax(x, -1),
  ({ outputs: [y], gradient }) => {
    const weighted = multiply(y, gradient);
    return subtract(weighted, multiply(y, sum(weighted)));
  },
);

/** Logarithm of the softmax over the last axis, without leaving the range of float32. */
export const logSoftmax = rowwise(
  'logSoftmax',
  logSoftmaxOfRow,
  logSoftmaxInOnnx,
  logSoftmaxInTensorflow,
  ({ outputs: [y], gradient }) => subtract(gradient, multiply(exponential(y), sum(gradient))),
);

interface CrossEntropyAttributes {
  /** Positions with this label count nothing. */
  ignoreIndex: number;
}

const addCrossEntropy = defineOperation<CrossEntropyAttributes>({
  name: 'crossEntropy',
  infer: ([logits, labels]) => {
    lastAxis(logits);
    requireType([logits], 'float32');
    if (labels.type !== 'int32' || labels.shape.join() !== logits.shape.slice(0, -1).join())
      throw new Error('expects one int32 label per row of logits');
    return [
      { type: 'float32', shape: labels.shape },
      { type: 'float32', shape: logits.shape },
    ];
  },
  // softmax − one-hot, times the gradient of the row; nowhere is a one-hot tensor made.
  gradient: ({
    inputs: [, labels],
    outputs: [, logProbabilities],
    gradient,
    attributes: { ignoreIndex },
  }) => [
    () => {
      const { graph, shape } = labels;
      const ignored = equal(labels, integer(labels, ignoreIndex));
      const column = (x: Tensor) => reshape(x, [...shape, 1]);
      const scale = column(where(ignored, graph.scalar(0), gradient));
      const known = column(where(ignored, integer(labels, 0), labels));
      return addAlong(multiply(exponential(logProbabilities), scale), known, negate(scale));
    },
    undefined,
  ],
  reference: ([logits, labels], { ignoreIndex }) => {
    const logProbabilities = { ...mapRows(logits, logSoftmaxOfRow), shape: logits.shape };
    const width = logits.shape[logits.shape.length - 1];
    const data = labels.data.map((label, row) =>
      label === ignoreIndex ? 0 : -logProbabilities.data[row * width + label],
    );
    return [{ shape: labels.shape, data }, logProbabilities];
  },
  onnx: (emit, [logits, labels], { ignoreIndex }) => {
    const logProbabilities = logSoftmaxInOnnx(emit, logits);
    const ignored = emit.node('Equal', [labels, emit.int32(ignoreIndex)]);
    const known = emit.node('Where', [ignored, emit.int32(0), labels]);
    const last = emit.int64([-1]);
    const picked = emit.node('GatherElements', [logProbabilities, emit.node('Unsqueeze', [known, last])], {
      axis: -1,
    });
    const losses = emit.node('Neg', [emit.node('Squeeze', [picked, last])]);
    return [emit.node('Where', [ignored, emit.float(0), losses]), logProbabilities];
  },
  tfjs: (tf, [logits, labels], { ignoreIndex }) => {
    const logProbabilities = logSoftmaxInTensorflow(tf, logits);
    const width = logits.shape[logits.rank - 1];
    const ignored = tf.equal(labels, tf.scalar(ignoreIndex, 'int32'));
    const known = tf.where(ignored, tf.zerosLike(labels), labels);
    const offsets = tf.reshape(tf.range(0, labels.size, 1, 'int32'), labels.shape);
    const flat = tf.add(tf.mul(offsets, tf.scalar(width, 'int32')), known);
    const picked = tf.gather(tf.reshape(logProbabilities, [logits.size]), tf.reshape(flat, [labels.size]));
    const losses = tf.neg(tf.reshape(picked, labels.shape));
    return [tf.where(ignored, tf.zerosLike(losses), losses), logProbabilities];
  },
});

/**
 * −log softmax(logits)[label] for every row `[…, d_vocab]` of logits and int32 label `[…]`; 0 where the label is
 * `ignoreIndex`. Other labels are trusted to be in range; callers check.
 */
export function crossEntropy(logits: Tensor, labels: Tensor, ignoreIndex = -100): Tensor {
  return addCrossEntropy([logits, asIndices(labels)], { ignoreIndex })[0];
}

function integer({ graph }: Tensor, value: number): Tensor {
  return graph.constant({ type: 'int32', shape: [], data: Int32Array.of(value) });
}
