// Operations on each element: arithmetic with broadcasting, comparisons, functions of one number.
import type * as tensorflow from '@tensorflow/tfjs-core';
import { broadcastShapes } from '../graph/dimension';
import type { DataType, Tensor } from '../graph/graph';
import { defineOperation } from '../graph/operation';
import { roundTo } from '../graph/storage';
import { broadcastMap, erf as referenceErf, mapElements } from '../reference/arrays';
import { sumTo } from './reductions';
import { sineOnDevice } from '../onnx/sine';
import { requireType } from './requirements';
import { oneMinus, unary } from './unary';

type Tensorflow = typeof tensorflow;
type Binary = (a: Tensor, b: Tensor) => Tensor;

function binary(
  name: string,
  result: 'same' | 'bool',
  reference: (a: number, b: number) => number,
  onnx: string,
  tfjs: (tf: Tensorflow, a: tensorflow.Tensor, b: tensorflow.Tensor) => tensorflow.Tensor,
  /** From the gradient `g` in the result those in `a` and `b`, before broadcasting is undone. */
  gradients: ((g: Tensor, a: Tensor, b: Tensor) => [() => Tensor, () => Tensor]) | null,
): Binary {
  const add = defineOperation<null>({
    name,
    infer: ([a, b]) => {
      if (a.type !== b.type) throw new Error('operands of different types');
      return [{ type: result === 'bool' ? 'bool' : a.type, shape: broadcastShapes(a.shape, b.shape) }];
    },
    gradient:
      gradients &&
      (({ inputs: [a, b], gradient }) => {
        const [forA, forB] = gradients(gradient, a, b);
        return [() => sumTo(forA(), a.shape), () => sumTo(forB(), b.shape)];
      }),
    reference: ([a, b]) => [broadcastMap([a, b], ([x, y]) => reference(x, y))],
    onnx: (emit, [a, b]) => [emit.node(onnx, [a, b])],
    tfjs: (tf, [a, b]) => [tfjs(tf, a, b)],
  });
  return (a, b) => add([a, b], null)[0];
}

/** a + b. */
export const add = binary(
  'add',
  'same',
  (a, b) => a + b,
  'Add',
  (tf, a, b) => tf.add(a, b),
  (g) => [() => g, () => g],
);
/** a − b. */
export const subtract = binary(
  'subtract',
  'same',
  (a, b) => a - b,
  'Sub',
  (tf, a, b) => tf.sub(a, b),
  (g) => [() => g, () => negate(g)],
);
/** a · b. */
export const multiply = binary(
  'multiply',
  'same',
  (a, b) => a * b,
  'Mul',
  (tf, a, b) => tf.mul(a, b),
  (g, a, b) => [() => multiply(g, b), () => multiply(g, a)],
);
/** a / b. */
export const divide = binary(
  'divide',
  'same',
  (a, b) => a / b,
  'Div',
  (tf, a, b) => tf.div(a, b),
  (g, a, b) => [() => divide(g, b), () => negate(divide(multiply(g, a), multiply(b, b)))],
);
/** a < b. */
export const lessThan = binary(
  'lessThan',
  'bool',
  (a, b) => Number(a < b),
  'Less',
  (tf, a, b) => tf.less(a, b),
  null,
);
/** a ≤ b. */
export const atMost = binary(
  'atMost',
  'bool',
  (a, b) => Number(a <= b),
  'LessOrEqual',
  (tf, a, b) => tf.lessEqual(a, b),
  null,
);
/** a = b. */
export const equal = binary(
  'equal',
  'bool',
  (a, b) => Number(a === b),
  'Equal',
  (tf, a, b) => tf.equal(a, b),
  null,
);
/** a and b. */
export const both = binary(
  'both',
  'bool',
  (a, b) => a * b,
  'And',
  (tf, a, b) => tf.logicalAnd(a, b),
  null,
);

/** −x. */
export const negate = unary(
  'negate',
  (x) => -x,
  'Neg',
  (tf, x) => tf.neg(x),
  (x) => x.graph.scalar(-1),
);
/** eˣ. */
export const exponential = unary(
  'exponential',
  Math.exp,
  'Exp',
  (tf, x) => tf.exp(x),
  (_, y) => y,
);
/** Natural logarithm. */
export const logarithm = unary(
  'logarithm',
  Math.log,
  'Log',
  (tf, x) => tf.log(x),
  (x) => reciprocal(x),
);
/** √x. */
export const squareRoot = unary(
  'squareRoot',
  Math.sqrt,
  'Sqrt',
  (tf, x) => tf.sqrt(x),
  (_, y) => divide(y.graph.scalar(0.5), y),
);
/** sin x, of radians. */
export const sine = unary(
  'sine',
  Math.sin,
  (emit, x) => (emit.provider === 'cpu' ? emit.node('Sin', [x]) : sineOnDevice(emit, x, 0)),
  (tf, x) => tf.sin(x),
  (x) => cosine(x),
);
/** cos x, of radians. */
export const cosine = unary(
  'cosine',
  Math.cos,
  (emit, x) => (emit.provider === 'cpu' ? emit.node('Cos', [x]) : sineOnDevice(emit, x, 0.5)),
  (tf, x) => tf.cos(x),
  (x) => negate(sine(x)),
);
/** 1 / x. */
export const reciprocal = unary(
  'reciprocal',
  (x) => 1 / x,
  'Reciprocal',
  (tf, x) => tf.reciprocal(x),
  (_, y) => negate(multiply(y, y)),
);
/** The error function. */
export const erf = unary(
  'erf',
  referenceErf,
  'Erf',
  (tf, x) => tf.erf(x),
  (x) => multiply(exponential(negate(multiply(x, x))), x.graph.scalar(2 / Math.sqrt(Math.PI))),
);
/** Hyperbolic tangent. */
export const tanh = unary(
  'tanh',
  Math.tanh,
  'Tanh',
  (tf, x) => tf.tanh(x),
  (_, y) => oneMinus(multiply(y, y)),
);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = unary(
  'sigmoid',
  (x) => 1 / (1 + Math.exp(-x)),
  'Sigmoid',
  (tf, x) => tf.sigmoid(x),
  (_, y) => multiply(y, oneMinus(y)),
);
/** max(x, 0). */
const addWhere = defineOperation<null>({
  name: 'where',
  infer: ([condition, a, b]) => {
    requireType([condition], 'bool');
    if (a.type !== b.type) throw new Error('branches of different types');
    return [{ type: a.type, shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)) }];
  },
  gradient: ({ inputs: [condition, a, b], gradient }) => {
    const zero = gradient.graph.scalar(0);
    return [
      undefined,
      () => sumTo(where(condition, gradient, zero), a.shape),
      () => sumTo(where(condition, zero, gradient), b.shape),
    ];
  },
  reference: (inputs) => [broadcastMap(inputs, ([condition, a, b]) => (condition ? a : b))],
  onnx: (emit, inputs) => [emit.node('Where', inputs)],
  tfjs: (tf, [condition, a, b]) => [tf.where(condition, a, b)],
});

/** `a` where `condition` holds, else `b`. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  return addWhere([condition, a, b], null)[0];
}

const addCast = defineOperation<{ to: DataType }>({
  name: 'cast',
  takesStored: true,
  infer: ([x], { to }) => [{ type: to, shape: x.shape }],
  gradient: ({ gradient }) => [() => gradient],
  reference: ([x], { to }) => [mapElements(x, roundTo[to])],
  onnx: (emit, [x], { to }, { inputs }) => [emit.cast(x, inputs[0].type, to)],
  tfjs: (tf, [x], { to }) => {
    switch (to) {
      case 'float16':
      case 'bfloat16':
        // TensorFlow.js has neither: the numbers are rounded, and stay float32.
        return [tf.tensor(Float32Array.from(x.dataSync(), roundTo[to]), x.shape)];
      case 'bool':
        // Its own cast to bool keeps 2 a 2.
        return [tf.notEqual(x, tf.zerosLike(x))];
      default:
        return [tf.cast(x, to === 'int64' ? 'int32' : to)];
    }
  },
});

/**
 * The same numbers in another type. Float to int drops the fraction; anything to bool asks "is it not zero?"; float16 and
 * bfloat16 round to nearest, ties to even. Where an engine lacks a type (TensorFlow.js), float16 and bfloat16 are rounded
 * numbers in float32, and int64 is int32.
 */
export function cast(x: Tensor, to: DataType): Tensor {
  return addCast([x], { to })[0];
}

/** Numbers as operations take indices: int64, as other programs hold them, in int32. */
export function asIndices(x: Tensor): Tensor {
  return x.type === 'int64' ? cast(x, 'int32') : x;
}
