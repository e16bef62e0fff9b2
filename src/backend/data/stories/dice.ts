// Choices that a seed repeats.
import { seededRandom } from '../../random';

export class Dice {
  private readonly uniform: () => number;

  /** @param seed a whole number; `index` tells apart the stories of one seed, and no two of them start alike */
  constructor(seed: number, index = 0) {
    this.uniform = seededRandom(scrambled(scrambled(seed) + index));
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.uniform() * items.length)];
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** The items in random order, in a new array. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = Math.floor(this.uniform() * (i + 1));
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }

  /** Two different items. */
  two<T>(items: readonly T[]): [T, T] {
    const first = Math.floor(this.uniform() * items.length);
    const second = Math.floor(this.uniform() * (items.length - 1));
    return [items[first], items[second < first ? second : second + 1]];
  }
}

/** A bijection of 32-bit numbers (the finalizer of MurmurHash3), so that different indices give different states. */
function scrambled(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
