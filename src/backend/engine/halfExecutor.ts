// An engine that computes the products of all graphs in float16, and everything else as before.
import type { EngineName } from '../../protocol/types';
import { SubtextError } from '../errors';
import { Plan, type CompileOptions, type Executable, type Executor, type NamedTensors } from './executor';
import type { Graph, Tensor } from './graph/graph';
import { withHalfProducts } from './graph/halfProducts';

/** Up to so many products are added up in float16 by engines that would add all of them up in it (docs/engines.md). */
export const STRETCH = 128;

export class HalfExecutor implements Executor {
  readonly precision = 'float16';

  /** @param stretch as for `withHalfProducts` */
  constructor(
    private readonly engineInFloat32: Executor,
    private readonly stretch = Infinity,
  ) {}

  get engine() {
    return this.engineInFloat32.engine;
  }

  get detail() {
    return `${this.engineInFloat32.detail}, float16`;
  }

  get features() {
    return this.engineInFloat32.features;
  }

  get threads() {
    return this.engineInFloat32.threads;
  }

  get ownMemory() {
    return this.engineInFloat32.ownMemory;
  }

  availableMemory(): number {
    return this.engineInFloat32.availableMemory();
  }

  compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    options: CompileOptions = {},
  ): Promise<Executable> {
    if (options.inFloat32) return this.engineInFloat32.compile(graph, outputs, weights, options);
    const sizes = new Map(Object.entries(options.sizes ?? {}));
    const halved = withHalfProducts(new Plan(graph, outputs, options.updates), sizes, this.stretch);
    const { updates } = halved;
    return this.engineInFloat32.compile(halved.graph, halved.outputs, weights, { ...options, updates });
  }

  fetchWeights(weights: NamedTensors): Promise<string[]> {
    return this.engineInFloat32.fetchWeights(weights);
  }

  weightsChanged(weights: NamedTensors): void {
    this.engineInFloat32.weightsChanged(weights);
  }

  release(weights: NamedTensors): void {
    this.engineInFloat32.release(weights);
  }

  dispose(): void {
    this.engineInFloat32.dispose();
  }
}

/**
 * The same engine in float16.
 * @throws SubtextError `precision-unavailable` where it has none; it is disposed of then
 */
export async function inHalves(executor: Executor): Promise<Executor> {
  const sums = await executor.halfSums?.();
  if (sums) return new HalfExecutor(executor, sums === 'float32' ? Infinity : STRETCH);
  executor.dispose();
  throw computesInFloat32(executor.engine);
}

/** What is said of an engine that is asked for float16 and has none. */
export function computesInFloat32(engine: EngineName): SubtextError {
  return new SubtextError(
    'precision-unavailable',
    `float16: the ${engine} engine computes in float32 here`,
    'Choose float32 (subtext.precision, --precision, train.precision), or an engine of which subtext devices names float16.',
  );
}
