// An engine that counts the graphs that it compiles, their runs, and those that were let go.
import type { Executor } from '../../src/backend/engine/executor';

interface Counts {
  executor: Executor;
  compiled: number;
  runs: number;
  disposed: number;
}

export function countingExecutor(engine: Executor): Counts {
  const counts: Counts = { executor: engine, compiled: 0, runs: 0, disposed: 0 };
  counts.executor = {
    engine: engine.engine,
    detail: engine.detail,
    threads: engine.threads,
    ownMemory: engine.ownMemory,
    availableMemory: () => engine.availableMemory(),
    fetchWeights: (weights) => engine.fetchWeights(weights),
    weightsChanged: (weights) => engine.weightsChanged(weights),
    compile: async (...given) => {
      counts.compiled++;
      const executable = await engine.compile(...given);
      return {
        bytes: executable.bytes,
        run: (inputs) => {
          counts.runs++;
          return executable.run(inputs);
        },
        runHolding: (inputs) => {
          counts.runs++;
          return executable.runHolding(inputs);
        },
        dispose: () => {
          counts.disposed++;
          executable.dispose();
        },
      };
    },
    release: (weights) => engine.release(weights),
    dispose: () => engine.dispose(),
  };
  return counts;
}
