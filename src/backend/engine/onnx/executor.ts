// Runs graphs on ONNX Runtime's CPU provider, the `cpu` engine, or its CUDA provider: one session per compiled graph.
import '../operations';
import type * as onnxruntime from 'onnxruntime-node';
import type { Precision } from '../../../protocol/types';
import type { Graph, Tensor, TensorData } from '../graph/graph';
import { ARRAYS } from '../graph/storage';
import {
  allFinite,
  Plan,
  type CompileOptions,
  type Executable,
  type Executor,
  type NamedTensors,
} from '../executor';
import { availableMemory } from '../availableMemory';
import { engineError } from '../failures';
import { Footprint } from '../footprint';
import { heldOnHost, onHost } from '../heldTensor';
import { physicalCores } from '../physicalCores';
import { dataOf, runtimeTensor } from './crossing';
import { Exits } from './exits';
import { halfSums } from './halfSums';
import { emptyTensor, runInPlace } from './inPlace';
import { Sessions, SMALL_WORK } from './sessions';
import { sourceName, writeOnnx } from './writer';

type Onnxruntime = typeof onnxruntime;

export interface OnnxOptions {
  /** 0 = one per physical core. */
  threads: number;
  /** Whether the process has nothing to do between two runs: then threads wait for the next one awake. */
  exclusive?: boolean;
  /** Bytes of memory that can be had; default: as the system says. */
  availableMemory?: () => number;
  /**
   * `cuda`: the runtime is one that was installed with this provider. Weights that are not packed then travel
   * with every run.
   */
  provider?: 'cpu' | 'cuda';
}

/** Where the weights of a run come from and go to. */
interface RunWeights {
  weights: NamedTensors;
  /** Names of those that are given with every run. */
  shared: readonly string[];
  /** Second buffers, for the new values of those that are updated. */
  spare: NamedTensors;
  onlyFinite: boolean;
}

/** What a session takes for each node (bench/NOTES.md). */
const NODE_BYTES = 16 * 1024;

export class OnnxExecutor implements Executor {
  readonly engine: 'cpu' | 'cuda';
  readonly threads: number;
  readonly ownMemory = false;
  readonly features: string[] = [];
  /** ONNX Runtime's view of each weight: made once, over the same memory. */
  private readonly wrapped = new Map<TensorData, onnxruntime.Tensor>();
  /** Names of the weights that runs have exchanged since they were asked for. */
  private readonly exchanged = new WeakMap<NamedTensors, Set<string>>();

  constructor(
    private readonly runtime: Onnxruntime,
    readonly detail: string,
    private readonly options: OnnxOptions,
  ) {
    this.engine = options.provider ?? 'cpu';
    this.threads = options.threads || (physicalCores() ?? 0);
  }

  availableMemory(): number {
    return (this.options.availableMemory ?? availableMemory)();
  }

  async compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    {
      packWeights = false,
      updates = new Map(),
      onlyFinite = false,
      sizes = {},
      holds = new Set(),
    }: CompileOptions = {},
  ): Promise<Executable> {
    const bindings = new Map(Object.entries(sizes));
    const plan = new Plan(graph, outputs, updates, bindings);
    const values = plan.weightValues(weights);
    const packed = packWeights ? this.packable(plan, values) : new Map<string, TensorData>();
    const footprint = this.footprint(plan, values, packed);
    const known = plan.isBoundBy(bindings);
    if (known) footprint.admit(bindings);
    // On one thread a second session would win little, and hold the weights once more.
    const smallWork = this.engine === 'cpu' && this.threads !== 1 ? SMALL_WORK : -Infinity;
    const float16 = this.engine === 'cuda';
    const create = async (small: boolean) => {
      const exits = new Exits(plan.outputs, { joined: small });
      const options: onnxruntime.InferenceSession.SessionOptions = {
        executionProviders: [this.engine],
        // Left to ONNX Runtime where nothing is asked: it then ties each thread to its core too.
        intraOpNumThreads: small ? 1 : this.options.threads,
        graphOptimizationLevel: 'all',
        // One block planned for all values of a run would lie beside what the first run took: half as much again.
        enableMemPattern: small,
        // Failures are told by what is thrown.
        logSeverityLevel: 4,
        freeDimensionOverrides: sizes,
        extra: { session: this.sessionEntries() },
        externalData: [...packed].map(([name, { data }]) => ({
          path: sourceName('weight', name),
          data: bytesOf(data),
        })),
      };
      try {
        const model = writeOnnx(plan, 'cpu', packed, bindings, exits, float16);
        return { session: await this.runtime.InferenceSession.create(model, options), exits };
      } catch (error) {
        throw engineError(error, { engine: this.engine, doing: 'compiling', plan });
      }
    };
    const sessions = new Sessions(plan, smallWork, create);
    await (known ? sessions.at(bindings) : sessions.any());
    footprint.hold();
    // Each updated weight lives in two buffers: a run reads one and writes the other.
    const spare = new Map([...updates.keys()].map((name) => [name, emptyLike(weights.get(name)!)]));
    const shared = plan.weights.map(({ name }) => name).filter((name) => !packed.has(name));
    const run = (inputs: NamedTensors) =>
      this.run(sessions, plan, footprint, { weights, shared, spare, onlyFinite }, inputs);
    return {
      run: (inputs) => run(onHost(inputs)),
      runHolding: async (inputs) => heldOnHost(await run(onHost(inputs)), holds),
      get bytes() {
        return footprint.bytes;
      },
      dispose: () => {
        for (const value of spare.values()) this.wrapped.delete(value);
        sessions.release();
      },
    };
  }

  /** The numbers are where they should be; whose they are is for a process that holds others. */
  fetchWeights(weights: NamedTensors): Promise<string[]> {
    const names = [...(this.exchanged.get(weights) ?? [])];
    this.exchanged.delete(weights);
    return Promise.resolve(names);
  }

  /** The processor has no float16: ONNX Runtime multiplies such numbers in float32 there. */
  async halfSums(): Promise<Precision | undefined> {
    if (this.engine === 'cpu') return undefined;
    return halfSums(this.runtime, (model) =>
      this.runtime.InferenceSession.create(model, { executionProviders: [this.engine], logSeverityLevel: 4 }),
    );
  }

  weightsChanged(): void {
    // Runs read them where they lie.
  }

  release(weights: NamedTensors): void {
    for (const value of weights.values()) this.wrapped.delete(value);
  }

  dispose(): void {
    this.wrapped.clear();
  }

  private sessionEntries(): Record<string, string> {
    return {
      // Else threads loop on while they wait for the next run, on the core that the way to the view needs.
      force_spinning_stop: this.options.exclusive ? '0' : '1',
      // Else softmax computes with numbers below float32's normal range behind every mask, each some 100 times as slow.
      // The first session of a process sets it for its thread, and each for the threads of its pool. A process has one
      // thread that makes sessions; its JavaScript takes such numbers for zero then, too.
      set_denormal_as_zero: this.engine === 'cpu' ? '1' : '0',
    };
  }

  /** The weights that a copy makes faster, as long as there is memory for it. */
  private packable(plan: Plan, values: NamedTensors): NamedTensors {
    const left = this.engine === 'cpu' ? tablesOf(plan) : new Set<Tensor>();
    const wanted = plan.weights.filter(({ name, tensor }) => !left.has(tensor) && !plan.updates.has(name));
    const packed = new Map(wanted.map(({ name }) => [name, values.get(name)!]));
    return bytesIn(packed) <= this.availableMemory() ? packed : new Map<string, TensorData>();
  }

  private footprint(plan: Plan, weights: NamedTensors, packed: NamedTensors): Footprint {
    // An updated weight has two buffers, and the system gives neither before it is written.
    const own = bytesIn(packed) + 2 * plan.updatedBytes(weights) + NODE_BYTES * plan.nodes.length;
    return new Footprint(plan, { own, available: () => this.availableMemory() });
  }

  private wrap(value: TensorData): onnxruntime.Tensor {
    let tensor = this.wrapped.get(value);
    if (!tensor) this.wrapped.set(value, (tensor = runtimeTensor(this.runtime, value, 'cpu')));
    return tensor;
  }

  private async run(
    sessions: Sessions,
    plan: Plan,
    footprint: Footprint,
    { weights, shared, spare, onlyFinite }: RunWeights,
    inputs: NamedTensors,
  ): Promise<NamedTensors> {
    const bindings = plan.bind(inputs);
    footprint.admit(bindings);
    const feeds: Record<string, onnxruntime.Tensor> = {};
    for (const name of shared) feeds[sourceName('weight', name)] = this.wrap(weights.get(name)!);
    for (const { name } of plan.inputs)
      feeds[sourceName('input', name)] = runtimeTensor(this.runtime, inputs.get(name)!, 'cpu');
    const fetches: Record<string, onnxruntime.Tensor> = {};
    for (const [name, value] of spare) fetches[sourceName('update', name)] = this.wrap(value);
    let outputs: NamedTensors;
    try {
      const { session, exits } = await sessions.at(bindings);
      for (const { name, type, shape } of exits.leaving(bindings))
        fetches[sourceName('output', name)] = emptyTensor(this.runtime, type, shape);
      await runInPlace(session, feeds, fetches);
      outputs = exits.outputs(bindings, (name, type) =>
        dataOf(type, fetches[sourceName('output', name)].data, 'cpu'),
      );
    } catch (error) {
      throw engineError(error, { engine: this.engine, doing: 'running', plan, bindings });
    }
    if (!onlyFinite || allFinite(outputs)) {
      for (const [name, value] of spare) {
        spare.set(name, weights.get(name)!);
        weights.set(name, value);
      }
      if (spare.size > 0) this.remember(weights, spare.keys());
    }
    return outputs;
  }

  private remember(weights: NamedTensors, names: Iterable<string>): void {
    const known = this.exchanged.get(weights) ?? new Set();
    for (const name of names) known.add(name);
    this.exchanged.set(weights, known);
  }
}

/**
 * Weights that rows are taken from, and such as are multiplied transposed, as an unembedding that is one of them: a product
 * is hardly faster for a copy of these, and twice as slow where they are narrow (bench/NOTES.md).
 */
function tablesOf(plan: Plan): Set<Tensor> {
  const tables = new Set<Tensor>();
  for (const node of plan.nodes) {
    if (node.kind !== 'operation') continue;
    const { name } = node.forms;
    if (name === 'gather') tables.add(node.inputs[0]);
    if (name === 'matmul' && (node.attributes as { transposeB: boolean }).transposeB)
      tables.add(node.inputs[1]);
  }
  return tables;
}

function bytesIn(values: NamedTensors): number {
  return [...values.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

function emptyLike({ type, shape, data }: TensorData): TensorData {
  return { type, shape, data: new ARRAYS[type](data.length) };
}

function bytesOf(data: TensorData['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
