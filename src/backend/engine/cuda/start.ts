// Starting the installed `cuda` engine, in the process of its own that a guarded engine has (guarded/).
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as onnxruntime from 'onnxruntime-node';
import { SubtextError } from '../../errors';
import type { Executor } from '../executor';
import type { EngineOptions } from '../here';
import { SYSTEM_TOOLS } from '../machine/tools';
import { OnnxExecutor } from '../onnx/executor';
import { copyModel } from '../onnx/smallModels';
import { TensorflowExecutor } from '../tfjs/executor';
import { unavailable } from '../unavailable';
import { onnxruntimeForm, tensorflowForm, type CudaForm } from './forms';
import { librariesRemedy } from './libraries';
import { runtimeVersion } from './runtime';
import { cudaFolder, installedCuda, notInstalled } from './storage';
import { useTensorflow } from './tensorflow';

/** @throws SubtextError `engine-unavailable` with the reason */
export async function startCuda({
  describe = false,
  memory = Infinity,
}: Pick<EngineOptions, 'describe' | 'memory'> = {}): Promise<Executor> {
  // NVIDIA's libraries else multiply numbers cut to ten bits on recent cards; read when they are loaded.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const folder = cudaFolder();
  const installed = await installedCuda(folder, runtimeVersion());
  if (!installed) throw notInstalled();
  const form =
    installed.form === 'onnxruntime' ? onnxruntimeForm(installed.version) : tensorflowForm(process.platform);
  try {
    return await (form.name === 'onnxruntime'
      ? startOnnxruntime(folder, form, memory, describe)
      : startTensorflow(folder, form, memory));
  } catch (error) {
    if (error instanceof SubtextError) throw error;
    throw await explained(form, error as Error);
  }
}

async function startOnnxruntime(
  folder: string,
  form: CudaForm,
  memory: number,
  describe: boolean,
): Promise<Executor> {
  const runtime = createRequire(join(folder, 'index.js'))('onnxruntime-node') as typeof onnxruntime;
  // The provider's own reason is written at this level; what is thrown only says that it cannot be loaded.
  runtime.env.logLevel = 'error';
  // A session that does nothing: it starts the provider, which looks for the driver and a card.
  const session = await runtime.InferenceSession.create(copyModel('float32', 1), {
    executionProviders: ['cuda'],
  });
  await session.run({ from: new runtime.Tensor('float32', Float32Array.of(1), [1]) });
  await session.release();
  const executor = new OnnxExecutor(runtime, form.title, {
    threads: 0,
    provider: 'cuda',
    availableMemory: () => memory,
  });
  if (describe && (await executor.halfSums())) executor.features.push('float16');
  return executor;
}

async function startTensorflow(folder: string, form: CudaForm, memory: number): Promise<Executor> {
  const tf = await import('@tensorflow/tfjs-core');
  if (!(await useTensorflow(folder, tf))) {
    throw unavailable('TensorFlow sees no GPU, and would compute on the processor', librariesRemedy(form));
  }
  return new TensorflowExecutor(tf, 'cuda', form.title, () => memory - tf.memory().numBytes);
}

/** What the system's loader says is about the first library that it misses: all of them are told at once. */
async function explained(form: CudaForm, error: Error): Promise<SubtextError> {
  const unloadable = await SYSTEM_TOOLS.unloadable(form.libraries);
  const missing = form.libraries.filter((library) => unloadable.has(library));
  if (missing.length === 0) {
    return unavailable(
      `${form.title} does not start (${error.message.split('\n')[0]})`,
      "Look at NVIDIA's driver (nvidia-smi), or use another engine.",
    );
  }
  return unavailable(`${missing.join(', ')} cannot be loaded`, librariesRemedy(form));
}
