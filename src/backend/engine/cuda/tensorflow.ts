// TensorFlow's addon for Node as it was installed, driven by the TensorFlow.js core that Subtext has already. Of its
// package only the kernels are used: the rest is made of thirty packages more (layers, data, WebGL), which nothing asks for.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import type * as tensorflow from '@tensorflow/tfjs-core';

type Tensorflow = typeof tensorflow;

/** Where the stand-ins below find our core. */
const CORE = 'subtext.tensorflow';

/** Modules that the kernels import: our core, and messages for another program that nobody writes. */
const STAND_INS: Record<string, string> = {
  'node_modules/@tensorflow/tfjs/index.js': `module.exports = globalThis[Symbol.for('${CORE}')];\n`,
  'node_modules/@tensorflow/tfjs-core/index.js': `module.exports = globalThis[Symbol.for('${CORE}')];\n`,
  'dist/proto/api_pb.js': 'module.exports = {};\n',
};

export async function writeTensorflowStandIns(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(STAND_INS)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** What is used of the addon: the rest is its kernels' own. */
interface Addon {
  isUsingGpuDevice(): boolean;
}

/**
 * Makes our TensorFlow.js compute through the installed addon.
 * @returns whether it computes on a GPU: without CUDA it silently does so on the processor
 * @throws what the system's loader says of a library that is missing
 */
export async function useTensorflow(folder: string, tf: Tensorflow): Promise<boolean> {
  // Both are read when the library is loaded: else it takes all of the card's memory, and tells of every step.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // Gone since Node 23; the kernels call them.
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
  (globalThis as Record<symbol, unknown>)[Symbol.for(CORE)] = tf;
  const load = createRequire(join(folder, 'index.js'));
  const addon = load('./lib/napi-v8/tfjs_binding.node') as Addon;
  const { NodeJSKernelBackend } = load('./dist/nodejs_kernel_backend.js') as {
    NodeJSKernelBackend: new (addon: Addon, name: string) => tensorflow.KernelBackend;
  };
  load('./dist/register_all_kernels.js');
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(addon, '@tensorflow/tfjs-node-gpu'));
  if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend does not start');
  return addon.isUsingGpuDevice();
}
