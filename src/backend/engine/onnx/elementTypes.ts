// ONNX's numbers for data types (`TensorProto.DataType`), and what each provider holds a type as.
import type { DataType } from '../graph/graph';

export const ELEMENT_TYPES: Record<DataType, number> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
};

export type Provider = 'cpu' | 'webgpu';

/**
 * WebGPU has no bfloat16 and no int64, float16 on some cards only: their numbers lie in wider or narrower ones there.
 * @param float16 whether the card has it
 */
export function heldAs(type: DataType, provider: Provider, float16 = false): DataType {
  if (provider === 'cpu' || (type === 'float16' && float16)) return type;
  if (type === 'float16' || type === 'bfloat16') return 'float32';
  return type === 'int64' ? 'int32' : type;
}

/** The type that a value crosses into and out of the runtime as: its JavaScript side has no bfloat16. */
export function crossingType(type: DataType, provider: Provider): DataType {
  const held = heldAs(type, provider);
  return held === 'bfloat16' ? 'float32' : held;
}
