// Sine and cosine from additions and products: a card's own may be wrong by 2⁻¹¹ (Vulkan specification, "Precision of
// GLSL.std.450 instructions").
import type { OnnxEmitter } from '../graph/operation';

/** π as a sum of two: the first has 12 binary digits, so that its products with small whole numbers are exact. */
const PI_HIGH = 3.140625;
const PI_LOW = Math.PI - PI_HIGH;
/** sin r = r·Σ cᵢ·r²ⁱ for |r| ≤ π/2: Taylor's series, whose next term is below 6e-8 there. */
const SERIES = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800];

/** sin(x + turns·π) for `turns` of 0 and 0.5, within float32's rounding for |x| up to some thousands. */
export function sineOnDevice(emit: OnnxEmitter, x: string, turns: 0 | 0.5): string {
  const binary = (operator: string) => (a: string, b: string | number) =>
    emit.node(operator, [a, typeof b === 'number' ? emit.float(b) : b]);
  const [add, subtract, multiply] = ['Add', 'Sub', 'Mul'].map(binary);
  // The multiple of π nearest to x + turns·π; the angle's distance to it is what is left of x beyond (half − turns)·π.
  const half = emit.node('Floor', [add(multiply(x, 1 / Math.PI), turns + 0.5)]);
  const whole = subtract(half, turns);
  const angle = subtract(subtract(x, multiply(whole, PI_HIGH)), multiply(whole, PI_LOW));
  const square = multiply(angle, angle);
  const series = SERIES.slice(0, -1).reduceRight(
    (sum, term) => add(multiply(sum, square), term),
    emit.float(SERIES.at(-1)!),
  );
  const odd = subtract(half, multiply(emit.node('Floor', [multiply(half, 0.5)]), 2));
  const sign = subtract(emit.float(1), multiply(odd, 2));
  return multiply(multiply(angle, series), sign);
}
