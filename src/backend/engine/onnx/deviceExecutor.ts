// Runs graphs on ONNX Runtime's WebGPU provider: weights and their updates stay on the device, and only what is asked for
// comes back. Runs in a process of its own (guarded/), because reading a device's tensor by mistake ends the process.
import '../operations';
import type * as onnxruntime from 'onnxruntime-node';
import type { Precision } from '../../../protocol/types';
import { graphError, type DataType, type Graph, type Tensor, type TensorData } from '../graph/graph';
import {
  allFinite,
  Plan,
  type CompileOptions,
  type Executable,
  type Executor,
  type HoldingRun,
  type NamedTensors,
} from '../executor';
import { availableMemory } from '../availableMemory';
import { engineError, namedNode, type Operation } from '../failures';
import { Footprint } from '../footprint';
import type { HeldTensor, RunInputs } from '../heldTensor';
import { HeldWeights, type DeviceMemory } from '../heldWeights';
import { ComputedTensors } from './computedTensors';
import { dataOf, runtimeTensor } from './crossing';
import { Exits } from './exits';
import { halfSums } from './halfSums';
import { refusedOperation } from './refusedOperation';
import { copyModel, doublingModel } from './smallModels';
import { sourceName, writeOnnx } from './writer';

type Onnxruntime = typeof onnxruntime;
type Session = onnxruntime.InferenceSession;

/** The layout that it likes for images makes ONNX Runtime take shapes apart on the CPU. */
const DEVICE = { name: 'webgpu', preferredLayout: 'NCHW' } as const;

export class OnnxDeviceExecutor implements Executor {
  readonly engine = 'webgpu';
  readonly threads = 0;
  readonly ownMemory = true;
  readonly features: string[] = [];
  private readonly memory: DeviceMemory<onnxruntime.Tensor>;
  private readonly weights: HeldWeights<onnxruntime.Tensor>;
  /** Sessions that do nothing but move a tensor onto the device or off it, by direction, type and rank. */
  private readonly copiers = new Map<string, Promise<Session>>();
  private readonly computed = new ComputedTensors<Session, onnxruntime.Tensor>();

  constructor(
    private readonly runtime: Onnxruntime,
    readonly detail: string,
    /** Bytes that graphs can have at most; where they are not known, as many as are free on this machine. */
    private readonly cardMemory?: number,
    /** Whether it is to compute float16 in float16, which some cards only have; else such numbers are rounded float32. */
    private readonly float16 = false,
  ) {
    this.memory = {
      upload: (value) => this.copy(runtimeTensor(runtime, value, 'webgpu'), 'gpu-buffer'),
      download: async (tensor, type) => dataOf(type, (await this.copy(tensor, 'cpu')).data, 'webgpu'),
      free: (tensor) => this.computed.free(tensor),
    };
    this.weights = new HeldWeights(this.memory);
  }

  /** @throws Error where there is no device to compute on */
  async check(): Promise<void> {
    const one = { type: 'float32' as const, shape: [1], data: Float32Array.of(1) };
    await this.copy(runtimeTensor(this.runtime, one, 'webgpu'), 'cpu');
  }

  halfSums(): Promise<Precision | undefined> {
    return halfSums(this.runtime, (model) => this.createSession(model));
  }

  /** Runs a small program, which the log shows where it is verbose. */
  async showProgram(): Promise<void> {
    const session = await this.createSession(doublingModel());
    await session.run({ from: new this.runtime.Tensor('float32', Float32Array.of(1), [1]) });
    await session.release();
  }

  availableMemory(): number {
    return this.cardMemory === undefined ? availableMemory() : this.cardMemory - this.weights.bytes;
  }

  async compile(
    graph: Graph,
    outputs: ReadonlyMap<string, Tensor>,
    weights: NamedTensors,
    {
      updates = new Map<string, Tensor>(),
      onlyFinite = false,
      sizes = {},
      holds = new Set(),
    }: CompileOptions = {},
  ): Promise<Executable> {
    const bindings = new Map(Object.entries(sizes));
    const plan = new Plan(graph, outputs, updates, bindings);
    const values = plan.weightValues(weights);
    const available = () => this.availableMemory() - this.weights.missing(values);
    const footprint = new Footprint(plan, { own: plan.updatedBytes(weights), available });
    if (plan.isBoundBy(bindings)) footprint.admit(bindings);
    const exits = new Exits(outputs, { apart: holds });
    let session: Session;
    try {
      const model = writeOnnx(plan, 'webgpu', new Set(), bindings, exits, this.float16);
      session = await this.createSession(model, {
        freeDimensionOverrides: sizes,
        preferredOutputLocation: Object.fromEntries([
          ...exits.all.map(({ name }) => [
            sourceName('output', name),
            holds.has(name) ? 'gpu-buffer' : 'cpu',
          ]),
          ...[...updates.keys()].map((name) => [sourceName('update', name), 'gpu-buffer']),
        ]) as Record<string, onnxruntime.Tensor.DataLocation>,
      });
    } catch (error) {
      const at = namedNode(plan, String(error)) ?? (await this.refused(plan, sizes));
      throw engineError(error, { engine: this.engine, doing: 'compiling', plan, at });
    }
    const run = (inputs: RunInputs) =>
      this.run(session, plan, footprint, weights, { onlyFinite, holds, exits }, inputs);
    return {
      run: async (inputs) => (await run(inputs)).outputs,
      runHolding: run,
      get bytes() {
        return footprint.bytes;
      },
      dispose: () => this.computed.end(session),
    };
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
    for (const session of this.copiers.values()) void session.then((each) => each.release());
    this.copiers.clear();
  }

  private async run(
    session: Session,
    plan: Plan,
    footprint: Footprint,
    weights: NamedTensors,
    { onlyFinite, holds, exits }: DeviceRun,
    inputs: RunInputs,
  ): Promise<HoldingRun> {
    const bindings = plan.bind(inputs);
    footprint.admit(bindings);
    try {
      const feeds: Record<string, onnxruntime.Tensor> = {};
      for (const [name, tensor] of await this.weights.of(plan.weightValues(weights)))
        feeds[sourceName('weight', name)] = tensor;
      for (const { name } of plan.inputs) feeds[sourceName('input', name)] = this.feed(inputs.get(name)!);
      const results = await session.run(feeds);
      const staying = (kind: 'output' | 'update', names: Iterable<string>) =>
        [...names].map(
          (name) => [name, this.computed.keep(session, results[sourceName(kind, name)])] as const,
        );
      const kept = staying('output', holds);
      const fresh = staying('update', plan.updates.keys());
      const outputs = exits.outputs(bindings, (name, type) =>
        dataOf(type, results[sourceName('output', name)].data, 'webgpu'),
      );
      const held = new Map<string, HeldTensor>(
        kept.map(([name, tensor]) => [
          name,
          new DeviceTensor(plan.outputs.get(name)!.type, tensor, this.memory),
        ]),
      );
      const taken = !onlyFinite || allFinite(outputs);
      for (const [name, tensor] of fresh) {
        // Freed by name: the binding writes into no buffer that it is given, and frees none by itself (onnxruntime-node 1.30).
        if (taken) this.weights.renew(weights.get(name)!, tensor);
        else this.memory.free(tensor);
      }
      return { outputs, held };
    } catch (error) {
      throw engineError(error, { engine: this.engine, doing: 'running', plan, bindings });
    }
  }

  /** That nodes would fall to the CPU is all that the runtime says where a provider lacks an operator. */
  private refused(plan: Plan, sizes: Record<string, number>): Promise<Operation | undefined> {
    const bindings = new Map(Object.entries(sizes));
    return refusedOperation(plan, async (alone) => {
      const exits = new Exits(alone.outputs);
      const model = writeOnnx(alone, 'webgpu', new Set(), bindings, exits, this.float16);
      const session = await this.createSession(model, { freeDimensionOverrides: sizes }).catch(
        () => undefined,
      );
      await session?.release();
      return session !== undefined;
    });
  }

  private feed(value: TensorData | HeldTensor): onnxruntime.Tensor {
    if ('data' in value) return runtimeTensor(this.runtime, value, 'webgpu');
    if (value instanceof DeviceTensor) return value.tensor;
    throw graphError('an input is held by another engine');
  }

  /** Where a device's tensor is read directly, the process ends: a session that copies it is the way. */
  private async copy(tensor: onnxruntime.Tensor, to: 'cpu' | 'gpu-buffer'): Promise<onnxruntime.Tensor> {
    const type = tensor.type as DataType;
    const key = `${to} ${type} ${tensor.dims.length}`;
    let copier = this.copiers.get(key);
    if (!copier) {
      copier = this.createSession(copyModel(type, tensor.dims.length), { preferredOutputLocation: to });
      this.copiers.set(key, copier);
    }
    return (await (await copier).run({ from: tensor })).to;
  }

  private createSession(
    model: Uint8Array,
    options: onnxruntime.InferenceSession.SessionOptions = {},
  ): Promise<Session> {
    return this.runtime.InferenceSession.create(model, {
      executionProviders: [DEVICE],
      graphOptimizationLevel: 'all',
      enableMemPattern: false,
      logSeverityLevel: 4,
      // A node that only the CPU can run would move tensors to and fro without a word.
      extra: { session: { disable_cpu_ep_fallback: '1' } },
      ...options,
    });
  }
}

/** What runs of one graph have in common. */
interface DeviceRun {
  onlyFinite: boolean;
  holds: ReadonlySet<string>;
  exits: Exits;
}

/** An output of a run, where the device has it. */
class DeviceTensor implements HeldTensor {
  constructor(
    readonly type: DataType,
    readonly tensor: onnxruntime.Tensor,
    private readonly memory: DeviceMemory<onnxruntime.Tensor>,
  ) {}

  get shape(): readonly number[] {
    return this.tensor.dims;
  }

  async read(): Promise<TensorData> {
    const { type, shape } = this;
    return { type, shape, data: await this.memory.download(this.tensor, type) };
  }

  release(): void {
    this.memory.free(this.tensor);
  }
}
