// Sizes of tensors: numbers, or names that are bound when a graph runs ('batch', 'pos'), or sums or products of these.

/** A number, a name, a sum of names such as `past+pos`, or a product such as `batch*pos`. */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** Sizes of the names of one run. */
export type Bindings = Map<string, number>;

export function addDimensions(a: Dimension, b: Dimension): Dimension {
  return typeof a === 'number' && typeof b === 'number' ? a + b : `${a}+${b}`;
}

/** @throws Error for a product with a sum as a factor, which has no name here. */
export function multiplyDimensions(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 1) return b;
  if (b === 1) return a;
  if (`${a}${b}`.includes('+')) throw new Error(`the product of ${a} and ${b} has no name`);
  return `${a}*${b}`;
}

/** A dimension as a sum of products. */
interface Sum {
  /** Of each product its number, and the names that it is multiplied by. */
  terms: readonly { factor: number; names: readonly string[] }[];
  /** Of all terms. */
  names: readonly string[];
}

/** All that were ever resolved: graphs have few, and every run asks for them. */
const known = new Map<string, Sum>();

function sumOf(dimension: string): Sum {
  let sum = known.get(dimension);
  if (!sum) {
    const terms = dimension.split('+').map((term) => {
      const parts = term.split('*');
      return {
        factor: parts.filter(isNumber).reduce((product, part) => product * Number(part), 1),
        names: parts.filter((part) => !isNumber(part)),
      };
    });
    sum = { terms, names: terms.flatMap(({ names }) => names) };
    known.set(dimension, sum);
  }
  return sum;
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part);
}

/** @throws Error when a name was not bound by any input: a mistake in the graph, not in the data. */
export function resolveDimension(dimension: Dimension, bindings: Bindings): number {
  if (typeof dimension === 'number') return dimension;
  let sum = 0;
  for (const { factor, names } of sumOf(dimension).terms) {
    let product = factor;
    for (const name of names) {
      const size = bindings.get(name);
      if (size === undefined) throw new Error(`dimension ${name} of ${dimension} is not bound`);
      product *= size;
    }
    sum += product;
  }
  return sum;
}

export function resolveShape(shape: Shape, bindings: Bindings): number[] {
  return shape.map((dimension) => resolveDimension(dimension, bindings));
}

/**
 * Binds the names in `shape` to the sizes of `actual`.
 * @returns false when the two do not fit each other or what was bound before.
 */
export function bindShape(shape: Shape, actual: readonly number[], bindings: Bindings): boolean {
  if (shape.length !== actual.length) return false;
  return shape.every((dimension, axis) => {
    if (typeof dimension === 'number') return dimension === actual[axis];
    const { names } = sumOf(dimension);
    if (names.length === 1 && names[0] === dimension && !bindings.has(dimension)) {
      bindings.set(dimension, actual[axis]);
    }
    // Sums and products are checked once all their names are bound, by the input that carries them.
    return (
      names.some((name) => !bindings.has(name)) || resolveDimension(dimension, bindings) === actual[axis]
    );
  });
}

/** Names in a shape that have no size yet. */
export function unboundNames(shape: Shape, bindings: Bindings): string[] {
  return shape
    .flatMap((size) => (typeof size === 'string' ? sumOf(size).names : []))
    .filter((name) => !bindings.has(name));
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two shapes can have as many elements: what is only named may have any size, but in both the same. */
export function mayHaveAsMany(a: Shape, b: Shape): boolean {
  const [left, right] = [a, b].map((shape) => {
    const parts = shape.flatMap((dimension) => {
      const text = `${dimension}`;
      return text.includes('+') ? [text] : text.split('*');
    });
    return {
      factor: parts.filter(isNumber).reduce((product, part) => product * Number(part), 1),
      names: parts
        .filter((part) => !isNumber(part))
        .sort()
        .join(),
    };
  });
  return left.names !== right.names || left.factor === right.factor;
}

/** NumPy's broadcasting, with names equal only to themselves. @throws Error when the shapes do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw new Error(`shapes [${a.join()}] and [${b.join()}] do not broadcast`);
  });
}

/** An axis counted from the end when negative, as in NumPy. @throws Error when there is no such axis. */
export function resolveAxis(axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank) throw new Error(`axis ${axis} of a tensor of rank ${rank}`);
  return resolved;
}
