// Activations at the probed tokens: the model runs over the texts in batches, and of each run only these rows are kept.
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { giveBack } from '../../engine/reusedMemory';
import { SubtextError } from '../../errors';
import { checkHookNames } from '../../model/hooks';
import type { LanguageModel } from '../../model/languageModel';
import type { ProbeText } from './data';

/** Bytes of activations that are held at once; further hooks wait for another pass over the texts. 200,000 tokens of five of width 128. */
const ACTIVATION_BYTES = 512 * 1024 * 1024;
/** Tokens that the model reads in one run, padding included. */
const TOKENS_AT_ONCE = 4096;

/** One activation at every example. */
export interface Activations {
  width: number;
  /** [examples, width] */
  values: Float32Array;
}

/**
 * Numbers that each activation has for a token.
 * @throws SubtextError `hook` for a name that the model does not have, or what relates two tokens
 */
export async function hookWidths(
  model: LanguageModel,
  hooks: readonly string[],
): Promise<Map<string, number>> {
  checkHookNames(model.configuration, hooks);
  const pair = hooks.find((hook) => /hook_(attn_scores|pattern)$/.test(hook));
  if (pair !== undefined) {
    throw new SubtextError(
      'hook',
      `${pair} relates two tokens, so that there is nothing to probe at one`,
      'Take another activation, such as blocks.0.hook_resid_post.',
    );
  }
  const found = await model.runWithCache([[0]], hooks);
  return new Map(hooks.map((hook) => [hook, found.get(hook)!.data.length]));
}

/**
 * Hooks in groups that `ACTIVATION_BYTES` holds, one pass over the texts for each.
 * @throws SubtextError `memory` where even one activation is too large
 */
export function hookGroups(widths: ReadonlyMap<string, number>, examples: number): string[][] {
  const groups: string[][] = [];
  let bytes = Infinity;
  for (const [hook, width] of widths) {
    const own = 4 * width * examples;
    if (own > ACTIVATION_BYTES) {
      const most = Math.floor(ACTIVATION_BYTES / (4 * width));
      throw new SubtextError(
        'memory',
        `${hook} has ${width} numbers for each of ${examples} tokens, more than the ${ACTIVATION_BYTES / 2 ** 20} MB that are held`,
        `Lower data.tokens or data.documents, so that at most ${most} tokens are probed.`,
      );
    }
    if (bytes + own > ACTIVATION_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(hook);
    bytes += own;
  }
  return groups;
}

/**
 * Runs the model over all texts and keeps the hooks' rows.
 * @param widths of `hookWidths`
 * @param progress told the share of the texts that were read
 */
export async function collectActivations(
  model: LanguageModel,
  texts: readonly ProbeText[],
  widths: ReadonlyMap<string, number>,
  cancellation: Cancellation,
  progress: (share: number) => void = () => undefined,
): Promise<Map<string, Activations>> {
  const examples = texts.reduce((sum, { rows }) => sum + rows.length, 0);
  const found = new Map<string, Activations>(
    [...widths].map(([hook, width]) => [hook, { width, values: new Float32Array(examples * width) }]),
  );
  let done = 0;
  for (const batch of batchesOf(texts)) {
    throwIfCancelled(cancellation);
    const captured = await model.runWithCache(
      batch.map(({ ids }) => ids),
      [...widths.keys()],
    );
    const length = Math.max(...batch.map(({ ids }) => ids.length));
    for (const [hook, { width, values }] of found) {
      const data = captured.get(hook)!.data as Float32Array;
      batch.forEach(({ rows, first }, text) => {
        rows.forEach((row, index) => {
          const from = (text * length + row) * width;
          values.set(data.subarray(from, from + width), (first + index) * width);
        });
      });
    }
    giveBack(captured);
    progress((done += batch.length) / texts.length);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

/** Texts of about one length together, so that little is padding. */
function batchesOf(texts: readonly ProbeText[]): ProbeText[][] {
  const batches: ProbeText[][] = [];
  for (const text of texts.toSorted((a, b) => b.ids.length - a.ids.length)) {
    const last = batches.at(-1);
    // The first of a batch is the longest.
    if (last && (last.length + 1) * last[0].ids.length <= TOKENS_AT_ONCE) last.push(text);
    else batches.push([text]);
  }
  return batches;
}
