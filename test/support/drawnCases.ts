// Cases of every operation in shapes drawn by a seed: each of the odd sizes on one axis, and the rest by chance. Which axis is
// left to chance too, but where axes mean different things: then it is each of them.
import * as op from '../../src/backend/engine/operations';
import type { Tensor } from '../../src/backend/engine/graph/graph';
import { Draw, SMALL } from './draw';
import type { Case, Given } from './operationCases';

/** The axis that is looked at; the others are small, because the reference is slow. */
export const SIZES = [1, 3, 17, 65, 257];
const HEAD_SIZES = [4, 80];

type DrawnCase = Omit<Case, 'covers'>;

/** Any shape, some sizes of which are only named. */
function drawn(draw: Draw, size: number, others: Partial<Given> = {}): Given {
  const shape = draw.shape(1 + draw.below(4), size);
  return { shape, declared: draw.declared(shape), ...others };
}

type Generator = (draw: Draw, size: number) => DrawnCase;

const elementwise = (apply: (x: Tensor) => Tensor, positive?: true): Generator => {
  return (draw, size) => ({ given: [drawn(draw, size, { positive })], build: ([x]) => apply(x) });
};

const pairwise = (apply: (a: Tensor, b: Tensor) => Tensor, positive?: true): Generator => {
  return (draw, size) => {
    const shape = draw.shape(1 + draw.below(4), size);
    const given: Given[] = [{ shape }, { shape: draw.broadcastable(shape), positive }];
    const swapped = draw.below(2) === 0 && !positive;
    return {
      given: swapped ? given.reverse() : given,
      build: ([a, b]) => apply(a, b),
    };
  };
};

const ofRows = (apply: (x: Tensor) => Tensor | Tensor[]): Generator => {
  return (draw, size) => ({ given: [drawn(draw, size)], build: ([x]) => apply(x) });
};

const normed = (vectors: number, apply: (tensors: Tensor[]) => Tensor): Generator => {
  return (draw, size) => {
    const shape = draw.shape(1 + draw.below(3), size);
    const vector = { shape: shape.slice(-1) };
    return {
      given: [
        { shape, declared: [...draw.declared(shape.slice(0, -1)), ...vector.shape] },
        ...Array<Given>(vectors).fill(vector),
      ],
      build: apply,
    };
  };
};

const ranked = (fewest: number, build: (draw: Draw, shape: number[]) => DrawnCase['build']): Generator => {
  return (draw, size) => {
    const shape = draw.shape(fewest + draw.below(5 - fewest), size);
    return { given: [{ shape }], build: build(draw, shape) };
  };
};

/** By the name of the operation. */
const generators: Record<string, Generator> = {
  negate: elementwise(op.negate),
  exponential: elementwise(op.exponential),
  sine: elementwise(op.sine),
  cosine: elementwise(op.cosine),
  tanh: elementwise(op.tanh),
  erf: elementwise(op.erf),
  sigmoid: elementwise(op.sigmoid),
  relu: elementwise(op.relu),
  silu: elementwise(op.silu),
  gelu: elementwise(op.gelu),
  geluTanh: elementwise(op.geluTanh),
  logarithm: elementwise(op.logarithm, true),
  squareRoot: elementwise(op.squareRoot, true),
  reciprocal: elementwise(op.reciprocal, true),
  add: pairwise(op.add),
  subtract: pairwise(op.subtract),
  multiply: pairwise(op.multiply),
  divide: pairwise(op.divide, true),
  lessThan: pairwise(op.lessThan),
  atMost: pairwise(op.atMost),
  equal: pairwise(op.equal),
  both: pairwise((a, b) => op.both(op.lessThan(a, b), op.lessThan(b, a.graph.scalar(1)))),
  where: pairwise((a, b) => op.where(op.lessThan(a, b), op.multiply(a, a), b)),
  cast: (draw, size) => {
    const x = drawn(draw, size);
    return {
      given: [x, { ...x, type: 'int32', below: 3 }],
      build: ([float, integer]) => [
        op.cast(float, 'int32'),
        op.cast(integer, 'float32'),
        op.cast(integer, 'bool'),
      ],
    };
  },
  broadcastTo: (draw, size) => {
    const shape = draw.shape(1 + draw.below(4), size);
    return {
      given: [{ shape: draw.broadcastable(shape) }, { shape }],
      build: ([x, like]) => op.broadcastTo(x, like),
    };
  },
  average: ofRows(op.average),
  softmax: ofRows(op.softmax),
  logSoftmax: ofRows(op.logSoftmax),
  sum: ranked(1, (draw, shape) => {
    const axes = draw.order(shape.length).slice(0, 1 + draw.below(shape.length));
    return ([x]) => [op.sum(x), op.sum(x, axes), op.sumAll(x)];
  }),
  sumOfSquares: ranked(
    0,
    () =>
      ([x]) =>
        op.sumOfSquares(x),
  ),
  maximum: ranked(1, (draw, shape) => {
    const axes = draw.order(shape.length).slice(0, 1 + draw.below(shape.length));
    return ([x]) => [op.maximum(x), op.maximum(x, axes)];
  }),
  matmul: (draw, size) => {
    const [rows, inner, columns] = draw.shape(3, size);
    const leading = draw.small(draw.below(3));
    const leadingB = draw.below(2) === 0 ? [] : leading;
    return {
      given: [
        { shape: [...leading, rows, inner] },
        { shape: [...leading, inner, rows] },
        { shape: [...leadingB, inner, columns] },
        { shape: [...leadingB, columns, inner] },
      ],
      build: ([a, turnedA, b, turnedB]) => [
        op.matmul(a, b),
        op.matmul(turnedA, b, { transposeA: true }),
        op.matmul(a, turnedB, { transposeB: true }),
        op.matmul(turnedA, turnedB, { transposeA: true, transposeB: true }),
      ],
    };
  },
  halfMatmul: (draw, size) => {
    const [rows, inner, columns] = draw.shape(3, size);
    const leading = draw.small(draw.below(3));
    return {
      given: [{ shape: [...leading, rows, inner] }, { shape: [...leading, columns, inner] }],
      build: ([a, b]) =>
        op.halfMatmul(op.cast(a, 'float16'), op.cast(b, 'float16'), { transposeA: false, transposeB: true }),
      // What is rounded has steps.
      notDifferentiated: true,
    };
  },
  attend: (draw, size) => {
    const [batch, heads, queries, keys] = [...draw.small(2), ...draw.shape(2, size)];
    return {
      given: [
        { shape: [batch, heads, queries, keys] },
        { shape: [batch, heads, draw.oneOf(HEAD_SIZES), keys] },
      ],
      build: ([scores, values]) => op.attend(scores, values),
    };
  },
  reshape: (draw, size) => {
    const [batch, pos] = draw.shape(2, size);
    const [heads, head] = [draw.oneOf(SMALL), draw.oneOf(HEAD_SIZES)];
    return {
      given: [{ shape: [batch, pos, heads * head], declared: ['batch', 'pos', heads * head] }],
      build: ([x]) => {
        const split = op.reshape(x, ['batch', 'pos', heads, head]);
        return [split, op.reshape(op.transpose(split, [0, 1, 3, 2]), ['batch', 'pos', heads * head])];
      },
    };
  },
  transpose: ranked(2, (draw, { length }) => {
    const order = draw.order(length);
    return ([x]) => op.transpose(x, order);
  }),
  slice: ranked(1, (draw, shape) => {
    const axis = draw.below(shape.length);
    const [start, end] = draw.range(shape[axis]);
    const fromEnd = draw.below(2) === 0 ? shape[axis] : 0;
    return ([x]) => op.slice(x, axis, start - fromEnd, end - fromEnd);
  }),
  pad: ranked(1, (draw, { length }) => {
    const [axis, before, after, value] = [
      draw.below(length),
      draw.below(4),
      draw.below(4),
      draw.below(3) - 1,
    ];
    return ([x]) => op.pad(x, axis, before, after, value);
  }),
  concatenate: (draw, size) => {
    const shape = draw.shape(1 + draw.below(4), size);
    const axis = draw.below(shape.length);
    return {
      given: [{ shape: shape.with(axis, draw.oneOf(SMALL)) }, { shape }],
      build: ([a, b]) => op.concatenate([b, a, b], axis),
    };
  },
  split: ranked(1, (draw, shape) => {
    const axis = draw.below(shape.length);
    const [start, end] = draw.range(shape[axis]);
    const sizes = [start, end - start, shape[axis] - end].filter((part) => part > 0);
    return ([x]) => op.split(x, axis, sizes);
  }),
  repeat: ranked(1, (draw, shape) => {
    const [axis, times] = [draw.below(shape.length), draw.oneOf([2, 3, 12])];
    return ([x]) => op.repeat(x, axis, times);
  }),
  gather: (draw, size) => {
    const [rows, width, count] = draw.shape(3, size);
    return {
      given: [{ shape: [rows, width] }, { shape: [draw.oneOf(SMALL), count], type: 'int32', below: rows }],
      build: ([table, indices]) => op.gather(table, indices),
    };
  },
  addRows: (draw, size) => {
    const [rows, width, batch, count] = draw.shape(4, size);
    return {
      given: [
        { shape: [rows, width] },
        { shape: [batch, count], type: 'int32', below: rows },
        { shape: [batch, count, width] },
      ],
      build: ([base, indices, added]) => op.addRows(base, indices, added),
    };
  },
  addAlong: (draw, size) => {
    const [batch, pos, width, count] = draw.shape(4, size);
    return {
      given: [
        { shape: [batch, pos, width] },
        { shape: [batch, pos, count], type: 'int32', below: width },
        { shape: [batch, pos, count] },
      ],
      build: ([base, indices, values]) => op.addAlong(base, indices, values),
    };
  },
  takeAlong: (draw, size) => {
    const [batch, pos, width, count] = draw.shape(4, size);
    return {
      given: [{ shape: [batch, pos, width] }, { shape: [batch, pos, count], type: 'int32', below: width }],
      build: ([x, indices]) => op.takeAlong(x, indices),
    };
  },
  topK: (draw, size) => {
    const shape = [...draw.small(draw.below(3)), size];
    const count = 1 + draw.below(Math.min(size, 20));
    return {
      given: [{ shape }],
      build: ([x]) => {
        const { values, indices } = op.topK(x, count);
        return [values, indices];
      },
    };
  },
  oneHot: (draw, size) => {
    const [rows, count, places] = draw.shape(3, size);
    return {
      given: [{ shape: [rows, count], type: 'int32', below: places + 1 }, { shape: [places] }],
      // −1 and the last are out of range.
      build: ([indices, weight]) => {
        const one = indices.graph.constant({ type: 'int32', shape: [], data: Int32Array.of(1) });
        const before = op.oneHot(op.subtract(indices, one), places);
        return [op.oneHot(indices, places), op.multiply(before, weight)];
      },
    };
  },
  crossEntropy: (draw, size) => {
    const [batch, pos, vocabulary] = draw.shape(3, size);
    const ignored = draw.below(vocabulary);
    return {
      given: [{ shape: [batch, pos, vocabulary] }, { shape: [batch, pos], type: 'int32', below: vocabulary }],
      build: ([logits, labels]) => [
        op.crossEntropy(logits, labels),
        op.crossEntropy(logits, labels, ignored),
      ],
    };
  },
  linearCrossEntropy: (draw, size) => {
    const [batch, pos, width, vocabulary] = draw.shape(4, size);
    const options = { ignoreIndex: draw.below(vocabulary), chunk: 1 + draw.below(vocabulary) };
    return {
      given: [
        { shape: [batch, pos, width] },
        { shape: [vocabulary, width] },
        { shape: [batch, pos], type: 'int32', below: vocabulary },
        { shape: [vocabulary] },
      ],
      build: ([x, weight, labels, bias]) => {
        const plain = op.linearCrossEntropy(
          { x, weight: op.transpose(weight, [1, 0]), labels, bias },
          options,
        );
        const tied = op.linearCrossEntropy({ x, weight, labels }, { ...options, transposed: true });
        return [plain.losses, plain.logarithms, tied.losses, tied.logarithms];
      },
    };
  },
  layerNorm: normed(2, ([x, gain, offset]) => op.layerNorm(x, gain, offset, 1e-2)),
  rmsNorm: normed(1, ([x, gain]) => op.rmsNorm(x, gain, 1e-2)),
  randomIntegers: (draw, size) => ({
    given: [drawn(draw, size), { shape: [], type: 'int32', below: 1e9 }],
    build: ([x, seed]) => [op.randomIntegers(x, seed, 3), op.dropout(x, seed, 4, 0.3)],
  }),
};

/** How many of the last axes each have every size: those of a product, the rows of a norm, and what is beside them. */
const PLACES: Record<string, number> = {
  ...{ average: 2, softmax: 2, logSoftmax: 2, sum: 2, maximum: 2, layerNorm: 2, rmsNorm: 2, attend: 2 },
  ...{ matmul: 3, halfMatmul: 3, gather: 3, addRows: 3, addAlong: 2, takeAlong: 2 },
  ...{ oneHot: 3, crossEntropy: 2, linearCrossEntropy: 3 },
};

/** By what they are, such as `negate, 257` or `attend, axis −1, 257`: every operation in every size. */
export function drawnCases(seed: number): Record<string, Case> {
  const sized = Object.entries(generators).flatMap(([name, generate]) =>
    SIZES.flatMap((size) => {
      const places = name in PLACES && size > 1 ? [...Array(PLACES[name]).keys()] : [undefined];
      return places.map((place): [string, Case] => {
        const named = place === undefined ? `${name}, ${size}` : `${name}, axis −${place + 1}, ${size}`;
        const draw = new Draw(seedOf(named, seed), place);
        return [named, { covers: [name], ...generate(draw, size) }];
      });
    }),
  );
  return Object.fromEntries(sized);
}

/** By name, so that a new operation leaves the shapes of the others as they are. */
function seedOf(name: string, seed: number): number {
  return Buffer.from(name).reduce((hash, byte) => (Math.imul(hash, 31) + byte) >>> 0, seed);
}
