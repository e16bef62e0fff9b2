// Engines with a memory of their own: what they know of it, and that what does not fit is refused before it starts.
import * as tf from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor } from '../../src/backend/engine/executor';
import { Graph } from '../../src/backend/engine/graph/graph';
import { GuardedExecutor } from '../../src/backend/engine/guarded/executor';
import { add, matmul, multiply, sumAll } from '../../src/backend/engine/operations';
import type { Heap } from '../../src/backend/engine/tfjs/heap';
import { TensorflowExecutor } from '../../src/backend/engine/tfjs/executor';
import { RunDirectory } from '../../src/backend/run/runDirectory';
import { completed, recipeText } from '../../src/backend/train/completed';
import { checkRecipe } from '../../src/backend/train/recipe';
import { train } from '../../src/backend/train/trainer';
import { tryEngine } from '../support/engines';
import { floatTensor } from '../support/numbers';
import { RECIPE } from '../support/trainingRuns';
import { fails } from './checkpointFiles';

const MEGABYTE = 2 ** 20;
const MEGABYTES = 20;

/** Engines of a little memory, or why they cannot be used. */
const ENGINES: Record<string, () => Promise<Executor | string>> = {
  webgpu: async () => {
    const shared = await tryEngine('webgpu');
    const start = { engine: 'webgpu', threads: 0, memory: MEGABYTES * MEGABYTE } as const;
    return typeof shared === 'string' ? shared : GuardedExecutor.start(start);
  },
  wasm: async () => {
    const shared = await tryEngine('wasm');
    const left = () => MEGABYTES * MEGABYTE - tf.memory().numBytes;
    return typeof shared === 'string' ? shared : new TensorflowExecutor(tf, 'wasm', 'little', left);
  },
};

for (const [engine, start] of Object.entries(ENGINES)) {
  describe(`the ${engine} engine`, () => {
    it('refuses what does not fit beside the weights, before it starts', async (context) => {
      const executor = await start();
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const graph = new Graph();
      // 4 MB of weights, and as much for each 1024 rows of the product.
      const product = matmul(graph.input('x', 'float32', ['n', 1024]), graph.weight('w', [1024, 1024]));
      const weights = new Map([['w', floatTensor([1024, 1024], new Float32Array(2 ** 20))]]);
      const outputs = new Map([['y', sumAll(product)]]);
      const executable = await executor.compile(graph, outputs, weights);
      const run = (rows: number) =>
        executable.run(new Map([['x', floatTensor([rows, 1024], new Float32Array(rows * 1024))]]));
      const told = ['of memory are needed for n 4096; 16 MB are free', 'Lower n to 2048'];
      await fails(run(4096), 'memory', ...told);
      assert.equal((await run(3)).get('y')!.data[0], 0);
      await fails(run(4096), 'memory', ...told);
      const known = async () => executor.compile(graph, outputs, weights, { sizes: { n: 4096 } });
      await fails(known(), 'memory', ...told);
      executor.dispose();
    });

    it('refuses an update for which two sets of weights would be needed', async (context) => {
      const executor = await start();
      if (typeof executor === 'string') {
        context.skip(executor);
        return;
      }
      const graph = new Graph();
      const old = graph.weight('w', [3 * MEGABYTE]);
      const weights = new Map([['w', floatTensor([3 * MEGABYTE], new Float32Array(3 * MEGABYTE))]]);
      const updates = new Map([['w', add(old, graph.scalar(1))]]);
      const compile = async () => executor.compile(graph, new Map(), weights, { updates });
      await fails(compile(), 'memory', 'About 12 MB of memory are needed; 8 MB are free', 'smaller model');
      executor.dispose();
    });
  });
}

it('the memory of WebAssembly is not written to where it gave none', async (context) => {
  const executor = await tryEngine('wasm');
  if (typeof executor === 'string') {
    context.skip(executor);
    return;
  }
  const heap = (tf.backend() as unknown as { wasm: Heap }).wasm;
  assert.throws(() => heap._malloc(2 ** 32 - 1), /WebAssembly has no memory left for 4 GB/);
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['n']);
  const executable = await executor.compile(graph, new Map([['y', multiply(x, x)]]), new Map());
  const { data } = (await executable.run(new Map([['x', floatTensor([3], [1, 2, 3])]]))).get('y')!;
  assert.deepEqual([...data], [1, 4, 9]);
});

it('a run is measured against the memory of the engine that it got, before data are prepared', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'subtext-memory-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const { executor } = await startEngine('cpu', { threads: 1 });
  Object.assign(executor, { availableMemory: () => 1000 });
  const recipe = completed(checkRecipe(RECIPE, 'The recipe'), folder);
  const directory = RunDirectory.create(join(folder, 'run'), recipeText(recipe));
  const options = {
    ...({ engine: 'auto', threads: 1, resume: false, request: () => undefined } as const),
    stream: () => assert.fail('has begun'),
    startEngine: () => Promise.resolve({ executor }),
  };
  await fails(
    train(directory, recipe, options),
    'memory',
    /needed to train 3\.39 k parameters.*; 0\.00095 MB are free/,
  );
  directory.release();
});
