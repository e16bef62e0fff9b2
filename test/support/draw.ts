// Shapes drawn by a seed.
import { seededRandom } from '../../src/backend/random';

/** Sizes of axes that are not looked at. */
export const SMALL = [1, 2, 3];

export class Draw {
  private readonly uniform: () => number;

  /** @param place the axis that has the size that is looked at, counted from the last one; drawn too where it is not given */
  constructor(
    seed: number,
    private readonly place?: number,
  ) {
    this.uniform = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  oneOf<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)];
  }

  /** `size` on one of the axes, small sizes on the others. */
  shape(rank: number, size: number): number[] {
    const axis = this.below(rank);
    return this.small(rank).with(this.place === undefined ? axis : -1 - (this.place % rank), size);
  }

  small(rank: number): number[] {
    return Array.from({ length: rank }, () => this.oneOf(SMALL));
  }

  /** Some of the sizes known only by name. */
  declared(shape: readonly number[]): (number | string)[] {
    return shape.map((size, axis) => (this.below(2) === 0 ? `axis${axis}` : size));
  }

  /** The shape, or one that broadcasts to it: leading axes left out, others of size 1. */
  broadcastable(shape: readonly number[]): number[] {
    return shape.slice(this.below(shape.length)).map((size) => (this.below(3) === 0 ? 1 : size));
  }

  /** A range of the axis that is not empty. */
  range(size: number): [start: number, end: number] {
    const start = this.below(size);
    return [start, start + 1 + this.below(size - start)];
  }

  order(rank: number): number[] {
    const left = [...Array(rank).keys()];
    return Array.from({ length: rank }, () => left.splice(this.below(left.length), 1)[0]);
  }
}
