// Continues a text token by token, with a cache of keys and values.
import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled, type Cancellation } from '../cancellation';
import type { HeldTensor } from '../engine/executor';
import type { TensorData } from '../engine/graph/graph';
import { SubtextError } from '../errors';
import { seededRandom } from '../random';
import { changesAt, type TextChange } from './changes';
import { cacheName, KEY_POSITIONS, POSITIONS, TOKENS } from './context';
import { checkIds, interventionInputs, interventionsOf, type LanguageModel } from './languageModel';

export interface GenerationOptions {
  maxTokens: number;
  /** 0 takes the likeliest token; 1 samples from the model's own distribution. */
  temperature: number;
  /** The same seed gives the same text. */
  seed: number;
  /** Generation ends before these ids. */
  stopIds: ReadonlySet<number>;
}

/**
 * Yields the ids that continue `prompt`, one at a time, until `maxTokens`, a stop id or the end of the context.
 * @param prompt at least one id, fewer than the context
 * @param changes to activations, at the prompt and at what follows
 */
export async function* generate(
  model: LanguageModel,
  prompt: readonly number[],
  options: GenerationOptions,
  cancellation: Cancellation,
  changes: readonly TextChange[] = [],
): AsyncGenerator<number> {
  const { d_vocab, causal } = model.configuration;
  if (!causal) {
    throw new SubtextError(
      'usage',
      'This model reads both sides of a token and continues no text',
      'Give one that was trained to say the next token.',
    );
  }
  checkIds(Int32Array.from(prompt), d_vocab);
  const cache = new KeyValueCache(model, 1, changes);
  try {
    yield* generateInto(cache, model, prompt, options, cancellation, changes);
  } finally {
    cache.dispose();
  }
}

async function* generateInto(
  cache: KeyValueCache,
  model: LanguageModel,
  prompt: readonly number[],
  { maxTokens, temperature, seed, stopIds }: GenerationOptions,
  cancellation: Cancellation,
  changes: readonly TextChange[],
): AsyncGenerator<number> {
  const { n_ctx } = model.configuration;
  const random = seededRandom(seed);
  let ids = prompt;
  const read: number[] = [];
  for (let produced = 0; produced < maxTokens && cache.length + ids.length <= n_ctx; produced++) {
    throwIfCancelled(cancellation);
    const logits = await cache.extend(ids);
    read.push(...ids);
    const next = chooseNext(logits, temperature, random) ?? (await reportNaN(model, read, changes));
    if (stopIds.has(next)) return;
    yield next;
    ids = [next];
    // Some engines compute in this very thread: its signals and messages come in here.
    await setImmediate();
  }
}

/** Keys and values of the tokens so far, so that each new token costs one position only. */
export class KeyValueCache {
  /** Tokens remembered of each text. */
  length = 0;
  private readonly state = new Map<string, TensorData | HeldTensor>();

  /**
   * @param rows texts that are read side by side, all of the same length
   * @param changes to activations of all of them. What is remembered was computed under them, so that nothing changes
   * by remembering it.
   */
  constructor(
    private readonly model: LanguageModel,
    private rows = 1,
    private readonly changes: readonly TextChange[] = [],
  ) {
    const { n_layers, n_key_value_heads, d_head } = model.configuration;
    for (let layer = 0; layer < n_layers; layer++) {
      for (const which of ['keys', 'values'] as const) {
        const shape = [rows, n_key_value_heads, d_head, 0];
        this.state.set(cacheName(layer, which), { type: 'float32', shape, data: new Float32Array(0) });
      }
    }
  }

  /**
   * Reads `ids` behind what is remembered.
   * @param ids [rows, any number]
   * @returns the logits after the last id of each row, [rows, d_vocab]
   */
  async extend(ids: ArrayLike<number>): Promise<Float32Array> {
    const { rows } = this;
    const fresh = ids.length / rows;
    const total = this.length + fresh;
    const count = (from: number, to: number) =>
      Int32Array.from({ length: to - from }, (_, index) => from + index);
    const hooked = changesAt(this.changes, [...count(this.length, total)]);
    const executable = await this.model.compile({
      captures: ['logits'],
      interventions: interventionsOf(hooked),
      cached: true,
    });
    const { outputs, held } = await executable.runHolding(
      new Map([
        ...this.state,
        [TOKENS, { type: 'int32', shape: [rows, fresh], data: Int32Array.from(ids) }],
        [POSITIONS, { type: 'int32', shape: [fresh], data: count(this.length, total) }],
        [KEY_POSITIONS, { type: 'int32', shape: [total], data: count(0, total) }],
        ...interventionInputs(hooked),
      ]),
    );
    for (const [name, tensor] of held) this.put(name, tensor);
    this.length = total;
    return outputs.get('logits')!.data as Float32Array;
  }

  /** Forgets all texts but these, which become the rows 0, 1, …. */
  async keep(rows: readonly number[]): Promise<void> {
    for (const [name, tensor] of this.state) {
      const { type, shape, data } = 'data' in tensor ? tensor : await tensor.read();
      const width = data.length / this.rows;
      const kept = new Float32Array(rows.length * width);
      for (const [to, from] of rows.entries())
        kept.set(data.subarray(from * width, (from + 1) * width), to * width);
      this.put(name, { type, shape: [rows.length, ...shape.slice(1)], data: kept });
    }
    this.rows = rows.length;
  }

  /** Gives back what the engine holds of it. */
  dispose(): void {
    for (const tensor of this.state.values()) if (!('data' in tensor)) tensor.release();
    this.state.clear();
  }

  private put(name: string, tensor: TensorData | HeldTensor): void {
    const before = this.state.get(name);
    if (before && !('data' in before)) before.release();
    this.state.set(name, tensor);
  }
}

/** @throws SubtextError `not-a-number`: no token could be called the likeliest */
export async function reportNaN(
  model: LanguageModel,
  ids: readonly number[],
  changes: readonly TextChange[] = [],
): Promise<never> {
  await model.checkNumbers([ids], changesAt(changes, [...ids.keys()]));
  throw new SubtextError(
    'not-a-number',
    'The model computes values that are not numbers when it continues a text, though not when it reads it at once',
    'Please report this with the log.',
  );
}

/** The likeliest id at temperature 0, else a sample; undefined where a logit is not a number. */
export function chooseNext(
  logits: Float32Array,
  temperature: number,
  random: () => number,
): number | undefined {
  const best = likeliest(logits);
  return best === undefined || temperature === 0 ? best : sample(logits, logits[best], temperature, random());
}

// Plain loops: with a large vocabulary, a function called for each number takes as long as a small model does.

/** The first of the largest; undefined where one is not a number. */
function likeliest(logits: Float32Array): number | undefined {
  let best = 0;
  let top = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id];
    if (logit <= top) continue;
    if (Number.isNaN(logit)) return undefined;
    best = id;
    top = logit;
  }
  return best;
}

/** One id from softmax(logits / temperature), chosen by a uniform number in [0, 1); `top` is the largest logit. */
function sample(logits: Float32Array, top: number, temperature: number, uniform: number): number {
  const weights = new Float64Array(logits.length);
  let sum = 0;
  for (let id = 0; id < weights.length; id++) sum += weights[id] = Math.exp((logits[id] - top) / temperature);
  let remaining = uniform * sum;
  let last = 0;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] === 0) continue;
    last = id;
    remaining -= weights[id];
    if (remaining < 0) return id;
  }
  return last;
}
