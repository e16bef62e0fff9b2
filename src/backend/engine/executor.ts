// What every engine does: take a graph and the outputs that are wanted, and run it.
import type { EngineName, Precision } from '../../protocol/types';
import type { HeldTensor, RunInputs } from './heldTensor';
import { bindShape, unboundNames, type Bindings, type Shape } from './graph/dimension';
import {
  describePlace,
  graphError,
  neededNodes,
  type Graph,
  type Node,
  type Tensor,
  type TensorData,
} from './graph/graph';

export type { HeldTensor, RunInputs };

export type NamedTensors = Map<string, TensorData>;

/** A graph made ready by an engine. One run at a time, unless its engine takes runs ahead. */
export interface Executable {
  /**
   * @param inputs a value for every input that the wanted outputs depend on
   * @returns the outputs by the names that they were compiled under
   * @throws SubtextError `memory` before it starts, when there is not enough for it; `engine-failed` when the engine
   * cannot compute it
   */
  run(inputs: RunInputs): Promise<NamedTensors>;
  /** As `run`, with the outputs that were compiled to be held; whoever asked for them releases them. */
  runHolding(inputs: RunInputs): Promise<HoldingRun>;
  /** Memory that it holds from run to run: its own copy of weights, and what its largest run took. */
  readonly bytes: number;
  dispose(): void;
}

export interface HoldingRun {
  outputs: NamedTensors;
  held: Map<string, HeldTensor>;
}

export interface CompileOptions {
  /** Names of outputs that only later runs are interested in: they stay where the engine computed them. */
  holds?: ReadonlySet<string>;
  /**
   * Lets the engine hold its own copy of weights, as they are now, in the order that its matrix products like best. Which
   * ones is up to it.
   */
  packWeights?: boolean;
  /**
   * New values for some of the weights, by name: every run ends by putting them into the map that the graph was compiled
   * with, from which all graphs that were compiled with the same map take their weights. Not with `packWeights`.
   */
  updates?: ReadonlyMap<string, Tensor>;
  /** Whether the new values are taken only where every number of the outputs is finite; else the weights stay as they are. */
  onlyFinite?: boolean;
  /**
   * Sizes of named dimensions that stay the same in all runs: engines plan their memory better when they know them, and
   * what does not fit is refused before it is compiled.
   */
  sizes?: Readonly<Record<string, number>>;
  /** Whether products are computed in float32 whatever the engine's precision: where rounding costs more than it saves. */
  inFloat32?: boolean;
}

export interface Executor {
  readonly engine: EngineName;
  /** For people: 'CPU, 2 threads'. */
  readonly detail: string;
  /** What it computes with beyond float32, such as 'float16'; only where it was asked for at its start. */
  readonly features?: readonly string[];
  /** Of its matrix products; float32 where it is not said. */
  readonly precision?: Precision;
  /** That compute; 0 = one per physical core, on a system that does not say how many these are. */
  readonly threads: number;
  /**
   * Whether a run may be asked for before the one before it has answered. They are done in order; one whose forerunner
   * failed, or left its new weights, is refused, so that nothing is computed from weights other than was meant.
   */
  readonly takesAhead?: boolean;
  /** Whether its values lie in a memory of its own, so that all that is read of them has to travel. */
  readonly ownMemory: boolean;
  /** Bytes that can still be had of the memory that its values lie in. */
  availableMemory(): number;
  /**
   * @param outputs what is wanted, by name; nothing else is computed
   * @param weights the values of the graph's weights; looked up with every run, not copied where the engine can
   */
  compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    options?: CompileOptions,
  ): Promise<Executable>;
  /**
   * Brings the numbers in the map up to date, in place: an engine with a memory of its own keeps updated weights there.
   * @returns the names of those that were old
   * @throws SubtextError `engine-failed`, `device-lost`
   */
  fetchWeights(weights: NamedTensors): Promise<string[]>;
  /** To be called when numbers in the map were changed in place: what the engine keeps of them is old then. */
  weightsChanged(weights: NamedTensors): void;
  /** What it adds up products of float16 in; undefined where it has no float16. */
  halfSums?(): Promise<Precision | undefined>;
  /** Lets go of weights that were compiled with. What was compiled with them must not run any more. */
  release(weights: NamedTensors): void;
  dispose(): void;
}

/** Whether every number of all outputs is finite. */
export function allFinite(outputs: NamedTensors): boolean {
  return [...outputs.values()].every(({ data }) => data.every(Number.isFinite));
}

/** The part of a graph that some outputs need, sorted by where its values come from. */
export class Plan {
  readonly nodes: Node[];
  readonly inputs: { name: string; tensor: Tensor }[] = [];
  readonly weights: { name: string; tensor: Tensor }[] = [];
  /** Of the run before: runs of the same shapes follow each other. */
  private bound?: { shapes: string; bindings: Bindings };

  constructor(
    readonly graph: Graph,
    readonly outputs: ReadonlyMap<string, Tensor>,
    readonly updates: ReadonlyMap<string, Tensor> = new Map(),
    /** Of named dimensions, where all runs have the same. */
    private readonly sizes: Bindings = new Map(),
  ) {
    this.nodes = neededNodes(graph, [...outputs.values(), ...updates.values()]);
    for (const node of this.nodes) {
      if (node.kind === 'input') this.inputs.push({ name: node.name, tensor: node.outputs[0] });
      if (node.kind === 'weight') this.weights.push({ name: node.name, tensor: node.outputs[0] });
    }
  }

  /** Whether these are all sizes that the inputs bind. */
  isBoundBy(sizes: Bindings): boolean {
    return this.inputs.every(({ tensor }) => unboundNames(tensor.shape, sizes).length === 0);
  }

  /**
   * Sizes of the named dimensions for these inputs: the same object as long as their shapes stay the same.
   * @throws SubtextError `graph` when an input is missing or does not fit
   */
  bind(inputs: ReadonlyMap<string, { shape: readonly number[] }>): Bindings {
    const shapes = this.inputs.map(({ name }) => inputs.get(name)?.shape.join() ?? 'none').join(';');
    if (this.bound?.shapes !== shapes) this.bound = { shapes, bindings: this.boundBy(inputs) };
    return this.bound.bindings;
  }

  private boundBy(inputs: ReadonlyMap<string, { shape: readonly number[] }>): Bindings {
    const bindings: Bindings = new Map(this.sizes);
    for (const pass of [1, 2]) {
      for (const { name, tensor } of this.inputs) {
        const value = inputs.get(name);
        if (!value) throw graphError(`input ${name} was not given`);
        if (!bindShape(tensor.shape, value.shape, bindings) && pass === 2) {
          const wanted = `[${tensor.shape.join()}]${describeSizes(tensor.shape, bindings)}`;
          throw graphError(`input ${name} is [${value.shape.join()}], not ${wanted}${this.takenBy(tensor)}`);
        }
      }
    }
    return bindings;
  }

  /**
   * The values of the weights now.
   * @throws SubtextError `graph` when one is missing or misshaped
   */
  weightValues(weights: NamedTensors): NamedTensors {
    return new Map(
      this.weights.map(({ name, tensor }) => [
        name,
        weightOfShape(weights, name, tensor.shape, this.takenBy(tensor)),
      ]),
    );
  }

  /** Bytes of the new values of weights that a run makes beside the ones before. */
  updatedBytes(weights: NamedTensors): number {
    return [...this.updates.keys()].reduce((sum, name) => sum + weights.get(name)!.data.byteLength, 0);
  }

  /** The first operation that takes a value from outside, as the end of a message. */
  private takenBy(tensor: Tensor): string {
    const user = this.nodes.find((node) => node.kind === 'operation' && node.inputs.includes(tensor));
    return user?.kind === 'operation' ? `, as ${describePlace(user)} takes it` : '';
  }
}

/**
 * A weight that must be there.
 * @param taken the end of the message, which says by what
 * @throws SubtextError `graph` when it is missing or misshaped
 */
export function weightOfShape(weights: NamedTensors, name: string, shape: Shape, taken = ''): TensorData {
  const value = weights.get(name);
  const wanted = `[${shape.join()}]${taken}`;
  if (!value) throw graphError(`weight ${name} is missing: ${wanted}`);
  if (value.shape.join() === shape.join()) return value;
  throw graphError(`weight ${name} is [${value.shape.join()}], not ${wanted}`);
}

/** `(batch 2, pos 5)`: the sizes behind the names in a shape. */
function describeSizes(shape: Shape, bindings: Bindings): string {
  const named = [...bindings].filter(([name]) =>
    shape.some((size) => `${size}`.split(/[+*]/).includes(name)),
  );
  return named.length === 0 ? '' : ` (${named.map((each) => each.join(' ')).join(', ')})`;
}
