// Starting an engine in this very process. The only module that loads native code or WebAssembly.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EngineName, Precision } from '../../protocol/types';
import { startCuda } from './cuda/start';
import type { Executor } from './executor';
import { computesInFloat32, inHalves } from './halfExecutor';
import { OnnxDeviceExecutor } from './onnx/deviceExecutor';
import { OnnxExecutor } from './onnx/executor';
import { ReferenceExecutor } from './reference/executor';
import { TensorflowExecutor } from './tfjs/executor';
import { failWhenFull, type Heap } from './tfjs/heap';
import { unavailable } from './unavailable';

/** More threads than any desktop has cores; starting thousands would take the machine down. */
export const MAX_THREADS = 256;

export interface EngineOptions {
  /** 0 = one per physical core. */
  threads: number;
  /** Whether the process does nothing but run graphs, as in training: threads then wait for the next run awake. */
  exclusive?: boolean;
  /** Whether it is asked for its features, which takes a moment. */
  describe?: boolean;
  /** Whether its log shows the programs that it runs, which tell of more features: not where anything else is computed. */
  verbose?: boolean;
  /** Of matrix products; default float32. */
  precision?: Precision;
  /** Bytes that graphs can have at most of the card that it computes on, where they are known. */
  memory?: number;
}

/** Those that never compute in float16, which need not be started to know it. */
const FLOAT32_ONLY: ReadonlySet<EngineName> = new Set(['cpu', 'wasm', 'reference']);

const starters: Record<EngineName, (options: EngineOptions) => Promise<Executor>> = {
  cpu: startCpu,
  wasm: startWasm,
  webgpu: startWebgpu,
  cuda: startCuda,
  reference: () => Promise.resolve(new ReferenceExecutor()),
};

/** @throws SubtextError `engine-unavailable` with the reason, `precision-unavailable` */
export async function startHere(name: EngineName, options: EngineOptions): Promise<Executor> {
  const half = options.precision === 'float16';
  if (half && FLOAT32_ONLY.has(name)) throw computesInFloat32(name);
  const executor = await starters[name](options);
  return half ? inHalves(executor) : executor;
}

async function startCpu(options: EngineOptions): Promise<Executor> {
  // A setting may be anything: no schema holds it to whole numbers in range.
  const threads = Math.min(Math.max(Math.trunc(options.threads), 0), MAX_THREADS) || 0;
  const runtime = await importRuntime();
  const used =
    threads === 0 ? 'one thread per physical core' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return new OnnxExecutor(runtime, `ONNX Runtime on the CPU, ${used}`, {
    threads,
    exclusive: options.exclusive,
  });
}

async function startWebgpu(options: EngineOptions): Promise<Executor> {
  const runtime = await importRuntime();
  // That a device was lost is told from this level on; verbose ones show programs. The parent of this process reads both.
  runtime.env.logLevel = options.verbose ? 'verbose' : 'info';
  const half = options.precision === 'float16';
  const executor = new OnnxDeviceExecutor(runtime, 'ONNX Runtime on WebGPU', options.memory, half);
  try {
    await executor.check();
    if (options.describe && (await executor.halfSums())) executor.features.push('float16');
    if (options.verbose) await executor.showProgram();
    return executor;
  } catch (error) {
    throw unavailable(
      `WebGPU cannot be used (${firstLine(error)})`,
      'Install the driver of the graphics card, on Linux with Vulkan (libvulkan1), or use the cpu engine.',
    );
  }
}

async function importRuntime() {
  return import('onnxruntime-node').catch((error: unknown) => {
    throw unavailable(
      `ONNX Runtime has no binary for ${process.platform}-${process.arch} here (${firstLine(error)})`,
      'Use the wasm engine, or install Subtext on a supported platform.',
    );
  });
}

async function startWasm(): Promise<Executor> {
  try {
    const tf = await import('@tensorflow/tfjs-core');
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(wasmFolder());
    if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly module does not load');
    failWhenFull((tf.backend() as unknown as { wasm: Heap }).wasm);
    return new TensorflowExecutor(tf, 'wasm', 'TensorFlow.js in WebAssembly, one thread');
  } catch (error) {
    throw unavailable(`WebAssembly cannot be used (${firstLine(error)})`, 'Install Subtext again.');
  }
}

/** Beside the bundle in an installed extension, in the package when run from source. */
function wasmFolder(): string {
  const bundled = join(__dirname, 'wasm');
  if (existsSync(bundled)) return `${bundled}/`;
  const module = createRequire(__filename).resolve('@tensorflow/tfjs-backend-wasm');
  return `${join(module, '..')}/`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}
