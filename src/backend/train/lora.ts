// Low-rank adaptation (LoRA, arXiv 2106.09685): beside a matrix that stays as it is, a product of two thin ones is trained.
import type { NamedTensors } from '../engine/executor';
import { sizeOf } from '../engine/graph/dimension';
import { add, matmul, multiply } from '../engine/operations';
import type { TransformerConfiguration } from '../model/configuration';
import type { WeightSource } from '../model/transformer';
import { weightShapes, type Weights } from '../model/weights';
import { seededNormal } from '../random';

export interface Lora {
  rank: number;
  /** The product is multiplied by alpha / rank. */
  alpha: number;
  /** Endings of the adapted matrices' names: `W_Q`, `W_V`, … */
  matrices: readonly string[];
}

const down = (name: string) => `${name}.lora_A`;
const up = (name: string) => `${name}.lora_B`;

/** Names and shapes of what is trained: for each adapted matrix [in, out] `lora_A` [in, rank] and `lora_B` [rank, out]. */
export function loraShapes(configuration: TransformerConfiguration, lora: Lora): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  for (const [name, shape] of weightShapes(configuration)) {
    if (!isAdapted(name, lora)) continue;
    shapes.set(down(name), [shape[0], lora.rank]);
    shapes.set(up(name), [lora.rank, shape[1]]);
  }
  return shapes;
}

/** First values: `lora_A` normal with variance 1 / in, `lora_B` zero, so that the model starts as it was. */
export function initialLora(configuration: TransformerConfiguration, lora: Lora, seed: number): Weights {
  const normal = seededNormal(seed);
  const weights: Weights = new Map();
  for (const [name, shape] of loraShapes(configuration, lora)) {
    const data = new Float32Array(sizeOf(shape));
    if (name.endsWith('.lora_A')) data.forEach((_, index) => (data[index] = normal() / Math.sqrt(shape[0])));
    weights.set(name, { shape, data });
  }
  return weights;
}

/** The weights of the adapted model: `base`, and what `trained` adds to the adapted matrices. */
export function adapted(lora: Lora, base: WeightSource, trained: WeightSource): WeightSource {
  return (graph, name, shape) => {
    const weight = base(graph, name, shape);
    if (!isAdapted(name, lora)) return weight;
    const product = matmul(
      trained(graph, down(name), [shape[0], lora.rank]),
      trained(graph, up(name), [lora.rank, shape[1]]),
    );
    return add(weight, multiply(product, graph.scalar(lora.alpha / lora.rank)));
  };
}

/** The adapted model as an ordinary one: its matrices with the products added. */
export function mergedWeights(
  configuration: TransformerConfiguration,
  lora: Lora,
  weights: NamedTensors,
): Weights {
  const merged: Weights = new Map();
  const scale = lora.alpha / lora.rank;
  for (const [name, shape] of weightShapes(configuration)) {
    const base = weights.get(name)!.data as Float32Array;
    if (!isAdapted(name, lora)) {
      merged.set(name, { shape, data: base });
      continue;
    }
    const [rows, columns] = shape;
    const left = weights.get(down(name))!.data;
    const right = weights.get(up(name))!.data;
    const data = Float32Array.from(base);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < lora.rank; k++) {
        const factor = scale * left[row * lora.rank + k];
        for (let column = 0; column < columns; column++) {
          data[row * columns + column] += factor * right[k * columns + column];
        }
      }
    }
    merged.set(name, { shape, data });
  }
  return merged;
}

function isAdapted(name: string, { matrices }: Lora): boolean {
  return matrices.some((ending) => name.endsWith(`.${ending}`));
}
