// Operations that make many numbers into one, and one into many: sums, means, maxima, broadcasting.
import type { Shape } from '../graph/dimension';
import { graphError, type Tensor, type TensorType } from '../graph/graph';
import { ARRAYS } from '../graph/storage';
import { defineOperation, type ReferenceTensor } from '../graph/operation';
import { at, build, forEachIndex, mapRows } from '../reference/arrays';
import { cast, divide, equal, multiply } from './elementwise';
import { axisOf, lastAxis, requireType } from './requirements';
import { reshape } from './shape';

interface AxesAttributes {
  axes: readonly number[];
}

function reducedShape<Size>(shape: readonly Size[], axes: readonly number[]): (Size | 1)[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

function reducedType([x]: readonly TensorType[], { axes }: AxesAttributes): TensorType[] {
  return [{ type: x.type, shape: reducedShape(x.shape, axes) }];
}

function axesOf(operation: string, x: Tensor, axes: readonly number[]): number[] {
  return axes.map((axis) => axisOf(operation, x, axis));
}

const addSum = defineOperation<AxesAttributes & { kept: boolean }>({
  name: 'sum',
  infer: ([x], { axes, kept }) =>
    kept ? reducedType([x], { axes }) : [{ type: x.type, shape: withoutAxes(x.shape, axes) }],
  gradient: ({ inputs: [x], gradient, attributes: { axes, kept } }) => [
    () => broadcastTo(kept ? gradient : reshape(gradient, reducedShape(x.shape, axes)), x),
  ],
  reference: ([x], { axes, kept }) => {
    const total = fold(x, axes, 0, (so, value) => so + value);
    return [kept ? total : { ...total, shape: withoutAxes(x.shape, axes) }];
  },
  onnx: (emit, [x], { axes, kept }) => [
    emit.node('ReduceSum', [x, emit.int64(axes)], { keepdims: Number(kept) }),
  ],
  tfjs: (tf, [x], { axes, kept }) => [tf.sum(x, [...axes], kept)],
});

function withoutAxes<Size>(shape: readonly Size[], axes: readonly number[]): Size[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Combines all elements along some axes, which keep size 1. */
function fold(
  x: ReferenceTensor,
  axes: readonly number[],
  start: number,
  combine: (so: number, value: number) => number,
): ReferenceTensor {
  const shape = reducedShape(x.shape, axes);
  const result = build(shape, () => start);
  const strides = shape.map((size, axis) =>
    size === 1 ? 0 : shape.slice(axis + 1).reduce((a, b) => a * b, 1),
  );
  forEachIndex(x.shape, (index, flat) => {
    const at = index.reduce((sum, each, axis) => sum + each * strides[axis], 0);
    result.data[at] = combine(result.data[at], x.data[flat]);
  });
  return result;
}

/** Sum over the given axes (the last, when none are), kept with size 1 so that the result broadcasts against `x`. */
export function sum(x: Tensor, axes: readonly number[] = [-1]): Tensor {
  return addSum([x], { axes: axesOf('sum', x, axes), kept: true })[0];
}

const addMaximum = defineOperation<AxesAttributes>({
  name: 'maximum',
  infer: reducedType,
  gradient: ({ inputs: [x], outputs: [y], gradient, attributes: { axes } }) => [
    () => {
      const largest = cast(equal(x, y), 'float32');
      return multiply(largest, divide(gradient, sum(largest, axes)));
    },
  ],
  reference: ([x], { axes }) => [fold(x, axes, -Infinity, Math.max)],
  onnx: (emit, [x], { axes }) => [emit.node('ReduceMax', [x, emit.int64(axes)])],
  tfjs: (tf, [x], { axes }) => [tf.max(x, [...axes], true)],
});

/**
 * Largest value over the given axes (the last, when none are), kept with size 1. Where several are, they share the
 * gradient.
 */
export function maximum(x: Tensor, axes: readonly number[] = [-1]): Tensor {
  return addMaximum([x], { axes: axesOf('maximum', x, axes) })[0];
}

/** The sum of everything, a float32 scalar. */
export function sumAll(x: Tensor): Tensor {
  return sumAway(x, [...x.shape.keys()]);
}

/** Sum over some axes, which the result has not any more. */
function sumAway(x: Tensor, axes: readonly number[]): Tensor {
  return axes.length === 0 ? x : addSum([x], { axes, kept: false })[0];
}

const addSumOfSquares = defineOperation<null>({
  name: 'sumOfSquares',
  infer: ([x]) => [{ type: x.type, shape: [] }],
  gradient: ({ inputs: [x], gradient }) => [() => multiply(x, multiply(gradient, x.graph.scalar(2)))],
  reference: ([{ data }]) => [
    { shape: [], data: Float64Array.of(data.reduce((total, value) => total + value * value, 0)) },
  ],
  onnx: (emit, [x]) => [emit.node('ReduceSumSquare', [x], { keepdims: 0 })],
  tfjs: (tf, [x]) => [tf.sum(tf.square(x))],
});

/** The sum of the squares of everything, a scalar. */
export function sumOfSquares(x: Tensor): Tensor {
  return addSumOfSquares([x], null)[0];
}

/** Undoes broadcasting: sums `x` over the axes that were stretched, so that it has the given shape. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const skipped = x.shape.length - shape.length;
  const stretched = [...x.shape.keys()].filter(
    (axis) => axis < skipped || (shape[axis - skipped] === 1 && x.shape[axis] !== 1),
  );
  if (stretched.length === skipped) return sumAway(x, stretched);
  const summed = sum(x, stretched);
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
  onnx: (emit, [x, like], _, { outputs }) => {
    const sizes = emit.known(outputs[0].shape);
    return [emit.node('Expand', [x, sizes ? emit.int64(sizes) : emit.node('Shape', [like])])];
  },
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

const addAverage = defineOperation<null>({
  name: 'average',
  infer: ([x]) => {
    requireType([x], 'float32');
    lastAxis(x);
    return [{ type: x.type, shape: [...x.shape.slice(0, -1), 1] }];
  },
  gradient: ({ inputs: [x], gradient }) => [() => broadcastTo(divide(gradient, sizeOfLastAxis(x)), x)],
  reference: ([x]) => [mapRows(x, (row) => [row.reduce((total, value) => total + value, 0) / row.length])],
  onnx: (emit, [x]) => [emit.node('ReduceMean', [x, emit.int64([-1])])],
  tfjs: (tf, [x]) => [tf.mean(x, -1, true)],
});

/** Mean over the last axis, kept with size 1. */
export function average(x: Tensor): Tensor {
  return addAverage([x], null)[0];
}

/** As a float32 that broadcasts against `x`; counted at run time where the size is only named. */
function sizeOfLastAxis(x: Tensor): Tensor {
  const size = lastAxis(x);
  const { graph } = x;
  if (typeof size === 'number') return graph.scalar(size);
  if (x.type !== 'float32') throw graphError('the mean of integers has no gradient');
  return sum(broadcastTo(graph.scalar(1), x));
}
