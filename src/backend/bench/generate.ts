// Greedy continuation with the cache of keys and values, and how fast this machine reads the weights that it takes.
import { NOT_CANCELLED } from '../cancellation';
import type { Executor, NamedTensors } from '../engine/executor';
import { Graph } from '../engine/graph/graph';
import { matmul } from '../engine/operations';
import { generate } from '../model/generate';
import { parameterCount } from '../model/weights';
import { configurationOf, type ModelSize } from './sizes';
import { modelFacts, modelOf, randomTokens, type Figures, type Prepare } from './task';

/** Below, weights stay in a processor's caches, and memory sets no bound. */
const BEYOND_CACHES = 100e6;

export const generation: Prepare<ModelSize> = async (executor, size) => {
  const model = modelOf(executor, size);
  const prompt = [...randomTokens(size.prompt, size.vocabulary)];
  const options = { maxTokens: size.tokens, temperature: 0, seed: 1, stopIds: new Set<number>() };
  // The embedding is read whole, as unembedding; of the table of positions a token reads one row.
  const bytesPerToken = 4 * (parameterCount(configurationOf(size)) - (size.context - 1) * size.width);
  const measured = bytesPerToken > BEYOND_CACHES;
  const reading = measured ? await readingOf(executor, bytesPerToken) : undefined;
  // The best of all turns: a machine that is slow for a moment must not make the bound easier to reach.
  let bandwidth = 0;
  return {
    detail: executor.detail,
    facts: { ...modelFacts(size), generated: size.tokens },
    tokens: size.tokens,
    beforeTurn: async () => {
      if (reading) bandwidth = Math.max(bandwidth, bytesPerToken / (await fastest(reading)) / 1e6);
    },
    run: async () => {
      let produced = 0;
      for await (const id of generate(model, prompt, options, NOT_CANCELLED)) produced += Number(id >= 0);
      if (produced !== size.tokens) throw new Error(`${produced} tokens instead of ${size.tokens}`);
    },
    figures: (milliseconds): Figures => {
      if (!reading) return {};
      const perToken = milliseconds / size.tokens;
      return {
        gigabytes_read_per_second: bandwidth,
        share_of_the_bound_of_memory: bytesPerToken / (bandwidth * 1e6) / perToken,
      };
    },
    dispose: () => {
      reading?.dispose();
      model.dispose();
    },
  };
};

interface Reading {
  run(): Promise<unknown>;
  dispose(): void;
}

/**
 * A run that reads so many bytes and does hardly anything with them: the product of a vector and a matrix, by the engine on
 * the threads that it also generates with.
 */
async function readingOf(executor: Executor, bytes: number): Promise<Reading> {
  const rows = Math.ceil(bytes / 65536);
  const shape = [rows, 16384];
  const graph = new Graph();
  const read = matmul(graph.input('vector', 'float32', [1, rows]), graph.weight('read', shape));
  const outputs = new Map([['read', read]]);
  const data = new Float32Array(shape[0] * shape[1]).fill(1);
  const weights: NamedTensors = new Map([['read', { type: 'float32', shape, data }]]);
  const vector: NamedTensors = new Map([
    ['vector', { type: 'float32', shape: [1, rows], data: new Float32Array(rows).fill(1) }],
  ]);
  const options = { packWeights: true, inFloat32: true };
  const executable = await executor.compile(graph, outputs, weights, options);
  return {
    run: () => executable.run(vector),
    dispose: () => {
      executable.dispose();
      executor.release(weights);
    },
  };
}

/** @returns milliseconds of the fastest of three runs */
async function fastest(reading: Reading): Promise<number> {
  let milliseconds = Infinity;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await reading.run();
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  return milliseconds;
}
