// Operations that move numbers without changing them: reshape, transpose, repeat.
import { mayHaveAsMany, type Shape } from '../graph/dimension';
import type { Tensor } from '../graph/graph';
import { defineOperation } from '../graph/operation';
import { at, build } from '../reference/arrays';
import { sum } from './reductions';
import { axisOf } from './requirements';

const addReshape = defineOperation<{ shape: Shape }>({
  name: 'reshape',
  takesStored: true,
  infer: ([x], { shape }) => {
    if (!mayHaveAsMany(x.shape, shape)) throw new Error(`to [${shape.join()}]`);
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
  return times === 1 ? x : addRepeat([x], { axis: axisOf('repeat', x, axis), times })[0];
}
