// Operations that move numbers without changing them: reshape, transpose, slice, concatenate, repeat, pad.
import { addDimensions, resolveAxis, sizeOf, type Dimension, type Shape } from '../graph/dimension';
import { graphError, type Tensor } from '../graph/graph';
import { defineOperation, type OnnxEmitter } from '../graph/operation';
import { at, build } from '../reference/arrays';
import { sum } from './reductions';

const addReshape = defineOperation<{ shape: Shape }>({
  name: 'reshape',
  takesStored: true,
  infer: ([x], { shape }) => {
    const numeric = [x.shape, shape].every((each) =>
      each.every((dimension) => typeof dimension === 'number'),
    );
    if (numeric && sizeOf(x.shape as number[]) !== sizeOf(shape as number[]))
      throw new Error(`to [${shape.join()}]`);
    return [{ type: x.type, shape }];
  },
  gradient: ({ inputs: [x], gradient }) => [() => reshape(gradient, x.shape)],
  reference: ([x], { shape }, context) => [{ shape: context.resolve(shape), data: x.data }],
  onnx: (emit, [x], { shape }, { inputs }) => [
    emit.node('Reshape', [x, emit.reshapeTarget(inputs[0].shape, shape)]),
  ],
  tfjs: (tf, [x], { shape }, context) => [tf.reshape(x, context.resolve(shape))],
});

/** The same numbers in the same order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return addReshape([x], { shape })[0];
}

const addTranspose = defineOperation<{ order: readonly number[] }>({
  name: 'transpose',
  takesStored: true,
  infer: ([x], { order }) => {
    if ([...order].sort((a, b) => a - b).join() !== [...x.shape.keys()].join())
      throw new Error(`order ${order.join()}`);
    return [{ type: x.type, shape: order.map((axis) => x.shape[axis]) }];
  },
  gradient: ({ gradient, attributes: { order } }) => [
    () =>
      transpose(
        gradient,
        order.map((_, axis) => order.indexOf(axis)),
      ),
  ],
  reference: ([x], { order }) => [
    build(
      order.map((axis) => x.shape[axis]),
      (index) => {
        const source = order.map(() => 0);
        order.forEach((axis, position) => (source[axis] = index[position]));
        return at(x, source);
      },
    ),
  ],
  onnx: (emit, [x], { order }) => [emit.node('Transpose', [x], { perm: order })],
  tfjs: (tf, [x], { order }) => [tf.transpose(x, [...order])],
});

/** Axis `i` of the result is axis `order[i]` of `x`. Transposing twice is written as once. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (x.node.kind === 'operation' && x.node.forms.name === 'transpose') {
    const { order: before } = x.node.attributes as { order: readonly number[] };
    const both = order.map((axis) => before[axis]);
    const [original] = x.node.inputs;
    return both.every((axis, position) => axis === position)
      ? original
      : addTranspose([original], { order: both })[0];
  }
  return addTranspose([x], { order })[0];
}

interface SliceAttributes {
  axis: number;
  start: number;
  end: number;
}

const addSlice = defineOperation<SliceAttributes>({
  name: 'slice',
  takesStored: true,
  infer: ([x], { axis, start, end }) => {
    const size = x.shape[axis];
    if (start < 0 || end < start || (typeof size === 'number' && end > size))
      throw new Error(`${start} to ${end}`);
    return [{ type: x.type, shape: x.shape.with(axis, end - start) }];
  },
  gradient: ({ inputs: [x], gradient, attributes: { axis, start, end } }) => [
    () => pad(gradient, axis, start, knownSize(x, axis) - end),
  ],
  reference: ([x], { axis, start, end }) => [
    build(x.shape.with(axis, end - start), (index) => at(x, index.with(axis, index[axis] + start))),
  ],
  onnx: (emit, [x], { axis, start, end }) => [
    emit.node('Slice', [x, emit.int64([start]), emit.int64([end]), emit.int64([axis])]),
  ],
  tfjs: (tf, [x], { axis, start, end }) => [
    tf.slice(
      x,
      x.shape.map((_, each) => (each === axis ? start : 0)),
      x.shape.with(axis, end - start),
    ),
  ],
});

/** Elements `start` (inclusive) to `end` (exclusive) along one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const resolved = resolveAxis(axis, x.shape.length);
  if (start === 0 && end === x.shape[resolved]) return x;
  return addSlice([x], { axis: resolved, start, end })[0];
}

interface PadAttributes {
  axis: number;
  before: number;
  after: number;
}

const addPad = defineOperation<PadAttributes>({
  name: 'pad',
  infer: ([x], { axis, before, after }) => [
    { type: x.type, shape: x.shape.with(axis, addDimensions(x.shape[axis], before + after)) },
  ],
  gradient: ({ inputs: [x], gradient, attributes: { axis, before } }) => [
    () => slice(gradient, axis, before, before + knownSize(x, axis)),
  ],
  reference: ([x], { axis, before, after }) => [
    build(x.shape.with(axis, x.shape[axis] + before + after), (index) => {
      const position = index[axis] - before;
      return position < 0 || position >= x.shape[axis] ? 0 : at(x, index.with(axis, position));
    }),
  ],
  onnx: (emit, [x], { axis, before, after }) => [
    emit.node('Pad', [x, emit.int64([before, after]), '', emit.int64([axis])]),
  ],
  tfjs: (tf, [x], { axis, before, after }) => [
    tf.pad(
      x,
      x.shape.map((_, each) => (each === axis ? [before, after] : [0, 0])),
    ),
  ],
});

/** Zeros laid before and behind `x` along one axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  if (before === 0 && after === 0) return x;
  return addPad([x], { axis: resolveAxis(axis, x.shape.length), before, after })[0];
}

/** @throws Error where the size is only named: there the gradient of a part has no known place */
function knownSize({ shape }: Tensor, axis: number): number {
  const size = shape[axis];
  if (typeof size !== 'number') throw graphError(`no gradient along ${size}, whose size is not known`);
  return size;
}

const addConcatenate = defineOperation<{ axis: number }>({
  name: 'concatenate',
  infer: (inputs, { axis }) => {
    const [first, ...others] = inputs;
    for (const other of others) {
      if (
        other.type !== first.type ||
        other.shape.with(axis, 0).join() !== first.shape.with(axis, 0).join()
      ) {
        throw new Error('shapes differ off the axis');
      }
    }
    const total = others.reduce<Dimension>(
      (sum, { shape }) => addDimensions(sum, shape[axis]),
      first.shape[axis],
    );
    return [{ type: first.type, shape: first.shape.with(axis, total) }];
  },
  gradient: ({ inputs, gradient, wanted, attributes: { axis } }) => {
    if (wanted.every(Boolean)) {
      const parts = split(
        gradient,
        axis,
        inputs.map((x) => knownSize(x, axis)),
      );
      return parts.map((part) => () => part);
    }
    return inputs.map((x, index) => () => {
      const start = inputs.slice(0, index).reduce((sum, before) => sum + knownSize(before, axis), 0);
      return slice(gradient, axis, start, start + knownSize(x, axis));
    });
  },
  reference: (inputs, { axis }) => {
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
    const result = build(inputs[0].shape.with(axis, total), (index) => {
      let position = index[axis];
      const source = inputs.find(({ shape }) => position < shape[axis] || ((position -= shape[axis]), false));
      return at(source!, index.with(axis, position));
    });
    return [result];
  },
  onnx: (emit, inputs, { axis }) => [emit.node('Concat', inputs, { axis })],
  tfjs: (tf, inputs, { axis }) => [tf.concat([...inputs], axis)],
});

/** Lays tensors one after the other along an axis. */
export function concatenate(inputs: readonly [Tensor, ...Tensor[]], axis: number): Tensor {
  return addConcatenate(inputs, { axis: resolveAxis(axis, inputs[0].shape.length) })[0];
}

/** Tensors that a program of a card may write at once, at the least; WebGPU's default limit is one more than them. */
const WRITTEN_AT_ONCE = 7;

/** In several steps where a card could not write all parts at once. */
function splitInOnnx(emit: OnnxEmitter, x: string, axis: number, sizes: readonly number[]): string[] {
  if (emit.provider === 'cpu' || sizes.length <= WRITTEN_AT_ONCE)
    return emit.nodes('Split', [x, emit.int64(sizes)], sizes.length, { axis });
  const each = Math.ceil(sizes.length / WRITTEN_AT_ONCE);
  const groups = Array.from({ length: Math.ceil(sizes.length / each) }, (_, group) =>
    sizes.slice(group * each, (group + 1) * each),
  );
  const totals = groups.map((group) => group.reduce((sum, size) => sum + size, 0));
  const parts = emit.nodes('Split', [x, emit.int64(totals)], totals.length, { axis });
  return groups.flatMap((group, index) =>
    group.length === 1 ? [parts[index]] : splitInOnnx(emit, parts[index], axis, group),
  );
}

const addSplit = defineOperation<{ axis: number; sizes: readonly number[] }>({
  name: 'split',
  infer: ([x], { axis, sizes }) => {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total !== x.shape[axis]) throw new Error(`parts of ${total} in all`);
    return sizes.map((size) => ({ type: x.type, shape: x.shape.with(axis, size) }));
  },
  everyOutput: true,
  gradient: ({ gradients, attributes: { axis } }) => [
    () => concatenate(gradients() as [Tensor, ...Tensor[]], axis),
  ],
  reference: ([x], { axis, sizes }) => {
    let start = 0;
    return sizes.map((size) => {
      const from = start;
      start += size;
      return build(x.shape.with(axis, size), (index) => at(x, index.with(axis, index[axis] + from)));
    });
  },
  onnx: (emit, [x], { axis, sizes }) => splitInOnnx(emit, x, axis, sizes),
  tfjs: (tf, [x], { axis, sizes }) => tf.split(x, [...sizes], axis),
});

/** Cuts `x` along an axis into parts of the given sizes. */
export function split(x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  return addSplit([x], { axis: resolveAxis(axis, x.shape.length), sizes });
}

const addRepeat = defineOperation<{ axis: number; times: number }>({
  name: 'repeat',
  infer: ([x], { axis, times }) => {
    const size = x.shape[axis];
    if (typeof size !== 'number') throw new Error('expects a known size along the axis');
    return [{ type: x.type, shape: x.shape.with(axis, size * times) }];
  },
  gradient: ({ inputs: [x], gradient, attributes: { axis, times } }) => [
    () => {
      const copies = reshape(gradient, x.shape.toSpliced(axis + 1, 0, times));
      return reshape(sum(copies, [axis + 1]), x.shape);
    },
  ],
  reference: ([x], { axis, times }) => [
    build(x.shape.with(axis, x.shape[axis] * times), (index) =>
      at(x, index.with(axis, Math.floor(index[axis] / times))),
    ),
  ],
  onnx: (emit, [x], { axis, times }, { inputs, outputs }) => {
    const rank = inputs[0].shape.length;
    const copies = Array.from({ length: rank + 1 }, (_, each) => (each === axis + 1 ? times : 1));
    const expanded = emit.node('Expand', [
      emit.node('Unsqueeze', [x, emit.int64([axis + 1])]),
      emit.int64(copies),
    ]);
    const before = inputs[0].shape.toSpliced(axis + 1, 0, times);
    return [emit.node('Reshape', [expanded, emit.reshapeTarget(before, outputs[0].shape)])];
  },
  tfjs: (tf, [x], { axis, times }) => {
    const copies = Array.from({ length: x.rank + 1 }, (_, each) => (each === axis + 1 ? times : 1));
    return [
      tf.reshape(tf.tile(tf.expandDims(x, axis + 1), copies), x.shape.with(axis, x.shape[axis] * times)),
    ];
  },
});

/** Each element along the axis `times` times in a row: one key head for several query heads. */
export function repeat(x: Tensor, axis: number, times: number): Tensor {
  return times === 1 ? x : addRepeat([x], { axis: resolveAxis(axis, x.shape.length), times })[0];
}
