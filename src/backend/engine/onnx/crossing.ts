// Tensors on their way between Subtext and ONNX Runtime.
import type * as onnxruntime from 'onnxruntime-node';
import type { DataType, TensorData } from '../graph/graph';
import { numbersOf, stored } from '../graph/storage';
import { crossingType, type Provider } from './elementTypes';

/** ONNX Runtime's view of a value, over the same memory where it holds the type as we do. */
export function runtimeTensor(
  runtime: typeof onnxruntime,
  { type, shape, data }: TensorData,
  provider: Provider,
): onnxruntime.Tensor {
  const crossing = crossingType(type, provider);
  // ONNX Runtime wants int64 as bigints.
  if (crossing === 'int64') return new runtime.Tensor(crossing, BigInt64Array.from(data, BigInt), shape);
  const numbers = crossing === type ? data : stored(crossing, numbersOf({ type, shape, data }));
  return new runtime.Tensor(crossing as 'float32', numbers as Float32Array, shape);
}

/** What a run gave, as Subtext holds numbers of that type. */
export function dataOf(
  type: DataType,
  data: onnxruntime.Tensor['data'],
  provider: Provider,
): TensorData['data'] {
  const crossing = crossingType(type, provider);
  if (crossing !== type) return stored(type, data as Float32Array);
  if (type === 'int64') return Float64Array.from(data as BigInt64Array, Number);
  // A Float16Array where Node has one, else already its bits.
  const { buffer, byteOffset, length } = data as Uint16Array;
  return type === 'float16' ? new Uint16Array(buffer, byteOffset, length) : (data as TensorData['data']);
}
