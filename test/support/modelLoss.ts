// The training loss of a very small model in float64, its gradients, and its slopes by finite differences.
import { Plan, type NamedTensors } from '../../src/backend/engine/executor';
import { differentiate } from '../../src/backend/engine/graph/differentiate';
import type { Tensor, TensorData } from '../../src/backend/engine/graph/graph';
import type { ReferenceTensor } from '../../src/backend/engine/graph/operation';
import { add, multiply } from '../../src/backend/engine/operations';
import { interpret, widen } from '../../src/backend/engine/reference/executor';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import {
  buildTransformer,
  type ForwardRequest,
  type WeightSource,
} from '../../src/backend/model/transformer';
import { weightShapes, type Weights } from '../../src/backend/model/weights';
import { seededNormal, seededRandom } from '../../src/backend/random';
import { adapted, loraShapes, type Lora } from '../../src/backend/train/lora';
import { IGNORED, languageModelLoss, zLoss } from '../../src/backend/train/loss';
import { dot } from './numbers';
import { configurationWith, randomWeights } from './randomModel';

/** Of central differences. Each choice that a model makes (relu, experts) is further than this from turning over. */
const STEP = 2e-4;
const BATCH = 2;
const POS = 4;
export const VOCABULARY = 7;
/** A token twice in one text and one that never comes; one label that does not count. */
export const TOKENS = [3, 0, 3, 6, 1, 5, 2, 0];
export const LABELS = [0, 3, 6, 2, 5, IGNORED, 0, 1];

/** The training loss of one model on one batch, and its gradients, in float64. */
export class Loss {
  readonly graph;
  readonly outputs;
  readonly logits: Tensor;
  readonly loss: Tensor;
  readonly weightNames: string[];
  readonly weights: Tensor[];
  /** Of weights and inputs. */
  readonly values: Map<string, ReferenceTensor>;

  constructor(
    configuration: TransformerConfiguration,
    request: ForwardRequest = { captures: [] },
    given: ReadonlyMap<string, ReferenceTensor> = new Map(),
    { lora, zLoss: share }: { lora?: Lora; zLoss?: number } = {},
  ) {
    const byName: WeightSource = (graph, name, shape) => graph.weight(name, shape);
    ({
      graph: this.graph,
      outputs: this.outputs,
      logits: this.logits,
    } = buildTransformer(configuration, request, lora && adapted(lora, byName, byName)));
    const labels = this.graph.input('labels', 'int32', ['batch', 'pos']);
    const plain = languageModelLoss(this.logits, labels);
    this.loss = share ? add(plain, multiply(zLoss(this.logits, labels), this.graph.scalar(share))) : plain;
    const shapes = [...(lora ? loraShapes(configuration, lora) : weightShapes(configuration))];
    this.weightNames = shapes.map(([name]) => name);
    this.weights = shapes.map(([name, shape]) => this.graph.weight(name, shape));
    const all = [...randomWeights(configuration, 1), ...(lora ? randomAdapters(configuration, lora) : [])];
    const random = all.map(([name, value]): [string, ReferenceTensor] => [
      name,
      widen({ type: 'float32', ...value }),
    ]);
    const inputs = [...modelInputs()].map(([name, value]): [string, ReferenceTensor] => [name, widen(value)]);
    this.values = new Map([...random, ...inputs, ...given]);
  }

  /** In each weight, by name. */
  gradients(): Map<string, ReferenceTensor> {
    return new Map(this.gradientsIn(this.weights).map((each, index) => [this.weightNames[index], each]));
  }

  gradientsIn(sources: readonly Tensor[]): ReferenceTensor[] {
    return this.evaluate(differentiate(this.loss, sources), this.values);
  }

  value(tensor: Tensor): ReferenceTensor {
    return this.evaluate([tensor], this.values)[0];
  }

  /** How fast the loss rises when the values named move along these directions, by differences of fourth order. */
  slope(directions: ReadonlyMap<string, Float64Array>): number {
    const lossAt = (distance: number) => {
      const moved = new Map(this.values);
      for (const [name, direction] of directions) {
        const { shape, data } = moved.get(name)!;
        moved.set(name, { shape, data: data.map((value, index) => value + distance * direction[index]) });
      }
      return this.evaluate([this.loss], moved)[0].data[0];
    };
    const rise = (distance: number) => lossAt(distance) - lossAt(-distance);
    return (8 * rise(STEP) - rise(2 * STEP)) / (12 * STEP);
  }

  private evaluate(tensors: readonly Tensor[], values: Map<string, ReferenceTensor>): ReferenceTensor[] {
    const plan = new Plan(this.graph, new Map(tensors.map((tensor, index) => [`${index}`, tensor])));
    const results = interpret(plan, values, values);
    return tensors.map((tensor) => results.get(tensor)!);
  }
}

/** Two layers, so small that the slow reference can run hundreds of times. */
export function tiny(changes: Partial<TransformerConfiguration>): TransformerConfiguration {
  const neurons = changes.experts ? 2 * changes.experts.num_experts : 5;
  const d_mlp = changes.d_mlp === 0 ? 0 : neurons;
  return configurationWith({ ...changes, d_model: 6, d_mlp, d_vocab: VOCABULARY, n_ctx: POS });
}

export function modelInputs(): NamedTensors {
  const ids = (shape: number[], values: number[]): TensorData => ({
    type: 'int32',
    shape,
    data: Int32Array.from(values),
  });
  return new Map([
    ['tokens', ids([BATCH, POS], TOKENS)],
    ['labels', ids([BATCH, POS], LABELS)],
    ['positions', ids([POS], [0, 1, 2, 3])],
  ]);
}

/** Both matrices random: with one at zero, as training starts, the gradient of the other would be zero. */
function randomAdapters(configuration: TransformerConfiguration, lora: Lora): Weights {
  const normal = seededNormal(3);
  return new Map(
    [...loraShapes(configuration, lora)].map(([name, shape]) => [
      name,
      { shape, data: Float32Array.from({ length: shape[0] * shape[1] }, () => normal() / 2) },
    ]),
  );
}

/** One that moves every element, and one that moves a single one. */
export function directions(length: number, seed: number): Float64Array[] {
  const moved = Math.floor(length * seededRandom(seed)());
  return [randomDirection(length, seed), new Float64Array(length).with(moved, 1)];
}

/** Of length one. */
export function randomDirection(length: number, seed: number): Float64Array {
  const normal = seededNormal(seed + 1);
  const direction = new Float64Array(length).map(normal);
  const norm = Math.sqrt(dot(direction, direction));
  return direction.map((value) => value / norm);
}

export function largestOf(tensors: readonly ReferenceTensor[]): number {
  return tensors.flatMap(({ data }) => [...data]).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

export function transposed({ shape: [rows, columns], data }: ReferenceTensor): ReferenceTensor {
  const swapped = data.map((_, index) => data[(index % rows) * columns + Math.floor(index / rows)]);
  return { shape: [columns, rows], data: swapped };
}
