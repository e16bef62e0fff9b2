// How the numbers of each data type lie in memory.
import { narrowToHalves, roundToHalf, widenHalves } from '../../halfPrecision';
import type { DataType, TensorData } from './graph';

/**
 * The array that holds a tensor of each type. Halves are bit patterns; int64 are whole numbers to ±2⁵³ in float64, because
 * one number should be one `number` everywhere.
 */
export const ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int32: Int32Array,
  int64: Float64Array,
  bool: Uint8Array,
} satisfies Record<DataType, unknown>;

/** Types that only hold numbers: to compute with them, cast them to float32 or int32. */
export const STORAGE_TYPES: ReadonlySet<DataType> = new Set(['float16', 'bfloat16', 'int64']);

/** What a number becomes in another type. Float to int drops the fraction; to bool it asks "is it not zero?". */
export const roundTo: Record<DataType, (x: number) => number> = {
  float32: (x) => x,
  float16: (x) => roundToHalf('float16', x),
  bfloat16: (x) => roundToHalf('bfloat16', x),
  int32: Math.trunc,
  int64: Math.trunc,
  bool: (x) => Number(x !== 0),
};

/** The numbers of a tensor: bit patterns decoded, everything else as it is. */
export function numbersOf({ type, data }: TensorData): Exclude<TensorData['data'], Uint16Array> {
  return data instanceof Uint16Array ? widenHalves(type as 'float16' | 'bfloat16', data) : data;
}

/** Numbers as an array of the type. */
export function stored(type: DataType, numbers: ArrayLike<number>): TensorData['data'] {
  return type === 'float16' || type === 'bfloat16'
    ? narrowToHalves(type, numbers)
    : ARRAYS[type].from(numbers);
}
