// Rounding float32 numbers to those that narrower types have, by additions alone, for cards that lack the types. Each node
// is a kernel of its own, so that no compiler can take the additions together.
import type { OnnxEmitter } from '../graph/operation';

/** Keeps so many of the 24 binary digits of x: what is left of x·(2ⁿ + 1) once the rest is taken off (Veltkamp 1968). */
function keepDigits(emit: OnnxEmitter, x: string, digits: number): string {
  const spread = emit.node('Mul', [x, emit.float(2 ** (24 - digits) + 1)]);
  return emit.node('Sub', [spread, emit.node('Sub', [spread, x])]);
}

/** Nearest float16 number, ties to even; beyond the largest ±∞. */
export function roundToFloat16(emit: OnnxEmitter, x: string): string {
  const size = emit.node('Abs', [x]);
  const bounded = emit.node('Clip', [x, emit.float(-LARGE_HALF), emit.float(LARGE_HALF)]);
  const normal = keepDigits(emit, bounded, 11);
  // Below 2⁻¹⁴ all are multiples of 2⁻²⁴, which is the last digit of numbers about 0.75.
  const shift = emit.float(0.75);
  const small = emit.node('Sub', [emit.node('Add', [bounded, shift]), shift]);
  const finite = emit.node('Where', [emit.node('Less', [size, emit.float(2 ** -14)]), small, normal]);
  const infinite = emit.node('Mul', [x, emit.float(Infinity)]);
  const fits = emit.node('Less', [size, emit.float(65520)]);
  const isNumber = emit.node('Equal', [x, x]);
  return emit.node('Where', [isNumber, emit.node('Where', [fits, finite, infinite]), x]);
}

/** Nearest bfloat16 number, ties to even. */
export function roundToBfloat16(emit: OnnxEmitter, x: string): string {
  // Scaled down where the product would leave the range of float32, and up where it would lose digits at the lower end.
  const size = emit.node('Abs', [x]);
  const scaled = (by: number) =>
    emit.node('Mul', [keepDigits(emit, emit.node('Mul', [x, emit.float(by)]), 8), emit.float(1 / by)]);
  const large = emit.node('Less', [emit.float(2 ** 60), size]);
  const rounded = emit.node('Where', [large, scaled(2 ** -40), keepDigits(emit, x, 8)]);
  const finite = emit.node('Less', [size, emit.float(Infinity)]);
  return emit.node('Where', [finite, rounded, x]);
}

const LARGE_HALF = 65536;
