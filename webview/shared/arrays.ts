// Typed arrays as they arrive: VS Code versions differ in what becomes of them on the way into a webview.

type Numbers = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array;

interface Kind<Result extends Numbers> {
  new (buffer: ArrayBufferLike): Result;
  from(values: ArrayLike<number>): Result;
}

/** A Float32Array from a typed array, its bytes, a list, or an object with numeric keys. */
export function asFloat32(value: unknown): Float32Array {
  return value instanceof Float32Array ? value : convert(value, Float32Array);
}

/** As `asFloat32`, for Float64Array. */
export function asFloat64(value: unknown): Float64Array {
  return value instanceof Float64Array ? value : convert(value, Float64Array);
}

/** As `asFloat32`, for Int32Array. */
export function asInt32(value: unknown): Int32Array {
  return value instanceof Int32Array ? value : convert(value, Int32Array);
}

/** As `asFloat32`, for Uint8Array. */
export function asUint8(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : convert(value, Uint8Array);
}

/** As `asFloat32`, for Uint16Array. */
export function asUint16(value: unknown): Uint16Array {
  return value instanceof Uint16Array ? value : convert(value, Uint16Array);
}

function convert<Result extends Numbers>(value: unknown, kind: Kind<Result>): Result {
  if (value instanceof ArrayBuffer) return new kind(value);
  if (isListOfNumbers(value)) return kind.from(value);
  if (typeof value !== 'object' || value === null) return kind.from([]);
  // A typed array that went through JSON: {"0": 1.5, "1": 2}. Its keys come in ascending order.
  // JSON has no NaN and writes null.
  return kind.from(Object.values(value).map((each) => (each === null ? NaN : Number(each))));
}

function isListOfNumbers(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
