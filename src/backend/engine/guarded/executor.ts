// An engine in a process of its own: drivers and native code may end that process, never this one.
import type { EngineName, Precision } from '../../../protocol/types';
import {
  Plan,
  type CompileOptions,
  type Executable,
  type Executor,
  type HoldingRun,
  type NamedTensors,
} from '../executor';
import { graphError, type Graph, type Tensor, type TensorData } from '../graph/graph';
import type { HeldTensor, RunInputs } from '../heldTensor';
import { availableMemory } from '../availableMemory';
import { EngineProcess } from './engineProcess';
import { featuresIn } from './features';
import { graphData } from './graphData';
import type { EngineStart, HeldData, HeldNumber } from './messages';

/** A map of weights as the process knows it. */
interface Sent {
  number: number;
  /** What was sent last under each name. */
  values: Map<string, TensorData>;
}

export class GuardedExecutor implements Executor {
  readonly ownMemory = true;
  readonly takesAhead = true;
  private readonly sent = new WeakMap<NamedTensors, Sent>();
  private numbers = 0;

  private constructor(
    readonly engine: EngineName,
    readonly detail: string,
    readonly threads: number,
    readonly features: readonly string[],
    readonly precision: Precision,
    /** Bytes that graphs can have at most, where they are known. */
    private readonly memory: number | undefined,
    private readonly process: EngineProcess,
  ) {}

  /**
   * @param process that has not been started yet
   * @throws SubtextError `engine-unavailable` with the reason; `device-lost` where it dies of it
   */
  static async start(
    options: EngineStart,
    process = new EngineProcess(options.engine),
  ): Promise<GuardedExecutor> {
    try {
      const { detail, threads, features } = await process.call('start', options);
      const told = options.verbose ? featuresIn(await process.takeWords()) : [];
      const { engine, precision = 'float32', memory } = options;
      return new GuardedExecutor(engine, detail, threads, [...features, ...told], precision, memory, process);
    } catch (error) {
      process.stop();
      throw error;
    }
  }

  availableMemory(): number {
    return this.memory ?? availableMemory();
  }

  async compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    {
      updates,
      onlyFinite = false,
      packWeights = false,
      sizes = {},
      holds = new Set(),
      inFloat32 = false,
    }: CompileOptions = {},
  ): Promise<Executable> {
    const plan = new Plan(graph, outputs, updates);
    const { process } = this;
    const executable = this.numbers++;
    const sent = this.send(plan, weights);
    const options = { onlyFinite, packWeights, sizes, holds, inFloat32 };
    const compiled = await process.watched('compile', {
      executable,
      weights: sent.number,
      graph: graphData(plan),
      ...options,
    });
    let { bytes } = compiled;
    let pending = 0;
    const run = async (inputs: RunInputs): Promise<HoldingRun> => {
      plan.bind(inputs);
      this.send(plan, weights);
      const used = new Map(plan.inputs.map(({ name }) => [name, given(inputs.get(name)!)]));
      const asked = process.watched('run', { executable, inputs: used, ahead: pending > 0 });
      pending++;
      const result = await asked.finally(() => pending--);
      bytes = result.bytes;
      const held = [...result.held].map(
        ([name, tensor]) => [name, new RemoteTensor(tensor, process)] as const,
      );
      return { outputs: result.outputs, held: new Map(held) };
    };
    return {
      run: async (inputs) => (await run(inputs)).outputs,
      runHolding: run,
      get bytes() {
        return bytes;
      },
      dispose: () => process.tell('dropExecutable', { executable }),
    };
  }

  async fetchWeights(weights: NamedTensors): Promise<string[]> {
    const sent = this.sent.get(weights);
    if (!sent) return [];
    const fresh = await this.process.watched('fetchWeights', { weights: sent.number });
    for (const [name, { data }] of fresh) weights.get(name)!.data.set(data);
    return [...fresh.keys()];
  }

  weightsChanged(weights: NamedTensors): void {
    this.sent.get(weights)?.values.clear();
  }

  release(weights: NamedTensors): void {
    const sent = this.sent.get(weights);
    if (!sent) return;
    this.sent.delete(weights);
    this.process.tell('dropWeights', { weights: sent.number });
  }

  /** Of the process that it computes in. */
  get processId(): number | undefined {
    return this.process.id;
  }

  dispose(): void {
    this.process.stop();
  }

  /** Sends those weights of a plan that the process does not have, or has of old. */
  private send(plan: Plan, weights: NamedTensors): Sent {
    let sent = this.sent.get(weights);
    if (!sent) this.sent.set(weights, (sent = { number: this.numbers++, values: new Map() }));
    const values = new Map(
      [...plan.weightValues(weights)].filter(([name, value]) => sent.values.get(name) !== value),
    );
    if (values.size > 0) {
      this.process.tell('setWeights', { weights: sent.number, values });
      for (const each of values) sent.values.set(...each);
    }
    return sent;
  }
}

/** A tensor in the engine's process. */
class RemoteTensor implements HeldTensor {
  readonly type;
  readonly shape;
  readonly held;

  constructor(
    { type, shape, held }: HeldData,
    private readonly process: EngineProcess,
  ) {
    this.type = type;
    this.shape = shape;
    this.held = held;
  }

  read(): Promise<TensorData> {
    return this.process.watched('readHeld', { held: this.held });
  }

  release(): void {
    this.process.tell('dropHeld', { held: this.held });
  }
}

function given(value: TensorData | HeldTensor): TensorData | HeldNumber {
  if ('data' in value) return value;
  if (value instanceof RemoteTensor) return { held: value.held };
  throw graphError('an input is held by another engine');
}
