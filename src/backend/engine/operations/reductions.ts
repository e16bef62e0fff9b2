// Operations that make many numbers into one, and one into many: sums, means, maxima, broadcasting.
import type * as tensorflow from '@tensorflow/tfjs-core';
import { resolveAxis, type Shape } from '../graph/dimension';
import { graphError, type Tensor } from '../graph/graph';
import { ARRAYS } from '../graph/storage';
import {
  defineOperation,
  type GradientCall,
  type OnnxEmitter,
  type ReferenceTensor,
} from '../graph/operation';
import { at, build, forEachIndex, mapRows } from '../reference/arrays';
import { cast, divide, equal, multiply } from './elementwise';
import { lastAxis } from './rows';
import { reshape } from './shape';

type Tensorflow = typeof tensorflow;

interface SumAttributes {
  axes: readonly number[];
}

const addSum = defineOperation<SumAttributes>({
  name: 'sum',
  infer: ([x], { axes }) => [
    { type: x.type, shape: x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) },
  ],
  gradient: ({ inputs: [x], gradient }) => [() => broadcastTo(gradient, x)],
  reference: ([x], { axes }) => [sumOver(x, axes)],
  onnx: (emit, [x], { axes }) => [emit.node('ReduceSum', [x, emit.int64(axes)])],
  tfjs: (tf, [x], { axes }) => [tf.sum(x, [...axes], true)],
});

function sumOver(x: ReferenceTensor, axes: readonly number[]): ReferenceTensor {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const result = build(shape, () => 0);
  const strides = shape.map((size, axis) =>
    size === 1 ? 0 : shape.slice(axis + 1).reduce((a, b) => a * b, 1),
  );
  forEachIndex(x.shape, (index, flat) => {
    result.data[index.reduce((sum, each, axis) => sum + each * strides[axis], 0)] += x.data[flat];
  });
  return result;
}

/** Sum over the given axes (the last, when none are), kept with size 1 so that the result broadcasts against `x`. */
export function sum(x: Tensor, axes: readonly number[] = [-1]): Tensor {
  return addSum([x], { axes: axes.map((axis) => resolveAxis(axis, x.shape.length)) })[0];
}

/** The sum of everything, a float32 scalar. */
export function sumAll(x: Tensor): Tensor {
  return reshape(x.shape.length === 0 ? x : sum(x, [...x.shape.keys()]), []);
}

/** Undoes broadcasting: sums `x` over the axes that were stretched, so that it has the given shape. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const skipped = x.shape.length - shape.length;
  const stretched = [...x.shape.keys()].filter(
    (axis) => axis < skipped || (shape[axis - skipped] === 1 && x.shape[axis] !== 1),
  );
  const summed = stretched.length === 0 ? x : sum(x, stretched);
  return skipped === 0 ? summed : reshape(summed, shape);
}

const addBroadcast = defineOperation<null>({
  name: 'broadcastTo',
  infer: ([x, like]) => {
    const skipped = like.shape.length - x.shape.length;
    const fits = x.shape.every((size, axis) => size === 1 || size === like.shape[axis + skipped]);
    if (skipped < 0 || !fits) throw new Error('the first does not broadcast to the second');
    return [{ type: x.type, shape: like.shape }];
  },
  gradient: ({ inputs: [x], gradient }) => [() => sumTo(gradient, x.shape), undefined],
  reference: ([x, like]) => [build(like.shape, (index) => at(x, index))],
  onnx: (emit, [x, like]) => [emit.node('Expand', [x, emit.node('Shape', [like])])],
  // Adding zeros, because its own broadcast lacks some ranks and types on WebAssembly.
  tfjs: (tf, [x, like]) => [tf.add(x, tf.zeros(like.shape, x.dtype as 'float32'))],
});

/** `x` repeated along its missing axes and those of size 1, to the shape of `like`, whose numbers do not matter. */
export function broadcastTo(x: Tensor, like: Tensor): Tensor {
  return addBroadcast([x, like], null)[0];
}

/** Zeros of the shape and type of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return broadcastTo(x.graph.constant({ type: x.type, shape: [], data: new ARRAYS[x.type](1) }), x);
}

function lastAxisReduction(
  name: string,
  reference: (row: Float64Array) => number,
  onnx: (emit: OnnxEmitter, x: string) => string,
  tfjs: (tf: Tensorflow, x: tensorflow.Tensor) => tensorflow.Tensor,
  gradient: (call: GradientCall<null>) => Tensor,
): (x: Tensor) => Tensor {
  const add = defineOperation<null>({
    name,
    infer: ([x]) => (lastAxis(x), [{ type: x.type, shape: [...x.shape.slice(0, -1), 1] }]),
    gradient: (call) => [() => gradient(call)],
    reference: ([x]) => [mapRows(x, (row) => [reference(row)])],
    onnx: (emit, [x]) => [onnx(emit, x)],
    tfjs: (tf, [x]) => [tfjs(tf, x)],
  });
  return (x) => add([x], null)[0];
}

/** Mean over the last axis, kept with size 1. */
export const average = lastAxisReduction(
  'average',
  (row) => row.reduce((total, value) => total + value, 0) / row.length,
  (emit, x) => emit.node('ReduceMean', [x, emit.int64([-1])]),
  (tf, x) => tf.mean(x, -1, true),
  ({ inputs: [x], gradient }) => broadcastTo(divide(gradient, sizeOfLastAxis(x)), x),
);

/** Largest value of the last axis, kept with size 1. Where several are, they share the gradient. */
export const maximum = lastAxisReduction(
  'maximum',
  (row) => row.reduce((largest, value) => Math.max(largest, value), -Infinity),
  (emit, x) => emit.node('ReduceMax', [x, emit.int64([-1])]),
  (tf, x) => tf.max(x, -1, true),
  ({ inputs: [x], outputs: [y], gradient }) => {
    const largest = cast(equal(x, y), 'float32');
    return multiply(largest, divide(gradient, sum(largest)));
  },
);

/** As a float32 that broadcasts against `x`; counted at run time where the size is only named. */
function sizeOfLastAxis(x: Tensor): Tensor {
  const size = lastAxis(x);
  const { graph } = x;
  if (typeof size === 'number') return graph.scalar(size);
  if (x.type !== 'float32') throw graphError('the mean of integers has no gradient');
  return sum(broadcastTo(graph.scalar(1), x));
}
