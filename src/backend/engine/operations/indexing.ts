// Reading and writing by index: embeddings, the largest values, an element of each row, and the gradients of these.
import type * as tensorflow from '@tensorflow/tfjs-core';
import { sizeOf, type Shape } from '../graph/dimension';
import type { Tensor, TensorType } from '../graph/graph';
import { defineOperation, type OnnxEmitter } from '../graph/operation';
import { at, build, mapRows } from '../reference/arrays';
import { asIndices } from './elementwise';
import { zerosLike } from './reductions';
import { lastAxis, requireType } from './requirements';

function requireIndices(indices: TensorType): void {
  if (indices.type !== 'int32') throw new Error('expects int32 indices');
}

const addGather = defineOperation<null>({
  name: 'gather',
  takesStored: true,
  infer: ([table, indices]) => {
    requireIndices(indices);
    return [{ type: table.type, shape: [...indices.shape, ...table.shape.slice(1)] }];
  },
  gradient: ({ inputs: [table, indices], gradient }) => [
    () => addRows(zerosLike(table), indices, gradient),
    undefined,
  ],
  reference: ([table, indices]) => {
    const row = sizeOf(table.shape.slice(1));
    const data = new Float64Array(indices.data.length * row);
    indices.data.forEach((index, position) =>
      data.set(table.data.subarray(index * row, (index + 1) * row), position * row),
    );
    return [{ shape: [...indices.shape, ...table.shape.slice(1)], data }];
  },
  onnx: (emit, [table, indices]) => [emit.node('Gather', [table, indices], { axis: 0 })],
  tfjs: (tf, [table, indices]) => [tf.gather(table, indices)],
});

/** Rows of `table` `[n, …]` by index: an embedding. Indices are trusted to be in range; callers check. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return addGather([table, asIndices(indices)], null)[0];
}

const addAddRows = defineOperation<null>({
  name: 'addRows',
  infer: ([base, indices, rows]) => {
    requireIndices(indices);
    if (rows.shape.join() !== [...indices.shape, ...base.shape.slice(1)].join())
      throw new Error('rows do not fit');
    return [{ type: base.type, shape: base.shape }];
  },
  gradient: ({ inputs: [, indices], gradient }) => [
    () => gradient,
    undefined,
    () => gather(gradient, indices),
  ],
  reference: ([base, indices, rows]) => {
    const width = sizeOf(base.shape.slice(1));
    const data = base.data.slice();
    indices.data.forEach((index, row) => {
      for (let i = 0; i < width; i++) data[index * width + i] += rows.data[row * width + i];
    });
    return [{ shape: base.shape, data }];
  },
  // Not ScatterND: ONNX Runtime's adds to the same row from several threads at once, and loses some of it.
  onnx: (emit, [base, indices, rows], _, { inputs }) => {
    const flatBase = emit.node('Flatten', [base], { axis: 1 });
    const flatRows = emit.node('Flatten', [rows], { axis: inputs[1].shape.length });
    const column = emit.node('Reshape', [indices, emit.int64([-1, 1])]);
    const everywhere = emit.node('Expand', [column, emit.node('Shape', [flatRows])]);
    const added = emit.node('ScatterElements', [flatBase, everywhere, flatRows], {
      axis: 0,
      reduction: 'add',
    });
    return [emit.node('Reshape', [added, emit.node('Shape', [base])])];
  },
  tfjs: (tf, [base, indices, rows]) => {
    const count = indices.size;
    const flat = tf.reshape(rows, [count, ...base.shape.slice(1)]);
    return [tf.add(base, tf.scatterND(tf.reshape(indices, [count, 1]), flat, base.shape))];
  },
});

/** `base` `[n, …]` with `rows` `[…indices, …]` added at their indices; what meets in one row adds up. */
export function addRows(base: Tensor, indices: Tensor, rows: Tensor): Tensor {
  return addAddRows([base, asIndices(indices), rows], null)[0];
}

/** int32 of the shape of `x`: the place along an axis, counted on the device. */
export function countAlong(emit: OnnxEmitter, x: string, shape: Shape, axis: number): string {
  const known = emit.known(shape);
  const like = known ? emit.int64(known) : emit.node('Shape', [x]);
  const size = emit.known([shape.at(axis)!])?.[0];
  if (size === undefined) {
    const ones = emit.node('Expand', [emit.float(1), like]);
    const counted = emit.node('CumSum', [ones, emit.int64([axis])], { exclusive: 1 });
    return emit.cast(counted, 'float32', 'int32');
  }
  const behind = shape.length - 1 - (axis < 0 ? axis + shape.length : axis);
  const data = Int32Array.from({ length: size }, (_, index) => index);
  const places = emit.constant({ type: 'int32', shape: [size, ...Array<number>(behind).fill(1)], data });
  return emit.node('Expand', [places, like]);
}

const addTopK = defineOperation<{ count: number }>({
  name: 'topK',
  infer: ([x], { count }) => {
    requireType([x], 'float32');
    const size = lastAxis(x);
    if (typeof size === 'number' && count > size) throw new Error(`the ${count} largest of ${size}`);
    const shape = [...x.shape.slice(0, -1), count];
    return [
      { type: 'float32', shape },
      { type: 'int32', shape },
    ];
  },
  gradient: ({ inputs: [x], outputs: [, indices], gradient }) => [
    () => addAlong(zerosLike(x), indices, gradient),
  ],
  reference: ([x], { count }) => {
    const order = (row: Float64Array) =>
      [...row.keys()].sort((a, b) => row[b] - row[a] || a - b).slice(0, count);
    return [mapRows(x, (row) => order(row).map((index) => row[index])), mapRows(x, order)];
  },
  onnx: (emit, [x], { count }, { inputs }) => {
    const [values, indices] = emit.nodes('TopK', [x, emit.int64([count])], 2, { axis: -1 });
    if (emit.provider === 'cpu') return [values, emit.node('Cast', [indices], { to: 6 })];
    // WebGPU reads int64 as an index only: it takes the int32 number of that place.
    const { shape } = inputs[0];
    const row = emit.node('Slice', [
      emit.node('Flatten', [x], { axis: shape.length - 1 }),
      emit.int64([0]),
      emit.int64([1]),
      emit.int64([0]),
    ]);
    const places = emit.node('Squeeze', [countAlong(emit, row, [1, shape.at(-1)!], 1), emit.int64([0])]);
    return [values, emit.node('Gather', [places, indices], { axis: 0 })];
  },
  tfjs: (tf, [x], { count }) => {
    const { values, indices } = tf.topk(x, count);
    return [values, indices];
  },
});

/** The `count` largest values of the last axis, largest first, and their int32 indices; ties by lower index. */
export function topK(x: Tensor, count: number): { values: Tensor; indices: Tensor } {
  const [values, indices] = addTopK([x], { count });
  return { values, indices };
}

const addTakeAlong = defineOperation<null>({
  name: 'takeAlong',
  infer: ([x, indices]) => {
    const leading = [x, indices].map(({ shape }) => shape.slice(0, -1).join());
    if (indices.type !== 'int32' || indices.shape.length !== x.shape.length || leading[0] !== leading[1])
      throw new Error('indices do not fit');
    return [{ type: x.type, shape: [...x.shape.slice(0, -1), lastAxis(indices)] }];
  },
  gradient: ({ inputs: [x, indices], gradient }) => [
    () => addAlong(zerosLike(x), indices, gradient),
    undefined,
  ],
  reference: ([x, indices]) => [
    build([...x.shape.slice(0, -1), indices.shape.at(-1)!], (index) =>
      at(x, index.with(-1, at(indices, index))),
    ),
  ],
  onnx: (emit, [x, indices]) => [emit.node('GatherElements', [x, indices], { axis: -1 })],
  // GatherND has no last-axis form: count positions row by row instead.
  tfjs: (tf, [x, indices]) => {
    const gathered = tf.gather(tf.reshape(x, [x.size]), flatPositions(tf, x.shape, indices));
    return [tf.reshape(gathered, indices.shape)];
  },
});

/** For every row of the last axis the elements at that row's own indices. Leading axes of both must be equal. */
export function takeAlong(x: Tensor, indices: Tensor): Tensor {
  return addTakeAlong([x, asIndices(indices)], null)[0];
}

const addAddAlong = defineOperation<null>({
  name: 'addAlong',
  infer: ([base, indices, values]) => {
    requireIndices(indices);
    if (values.shape.join() !== indices.shape.join()) throw new Error('values and indices do not fit');
    if (base.shape.slice(0, -1).join() !== indices.shape.slice(0, -1).join())
      throw new Error('indices do not fit');
    return [{ type: base.type, shape: base.shape }];
  },
  gradient: ({ inputs: [, indices], gradient }) => [
    () => gradient,
    undefined,
    () => takeAlong(gradient, indices),
  ],
  reference: ([base, indices, values]) => {
    const width = base.shape[base.shape.length - 1];
    const taken = indices.shape[indices.shape.length - 1];
    const data = base.data.slice();
    indices.data.forEach((index, position) => {
      data[Math.floor(position / taken) * width + index] += values.data[position];
    });
    return [{ shape: base.shape, data }];
  },
  onnx: (emit, inputs) => [emit.node('ScatterElements', inputs, { axis: -1, reduction: 'add' })],
  tfjs: (tf, [base, indices, values]) => {
    const flat = flatPositions(tf, base.shape, indices);
    const added = tf.scatterND(tf.reshape(flat, [-1, 1]), tf.reshape(values, [values.size]), [base.size]);
    return [tf.add(base, tf.reshape(added, base.shape))];
  },
});

/** `base` with `values` added, in every row of the last axis, at that row's own indices. */
export function addAlong(base: Tensor, indices: Tensor, values: Tensor): Tensor {
  return addAddAlong([base, asIndices(indices), values], null)[0];
}

const addOneHot = defineOperation<{ size: number }>({
  name: 'oneHot',
  infer: ([indices], { size }) => {
    requireIndices(indices);
    return [{ type: 'float32', shape: [...indices.shape, size] }];
  },
  gradient: null,
  reference: ([indices], { size }) => [
    build([...indices.shape, size], (index) => Number(at(indices, index.slice(0, -1)) === index.at(-1))),
  ],
  // ONNX's own operator counts an index below 0 from the end.
  onnx: (emit, [indices], { size }) => {
    const places = emit.constant({ type: 'int32', shape: [size], data: Int32Array.from(Array(size).keys()) });
    const own = emit.node('Equal', [emit.node('Unsqueeze', [indices, emit.int64([-1])]), places]);
    return [emit.cast(own, 'bool', 'float32')];
  },
  // TensorFlow.js's own wants two places, and leaves zeros in WebAssembly (4.22).
  tfjs: (tf, [indices], { size }) => {
    const own = tf.equal(tf.expandDims(indices, -1), tf.range(0, size, 1, 'int32'));
    return [tf.cast(own, 'float32')];
  },
});

/** 1 at the place of each index, in float32 `[…, size]`, and 0 elsewhere: everywhere, where an index is out of range. */
export function oneHot(indices: Tensor, size: number): Tensor {
  return addOneHot([asIndices(indices)], { size })[0];
}

/** Where the indices of each row point in the flattened tensor, int32 [all indices]. */
function flatPositions(
  tf: typeof tensorflow,
  shape: readonly number[],
  indices: tensorflow.Tensor,
): tensorflow.Tensor1D {
  const width = shape[shape.length - 1];
  const taken = indices.shape[indices.rank - 1];
  const rows = sizeOf(shape) / width;
  const offsets = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(width, 'int32'));
  const flat = tf.add(tf.reshape(indices, [rows, taken]), tf.reshape(offsets, [rows, 1]));
  return tf.reshape<tensorflow.Rank.R1>(flat, [rows * taken]);
}
