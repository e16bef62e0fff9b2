// Random numbers inside a graph, by a counter and a seed: the same bits on every engine, whatever runs in parallel.
import { sizeOf } from '../graph/dimension';
import { graphError, type Tensor } from '../graph/graph';
import { defineOperation } from '../graph/operation';
import { countAlong } from './indexing';
import { lessThan, multiply, where } from './elementwise';
import { lastAxis } from './requirements';

/** What a hash is made of: 32-bit integers that wrap around, which each engine has in its own form. */
interface Arithmetic<Value> {
  constant(value: number): Value;
  add(a: Value, b: Value): Value;
  multiply(a: Value, b: Value): Value;
  /** ⌊x / 2¹⁶⌋ with x rounded to float32 first, because no engine but one shifts. */
  high(x: Value): Value;
}

const NUMBERS: Arithmetic<number> = {
  constant: (value) => value,
  add: (a, b) => (a + b) | 0,
  multiply: Math.imul,
  high: (x) => Math.floor(Math.fround(x) / 65536),
};

/** Odd constants without structure: 2³² divided by the golden ratio, and the multipliers of MurmurHash3. */
const GOLDEN = 0x9e3779b9 | 0;
const MULTIPLIERS = [0x85ebca6b | 0, 0xc2b2ae35 | 0, 0xcc9e2d51 | 0];

/**
 * x·(2x + 1), the permutation of 32-bit integers that RC6 is built on (Rivest et al. 1998): each bit of the result
 * depends on all lower ones of x.
 */
function stir<Value>({ constant, add, multiply }: Arithmetic<Value>, x: Value): Value {
  return multiply(x, add(add(x, x), constant(1)));
}

/** A hash of 32 bits: stirred, with the upper half brought down, three times. */
function scramble<Value>(arithmetic: Arithmetic<Value>, x: Value): Value {
  const { constant, add, multiply, high } = arithmetic;
  return MULTIPLIERS.reduce((mixed, factor) => {
    const stirred = stir(arithmetic, add(mixed, constant(factor)));
    return add(stirred, multiply(high(stirred), constant(factor)));
  }, x);
}

/** The numbers of all rows and columns of a matrix. `rows` and `columns` count from 0 and broadcast to the matrix. */
function randomMatrix<Value>(
  arithmetic: Arithmetic<Value>,
  seed: Value,
  stream: number,
  rows: Value,
  columns: Value,
): Value {
  const { constant, add, multiply } = arithmetic;
  const key = scramble(arithmetic, add(scramble(arithmetic, seed), constant(Math.imul(stream, GOLDEN))));
  const ofRows = scramble(arithmetic, add(key, rows));
  const ofColumns = scramble(arithmetic, add(multiply(key, constant(GOLDEN)), columns));
  // Rows and columns are few and well mixed; the many elements need one more step only.
  return stir(arithmetic, add(ofRows, ofColumns));
}

const addRandomIntegers = defineOperation<{ stream: number }>({
  name: 'randomIntegers',
  infer: ([like, seed]) => {
    lastAxis(like);
    if (seed.type !== 'int32' || seed.shape.length > 0) throw new Error('expects an int32 scalar as seed');
    return [{ type: 'int32', shape: like.shape }];
  },
  gradient: null,
  reference: ([{ shape }, seed], { stream }) => {
    const width = shape[shape.length - 1];
    const number = (_: number, flat: number) =>
      randomMatrix(NUMBERS, seed.data[0], stream, Math.floor(flat / width), flat % width);
    return [{ shape, data: new Float64Array(sizeOf(shape)).map(number) }];
  },
  onnx: (emit, [like, seed], { stream }, { inputs }) => {
    const arithmetic: Arithmetic<string> = {
      constant: (value) => emit.int32(value),
      add: (a, b) => emit.node('Add', [a, b]),
      multiply: (a, b) => emit.node('Mul', [a, b]),
      high: (x) => {
        const scaled = emit.node('Mul', [emit.node('Cast', [x], { to: 1 }), emit.float(2 ** -16)]);
        return emit.node('Cast', [emit.node('Floor', [scaled])], { to: 6 });
      },
    };
    const { shape } = inputs[0];
    const matrix = emit.node('Flatten', [like], { axis: shape.length - 1 });
    const known = emit.known(shape);
    const width = known?.at(-1) ?? 'columns';
    const height = known ? sizeOf(known.slice(0, -1)) : 'rows';
    const first = (axis: number) =>
      emit.node('Slice', [matrix, emit.int64([0]), emit.int64([1]), emit.int64([axis])]);
    const rows = countAlong(emit, first(1), [height, 1], 0);
    const columns = countAlong(emit, first(0), [1, width], 1);
    const numbers = randomMatrix(arithmetic, seed, stream, rows, columns);
    return [emit.node('Reshape', [numbers, known ? emit.int64(known) : emit.node('Shape', [like])])];
  },
  tfjs: (tf, [like, seed], { stream }) => {
    const width = like.shape[like.rank - 1];
    const arithmetic: Arithmetic<ReturnType<typeof tf.add>> = {
      constant: (value) => tf.scalar(value, 'int32'),
      add: (a, b) => tf.add(a, b),
      multiply: (a, b) => tf.mul(a, b),
      high: (x) => tf.cast(tf.floor(tf.mul(tf.cast(x, 'float32'), 2 ** -16)), 'int32'),
    };
    const rows = tf.reshape(tf.range(0, like.size / width, 1, 'int32'), [-1, 1]);
    return [
      tf.reshape(randomMatrix(arithmetic, seed, stream, rows, tf.range(0, width, 1, 'int32')), like.shape),
    ];
  },
});

/**
 * Uniform numbers over all of int32, of the shape of `like`, whose numbers do not matter. The same seed gives the same
 * numbers, on every engine; different seeds and streams give independent ones.
 * @param seed int32 scalar, for each run
 * @param stream tells apart the places of one graph
 */
export function randomIntegers(like: Tensor, seed: Tensor, stream: number): Tensor {
  return addRandomIntegers([like, seed], { stream })[0];
}

/**
 * Zero with the probability given, else x / (1 − probability) (Srivastava et al. 2014). The gradient goes through the
 * same elements.
 * @param seed int32 scalar, for each run
 * @param stream tells apart the dropouts of one graph
 */
export function dropout(x: Tensor, seed: Tensor, stream: number, probability: number): Tensor {
  if (probability === 0) return x;
  if (!(probability > 0 && probability < 1)) throw graphError(`dropout with probability ${probability}`);
  const { graph } = x;
  const limit = Math.round((probability - 0.5) * 2 ** 32);
  const threshold = graph.constant({ type: 'int32', shape: [], data: Int32Array.of(limit) });
  const dropped = lessThan(randomIntegers(x, seed, stream), threshold);
  return multiply(x, where(dropped, graph.scalar(0), graph.scalar(1 / (1 - probability))));
}

/** One seed from two, such as that of a training and the number of its step. */
export function mixSeeds(a: number, b: number): number {
  return scramble(NUMBERS, NUMBERS.add(scramble(NUMBERS, a | 0), Math.imul(b, GOLDEN)));
}
