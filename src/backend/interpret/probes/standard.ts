// Activations with mean 0 and deviation 1, which every probe is trained on; what is kept of a probe reads them as they are.
import type { NamedTensors } from '../../engine/executor';
import type { Tensor, TensorData } from '../../engine/graph/graph';
import { multiply, subtract } from '../../engine/operations';
import type { Activations } from './activations';

const MEAN = 'mean';
export const SCALE = 'scale';

/** Mean and inverse deviation of every number of an activation over some examples; a number that never changes is 0. */
export function standardisation({ width, values }: Activations, examples: Int32Array): NamedTensors {
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (const example of examples) {
    for (let i = 0; i < width; i++) sums[i] += values[example * width + i];
  }
  const mean = Float32Array.from(sums, (sum) => sum / examples.length);
  for (const example of examples) {
    for (let i = 0; i < width; i++) squares[i] += (values[example * width + i] - mean[i]) ** 2;
  }
  const scale = Float32Array.from(squares, (sum) => {
    const deviation = Math.sqrt(sum / examples.length);
    return deviation > 1e-12 ? 1 / deviation : 0;
  });
  return new Map([
    [MEAN, vector(mean)],
    [SCALE, vector(scale)],
  ]);
}

/** @param x […, width] */
export function standardised(x: Tensor): Tensor {
  const { graph, shape } = x;
  const width = [shape[shape.length - 1]];
  return multiply(subtract(x, graph.weight(MEAN, width)), graph.weight(SCALE, width));
}

/**
 * A linear map of standardised activations as one of activations as they are.
 * @param matrix [width, columns]
 * @returns the matrix, and what it leaves to be added, [columns]
 */
export function unstandardised(
  fixed: NamedTensors,
  matrix: TensorData,
): { matrix: TensorData; offset: Float32Array } {
  const [width, columns] = matrix.shape;
  const [mean, scale] = [MEAN, SCALE].map((name) => fixed.get(name)!.data);
  const data = new Float32Array(width * columns);
  const offset = new Float64Array(columns);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      data[at] = matrix.data[at] * scale[row];
      offset[column] -= mean[row] * data[at];
    }
  }
  return { matrix: { type: 'float32', shape: [width, columns], data }, offset: Float32Array.from(offset) };
}

export function vector(data: Float32Array): TensorData {
  return { type: 'float32', shape: [data.length], data };
}
