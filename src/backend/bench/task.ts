// A piece of work that is measured: made ready by an engine, then run again and again.
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { Executor, NamedTensors } from '../engine/executor';
import { LanguageModel } from '../model/languageModel';
import { parameterCount } from '../model/weights';
import { seededNormal, seededRandom } from '../random';
import { initialWeights } from '../train/architectures';
import { configurationOf, type ModelSize } from './sizes';

/** Of GPT-2's first weights. */
const DEVIATION = 0.02;

export type Figures = Record<string, number>;

export interface Work {
  /** What computes, for people. */
  detail: string;
  /** What all that do the same work must agree on. */
  facts: Record<string, unknown>;
  /** The work, as often as `repeats` says. */
  run(): Promise<unknown>;
  /** Where the host would take longer than the work, a run does it several times; default once. */
  repeats?: number;
  /** Floating-point operations of the work, of its products alone; none where it is bound by something else. */
  operations?: number;
  /** Tokens that go through it. */
  tokens?: number;
  /** Unmeasured, before each turn. */
  beforeTurn?(): Promise<void>;
  /** @param milliseconds of the work */
  figures?(milliseconds: number): Figures;
  /** Lets go of what the engine holds for it. */
  dispose(): void;
}

/** How a size becomes work: the engine is given. */
export type Prepare<Size> = (executor: Executor, size: Size) => Promise<Work>;

export function modelFacts(size: ModelSize): Record<string, unknown> {
  return { parameters: parameterCount(configurationOf(size)) };
}

/** A model of that size, which lies nowhere. */
export function modelOf(executor: Executor, size: ModelSize): LanguageModel {
  const configuration = configurationOf(size);
  const checkpoint: Checkpoint = {
    format: 'hugging-face',
    architecture: 'random',
    path: size.name,
    configuration,
    tensors: [],
    weights: initialWeights(configuration, DEVIATION, 1),
    tokenizer: undefined,
    notes: [],
  };
  return new LanguageModel(checkpoint, executor);
}

/** First weights of a model of that size, GPT-2's. */
export function firstWeights(size: ModelSize): NamedTensors {
  return new Map(
    [...initialWeights(configurationOf(size), DEVIATION, 1)].map(([name, weight]) => [
      name,
      { type: 'float32', ...weight },
    ]),
  );
}

export function randomTokens(length: number, vocabulary: number, seed = 1): Int32Array {
  const uniform = seededRandom(seed);
  return Int32Array.from({ length }, () => Math.floor(uniform() * vocabulary));
}

export function normals(shape: readonly number[], seed: number, deviation = 1): Float32Array {
  const normal = seededNormal(seed);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => deviation * normal());
}

export function shapesOf(tensors: NamedTensors): Record<string, readonly number[]> {
  return Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
}
