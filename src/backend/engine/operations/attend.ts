// What attention does with its scores: softmax over the keys, then the mean of the values that it weighs.
import type { Tensor } from '../graph/graph';
import { defineOperation } from '../graph/operation';
import { mapRows } from '../reference/arrays';
import { multiply } from './elementwise';
import { leftTransposed, matmul, referenceMatmul } from './linear';
import { concatenate, slice } from './parts';
import { broadcastTo, sum } from './reductions';
import { softmaxOfRow } from './softmax';

const addAttend = defineOperation<null>({
  name: 'attend',
  infer: ([scores, values]) => {
    const rank = scores.shape.length;
    const [keys, columns] = values.shape.slice(-2);
    const leading = scores.shape.slice(0, -2).join() === values.shape.slice(0, -2).join();
    if (rank < 2 || rank !== values.shape.length || !leading)
      throw new Error('expects the same leading axes');
    if (keys !== scores.shape[rank - 1]) throw new Error('expects one value per key');
    return [
      { type: 'float32', shape: scores.shape.with(-1, columns) },
      { type: 'float32', shape: scores.shape },
    ];
  },
  gradient: ({ inputs: [, values], outputs: [mixed, pattern], gradient }) => [
    () => {
      // pattern ⊙ (gradient·valuesᵀ − Σ gradient ⊙ mixed). The difference is made inside the product by one more column
      // of each, which saves four passes over [query, key].
      const total = sum(multiply(gradient, mixed));
      const minus = broadcastTo(values.graph.scalar(-1), slice(values, -1, 0, 1));
      const rows = concatenate([gradient, total], -1);
      return multiply(pattern, matmul(rows, concatenate([values, minus], -1), { transposeB: true }));
    },
    () => leftTransposed(pattern, gradient),
  ],
  reference: ([scores, values]) => {
    const pattern = { ...mapRows(scores, softmaxOfRow), shape: scores.shape };
    return [referenceMatmul(pattern, values, { transposeA: false, transposeB: false }), pattern];
  },
  onnx: (emit, [scores, values]) => {
    const pattern = emit.node('Softmax', [scores], { axis: -1 });
    return [emit.node('MatMul', [pattern, values]), pattern];
  },
  tfjs: (tf, [scores, values]) => {
    const pattern = tf.softmax(scores, -1);
    return [tf.matMul(pattern, values), pattern];
  },
});

/**
 * softmax(scores)·values: `[…, query, key]` and `[…, key, d_head]` → `[…, query, d_head]`. A row needs at least one finite
 * score. Its gradient is that of `softmax` and `matmul`, in fewer passes.
 */
export function attend(scores: Tensor, values: Tensor): Tensor {
  return addAttend([scores, values], null)[0];
}
