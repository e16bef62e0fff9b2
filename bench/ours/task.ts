// Our side of one comparison, before it becomes a process.
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor, NamedTensors } from '../../src/backend/engine/executor';
import { parameterCount } from '../../src/backend/model/weights';
import { seededNormal } from '../../src/backend/random';
import type { Figures } from '../runner';
import { configurationOf, type ModelSize } from '../sizes';

export interface OwnTask {
  detail: string;
  facts: Record<string, unknown>;
  /** The work, once. */
  run(): Promise<unknown>;
  /** Unmeasured, before each turn. */
  beforeTurn?(): Promise<void>;
  /** @param milliseconds of one run */
  figures?(milliseconds: number): Figures;
}

/** The `cpu` engine as the extension starts it. */
export async function startedExecutor(): Promise<Executor> {
  const { executor } = await startEngine('cpu', { threads: 0 });
  return executor;
}

export function modelFacts(size: ModelSize): Record<string, unknown> {
  return { parameters: parameterCount(configurationOf(size)) };
}

export function normals(shape: readonly number[], seed: number): Float32Array {
  const normal = seededNormal(seed);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, normal);
}

export function shapesOf(tensors: NamedTensors): Record<string, readonly number[]> {
  return Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
}
