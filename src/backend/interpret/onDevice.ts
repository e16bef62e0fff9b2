// Where the statistics of activations are made. This is the one place that decides it.
import type { Executor, NamedTensors } from '../engine/executor';
import type { TensorData } from '../engine/graph/graph';

/**
 * Whether a graph goes on to the statistics itself, so that only they are read (`neuronSummary.ts`, `headSummary.ts`), or
 * whole activations are given to loops in JavaScript and kept.
 *
 * On an engine with a memory of its own all that is read travels: the activations of a text are hundreds of times its
 * statistics, while computing them again for the next question costs next to nothing. Where JavaScript shares the
 * engine's memory the loops are faster than the same as operations (bench/NOTES.md), and what they keep answers the next
 * selection, hover or tile without another run of the model.
 */
export function staysOnDevice(executor: Executor): boolean {
  // The heap of WebAssembly lies in the memory of the processor that computes: there it is as on the cpu engine.
  return executor.ownMemory && executor.engine !== 'wasm';
}

/** One integer for each row, [rows, …]. */
export function integers(shape: readonly number[], data: Int32Array): TensorData {
  return { type: 'int32', shape, data };
}

export function numbers(found: NamedTensors, name: string): Float32Array {
  return found.get(name)!.data as Float32Array;
}
