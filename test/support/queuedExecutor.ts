// An engine that takes runs ahead, as the process of a guarded one does, in this process and around any other; of one that
// takes them itself they are only counted.
import { allFinite, type Executor } from '../../src/backend/engine/executor';
import { SubtextError } from '../../src/backend/errors';

export interface Queue {
  executor: Executor;
  /** Runs of one graph that were asked for and had not answered, at most. */
  most: number;
  refused: number;
}

export function queuedExecutor(engine: Executor): Queue {
  const queue: Queue = { executor: engine, most: 0, refused: 0 };
  const compile: Executor['compile'] = async (...given) => {
    const executable = await engine.compile(...given);
    let [pending, taken] = [0, true];
    let before: Promise<unknown> = Promise.resolve();
    return {
      ...executable,
      get bytes() {
        return executable.bytes;
      },
      run: (inputs) => {
        const ahead = pending++ > 0;
        queue.most = Math.max(queue.most, pending);
        if (engine.takesAhead) return executable.run(inputs).finally(() => pending--);
        const result = before.then(async () => {
          if (ahead && !taken) {
            queue.refused++;
            throw new SubtextError('engine-failed', 'The run before was not taken', 'Ask again.');
          }
          taken = false;
          const outputs = await executable.run(inputs);
          taken = !given[3]?.onlyFinite || allFinite(outputs);
          return outputs;
        });
        before = result.then(
          () => pending--,
          () => pending--,
        );
        return result;
      },
    };
  };
  queue.executor = Object.create(engine, {
    takesAhead: { value: true },
    compile: { value: compile },
  }) as Executor;
  return queue;
}
