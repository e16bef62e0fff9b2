// Half-precision numbers, as tiles hold them.

/** Kinds of bits: sign 1, exponent 5, fraction 10. */
function widen(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The number of every pattern of 16 bits. */
export const halves: Float32Array = Float32Array.from({ length: 65_536 }, (_, bits) => widen(bits));
