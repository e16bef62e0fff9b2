// ONNX's numbers for data types (`TensorProto.DataType`).
import type { DataType } from '../graph/graph';

export const ELEMENT_TYPES: Record<DataType, number> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  bfloat16: 16,
};
