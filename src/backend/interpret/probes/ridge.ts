// The linear probe in closed form: least squares on one-hot labels with a penalty on the weights (ridge regression).
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import type { Executor, NamedTensors } from '../../engine/executor';
import { Graph, type TensorData } from '../../engine/graph/graph';
import { cast, concatenate, lessThan, matmul, multiply, oneHot, reshape } from '../../engine/operations';
import { readClasses } from './headReader';
import type { Head } from './probeForm';
import type { LinearForm } from './linearProbe';
import { standardised } from './standard';

/** Penalties that are tried, per example; activations have variance 1. */
const PENALTIES = [1e-5, 1e-3, 1e-1];

/** As a descent's, without the steps. */
export interface SolvedHead {
  parameters: NamedTensors;
  /** Share of the validation split that it reads wrong. */
  validationLoss: number;
  step: null;
}

/**
 * Solves every head, with the penalty that reads most of the validation split right.
 * @returns parameters as `LinearForm` names them
 */
export async function solveRidge(
  executor: Executor,
  form: LinearForm,
  heads: readonly Head[],
  cancellation: Cancellation,
): Promise<Map<string, SolvedHead>> {
  const found = new Map<string, SolvedHead>();
  for (const head of heads) {
    const moments = await momentsOf(executor, form, head, cancellation);
    let best: SolvedHead | undefined;
    for (const penalty of PENALTIES) {
      const parameters = solve(moments, penalty, head);
      const { length } = head.labels;
      const read = await readClasses(executor, form, [head], parameters, 'validation', length, cancellation);
      const validationLoss = wrongShare(read.get(head.name)!, head.labels);
      if (!best || validationLoss < best.validationLoss) best = { parameters, validationLoss, step: null };
    }
    found.set(head.name, best!);
  }
  return found;
}

/** Sums over the labelled training examples of a head, x standardised, y one-hot. */
interface Moments {
  width: number;
  classes: number;
  count: number;
  /** [width, width + 1 + classes]: Σ x·xᵀ, Σ x and Σ x·yᵀ side by side. */
  sums: Float64Array;
  /** Σ y */
  labels: Float64Array;
}

/** One pass over the activations: the products of a block on the engine, their sums in float64. */
async function momentsOf(
  executor: Executor,
  form: LinearForm,
  { labels, classes }: Head,
  cancellation: Cancellation,
): Promise<Moments> {
  const { width } = form.activations;
  const graph = new Graph();
  const x = standardised(graph.input('activations', 'float32', ['batch', width]));
  const label = graph.input('labels', 'int32', ['batch']);
  const none = graph.constant({ type: 'int32', shape: [], data: Int32Array.of(-1) });
  const counted = cast(lessThan(none, reshape(label, ['batch', 1])), 'float32');
  const marks = concatenate([x, counted, oneHot(label, classes)], 1);
  const products = matmul(multiply(x, counted), marks, { transposeA: true });
  const weights = new Map(form.fixed);
  // The penalties are far below what float16 leaves of these sums.
  const executable = await executor.compile(graph, new Map([['products', products]]), weights, {
    inFloat32: true,
  });
  const columns = width + 1 + classes;
  const moments: Moments = {
    width,
    classes,
    count: 0,
    sums: new Float64Array(width * columns),
    labels: new Float64Array(classes),
  };
  try {
    for (const { inputs, examples } of form.batches('train')) {
      throwIfCancelled(cancellation);
      const own = Int32Array.from(examples, (example) => labels[example]);
      for (const each of own) {
        if (each < 0) continue;
        moments.count++;
        moments.labels[each]++;
      }
      const all: NamedTensors = new Map([
        ...inputs,
        ['labels', { type: 'int32', shape: [own.length], data: own }],
      ]);
      const { data } = (await executable.run(all)).get('products')!;
      for (let at = 0; at < data.length; at++) moments.sums[at] += data[at];
    }
    return moments;
  } finally {
    executable.dispose();
    executor.release(weights);
  }
}

/** W = (Cₓₓ + λI)⁻¹ Cₓᵧ of the covariances, and the bias that the means leave. */
function solve(
  { width, classes, count, sums, labels }: Moments,
  penalty: number,
  { name }: Head,
): NamedTensors {
  const columns = width + 1 + classes;
  const mean = Float64Array.from({ length: width }, (_, i) => sums[i * columns + width] / count);
  const share = labels.map((sum) => sum / count);
  const matrix = new Float64Array(width * width);
  const right = new Float64Array(width * classes);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++)
      matrix[i * width + j] = sums[i * columns + j] / count - mean[i] * mean[j] + (i === j ? penalty : 0);
    for (let k = 0; k < classes; k++)
      right[i * classes + k] = sums[i * columns + width + 1 + k] / count - mean[i] * share[k];
  }
  solvePositive(matrix, right, width, classes);
  const bias = Float32Array.from(share, (value, k) => {
    let rest = value;
    for (let i = 0; i < width; i++) rest -= mean[i] * right[i * classes + k];
    return rest;
  });
  const weights: TensorData = { type: 'float32', shape: [width, classes], data: Float32Array.from(right) };
  return new Map([
    [`${name}/W`, weights],
    [`${name}/b`, { type: 'float32', shape: [classes], data: bias }],
  ]);
}

/** Solves A·X = B for a symmetric positive A by Cholesky's factors; both are overwritten, B with X. */
function solvePositive(a: Float64Array, b: Float64Array, size: number, columns: number): void {
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let rest = a[i * size + j];
      for (let k = 0; k < j; k++) rest -= a[i * size + k] * a[j * size + k];
      // What rounding leaves of a number that depends on others is no pivot to divide by.
      a[i * size + j] = i === j ? Math.sqrt(Math.max(rest, 1e-12)) : rest / a[j * size + j];
    }
  }
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < size; i++) {
      let rest = b[i * columns + column];
      for (let k = 0; k < i; k++) rest -= a[i * size + k] * b[k * columns + column];
      b[i * columns + column] = rest / a[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      let rest = b[i * columns + column];
      for (let k = i + 1; k < size; k++) rest -= a[k * size + i] * b[k * columns + column];
      b[i * columns + column] = rest / a[i * size + i];
    }
  }
}

function wrongShare(read: Int32Array, labels: Int32Array): number {
  let [wrong, total] = [0, 0];
  read.forEach((value, example) => {
    if (value < 0 || labels[example] < 0) return;
    total++;
    if (value !== labels[example]) wrong++;
  });
  return wrong / Math.max(total, 1);
}
