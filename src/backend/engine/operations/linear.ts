// Matrix products, batched over leading axes.
import type * as tensorflow from '@tensorflow/tfjs-core';
import { broadcastShapes, multiplyDimensions, type Dimension, type Shape } from '../graph/dimension';
import type { Tensor, TensorType } from '../graph/graph';
import { defineOperation, type OnnxEmitter, type ReferenceTensor } from '../graph/operation';
import { at, build } from '../reference/arrays';
import { sumTo } from './reductions';
import { requireType } from './requirements';
import { reshape, transpose } from './shape';

type Tensorflow = typeof tensorflow;

export interface MatmulAttributes {
  transposeA: boolean;
  transposeB: boolean;
  /** Never rounded to float16: a sum in the form of a product. */
  inFloat32?: boolean;
}

const addMatmul = defineOperation<MatmulAttributes>({
  name: 'matmul',
  infer: ([a, b], attributes) => {
    requireType([a, b], 'float32');
    return [productType(a, b, attributes)];
  },
  gradient: ({ inputs: [a, b], gradient, attributes: { transposeA, transposeB } }) => [
    () => {
      const change = transposeA
        ? matmul(b, gradient, { transposeA: transposeB, transposeB: true })
        : matmul(gradient, b, { transposeB: !transposeB });
      return sumTo(change, a.shape);
    },
    () => {
      // One weight for all rows: their gradients add up inside a single product.
      const [left, right] =
        b.shape.length === 2 && !transposeA ? [flatten(a), flatten(gradient)] : [a, gradient];
      const change = transposeB
        ? leftTransposed(right, left, transposeA)
        : transposeA
          ? matmul(left, right)
          : leftTransposed(left, right);
      return sumTo(change, b.shape);
    },
  ],
  reference: ([a, b], attributes) => [referenceMatmul(a, b, attributes)],
  onnx: (emit, [a, b], attributes, { inputs }) => [productInOnnx(emit, [a, b], attributes, inputs)],
  tfjs: (tf, [a, b], attributes) => [productInTensorflow(tf, a, b, attributes)],
});

/** @throws Error where inner sizes differ */
export function productType(
  a: TensorType,
  b: TensorType,
  { transposeA, transposeB }: MatmulAttributes,
): TensorType {
  const [rows, inner] = lastTwo(a.shape, transposeA);
  const [sameInner, columns] = lastTwo(b.shape, transposeB);
  if (inner !== sameInner) throw new Error(`inner sizes ${inner} and ${sameInner} differ`);
  const leading = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return { type: 'float32', shape: [...leading, rows, columns] };
}

/** The product of two values of one type, in that type. */
export function productInOnnx(
  emit: OnnxEmitter,
  [a, b]: readonly [string, string],
  { transposeA, transposeB }: MatmulAttributes,
  inputs: readonly TensorType[],
): string {
  if (!transposeA && !transposeB) return emit.node('MatMul', [a, b]);
  if (emit.provider === 'cpu') {
    // Reads the operand in its own order instead of copying it, which for an embedding is most of the time.
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    return emit.node('FusedMatMul', [a, b], attributes, 'com.microsoft');
  }
  return emit.node('MatMul', [
    transposeA ? emit.node('Transpose', [a], { perm: swapLast(inputs[0].shape.length) }) : a,
    transposeB ? emit.node('Transpose', [b], { perm: swapLast(inputs[1].shape.length) }) : b,
  ]);
}

export function productInTensorflow(
  tf: Tensorflow,
  a: tensorflow.Tensor,
  b: tensorflow.Tensor,
  { transposeA, transposeB }: MatmulAttributes,
): tensorflow.Tensor {
  // TensorFlow.js wants both operands of one rank; two-dimensional weights meet flattened activations instead.
  if (a.rank > 2 && b.rank === 2 && !transposeA) {
    const rows = a.size / a.shape[a.rank - 1];
    const flat = tf.matMul(tf.reshape(a, [rows, a.shape[a.rank - 1]]), b, false, transposeB);
    return tf.reshape(flat, [...a.shape.slice(0, -1), flat.shape[1]!]);
  }
  return tf.matMul(a, b, transposeA, transposeB);
}

/** Columns up to which `leftTransposed` pays: 1.2 times as fast at 32, 2 times at 4. */
const NARROW = 64;

/**
 * aᵀ·b, or aᵀ·bᵀ. Runtimes copy a transposed left operand piece by piece, which costs more than the product when `a` is
 * wide, as a score for each distance, and `b` has few columns; bᵀ·a, transposed afterwards, leaves it as it lies.
 */
function leftTransposed(a: Tensor, b: Tensor, transposeB = false): Tensor {
  const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)];
  const rows = a.shape[a.shape.length - 1];
  const batched = a.shape.length > 2 && b.shape.length > 2;
  const narrow = typeof columns === 'number' && columns <= NARROW && !(Number(rows) <= columns);
  if (!batched || !narrow) {
    return matmul(a, b, { transposeA: true, transposeB });
  }
  return transpose(matmul(b, a, { transposeA: !transposeB }), swapLast(a.shape.length));
}

/** `[…, n]` → `[rows, n]`. */
export function flatten(x: Tensor): Tensor {
  if (x.shape.length <= 2) return x;
  const rows = x.shape.slice(0, -1).reduce(multiplyDimensions);
  return reshape(x, [rows, x.shape[x.shape.length - 1]]);
}

function lastTwo(shape: Shape, transposed: boolean): [Dimension, Dimension] {
  if (shape.length < 2) throw new Error('expects at least two axes');
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

function swapLast(rank: number): number[] {
  return [...Array(rank - 2).keys(), rank - 1, rank - 2];
}

export function referenceMatmul(
  a: ReferenceTensor,
  b: ReferenceTensor,
  attributes: MatmulAttributes,
): ReferenceTensor {
  const [rows, inner] = lastTwo(a.shape, attributes.transposeA) as [number, number];
  const [, columns] = lastTwo(b.shape, attributes.transposeB) as [number, number];
  const leading = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)) as number[];
  return build([...leading, rows, columns], (index) => {
    const batch = index.slice(0, -2);
    const [row, column] = index.slice(-2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const left = at(a, attributes.transposeA ? [...batch, k, row] : [...batch, row, k]);
      const right = at(b, attributes.transposeB ? [...batch, column, k] : [...batch, k, column]);
      sum += left * right;
    }
    return sum;
  });
}

/** `[…, m, k] · […, k, n] → […, m, n]`; either operand may be taken with its last two axes exchanged. */
export function matmul(a: Tensor, b: Tensor, attributes: Partial<MatmulAttributes> = {}): Tensor {
  return addMatmul([a, b], { transposeA: false, transposeB: false, ...attributes })[0];
}
