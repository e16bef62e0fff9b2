// What attention does with its scores: softmax over the keys, then the mean of the values that it weighs.
import type { Tensor } from '../graph/graph';
import { defineOperation } from '../graph/operation';
import { mapRows } from '../reference/arrays';
import { multiply } from './elementwise';
import { matmul, productInOnnx, productInTensorflow, referenceMatmul } from './linear';
import { concatenate, pad } from './parts';
import { sum } from './reductions';
import { requireType } from './requirements';
import { softmaxOfRow } from './softmax';

/** How a pattern `[…, query, key]` multiplies values `[…, d_head, key]`. */
export const VALUES_ACROSS = { transposeA: false, transposeB: true };

const addAttend = defineOperation<null>({
  name: 'attend',
  infer: ([scores, values]) => {
    requireType([scores, values], 'float32');
    const rank = scores.shape.length;
    const [columns, keys] = values.shape.slice(-2);
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
      // pattern ⊙ (gradient·values − Σ gradient ⊙ mixed). The difference is made inside the product by one more column
      // of the one and row of the other, which saves four passes over [query, key].
      const total = sum(multiply(gradient, mixed));
      const rows = concatenate([gradient, total], -1);
      return multiply(pattern, matmul(rows, pad(values, -2, 0, 1, -1)));
    },
    () => matmul(gradient, pattern, { transposeA: true }),
  ],
  reference: ([scores, values]) => {
    const pattern = { ...mapRows(scores, softmaxOfRow), shape: scores.shape };
    return [referenceMatmul(pattern, values, VALUES_ACROSS), pattern];
  },
  onnx: (emit, [scores, values], _, { inputs }) => {
    const pattern = emit.node('Softmax', [scores], { axis: -1 });
    return [productInOnnx(emit, [pattern, values], VALUES_ACROSS, inputs), pattern];
  },
  tfjs: (tf, [scores, values]) => {
    const pattern = tf.softmax(scores, -1);
    return [productInTensorflow(tf, pattern, values, VALUES_ACROSS), pattern];
  },
});

/**
 * softmax(scores)·valuesᵀ: `[…, query, key]` and `[…, d_head, key]` → `[…, query, d_head]`. A row needs at least one finite
 * score. Values lie across, so that neither the pattern nor a gradient of theirs is transposed. Its gradient is that of `softmax` and `matmul`, in fewer passes.
 */
export function attend(scores: Tensor, values: Tensor): Tensor {
  return addAttend([scores, values], null)[0];
}
