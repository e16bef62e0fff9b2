// Runs a graph operation by operation on a TensorFlow.js backend: the `wasm` engine (and later `cuda`).
import '../operations';
import type * as tensorflow from '@tensorflow/tfjs-core';
import type { EngineName } from '../../../protocol/types';
import { resolveShape } from '../graph/dimension';
import type { DataType, Graph, Node, Tensor, TensorData } from '../graph/graph';
import { numbersOf, stored } from '../graph/storage';
import { Plan, type CompileOptions, type Executable, type Executor, type NamedTensors } from '../executor';
import { availableMemory } from '../availableMemory';
import { engineError } from '../failures';
import { Footprint } from '../footprint';

type Tensorflow = typeof tensorflow;

/** All that WebAssembly can address; beyond, the backend overwrites earlier tensors without a word. */
const HEAP_BYTES = 4 * 2 ** 30;

export class TensorflowExecutor implements Executor {
  readonly threads = 1;
  /** Weights on the device, shared by everything that was compiled with the same values. */
  private readonly uploaded = new Map<TensorData, tensorflow.Tensor>();

  constructor(
    private readonly tf: Tensorflow,
    readonly engine: EngineName,
    readonly detail: string,
  ) {}

  compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    { updates, accepts = () => true }: CompileOptions = {},
  ): Promise<Executable> {
    const plan = new Plan(graph, outputs, updates);
    plan.weightValues(weights);
    const available = () => Math.min(availableMemory(), HEAP_BYTES - this.tf.memory().numBytes);
    const footprint = new Footprint(plan, { available, freed: false });
    return Promise.resolve({
      run: (inputs: NamedTensors) => this.run(plan, footprint, weights, accepts, inputs),
      // What a run takes goes back to a heap that all share.
      bytes: 0,
      dispose: () => undefined,
    });
  }

  release(weights: NamedTensors): void {
    for (const value of weights.values()) {
      this.uploaded.get(value)?.dispose();
      this.uploaded.delete(value);
    }
  }

  dispose(): void {
    for (const tensor of this.uploaded.values()) tensor.dispose();
    this.uploaded.clear();
  }

  private upload(value: TensorData): tensorflow.Tensor {
    let tensor = this.uploaded.get(value);
    if (!tensor) this.uploaded.set(value, (tensor = this.tf.keep(toTensor(this.tf, value))));
    return tensor;
  }

  private replace(weights: NamedTensors, name: string, value: TensorData): void {
    const old = weights.get(name)!;
    this.uploaded.get(old)?.dispose();
    this.uploaded.delete(old);
    weights.set(name, value);
  }

  private async run(
    plan: Plan,
    footprint: Footprint,
    weights: NamedTensors,
    accepts: NonNullable<CompileOptions['accepts']>,
    inputs: NamedTensors,
  ): Promise<NamedTensors> {
    const bindings = plan.bind(inputs);
    footprint.admit(bindings);
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
                ? [this.upload(weights.get(node.name)!)]
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
      const read = await Promise.all(
        results.map(async (result, index): Promise<[string, TensorData]> => {
          const [name, { type }] = wanted[index];
          const data = await result.data<'float32' | 'int32' | 'bool'>();
          return [
            name,
            { type, shape: result.shape, data: type === HELD_AS[type] ? data : stored(type, data) },
          ];
        }),
      );
      const outputs = new Map(read.slice(0, plan.outputs.size));
      if (accepts(outputs)) {
        for (const [name, value] of read.slice(plan.outputs.size)) this.replace(weights, name, value);
      }
      return outputs;
    } catch (error) {
      throw engineError(error, { engine: this.engine, doing: 'running', plan, bindings, at });
    } finally {
      tf.dispose(results);
    }
  }
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
