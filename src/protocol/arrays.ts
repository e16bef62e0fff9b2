// Typed arrays inside JSON: each becomes {"$array": "Float32Array", "base64": "…"} (little-endian), at any depth. Whole
// numbers that rise by less than 256 from one to the next, as places in a text do, become {"$array": "Int32Array",
// "first": 7, "steps": "…"} with a byte for each that follows: a quarter of the length.

const kinds = { Float32Array, Int32Array, Uint16Array, Uint8Array };
type Kind = keyof typeof kinds;

type PackedArray = { $array: Kind; base64: string } | { $array: 'Int32Array'; first: number; steps: string };

/** A copy of `value` in which every typed array is packed. */
export function packArrays(value: unknown): unknown {
  if (isCarried(value)) {
    const steps = value instanceof Int32Array ? stepsOf(value) : undefined;
    if (steps) return { $array: 'Int32Array', first: value[0], steps: Buffer.from(steps).toString('base64') };
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { $array: value.constructor.name, base64: bytes.toString('base64') };
  }
  return mapChildren(value, packArrays);
}

/** The reverse of `packArrays`. */
export function unpackArrays(value: unknown): unknown {
  if (isPacked(value)) {
    if ('steps' in value) return fromSteps(value.first, Buffer.from(value.steps, 'base64'));
    // A copy, since Buffer.from may give a slice of a pool at an offset that is not a multiple of four.
    const bytes = Uint8Array.from(Buffer.from(value.base64, 'base64'));
    return new kinds[value.$array](bytes.buffer);
  }
  return mapChildren(value, unpackArrays);
}

/** From each value to the next, where that always fits into a byte. */
function stepsOf(values: Int32Array): Uint8Array | undefined {
  if (values.length < 2) return undefined;
  const steps = new Uint8Array(values.length - 1);
  for (let at = 1; at < values.length; at++) {
    const step = values[at] - values[at - 1];
    if (step < 0 || step > 255) return undefined;
    steps[at - 1] = step;
  }
  return steps;
}

function fromSteps(first: number, steps: Uint8Array): Int32Array {
  const values = new Int32Array(steps.length + 1);
  values[0] = first;
  for (let at = 0; at < steps.length; at++) values[at + 1] = values[at] + steps[at];
  return values;
}

function mapChildren(value: unknown, map: (child: unknown) => unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === 'object' ? value.map(map) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, map(child)]));
}

function isCarried(value: unknown): value is InstanceType<(typeof kinds)[Kind]> {
  return ArrayBuffer.isView(value) && value.constructor.name in kinds;
}

function isPacked(value: unknown): value is PackedArray {
  return typeof value === 'object' && value !== null && '$array' in value && String(value.$array) in kinds;
}
