// Runs a graph operation by operation on a TensorFlow.js backend: the `wasm` engine (and later `cuda`).
import '../operations';
import type * as tensorflow from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../protocol/types';
import { resolveShape } from '../graph/dimension';
import type { DataType, Graph, Node, Tensor, TensorData } from '../graph/graph';
import { numbersOf, stored } from '../graph/storage';
import {
  allFinite,
  Plan,
  type CompileOptions,
  type Executable,
  type Executor,
  type NamedTensors,
} from '../executor';
import { availableMemory as freeMemory } from '../availableMemory';
import { engineError } from '../failures';
import { Footprint } from '../footprint';
import { heldOnHost, onHost } from '../heldTensor';
import { HeldWeights } from '../heldWeights';

type Tensorflow = typeof tensorflow;

/** All that WebAssembly can address; beyond, the backend overwrites earlier tensors without a word. */
const HEAP_BYTES = 4 * 2 ** 30;

export class TensorflowExecutor implements Executor {
  readonly threads = 1;
  readonly ownMemory = true;
  /** Weights on the device, shared by everything that was compiled with the same values. */
  private readonly weights: HeldWeights<tensorflow.Tensor>;

  constructor(
    private readonly tf: Tensorflow,
    readonly engine: EngineName,
    readonly detail: string,
    /** Bytes that can still be had. */
    readonly availableMemory = () => Math.min(freeMemory(), HEAP_BYTES - tf.memory().numBytes),
  ) {
    this.weights = new HeldWeights({
      upload: (value) => tf.keep(toTensor(tf, value)),
      download: async (tensor, type) => numbersFrom(type, await read(tensor)),
      free: (tensor) => tensor.dispose(),
    });
  }

  compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    { updates, onlyFinite = false, sizes = {}, holds = new Set() }: CompileOptions = {},
  ): Promise<Executable> {
    const bindings = new Map(Object.entries(sizes));
    const plan = new Plan(graph, outputs, updates, bindings);
    const values = plan.weightValues(weights);
    const available = () => this.availableMemory() - this.weights.missing(values);
    const footprint = new Footprint(plan, { own: plan.updatedBytes(weights), available, freed: false });
    if (plan.isBoundBy(bindings)) footprint.admit(bindings);
    const run = (inputs: NamedTensors) => this.run(plan, footprint, weights, onlyFinite, inputs);
    return Promise.resolve({
      run: (inputs) => run(onHost(inputs)),
      runHolding: async (inputs) => heldOnHost(await run(onHost(inputs)), holds),
      // What a run takes goes back to a heap that all share.
      bytes: 0,
      dispose: () => undefined,
    });
  }

  fetchWeights(weights: NamedTensors): Promise<string[]> {
    return this.weights.fetch(weights);
  }

  weightsChanged(weights: NamedTensors): void {
    this.weights.drop(weights);
  }

  release(weights: NamedTensors): void {
    this.weights.drop(weights);
  }

  dispose(): void {
    this.weights.dispose();
  }

  private async run(
    plan: Plan,
    footprint: Footprint,
    weights: NamedTensors,
    onlyFinite: boolean,
    inputs: NamedTensors,
  ): Promise<NamedTensors> {
    const bindings = plan.bind(inputs);
    footprint.admit(bindings);
    const held = await this.weights.of(plan.weightValues(weights));
    const context = { resolve: (shape: Tensor['shape']) => resolveShape(shape, bindings) };
    const { tf } = this;
    const wanted = [...plan.outputs, ...plan.updates];
    let results: tensorflow.Tensor[] = [];
    let at: Extract<Node, { kind: 'operation' }> | undefined;
    try {
      results = tf.tidy(() => {
        const values = new Map<number, tensorflow.Tensor>();
        for (const node of plan.nodes) {
          at = node.kind === 'operation' ? node : undefined;
          const outputs =
            node.kind === 'input'
              ? [toTensor(tf, inputs.get(node.name)!)]
              : node.kind === 'weight'
                ? [held.get(node.name)!]
                : node.kind === 'constant'
                  ? [toTensor(tf, node.value)]
                  : node.forms.tfjs(
                      tf,
                      node.inputs.map((input) => values.get(input.id)!),
                      node.attributes,
                      context,
                    );
          node.outputs.forEach((output, index) => values.set(output.id, outputs[index]));
        }
        at = undefined;
        // Clones, because an output may be a weight, which must outlive the run.
        return wanted.map(([, tensor]) => tf.clone(values.get(tensor.id)!));
      });
      const outputs = new Map(
        await Promise.all(
          [...plan.outputs].map(async ([name, { type }], index): Promise<[string, TensorData]> => {
            const { shape } = results[index];
            return [name, { type, shape, data: numbersFrom(type, await read(results[index])) }];
          }),
        ),
      );
      if (!onlyFinite || allFinite(outputs)) {
        const renewed = results.splice(plan.outputs.size);
        [...plan.updates.keys()].forEach((name, index) =>
          this.weights.renew(weights.get(name)!, tf.keep(renewed[index])),
        );
      }
      return outputs;
    } catch (error) {
      throw engineError(error, { engine: this.engine, doing: 'running', plan, bindings, at });
    } finally {
      tf.dispose(results);
    }
  }
}

type Numbers = Float32Array | Int32Array | Uint8Array;

function read(tensor: tensorflow.Tensor): Promise<Numbers> {
  return tensor.data<'float32' | 'int32' | 'bool'>();
}

/** What TensorFlow.js gave, as Subtext holds numbers of that type. */
function numbersFrom(type: DataType, data: Numbers): TensorData['data'] {
  return type === HELD_AS[type] ? data : stored(type, data);
}

function toTensor(tf: Tensorflow, value: TensorData): tensorflow.Tensor {
  const type = HELD_AS[value.type];
  const numbers = numbersOf(value);
  return tf.tensor(
    numbers instanceof Float64Array ? Int32Array.from(numbers) : numbers,
    [...value.shape],
    type,
  );
}

/** TensorFlow.js has three of the types; the others are held as one that has all their numbers, or those that fit. */
const HELD_AS: Record<DataType, 'float32' | 'int32' | 'bool'> = {
  float32: 'float32',
  float16: 'float32',
  bfloat16: 'float32',
  int32: 'int32',
  int64: 'int32',
  bool: 'bool',
};
