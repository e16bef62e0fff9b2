// The number formats of tensors on disk, and how each becomes float32. All bytes are little-endian, as is every
// machine that VS Code runs on.
import { widenHalves, type HalfType } from '../halfPrecision';

/** Bytes per number of every dtype that safetensors names (https://huggingface.co/docs/safetensors). */
export const dtypeBytes = new Map([
  ['F64', 8],
  ['I64', 8],
  ['U64', 8],
  ['F32', 4],
  ['I32', 4],
  ['U32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I16', 2],
  ['U16', 2],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
  ['I8', 1],
  ['U8', 1],
  ['BOOL', 1],
]);

/** An array that holds numbers of a dtype as they are. */
export type TensorArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** The dtypes that a JavaScript array has the type for, as that array; `bytes` are all of its own. */
export const arrays = new Map<string, (bytes: ArrayBuffer) => TensorArray>([
  ['F32', (bytes) => new Float32Array(bytes)],
  ['F64', (bytes) => new Float64Array(bytes)],
  ['I32', (bytes) => new Int32Array(bytes)],
  ['I64', (bytes) => new BigInt64Array(bytes)],
  ['U8', (bytes) => new Uint8Array(bytes)],
]);

/** The dtype in which a file holds such an array. */
export function dtypeOf(data: TensorArray): string {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  return data instanceof Uint8Array ? 'U8' : 'I64';
}

/** Writes the numbers that `bytes` holds to `into`; `bytes` starts at a multiple of 8 of its buffer. */
type Conversion = (bytes: Uint8Array, into: Float32Array) => void;

/** The dtypes that are read as weights. I64 and F64 round to the nearest float32. */
export const conversions = new Map<string, Conversion>([
  ['F32', (bytes, into) => into.set(new Float32Array(bytes.buffer, bytes.byteOffset, into.length))],
  ['F64', (bytes, into) => into.set(new Float64Array(bytes.buffer, bytes.byteOffset, into.length))],
  ['I32', (bytes, into) => into.set(new Int32Array(bytes.buffer, bytes.byteOffset, into.length))],
  ['I64', int64],
  ['F16', halves('float16')],
  ['BF16', halves('bfloat16')],
  ['U8', (bytes, into) => into.set(bytes)],
  ['BOOL', (bytes, into) => into.set(bytes.map((byte) => (byte === 0 ? 0 : 1)))],
]);

function int64(bytes: Uint8Array, into: Float32Array): void {
  const halves = new Int32Array(bytes.buffer, bytes.byteOffset, into.length * 2);
  for (let i = 0; i < into.length; i++) into[i] = halves[2 * i + 1] * 2 ** 32 + (halves[2 * i] >>> 0);
}

function halves(type: HalfType): Conversion {
  return (bytes, into) =>
    widenHalves(type, new Uint16Array(bytes.buffer, bytes.byteOffset, into.length), into);
}
