// Which engines this machine has, and how to start one. The only module that loads native code or WebAssembly.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { EngineName, EngineStatus } from '../../protocol/types';
import { SubtextError } from '../errors';
import type { Executor } from './executor';
import { OnnxExecutor } from './onnx/executor';
import { ReferenceExecutor } from './reference/executor';
import { TensorflowExecutor } from './tfjs/executor';

/** `auto` takes the first of these that can be used. */
const PREFERENCE: EngineName[] = ['cuda', 'webgpu', 'cpu', 'wasm'];

/** More threads than any desktop has cores; starting thousands would take the machine down. */
export const MAX_THREADS = 256;

export interface EngineOptions {
  /** 0 = one per physical core. */
  threads: number;
  /** Whether the process does nothing but run graphs, as in training: threads then wait for the next run awake. */
  exclusive?: boolean;
}

export interface StartedEngine {
  executor: Executor;
  /** Why it is another engine than the best one that `auto` looks for, when that is worth saying. */
  note?: string;
}

const starters: Record<EngineName, (options: EngineOptions) => Promise<Executor>> = {
  cpu: startCpu,
  wasm: startWasm,
  webgpu: () => Promise.reject(notYet('WebGPU')),
  cuda: () => Promise.reject(notYet('CUDA')),
  reference: () => Promise.resolve(new ReferenceExecutor()),
};

export const ENGINE_NAMES = Object.keys(starters) as EngineName[];

/**
 * Starts the engine of that name.
 * @throws SubtextError `engine-unavailable` with the reason; `auto` only when no engine at all can be used
 */
export async function startEngine(name: EngineName | 'auto', options: EngineOptions): Promise<StartedEngine> {
  if (name !== 'auto') return { executor: await starters[name](options) };
  const reasons: string[] = [];
  for (const candidate of PREFERENCE) {
    try {
      const executor = await starters[candidate](options);
      const fallback = candidate === 'wasm';
      return fallback ? { executor, note: `Slow fallback: ${reasons.at(-1) ?? ''}` } : { executor };
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw unavailable('No engine can be used', reasons.join('; '));
}

/** Every engine with what it runs on, or why it cannot. */
export async function listEngines(options: EngineOptions): Promise<EngineStatus[]> {
  return Promise.all(
    ENGINE_NAMES.map(async (name): Promise<EngineStatus> => {
      try {
        const executor = await starters[name](options);
        executor.dispose();
        return { name, usable: true, detail: executor.detail };
      } catch (error) {
        return { name, usable: false, detail: error instanceof SubtextError ? error.line : String(error) };
      }
    }),
  );
}

async function startCpu(options: EngineOptions): Promise<Executor> {
  // A setting may be anything: no schema holds it to whole numbers in range.
  const threads = Math.min(Math.max(Math.trunc(options.threads), 0), MAX_THREADS) || 0;
  const runtime = await import('onnxruntime-node').catch((error: unknown) => {
    throw unavailable(
      `ONNX Runtime has no binary for ${process.platform}-${process.arch} here (${firstLine(error)})`,
      'Use the wasm engine, or install Subtext on a supported platform.',
    );
  });
  const used =
    threads === 0 ? 'one thread per physical core' : `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return new OnnxExecutor(runtime, 'cpu', `ONNX Runtime on the CPU, ${used}`, {
    threads,
    exclusive: options.exclusive,
  });
}

async function startWasm(): Promise<Executor> {
  try {
    const tf = await import('@tensorflow/tfjs-core');
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(wasmFolder());
    if (!(await tf.setBackend('wasm'))) throw new Error('its WebAssembly module does not load');
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

function notYet(what: string): SubtextError {
  return unavailable(`This version of Subtext has no ${what} engine`, 'Use the cpu engine.');
}

function unavailable(message: string, remedy: string): SubtextError {
  return new SubtextError('engine-unavailable', message, remedy);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}
