// Typed arrays inside JSON: each becomes {"$array": "Float32Array", "base64": "…"} (little-endian), at any depth.

const kinds = { Float32Array, Int32Array, Uint8Array };
type Kind = keyof typeof kinds;

interface PackedArray {
  $array: Kind;
  base64: string;
}

/** A copy of `value` in which every typed array is packed. */
export function packArrays(value: unknown): unknown {
  if (value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { $array: value.constructor.name, base64: bytes.toString('base64') };
  }
  return mapChildren(value, packArrays);
}

/** The reverse of `packArrays`. */
export function unpackArrays(value: unknown): unknown {
  if (isPacked(value)) {
    // A copy, since Buffer.from may give a slice of a pool at an offset that is not a multiple of four.
    const bytes = Uint8Array.from(Buffer.from(value.base64, 'base64'));
    return new kinds[value.$array](bytes.buffer);
  }
  return mapChildren(value, unpackArrays);
}

function mapChildren(value: unknown, map: (child: unknown) => unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === 'object' ? value.map(map) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, map(child)]));
}

function isPacked(value: unknown): value is PackedArray {
  return typeof value === 'object' && value !== null && '$array' in value && String(value.$array) in kinds;
}
