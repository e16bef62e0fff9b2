// Layer norm and RMS norm over the last axis, each in one piece.
import type { Tensor, TensorType } from '../graph/graph';
import { defineOperation } from '../graph/operation';
import { mapRows } from '../reference/arrays';
import { multiply, reciprocal, subtract } from './elementwise';
import { average, sumTo } from './reductions';
import { lastAxis, requireType } from './requirements';

interface NormAttributes {
  epsilon: number;
}

const mean = (row: Float64Array) => row.reduce((total, value) => total + value, 0) / row.length;

function deviation(row: Float64Array, center: number, epsilon: number): number {
  return Math.sqrt(mean(row.map((value) => (value - center) ** 2)) + epsilon);
}

function requireGain(x: TensorType, ...vectors: TensorType[]): void {
  requireType([x, ...vectors], 'float32');
  const size = lastAxis(x);
  if (vectors.some(({ shape }) => shape.length !== 1 || shape[0] !== size))
    throw new Error('gain of another size');
}

/** The gradient in the input of (x − center) · inverse · gain, where `normalized` is that without the gain. */
function inputGradient(gained: Tensor, normalized: Tensor, inverse: Tensor, centered: boolean): Tensor {
  const along = multiply(normalized, average(multiply(gained, normalized)));
  const straight = centered ? subtract(gained, average(gained)) : gained;
  return multiply(subtract(straight, along), inverse);
}

const addLayerNorm = defineOperation<NormAttributes>({
  name: 'layerNorm',
  infer: ([x, gain, offset]) => {
    requireGain(x, gain, offset);
    const row = { type: x.type, shape: [...x.shape.slice(0, -1), 1] };
    return [{ type: x.type, shape: x.shape }, row, row];
  },
  gradient: ({ inputs: [x, gain, offset], outputs: [, center, inverse], gradient }) => {
    const normalized = multiply(subtract(x, center), inverse);
    return [
      () => inputGradient(multiply(gradient, gain), normalized, inverse, true),
      () => sumTo(multiply(gradient, normalized), gain.shape),
      () => sumTo(gradient, offset.shape),
    ];
  },
  reference: ([x, gain, offset], { epsilon }) => [
    mapRows(x, (row) => {
      const center = mean(row);
      const scale = deviation(row, center, epsilon);
      return row.map((value, i) => ((value - center) / scale) * gain.data[i] + offset.data[i]);
    }),
    mapRows(x, (row) => [mean(row)]),
    mapRows(x, (row) => [1 / deviation(row, mean(row), epsilon)]),
  ],
  onnx: (emit, [x, gain, offset], { epsilon }) => {
    const attributes = { axis: -1, epsilon: { float: epsilon } };
    if (emit.provider === 'cpu') return emit.nodes('LayerNormalization', [x, gain, offset], 3, attributes);
    // WebGPU takes the variance as mean x² − (mean x)², which loses digits unless the mean is near zero.
    const center = emit.node('ReduceMean', [x, emit.int64([-1])]);
    const centered = emit.node('Sub', [x, center]);
    const [result, , inverse] = emit.nodes('LayerNormalization', [centered, gain, offset], 3, attributes);
    return [result, center, inverse];
  },
  tfjs: (tf, [x, gain, offset], { epsilon }) => {
    // Far from zero its means lose digits, of which the mean of what is left has most.
    const near = tf.mean(x, -1, true);
    const rest = tf.sub(x, near);
    const correction = tf.mean(rest, -1, true);
    const centered = tf.sub(rest, correction);
    const center = tf.add(near, correction);
    const scale = tf.sqrt(tf.add(tf.mean(tf.mul(centered, centered), -1, true), epsilon));
    const result = tf.add(tf.mul(tf.div(centered, scale), gain), offset);
    return [result, center, tf.reciprocal(scale)];
  },
});

/** Layer norm over the last axis (arXiv 1607.06450): (x − mean) / √(variance + ε) · gain + offset. */
export function layerNorm(x: Tensor, gain: Tensor, offset: Tensor, epsilon: number): Tensor {
  return addLayerNorm([x, gain, offset], { epsilon })[0];
}

/**
 * What layer norm does before its gain and offset: (x − mean) / scale, and the scale √(variance + ε), `[…, 1]`. A loss may
 * depend on the first alone.
 */
export function standardize(x: Tensor, epsilon: number): { normalized: Tensor; scale: Tensor } {
  const size = lastAxis(x) as number;
  const vector = (value: number) =>
    x.graph.constant({ type: 'float32', shape: [size], data: new Float32Array(size).fill(value) });
  const [normalized, , inverse] = addLayerNorm([x, vector(1), vector(0)], { epsilon });
  return { normalized, scale: reciprocal(inverse) };
}

const addRmsNorm = defineOperation<NormAttributes>({
  name: 'rmsNorm',
  infer: ([x, gain]) => {
    requireGain(x, gain);
    return [
      { type: x.type, shape: x.shape },
      { type: x.type, shape: [...x.shape.slice(0, -1), 1] },
    ];
  },
  gradient: ({ inputs: [x, gain], outputs: [, inverse], gradient }) => {
    const normalized = multiply(x, inverse);
    return [
      () => inputGradient(multiply(gradient, gain), normalized, inverse, false),
      () => sumTo(multiply(gradient, normalized), gain.shape),
    ];
  },
  reference: ([x, gain], { epsilon }) => [
    mapRows(x, (row) => {
      const scale = deviation(row, 0, epsilon);
      return row.map((value, i) => (value / scale) * gain.data[i]);
    }),
    mapRows(x, (row) => [1 / deviation(row, 0, epsilon)]),
  ],
  onnx: (emit, [x, gain], { epsilon }) => {
    const square = emit.node('ReduceMean', [emit.node('Mul', [x, x]), emit.int64([-1])]);
    const scale = emit.node('Sqrt', [emit.node('Add', [square, emit.float(epsilon)])]);
    const inverse = emit.node('Reciprocal', [scale]);
    return [emit.node('Mul', [emit.node('Mul', [x, inverse]), gain]), inverse];
  },
  tfjs: (tf, [x, gain], { epsilon }) => {
    const scale = tf.sqrt(tf.add(tf.mean(tf.mul(x, x), -1, true), epsilon));
    return [tf.mul(tf.div(x, scale), gain), tf.reciprocal(scale)];
  },
});

/** RMS norm over the last axis (arXiv 1910.07467): x / √(mean x² + ε) · gain. */
export function rmsNorm(x: Tensor, gain: Tensor, epsilon: number): Tensor {
  return addRmsNorm([x, gain], { epsilon })[0];
}
