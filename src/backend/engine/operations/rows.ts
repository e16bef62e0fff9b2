// Operations along the last axis: sums, softmax, norms, the largest values.
import type * as tensorflow from '@tensorflow/tfjs-core';
import type { Dimension } from '../graph/dimension';
import type { Tensor, TensorType } from '../graph/graph';
import { defineOperation, type OnnxEmitter } from '../graph/operation';
import { at, build, mapRows } from '../reference/arrays';

type Tensorflow = typeof tensorflow;
type Reduction = (x: Tensor) => Tensor;

function lastAxis(type: TensorType): Dimension {
  const size = type.shape.at(-1);
  if (size === undefined) throw new Error('expects at least one axis');
  return size;
}

const total = (row: Float64Array) => row.reduce((sum, value) => sum + value, 0);
const largest = (row: Float64Array) => row.reduce((max, value) => Math.max(max, value), -Infinity);
const mean = (row: Float64Array) => total(row) / row.length;

/** Reductions keep the axis with size 1, so that the result broadcasts against what was reduced. */
function reduction(
  name: string,
  reference: (row: Float64Array) => number,
  onnx: (emit: OnnxEmitter, x: string) => string,
  tfjs: (tf: Tensorflow, x: tensorflow.Tensor) => tensorflow.Tensor,
): Reduction {
  const add = defineOperation<null>({
    name,
    infer: ([x]) => (lastAxis(x), [{ type: x.type, shape: [...x.shape.slice(0, -1), 1] }]),
    reference: ([x]) => [mapRows(x, (row) => [reference(row)])],
    onnx: (emit, [x]) => [onnx(emit, x)],
    tfjs: (tf, [x]) => [tfjs(tf, x)],
  });
  return (x) => add([x], null)[0];
}

/** Sum over the last axis, kept with size 1. */
export const sum = reduction(
  'sum',
  total,
  (emit, x) => emit.node('ReduceSum', [x, emit.int64([-1])]),
  (tf, x) => tf.sum(x, -1, true),
);

/** Mean over the last axis, kept with size 1. */
export const average = reduction(
  'average',
  mean,
  (emit, x) => emit.node('ReduceMean', [x, emit.int64([-1])]),
  (tf, x) => tf.mean(x, -1, true),
);

/** Largest value of the last axis, kept with size 1. */
export const maximum = reduction(
  'maximum',
  largest,
  (emit, x) => emit.node('ReduceMax', [x, emit.int64([-1])]),
  (tf, x) => tf.max(x, -1, true),
);

function rowwise(
  name: string,
  reference: (row: Float64Array) => Float64Array,
  onnx: string,
  tfjs: (tf: Tensorflow, x: tensorflow.Tensor) => tensorflow.Tensor,
): Reduction {
  const add = defineOperation<null>({
    name,
    infer: ([x]) => (lastAxis(x), [{ type: 'float32', shape: x.shape }]),
    reference: ([x]) => [{ ...mapRows(x, reference), shape: x.shape }],
    onnx: (emit, [x]) => [emit.node(onnx, [x], { axis: -1 })],
    tfjs: (tf, [x]) => [tfjs(tf, x)],
  });
  return (x) => add([x], null)[0];
}

/** Softmax over the last axis. A row needs at least one finite score. */
export const softmax = rowwise(
  'softmax',
  (row) => {
    const top = largest(row);
    const powers = row.map((value) => Math.exp(value - top));
    const sumOfPowers = total(powers);
    return powers.map((power) => power / sumOfPowers);
  },
  'Softmax',
  (tf, x) => tf.softmax(x, -1),
);

/** Logarithm of the softmax over the last axis, without leaving the range of float32. */
export const logSoftmax = rowwise(
  'logSoftmax',
  (row) => {
    const top = largest(row);
    const logarithm = top + Math.log(total(row.map((value) => Math.exp(value - top))));
    return row.map((value) => value - logarithm);
  },
  'LogSoftmax',
  (tf, x) => {
    const shifted = tf.sub(x, tf.max(x, -1, true));
    return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
  },
);

interface NormAttributes {
  epsilon: number;
}

function requireGain(x: TensorType, ...vectors: TensorType[]): TensorType[] {
  const size = lastAxis(x);
  if (vectors.some(({ shape }) => shape.length !== 1 || shape[0] !== size))
    throw new Error('gain of another size');
  return [{ type: 'float32', shape: x.shape }];
}

const addLayerNorm = defineOperation<NormAttributes>({
  name: 'layerNorm',
  infer: ([x, gain, offset]) => requireGain(x, gain, offset),
  reference: ([x, gain, offset], { epsilon }) => [
    mapRows(x, (row) => {
      const center = mean(row);
      const scale = Math.sqrt(mean(row.map((value) => (value - center) ** 2)) + epsilon);
      return row.map((value, i) => ((value - center) / scale) * gain.data[i] + offset.data[i]);
    }),
  ],
  onnx: (emit, inputs, { epsilon }) => [
    emit.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: epsilon } }),
  ],
  tfjs: (tf, [x, gain, offset], { epsilon }) => {
    const centered = tf.sub(x, tf.mean(x, -1, true));
    const scale = tf.sqrt(tf.add(tf.mean(tf.mul(centered, centered), -1, true), epsilon));
    return [tf.add(tf.mul(tf.div(centered, scale), gain), offset)];
  },
});

/** Layer norm over the last axis (arXiv 1607.06450): (x − mean) / √(variance + ε) · gain + offset. */
export function layerNorm(x: Tensor, gain: Tensor, offset: Tensor, epsilon: number): Tensor {
  return addLayerNorm([x, gain, offset], { epsilon })[0];
}

const addRmsNorm = defineOperation<NormAttributes>({
  name: 'rmsNorm',
  infer: ([x, gain]) => requireGain(x, gain),
  reference: ([x, gain], { epsilon }) => [
    mapRows(x, (row) => {
      const scale = Math.sqrt(mean(row.map((value) => value ** 2)) + epsilon);
      return row.map((value, i) => (value / scale) * gain.data[i]);
    }),
  ],
  onnx: (emit, [x, gain], { epsilon }) => {
    const square = emit.node('ReduceMean', [emit.node('Mul', [x, x]), emit.int64([-1])]);
    const scale = emit.node('Sqrt', [emit.node('Add', [square, emit.float(epsilon)])]);
    return [emit.node('Mul', [emit.node('Div', [x, scale]), gain])];
  },
  tfjs: (tf, [x, gain], { epsilon }) => {
    const scale = tf.sqrt(tf.add(tf.mean(tf.mul(x, x), -1, true), epsilon));
    return [tf.mul(tf.div(x, scale), gain)];
  },
});

/** RMS norm over the last axis (arXiv 1910.07467): x / √(mean x² + ε) · gain. */
export function rmsNorm(x: Tensor, gain: Tensor, epsilon: number): Tensor {
  return addRmsNorm([x, gain], { epsilon })[0];
}

const addTopK = defineOperation<{ count: number }>({
  name: 'topK',
  infer: ([x], { count }) => {
    const size = lastAxis(x);
    if (typeof size === 'number' && count > size) throw new Error(`the ${count} largest of ${size}`);
    const shape = [...x.shape.slice(0, -1), count];
    return [
      { type: 'float32', shape },
      { type: 'int32', shape },
    ];
  },
  reference: ([x], { count }) => {
    const order = (row: Float64Array) =>
      [...row.keys()].sort((a, b) => row[b] - row[a] || a - b).slice(0, count);
    return [mapRows(x, (row) => order(row).map((index) => row[index])), mapRows(x, order)];
  },
  onnx: (emit, [x], { count }) => {
    const [values, indices] = emit.nodes('TopK', [x, emit.int64([count])], 2, { axis: -1 });
    return [values, emit.node('Cast', [indices], { to: 6 })];
  },
  tfjs: (tf, [x], { count }) => {
    const { values, indices } = tf.topk(x, count);
    return [values, indices];
  },
});

/** The `count` largest values of the last axis, largest first, and their int32 indices; ties by lower index. */
export function topK(x: Tensor, count: number): { values: Tensor; indices: Tensor } {
  const [values, indices] = addTopK([x], { count });
  return { values, indices };
}

const addTakeAlong = defineOperation<null>({
  name: 'takeAlong',
  infer: ([x, indices]) => {
    if (indices.type !== 'int32' || indices.shape.length !== x.shape.length)
      throw new Error('indices do not fit');
    return [{ type: x.type, shape: [...x.shape.slice(0, -1), lastAxis(indices)] }];
  },
  reference: ([x, indices]) => [
    build([...x.shape.slice(0, -1), indices.shape.at(-1)!], (index) =>
      at(x, index.with(-1, at(indices, index))),
    ),
  ],
  onnx: (emit, [x, indices]) => [emit.node('GatherElements', [x, indices], { axis: -1 })],
  // GatherND has no last-axis form: count positions row by row instead.
  tfjs: (tf, [x, indices]) => {
    const width = x.shape[x.rank - 1];
    const taken = indices.shape[indices.rank - 1];
    const rows = x.size / width;
    const offsets = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(width, 'int32'));
    const flat = tf.add(tf.reshape(indices, [rows, taken]), tf.reshape(offsets, [rows, 1]));
    const gathered = tf.gather(tf.reshape(x, [x.size]), tf.reshape<tensorflow.Rank.R1>(flat, [rows * taken]));
    return [tf.reshape(gathered, [...x.shape.slice(0, -1), taken])];
  },
});

/** For every row of the last axis the elements at that row's own indices. Leading axes of both must be equal. */
export function takeAlong(x: Tensor, indices: Tensor): Tensor {
  return addTakeAlong([x, indices], null)[0];
}
