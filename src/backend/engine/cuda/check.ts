// The check at the end of an installation: starts the engine as it will be started, and lets it compute something.
import { describeError } from '../../errors';
import type { Executor } from '../executor';
import { Graph } from '../graph/graph';
import { GuardedExecutor } from '../guarded/executor';
import { hindranceOf } from '../hindrances';
import { matmul, softmax } from '../operations';
import { ReferenceExecutor } from '../reference/executor';

export interface CheckedEngine {
  usable: boolean;
  /** Why not, and what would help. */
  reason: string | null;
}

/**
 * Farther apart than any rounding of float32 in what is computed here, and nearer than what a card gives that cuts its
 * factors to ten bits (TF32) to be faster.
 */
const BOUND = 1e-5;
/** Rows and columns. */
const SIZE = 64;

export async function checkCuda(): Promise<CheckedEngine> {
  try {
    // Not through engines.ts: the backend's bundle would hold every engine for it.
    const hindrance = await hindranceOf('cuda', 'name');
    if (hindrance) throw hindrance;
    const executor = await GuardedExecutor.start({ engine: 'cuda', threads: 0 });
    try {
      const [found, wanted] = [await computed(executor), await computed(new ReferenceExecutor())];
      const apart = Math.max(...Array.from(wanted, (value, index) => Math.abs(value - found[index])));
      // Not a number is not below anything.
      if (apart <= BOUND) return { usable: true, reason: null };
      return {
        usable: false,
        reason: 'It computes wrong numbers. Use another engine, and please report it.',
      };
    } finally {
      executor.dispose();
    }
  } catch (error) {
    return { usable: false, reason: describeError(error) };
  }
}

/** Softmax over the rows of a product of two matrices: a large one and a small one, as most of a model is. */
async function computed(executor: Executor): Promise<ArrayLike<number>> {
  const graph = new Graph();
  const shape = [SIZE, SIZE];
  const product = matmul(graph.input('left', 'float32', shape), graph.weight('right', shape), {
    transposeB: true,
  });
  const waves = (step: number) => ({
    type: 'float32' as const,
    shape,
    data: Float32Array.from({ length: SIZE * SIZE }, (_, index) => Math.sin(step * index)),
  });
  const weights = new Map([['right', waves(0.7)]]);
  const executable = await executor.compile(graph, new Map([['shares', softmax(product)]]), weights);
  const outputs = await executable.run(new Map([['left', waves(1.3)]]));
  executable.dispose();
  return outputs.get('shares')!.data;
}
