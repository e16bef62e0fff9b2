// The two formats of 16 bits, float16 (IEEE 754 binary16) and bfloat16, as bit patterns in Uint16Arrays: Node 20 has no
// array of them. Both are a sign, an exponent and a fraction, so one description serves.
export type HalfType = 'float16' | 'bfloat16';

/** Bits of the fraction, and what is added to the exponent: the rest is as in every IEEE 754 format. */
const FORMATS: Record<HalfType, { fraction: number; bias: number }> = {
  float16: { fraction: 10, bias: 15 },
  bfloat16: { fraction: 7, bias: 127 },
};

/** 1.5 · 2⁵²: added and taken away again, it rounds a float64 to a whole number, ties to even. */
const ROUNDER = 1.5 * 2 ** 52;

/** The exponent of the format's unit in the last place at `x`; below the normal numbers it does not shrink further. */
function unitExponent({ fraction, bias }: { fraction: number; bias: number }, x: number): number {
  return Math.max(Math.floor(Math.log2(Math.abs(x))), 1 - bias) - fraction;
}

/** The nearest number of the format, ties to even; ±Infinity beyond its largest. */
export function roundToHalf(type: HalfType, x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const { fraction, bias } = FORMATS[type];
  const unit = 2 ** unitExponent(FORMATS[type], x);
  const rounded = (Math.abs(x) / unit + ROUNDER - ROUNDER) * unit;
  const largest = (2 - 2 ** -fraction) * 2 ** bias;
  return Math.sign(x) * (rounded > largest ? Infinity : rounded);
}

/** The bit pattern of the nearest number. Every NaN becomes the same quiet one. */
export function halfBits(type: HalfType, x: number): number {
  const { fraction, bias } = FORMATS[type];
  const value = roundToHalf(type, x);
  const infinity = (2 * bias + 1) << fraction;
  if (Number.isNaN(value)) return infinity + (1 << (fraction - 1));
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (value === 0) return sign;
  if (!Number.isFinite(value)) return sign + infinity;
  const unit = unitExponent(FORMATS[type], value);
  // Of a normal number the leading 1 is counted in: it raises the exponent field by the one that is left out here.
  return sign + ((unit + fraction + bias - 1) << fraction) + Math.abs(value) / 2 ** unit;
}

/** The number of a bit pattern. */
export function halfValue(type: HalfType, bits: number): number {
  const { fraction, bias } = FORMATS[type];
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fraction;
  const rest = bits & ((1 << fraction) - 1);
  if (exponent === 2 * bias + 1) return rest === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * rest * 2 ** (1 - bias - fraction);
  return sign * (rest + (1 << fraction)) * 2 ** (exponent - bias - fraction);
}

/** By bit pattern, that of the same number as float32: threads that take subnormal numbers for zero keep them as bits. */
const tables = new Map<HalfType, Uint32Array>();

function tableOf(type: HalfType): Uint32Array {
  if (type === 'bfloat16') return Uint32Array.from({ length: 65536 }, (_, pattern) => pattern << 16);
  const numbers = Float32Array.from({ length: 65536 }, (_, pattern) => halfValue(type, pattern));
  return new Uint32Array(numbers.buffer);
}

/** The numbers of many bit patterns, exact in float32. */
export function widenHalves(
  type: HalfType,
  bits: Uint16Array,
  into: Float32Array = new Float32Array(bits.length),
): Float32Array {
  const table = tables.get(type) ?? tableOf(type);
  tables.set(type, table);
  const words = new Uint32Array(into.buffer, into.byteOffset, into.length);
  // Whole checkpoints come through here: a plain loop is ten times faster than a callback.
  for (let i = 0; i < bits.length; i++) words[i] = table[bits[i]];
  return into;
}

/** The bit patterns of the nearest numbers, as `halfBits`. */
export function narrowToHalves(type: HalfType, values: ArrayLike<number>): Uint16Array {
  const floats = values instanceof Float32Array ? values : undefined;
  if (!floats) return Uint16Array.from(values, (value) => halfBits(type, value));
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const halves = new Uint16Array(floats.length);
  // A float32 is cut off at a bit of its fraction, after its exponent is moved to the format's: some fifty times faster than
  // by arithmetic. Only what is subnormal in float16 has fewer digits than that leaves.
  const { fraction, bias } = FORMATS[type];
  const cut = 23 - fraction;
  const moved = (127 - bias) << 23;
  const almostHalf = (1 << (cut - 1)) - 1;
  const infinity = (2 * bias + 1) << fraction;
  const subnormal = type === 'float16' ? moved + (1 << 23) : 0;
  for (let i = 0; i < words.length; i++) {
    const sign = (words[i] >>> 16) & 0x8000;
    const size = words[i] & 0x7fffffff;
    if (size > 0x7f800000 || size < subnormal) {
      halves[i] = halfBits(type, floats[i]);
    } else {
      const nearest = (size - moved + almostHalf + ((size >>> cut) & 1)) >>> cut;
      halves[i] = sign | Math.min(nearest, infinity);
    }
  }
  return halves;
}
