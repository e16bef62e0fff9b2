// A small use of every operation, for the tests of each engine and for the table in docs/operations.md.
import type { Shape } from '../../src/backend/engine/graph/dimension';
import type { DataType, Tensor } from '../../src/backend/engine/graph/graph';
import * as op from '../../src/backend/engine/operations';
import type { RotaryConfiguration } from '../../src/backend/model/configuration';
import { Positions } from '../../src/backend/model/positions';
import { configurationWith } from './randomModel';

export interface Given {
  shape: number[];
  /** The shape that the graph declares, when it has named dimensions. */
  declared?: Shape;
  type?: DataType;
  /** For int32: values are below this. */
  below?: number;
  positive?: boolean;
}

export interface Case {
  covers: string[];
  given: Given[];
  build: (tensors: Tensor[]) => Tensor | Tensor[];
  /** Where sizes along an axis are only named, the gradient has no known place; roundings have none but by convention. */
  notDifferentiated?: true;
}

const unaries = {
  negate: op.negate,
  exponential: op.exponential,
  sine: op.sine,
  cosine: op.cosine,
  tanh: op.tanh,
  erf: op.erf,
  sigmoid: op.sigmoid,
  relu: op.relu,
  silu: op.silu,
  gelu: op.gelu,
  geluTanh: op.geluTanh,
};
const binaries = {
  add: op.add,
  subtract: op.subtract,
  multiply: op.multiply,
  lessThan: op.lessThan,
  atMost: op.atMost,
  equal: op.equal,
};
const rows = {
  sum: op.sum,
  average: op.average,
  maximum: op.maximum,
  softmax: op.softmax,
  logSoftmax: op.logSoftmax,
};

/** What depends on positions is made of operations in the model: of queries behind all keys, in a batch of three texts. */
const positioned = {
  rotary: (d_head: number, changes: Partial<RotaryConfiguration>): Case => ({
    covers: [],
    given: [
      { shape: [2, 3, 2, d_head], declared: ['batch', 'pos', 2, d_head] },
      { shape: [3], declared: ['pos'], type: 'int32', below: 2000 },
    ],
    build: ([x, positions]) => {
      const configuration = configurationWith({ position: 'rotary', d_head });
      const rotary = { ...configuration.rotary!, base: 10_000, ...changes };
      return new Positions(x.graph, configuration, positions, positions).rotate(x, rotary);
    },
  }),
  masks: (causal: boolean, window: number | null): Case => ({
    covers: [],
    given: [
      { shape: [5], declared: ['pos'], type: 'int32', below: 9 },
      { shape: [9], declared: ['key'], type: 'int32', below: 9 },
      { shape: [3], declared: ['batch'], type: 'int32', below: 9 },
    ],
    build: ([queries, keys, lengths]) => {
      const masksOf = (...given: [] | [Tensor]) => {
        const configuration = configurationWith({ causal });
        const mask = new Positions(queries.graph, configuration, queries, keys, ...given).mask(window);
        return mask ? [mask] : [];
      };
      return [...masksOf(), ...masksOf(lengths)];
    },
  }),
};

export const cases: Record<string, Case> = {
  ...Object.fromEntries(
    Object.entries(unaries).map(([name, apply]) => [
      name,
      { covers: [name], given: [{ shape: [3, 7] }], build: ([x]: Tensor[]) => apply(x) },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(binaries).map(([name, apply]) => [
      `${name}, broadcast`,
      {
        covers: [name],
        given: [{ shape: [3, 1, 5] }, { shape: [7, 1] }],
        build: ([a, b]: Tensor[]) => apply(a, b),
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(rows).map(([name, apply]) => [
      `${name} of rows of 13`,
      { covers: [name], given: [{ shape: [2, 3, 13] }], build: ([x]: Tensor[]) => apply(x) },
    ]),
  ),
  'softmax of one element': { covers: [], given: [{ shape: [3, 1] }], build: ([x]) => op.softmax(x) },
  divide: {
    covers: ['divide'],
    given: [{ shape: [5, 3] }, { shape: [3], positive: true }],
    build: ([a, b]) => op.divide(a, b),
  },
  'logarithm, squareRoot, reciprocal': {
    covers: ['logarithm', 'squareRoot', 'reciprocal'],
    given: [{ shape: [11], positive: true }],
    build: ([x]) => [op.logarithm(x), op.squareRoot(x), op.reciprocal(x)],
  },
  'sum over some axes, and over all': {
    covers: [],
    given: [{ shape: [2, 3, 5], declared: ['batch', 3, 5] }],
    build: ([x]) => [op.sum(x, [0]), op.sum(x, [0, 2]), op.sumAll(x)],
  },
  sumOfSquares: {
    covers: ['sumOfSquares'],
    given: [{ shape: [2, 3, 5], declared: ['batch', 3, 5] }, { shape: [] }],
    build: ([x, one]) => [op.sumOfSquares(x), op.sumOfSquares(one)],
  },
  'maximum over some axes, and over all': {
    covers: [],
    given: [{ shape: [2, 3, 5], declared: ['batch', 3, 5] }],
    build: ([x]) => [op.maximum(x, [0]), op.maximum(x, [0, 2]), op.maximum(x, [0, 1, 2])],
  },
  'average of rows of a named size': {
    covers: [],
    given: [{ shape: [3, 7], declared: ['batch', 'pos'] }],
    build: ([x]) => op.average(x),
  },
  broadcastTo: {
    covers: ['broadcastTo'],
    given: [{ shape: [3, 1] }, { shape: [2, 3, 7], declared: ['batch', 3, 'pos'] }],
    build: ([x, like]) => [op.broadcastTo(x, like), op.zerosLike(like)],
  },
  'integers, with a scalar': {
    covers: [],
    given: [{ shape: [7], type: 'int32', below: 50 }],
    build: ([x]) => op.subtract(x, x.graph.constant({ type: 'int32', shape: [], data: Int32Array.of(3) })),
  },
  'where, both': {
    covers: ['where', 'both'],
    given: [{ shape: [4, 5] }, { shape: [5] }],
    build: ([a, b]) => {
      const zero = a.graph.scalar(0);
      return op.where(op.both(op.lessThan(zero, a), op.lessThan(zero, b)), a, zero);
    },
  },
  cast: {
    covers: ['cast'],
    given: [{ shape: [9] }, { shape: [9], type: 'int32', below: 3 }],
    build: ([x, n]) => [
      op.cast(op.multiply(x, x.graph.scalar(4)), 'int32'),
      op.cast(n, 'float32'),
      op.cast(n, 'bool'),
    ],
  },
  'cast to types that hold numbers, and back': {
    covers: [],
    notDifferentiated: true,
    given: [{ shape: [9] }, { shape: [9], type: 'int32', below: 1000 }],
    build: ([x, n]) => [
      op.cast(op.cast(x, 'float16'), 'float32'),
      op.cast(op.cast(x, 'bfloat16'), 'float32'),
      op.cast(op.cast(n, 'int64'), 'int32'),
    ],
  },
  'matmul with weights': {
    covers: ['matmul'],
    given: [{ shape: [2, 5, 7], declared: ['batch', 'pos', 7] }, { shape: [7, 3] }],
    build: ([a, b]) => op.matmul(a, b),
  },
  'matmul in batches': {
    covers: [],
    given: [{ shape: [2, 3, 5, 7] }, { shape: [2, 3, 7, 11] }],
    build: ([a, b]) => op.matmul(a, b),
  },
  'matmul with b transposed': {
    covers: [],
    given: [{ shape: [2, 3, 5, 7] }, { shape: [2, 3, 11, 7] }],
    build: ([a, b]) => op.matmul(a, b, { transposeB: true }),
  },
  'matmul with a transposed': {
    covers: [],
    given: [{ shape: [7, 5] }, { shape: [7, 3] }],
    build: ([a, b]) => op.matmul(a, b, { transposeA: true }),
  },
  'matmul with both transposed, one matrix for all': {
    covers: [],
    given: [{ shape: [2, 7, 5] }, { shape: [11, 7] }],
    build: ([a, b]) => op.matmul(a, b, { transposeA: true, transposeB: true }),
  },
  'a product in float16': {
    covers: ['halfMatmul'],
    given: [{ shape: [2, 3, 5] }, { shape: [7, 5] }],
    build: ([a, b]) =>
      op.halfMatmul(op.cast(a, 'float16'), op.cast(b, 'float16'), { transposeA: false, transposeB: true }),
    notDifferentiated: true,
  },
  'matmul of weights transposed': {
    covers: [],
    given: [{ shape: [2, 5, 7] }, { shape: [11, 7] }],
    build: ([a, b]) => op.matmul(a, b, { transposeB: true }),
  },
  attend: {
    covers: ['attend'],
    given: [{ shape: [2, 3, 5, 7] }, { shape: [2, 3, 4, 7] }],
    build: ([scores, values]) => op.attend(scores, values),
  },
  'reshape into heads and back, named sizes': {
    covers: ['reshape'],
    given: [{ shape: [2, 5, 12], declared: ['batch', 'pos', 12] }],
    build: ([x]) => {
      const heads = op.reshape(x, ['batch', 'pos', 3, 4]);
      return [heads, op.reshape(heads, ['batch', 'pos', 12])];
    },
  },
  transpose: {
    covers: ['transpose'],
    given: [{ shape: [2, 3, 5, 7] }],
    build: ([x]) => [
      op.transpose(x, [0, 2, 1, 3]),
      op.transpose(x, [0, 1, 3, 2]),
      op.transpose(x, [3, 0, 2, 1]),
    ],
  },
  slice: {
    covers: ['slice'],
    given: [{ shape: [3, 7, 5] }],
    build: ([x]) => [
      op.slice(x, 1, 2, 5),
      op.slice(x, -1, 0, 1),
      op.slice(x, 0, 1, 3),
      op.slice(x, 1, -3, -1),
      op.slice(x, 0, -1, 0),
    ],
  },
  'slice of a size that is only named': {
    covers: [],
    given: [{ shape: [3, 7, 5], declared: [3, 'pos', 5] }],
    build: ([x]) => [op.slice(x, 1, -2, 0), op.slice(x, 1, -3, -1)],
    notDifferentiated: true,
  },
  pad: {
    covers: ['pad'],
    given: [{ shape: [3, 4, 5] }],
    build: ([x]) => [op.pad(x, 1, 2, 1), op.pad(x, -1, 0, 3), op.pad(x, -2, 0, 1, -1)],
  },
  concatenate: {
    covers: [],
    given: [{ shape: [2, 3, 5] }, { shape: [2, 4, 5] }],
    build: ([a, b]) => op.concatenate([a, b, a], 1),
  },
  'concatenate, named sizes': {
    covers: ['concatenate'],
    notDifferentiated: true,
    given: [
      { shape: [2, 3, 5], declared: [2, 'past', 5] },
      { shape: [2, 4, 5], declared: [2, 'pos', 5] },
    ],
    build: ([a, b]) => op.concatenate([a, b], 1),
  },
  'concatenate with an empty tensor': {
    covers: [],
    notDifferentiated: true,
    given: [
      { shape: [2, 0, 5], declared: [2, 'past', 5] },
      { shape: [2, 4, 5], declared: [2, 'pos', 5] },
    ],
    build: ([a, b]) => op.concatenate([a, b], 1),
  },
  // More than a card writes at once.
  'split into 22': {
    covers: [],
    given: [{ shape: [2, 45] }],
    build: ([x]) => op.split(x, 1, [...Array.from({ length: 21 }, () => 2), 3]),
  },
  split: {
    covers: ['split'],
    given: [{ shape: [3, 7, 2], declared: ['batch', 7, 2] }],
    build: ([x]) => [...op.split(x, 1, [1, 4, 2]), op.split(x, 1, [3, 4])[1]],
  },
  'repeat heads, named sizes': {
    covers: ['repeat'],
    given: [{ shape: [2, 3, 5, 4], declared: ['batch', 3, 'pos', 4] }],
    build: ([x]) => op.repeat(x, 1, 2),
  },
  gather: {
    covers: ['gather'],
    given: [{ shape: [9, 4] }, { shape: [2, 5], type: 'int32', below: 9 }],
    build: ([table, indices]) => op.gather(table, indices),
  },
  addRows: {
    covers: ['addRows'],
    given: [{ shape: [4, 3] }, { shape: [2, 5], type: 'int32', below: 4 }, { shape: [2, 5, 3] }],
    build: ([base, indices, rows]) => op.addRows(base, indices, rows),
  },
  addAlong: {
    covers: ['addAlong'],
    given: [{ shape: [2, 3, 4] }, { shape: [2, 3, 6], type: 'int32', below: 4 }, { shape: [2, 3, 6] }],
    build: ([base, indices, values]) => op.addAlong(base, indices, values),
  },
  crossEntropy: {
    covers: ['crossEntropy'],
    given: [
      { shape: [2, 5, 7], declared: ['batch', 'pos', 7] },
      { shape: [2, 5], declared: ['batch', 'pos'], type: 'int32', below: 7 },
    ],
    build: ([logits, labels]) => [op.crossEntropy(logits, labels), op.crossEntropy(logits, labels, 2)],
  },
  'layer norm in its parts, normalized': {
    covers: ['layerNorm'],
    given: [{ shape: [3, 7] }],
    build: ([x]) => op.standardize(x, 0.01).normalized,
  },
  'layer norm in its parts, scale': {
    covers: ['layerNorm'],
    given: [{ shape: [3, 7] }],
    build: ([x]) => op.standardize(x, 0.01).scale,
    notDifferentiated: true,
  },
  linearCrossEntropy: {
    covers: ['linearCrossEntropy'],
    given: [
      { shape: [2, 5, 3], declared: ['batch', 'pos', 3] },
      { shape: [7, 3] },
      { shape: [2, 5], declared: ['batch', 'pos'], type: 'int32', below: 7 },
    ],
    build: ([x, weight, labels]) => {
      const { losses, logarithms } = op.linearCrossEntropy(
        { x, weight, labels },
        { transposed: true, chunk: 3 },
      );
      return [losses, logarithms];
    },
  },
  'linearCrossEntropy with a bias, some labels ignored, as wide as its stretches': {
    covers: [],
    given: [
      { shape: [2, 5, 3], declared: ['batch', 'pos', 3] },
      { shape: [3, 8] },
      { shape: [2, 5], declared: ['batch', 'pos'], type: 'int32', below: 8 },
      { shape: [8] },
    ],
    build: ([x, weight, labels, bias]) =>
      [4, 8, 100].map(
        (chunk) => op.linearCrossEntropy({ x, weight, labels, bias }, { ignoreIndex: 2, chunk }).losses,
      ),
  },
  layerNorm: {
    covers: ['layerNorm'],
    given: [{ shape: [2, 3, 13] }, { shape: [13] }, { shape: [13] }],
    build: ([x, gain, offset]) => op.layerNorm(x, gain, offset, 1e-2),
  },
  rmsNorm: {
    covers: ['rmsNorm'],
    given: [{ shape: [2, 3, 13] }, { shape: [13] }],
    build: ([x, gain]) => op.rmsNorm(x, gain, 1e-2),
  },
  topK: {
    covers: ['topK'],
    given: [{ shape: [2, 3, 17] }],
    build: ([x]) => {
      const { values, indices } = op.topK(x, 5);
      return [values, indices];
    },
  },
  'randomIntegers, and dropout by them': {
    covers: ['randomIntegers'],
    given: [{ shape: [2, 3, 7], declared: ['batch', 'pos', 7] }],
    build: ([x]) => {
      const seed = x.graph.constant({ type: 'int32', shape: [], data: Int32Array.of(5) });
      return [op.randomIntegers(x, seed, 1), op.dropout(x, seed, 2, 0.4)];
    },
  },
  'rotary of heads of 80': positioned.rotary(80, {}),
  'rotary of heads of 80, pairs side by side': positioned.rotary(80, { pairing: 'interleaved' }),
  'rotary of 20 of 80 dimensions': positioned.rotary(80, { dimensions: 20 }),
  'rotary of heads of 4': positioned.rotary(4, {}),
  'masks, causal': positioned.masks(true, null),
  'masks, causal and windowed': positioned.masks(true, 3),
  'masks, bidirectional': positioned.masks(false, null),
  'masks, bidirectional and windowed': positioned.masks(false, 3),
  oneHot: {
    covers: ['oneHot'],
    given: [{ shape: [2, 5], type: 'int32', below: 7 }],
    build: ([indices]) => op.oneHot(indices, 6),
  },
  'indices in int64': {
    covers: [],
    given: [
      { shape: [5, 4] },
      { shape: [3, 4] },
      { shape: [3, 2], type: 'int64', below: 4 },
      { shape: [3], type: 'int64', below: 4 },
      { shape: [3, 2] },
    ],
    build: ([table, x, pairs, single, values]) => [
      op.gather(table, pairs),
      op.takeAlong(x, pairs),
      op.addAlong(x, pairs, values),
      op.addRows(table, single, x),
      op.crossEntropy(x, single),
      op.linearCrossEntropy({ x, weight: table, labels: single }, { transposed: true }).losses,
      op.oneHot(pairs, 4),
    ],
  },
  takeAlong: {
    covers: ['takeAlong'],
    given: [{ shape: [2, 3, 7] }, { shape: [2, 3, 4], type: 'int32', below: 7 }],
    build: ([x, indices]) => op.takeAlong(x, indices),
  },
};
