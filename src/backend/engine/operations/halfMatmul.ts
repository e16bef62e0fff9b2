// Matrix products in float16, for cards that multiply it faster.
import type { Tensor } from '../graph/graph';
import { defineOperation } from '../graph/operation';
import { roundTo } from '../graph/storage';
import {
  productInOnnx,
  productInTensorflow,
  productType,
  referenceMatmul,
  type MatmulAttributes,
} from './linear';

const addHalfMatmul = defineOperation<MatmulAttributes>({
  name: 'halfMatmul',
  takesStored: true,
  infer: ([a, b], attributes) => {
    if (a.type !== 'float16' || b.type !== 'float16') throw new Error('expects float16');
    return [productType(a, b, attributes)];
  },
  // Gradients are made before products become these.
  gradient: null,
  reference: ([a, b], attributes) => {
    const { shape, data } = referenceMatmul(a, b, attributes);
    return [{ shape, data: data.map(roundTo.float16) }];
  },
  onnx: (emit, [a, b], attributes, { inputs }) => {
    const multiply = (x: string, y: string) => productInOnnx(emit, [x, y], attributes, inputs);
    const wide = (x: string) => emit.cast(x, 'float16', 'float32');
    if (emit.hasFloat16) return [wide(multiply(a, b))];
    return [wide(emit.cast(multiply(wide(a), wide(b)), 'float32', 'float16'))];
  },
  tfjs: (tf, [a, b], attributes) => {
    const product = productInTensorflow(tf, a, b, attributes);
    return [tf.tensor(Float32Array.from(product.dataSync(), roundTo.float16), product.shape)];
  },
});

/**
 * `matmul` of two float16 tensors; its numbers, rounded to float16, are given as float32. What their sums are made in is the
 * engine's: float16 on WebGPU, float32 on CUDA and where there is no float16, as on the processor.
 */
export function halfMatmul(a: Tensor, b: Tensor, attributes: MatmulAttributes): Tensor {
  return addHalfMatmul([a, b], attributes)[0];
}
