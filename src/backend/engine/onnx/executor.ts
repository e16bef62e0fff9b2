// Runs graphs on ONNX Runtime: the `cpu` engine (and later `webgpu`), one session per compiled graph.
import '../operations';
import type * as onnxruntime from 'onnxruntime-node';
import type { Graph, Tensor, TensorData } from '../graph/graph';
import {
  engineError,
  Plan,
  type CompileOptions,
  type Executable,
  type Executor,
  type NamedTensors,
} from '../executor';
import { sourceName, writeOnnx } from './writer';

type Onnxruntime = typeof onnxruntime;

export interface OnnxOptions {
  /** 0 = one per physical core. */
  threads: number;
}

export class OnnxExecutor implements Executor {
  /** ONNX Runtime's view of each weight: made once, over the same memory. */
  private readonly wrapped = new Map<TensorData, onnxruntime.Tensor>();

  constructor(
    private readonly runtime: Onnxruntime,
    readonly engine: 'cpu' | 'webgpu',
    readonly detail: string,
    private readonly options: OnnxOptions,
  ) {}

  async compile(
    graph: Graph,
    outputs: Map<string, Tensor>,
    weights: NamedTensors,
    { packWeights = false }: CompileOptions = {},
  ): Promise<Executable> {
    const plan = new Plan(graph, outputs);
    const values = [...plan.weightValues(weights)].map(
      ([name, value]) => [sourceName('weight', name), value] as const,
    );
    const inputs = packWeights ? [] : values.map(([name, value]) => [name, this.wrap(value)] as const);
    const held = Object.fromEntries(inputs);
    try {
      const session = await this.runtime.InferenceSession.create(
        writeOnnx(plan, this.engine, packWeights ? 'constants' : 'inputs'),
        {
          executionProviders: [this.engine],
          intraOpNumThreads: this.options.threads,
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
          externalData: packWeights ? values.map(([path, { data }]) => ({ path, data: bytesOf(data) })) : [],
        },
      );
      return {
        run: (inputs) => this.run(session, plan, held, inputs),
        dispose: () => void session.release(),
      };
    } catch (error) {
      throw engineError(this.engine, 'compiling a graph', error);
    }
  }

  release(weights: NamedTensors): void {
    for (const value of weights.values()) this.wrapped.delete(value);
  }

  dispose(): void {
    this.wrapped.clear();
  }

  private wrap(value: TensorData): onnxruntime.Tensor {
    let tensor = this.wrapped.get(value);
    if (!tensor) this.wrapped.set(value, (tensor = this.toTensor(value)));
    return tensor;
  }

  private toTensor({ type, shape, data }: TensorData): onnxruntime.Tensor {
    return new this.runtime.Tensor(type, data as Float32Array, shape);
  }

  private async run(
    session: onnxruntime.InferenceSession,
    plan: Plan,
    weights: Record<string, onnxruntime.Tensor>,
    inputs: NamedTensors,
  ): Promise<NamedTensors> {
    plan.bind(inputs);
    const feeds = { ...weights };
    for (const { name } of plan.inputs) feeds[sourceName('input', name)] = this.toTensor(inputs.get(name)!);
    try {
      const results = await session.run(feeds);
      return new Map(
        [...plan.outputs].map(([name, { type }]): [string, TensorData] => {
          const result = results[sourceName('output', name)];
          return [name, { type, shape: result.dims, data: result.data as TensorData['data'] }];
        }),
      );
    } catch (error) {
      throw engineError(this.engine, 'running a graph', error);
    }
  }
}

function bytesOf(data: TensorData['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
