// Attention patterns that are made up, as the loops over whole patterns and as the operations of a graph sum them up.
import type { TestContext } from 'node:test';
import type { Executor } from '../../src/backend/engine/executor';
import { ReferenceExecutor } from '../../src/backend/engine/reference/executor';
import { AttentionMaps } from '../../src/backend/interpret/attention/attentionMaps';
import { spanOf } from '../../src/backend/interpret/attention/windows';
import { Reading } from '../../src/backend/interpret/reading';
import type { TransformerConfiguration } from '../../src/backend/model/configuration';
import { characters } from './characters';
import { tryEngine } from './engines';
import { FedModel } from './fedModel';
import { UNEVEN, type Weight } from './madeUpPatterns';
import { assertCloseValues, floatTensor } from './numbers';
import { configurationWith, randomCheckpoint, randomIds } from './randomModel';

/** Sums of some dozen float32 numbers in another order. */
export const BOUND = 3e-6;

export interface Shape extends Partial<TransformerConfiguration> {
  length: number;
  begins?: boolean;
  /** Ids of the text, of which 0 is a special token. */
  ids?: number[];
  weight?: Weight;
  /** The pattern is what `weight` says, without rows that sum to one. */
  raw?: boolean;
}

const broken =
  (value: number): Weight =>
  (layer, head, destination, source) =>
    layer === 0 && head === 1 && destination === 5 && source === 2
      ? value
      : UNEVEN(layer, head, destination, source) / 40;

export const PATTERN_CASES: Record<string, Shape> = {
  'one token': { length: 1 },
  'two tokens': { length: 2 },
  'three tokens': { length: 3 },
  '17 tokens': { length: 17 },
  '65 tokens': { length: 65 },
  'a begin-of-text token': { length: 17, begins: true },
  'special tokens in the text': { length: 9, ids: [0, 5, 6, 0, 7, 8, 5, 0, 6] },
  'one token again and again': { length: 9, ids: [3, 3, 3, 3, 3, 3, 3, 3, 3] },
  'an encoder': { length: 17, causal: false },
  'a local window': { length: 33, windows: [5, null] },
  'a window of one token': { length: 9, windows: [1, null] },
  'an encoder with a local window': { length: 17, causal: false, windows: [4, null] },
  'uniform heads': { length: 33, position: 'uniform' },
  'heads that all attend alike': { length: 33, weight: () => 1 },
  'heads that nearly all attend alike': {
    length: 33,
    raw: true,
    weight: (layer, head, destination, source) => (1 + 1e-3 * UNEVEN(layer, head, destination, source)) / 33,
  },
  'heads that look at the first token alone': {
    length: 17,
    weight: (_l, _h, _d, source) => Number(source === 0),
  },
  'next to nothing outside the sink': {
    length: 17,
    weight: (_l, _h, _d, source) => (source === 0 ? 1 : 1e-7),
  },
  'a row of NaN': {
    length: 17,
    weight: (l, h, d, s) => (l === 0 && h === 1 && d === 5 ? NaN : UNEVEN(l, h, d, s)),
  },
  'one cell of NaN': { length: 17, raw: true, weight: broken(NaN) },
  'one infinite cell': { length: 17, raw: true, weight: broken(Infinity) },
  'one cell of minus infinity': { length: 17, raw: true, weight: broken(-Infinity) },
  'a text of several windows': { length: 40, n_ctx: 11 },
  'several windows that each begin with a begin-of-text token': { length: 40, n_ctx: 11, begins: true },
  'several windows of an encoder': { length: 40, n_ctx: 11, causal: false },
  'pictures smaller than the text, of several windows': { length: 75, n_ctx: 33, begins: true },
};

export const SUMMING_ENGINES: Record<string, () => Promise<Executor | string>> = {
  reference: () => Promise.resolve(new ReferenceExecutor()),
  cpu: () => tryEngine('cpu'),
  webgpu: () => tryEngine('webgpu'),
};

/** Both on an engine; skips where it cannot be used. */
export async function madeUpOn(
  context: TestContext,
  start: () => Promise<Executor | string>,
  shape: Shape,
): Promise<MadeUp | undefined> {
  const executor = await start();
  if (typeof executor !== 'string') return madeUp(executor, shape);
  context.skip(executor);
  return undefined;
}

/** Close, or relatively close where numbers are tokens; NaN where NaN is expected. */
export function assertNear(found: Float32Array, expected: Float32Array, what: string): void {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value) || 0), 1);
  assertCloseValues(found, expected, BOUND * scale, what);
}

export type MadeUp = ReturnType<typeof madeUp>;

export function madeUp(executor: Executor, shape: Shape) {
  const { length, begins = false, ids, weight = UNEVEN, raw = false, n_ctx = 65, ...changes } = shape;
  const plain = characters(17, begins);
  // Special tokens decode to nothing, as all do.
  const tokenizer = { ...plain, decode: (all: ArrayLike<number>) => (all[0] === 0 ? '' : 'x') };
  const model = new FedModel(
    randomCheckpoint(configurationWith({ n_ctx, ...changes }), 1, tokenizer),
    executor,
  );
  const letters = randomIds(length - Number(begins), 7).map((id) => String.fromCharCode(97 + id));
  const reading = ids
    ? new Reading(
        model,
        ids.map((id, at) => ({ id, piece: `${id}`, start: at, end: at + 1 })),
      )
    : Reading.ofText(model, letters.join(''));
  model.madeUp = (hook, { length: keys }) => {
    const found = /^blocks\.(\d+)\.attn\.hook_pattern$/.exec(hook);
    if (!found) return undefined;
    const { n_heads, causal } = model.configuration;
    const layer = Number(found[1]);
    const values: number[] = [];
    for (let head = 0; head < n_heads; head++) {
      const span = spanOf(model.configuration, layer, head);
      for (let i = 0; i < keys; i++) {
        const row = Array.from({ length: keys }, (_, j) =>
          i - j < span && (!causal || j <= i) ? weight(layer, head, i, j) : 0,
        );
        const total = raw ? 1 : row.reduce((a, b) => a + b, 0);
        values.push(...row.map((value) => value / total));
      }
    }
    return floatTensor([1, n_heads, keys, keys], values);
  };
  const [loops, device] = [false, true].map((on) => new AttentionMaps(reading, undefined, on));
  return { model, loops, device };
}
