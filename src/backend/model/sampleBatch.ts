// Continues many texts at once, with one cache of keys and values for all of them.
import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled, type Cancellation } from '../cancellation';
import { streamRandom } from '../random';
import { chooseNext, KeyValueCache, reportNaN, type GenerationOptions } from './generate';
import { checkIds, type LanguageModel } from './languageModel';

export interface Continuation {
  /** Without the stop id. */
  ids: number[];
  /** The stop id that ended it; undefined at `maxTokens` and at the end of the context. */
  stop: number | undefined;
}

/** Most texts side by side: beyond, a step of a small model takes longer by as much as there are more of them. */
const MAX_ROWS = 256;
/** Bytes of keys and values side by side: every step copies them once. */
const MAX_CACHE = 64 * 1024 * 1024;

/**
 * Samples a continuation of each prompt. A prompt's random numbers depend on the seed and its place in the list alone,
 * not on how many are computed side by side.
 * @param prompts all of the same length, at least one id and at most the context
 * @param options.temperature 0 takes the likeliest token
 */
export async function sampleBatch(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  options: GenerationOptions,
  cancellation: Cancellation,
): Promise<Continuation[]> {
  const found: Continuation[] = [];
  if (prompts.length === 0) return found;
  const rows = rowsAtOnce(model, prompts[0].length + options.maxTokens);
  for (let first = 0; first < prompts.length; first += rows) {
    const together = prompts.slice(first, first + rows);
    found.push(...(await sampleTogether(model, together, first, options, cancellation)));
  }
  return found;
}

function rowsAtOnce({ configuration }: LanguageModel, length: number): number {
  const { n_layers, n_key_value_heads, d_head, n_ctx } = configuration;
  const bytes = 2 * n_layers * n_key_value_heads * d_head * Math.min(length, n_ctx) * 4;
  return Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_CACHE / bytes)));
}

/** @param first place of the first prompt among all */
async function sampleTogether(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  first: number,
  options: GenerationOptions,
  cancellation: Cancellation,
): Promise<Continuation[]> {
  const cache = new KeyValueCache(model, prompts.length);
  try {
    return await sampleInto(cache, model, prompts, first, options, cancellation);
  } finally {
    cache.dispose();
  }
}

async function sampleInto(
  cache: KeyValueCache,
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  first: number,
  { maxTokens, temperature, seed, stopIds }: GenerationOptions,
  cancellation: Cancellation,
): Promise<Continuation[]> {
  const { n_ctx, d_vocab } = model.configuration;
  const found = prompts.map((): Continuation => ({ ids: [], stop: undefined }));
  const randoms = prompts.map((_, row) => streamRandom(seed, first + row));
  /** Texts that are still in the cache, by row. */
  let rows = prompts.map((_, row) => row);
  let ids = Int32Array.from(prompts.flat());
  checkIds(ids, d_vocab);
  let length = prompts[0].length;
  for (let produced = 0; produced < maxTokens && length <= n_ctx; produced++, length++) {
    throwIfCancelled(cancellation);
    const logits = await cache.extend(ids);
    ids = new Int32Array(rows.length);
    for (const [row, text] of rows.entries()) {
      const into = found[text];
      if (into.stop !== undefined) continue;
      const own = logits.subarray(row * d_vocab, (row + 1) * d_vocab);
      const next =
        chooseNext(own, temperature, randoms[text]) ??
        (await reportNaN(model, [...prompts[text], ...into.ids]));
      if (stopIds.has(next)) into.stop = next;
      else into.ids.push(next);
      ids[row] = next;
    }
    const going = [...rows.keys()].filter((row) => found[rows[row]].stop === undefined);
    if (going.length === 0) break;
    // Texts that have ended are computed in vain, but leaving them out copies the cache.
    if (going.length <= 0.75 * rows.length) {
      await cache.keep(going);
      ids = Int32Array.from(going, (row) => ids[row]);
      rows = going.map((row) => rows[row]);
    }
    // Some engines compute in this very thread: its signals and messages come in here.
    await setImmediate();
  }
  return found;
}
