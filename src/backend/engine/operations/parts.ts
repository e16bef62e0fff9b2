// Operations that take tensors apart along an axis and lay them together: slice, pad, concatenate, split.
import { addDimensions, type Dimension } from '../graph/dimension';
import { graphError, type Tensor } from '../graph/graph';
import { defineOperation, type OnnxEmitter } from '../graph/operation';
import { at, build } from '../reference/arrays';
import { axisOf } from './requirements';

interface SliceAttributes {
  axis: number;
  /** Below 0 counted from the end, as `end` is then. */
  start: number;
  end: number;
}

const startIn = (size: number, { start }: SliceAttributes) => (start < 0 ? size + start : start);

const addSlice = defineOperation<SliceAttributes>({
  name: 'slice',
  takesStored: true,
  infer: ([x], { axis, start, end }) => {
    const size = x.shape[axis];
    const [least, most] = typeof size === 'number' ? [-size, size] : [-Infinity, Infinity];
    if (end < start || start < least || end > (start < 0 ? 0 : most)) throw new Error(`${start} to ${end}`);
    return [{ type: x.type, shape: x.shape.with(axis, end - start) }];
  },
  gradient: ({ inputs: [x], gradient, attributes }) => [
    () => {
      const { axis, start, end } = attributes;
      const size = knownSize(x, axis);
      const before = startIn(size, attributes);
      return pad(gradient, axis, before, size - before - (end - start));
    },
  ],
  reference: ([x], attributes) => {
    const { axis, start, end } = attributes;
    const before = startIn(x.shape[axis], attributes);
    return [build(x.shape.with(axis, end - start), (index) => at(x, index.with(axis, index[axis] + before)))];
  },
  onnx: (emit, [x], { axis, start, end }) => [
    // Counted from the end, 0 would be the first element, and beyond the last one is its end.
    emit.node('Slice', [
      x,
      emit.int64([start]),
      emit.int64([start < 0 && end === 0 ? 2 ** 31 - 1 : end]),
      emit.int64([axis]),
    ]),
  ],
  tfjs: (tf, [x], attributes) => {
    const { axis, start, end } = attributes;
    return [
      tf.slice(
        x,
        x.shape.map((size, each) => (each === axis ? startIn(size, attributes) : 0)),
        x.shape.with(axis, end - start),
      ),
    ];
  },
});

/**
 * Elements `start` (inclusive) to `end` (exclusive) along one axis. With a `start` below 0 both count from the end, which is
 * 0: so the last elements can be had of a size that is only named.
 */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const resolved = axisOf('slice', x, axis);
  if (start === 0 && end === x.shape[resolved]) return x;
  return addSlice([x], { axis: resolved, start, end })[0];
}

interface PadAttributes {
  axis: number;
  before: number;
  after: number;
  /** What is laid there. */
  value: number;
}

const addPad = defineOperation<PadAttributes>({
  name: 'pad',
  infer: ([x], { axis, before, after }) => [
    { type: x.type, shape: x.shape.with(axis, addDimensions(x.shape[axis], before + after)) },
  ],
  gradient: ({ inputs: [x], gradient, attributes: { axis, before } }) => [
    () => slice(gradient, axis, before, before + knownSize(x, axis)),
  ],
  reference: ([x], { axis, before, after, value }) => [
    build(x.shape.with(axis, x.shape[axis] + before + after), (index) => {
      const position = index[axis] - before;
      return position < 0 || position >= x.shape[axis] ? value : at(x, index.with(axis, position));
    }),
  ],
  onnx: (emit, [x], { axis, before, after, value }) => [
    emit.node('Pad', [
      x,
      emit.int64([before, after]),
      value === 0 ? '' : emit.float(value),
      emit.int64([axis]),
    ]),
  ],
  tfjs: (tf, [x], { axis, before, after, value }) => [
    tf.pad(
      x,
      x.shape.map((_, each) => (each === axis ? [before, after] : [0, 0])),
      value,
    ),
  ],
});

/** Zeros, or another `value`, laid before and behind `x` along one axis. */
export function pad(x: Tensor, axis: number, before: number, after: number, value = 0): Tensor {
  if (before === 0 && after === 0) return x;
  return addPad([x], { axis: axisOf('pad', x, axis), before, after, value })[0];
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
  return addConcatenate(inputs, { axis: axisOf('concatenate', inputs[0], axis) })[0];
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
  return addSplit([x], { axis: axisOf('split', x, axis), sizes });
}
