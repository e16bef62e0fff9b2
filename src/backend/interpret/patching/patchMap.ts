// The layer × position (or layer × head) map of activation patching.
import type { PatchMap, PatchQuestion } from '../../../protocol/patching';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import type { LanguageModel } from '../../model/languageModel';
import { alignTokens } from '../alignment';
import type { Interventions } from '../interventions/interventions';
import { Reading } from '../reading';
import { chooseMetric, metricOf } from './metric';
import { PatchedRuns } from './patchedRuns';

/** Nearer to each other the two texts leave nothing to bring back but rounding. */
const LEAST_DIFFERENCE = { float32: 1e-4, float16: 0.02 };

/**
 * Runs the corrupted text once for each part with that part's values from the clean text, and gives the share of the
 * metric that this brings back: (patched − corrupted) / (clean − corrupted).
 * (Meng et al., "Locating and Editing Factual Associations in GPT", arXiv 2202.05262, section 2; Wang et al., arXiv
 * 2211.00593; the sweeps of TransformerLens's `patching`: resid_pre, attn_out, mlp_out by position, head z at all.)
 * @param interventions under which every run stands, patched or not; what is patched keeps the clean run's values
 * @throws SubtextError `alignment`; `text-too-large` for texts over the context; `not-a-number`; `usage` for tokens that are
 * none, and for texts whose metric is the same
 */
export async function patchMap(
  model: LanguageModel,
  question: Omit<PatchQuestion, 'model'>,
  cancellation: Cancellation,
  progress: (share: number) => void,
  interventions?: Interventions,
): Promise<Omit<PatchMap, 'model' | 'modelName' | 'engine' | 'milliseconds'>> {
  const { part, align } = question;
  const { n_layers, n_heads, d_mlp } = model.configuration;
  if (part === 'mlp' && d_mlp === 0) {
    throw new SubtextError('hook', 'This model has no MLP', 'Patch its attention or residual stream.');
  }
  const changed = async (reading: Reading) =>
    reading.under((await interventions?.changesFor(reading, cancellation)) ?? []);
  const clean = await changed(inOneWindow(model, question.clean, 'clean'));
  const corrupted = await changed(inOneWindow(model, question.corrupted, 'corrupted'));
  const alignment = alignTokens(clean.tokens, corrupted.tokens, align);
  const runs = await PatchedRuns.prepare(model, part, clean, corrupted, alignment.sources, cancellation);
  for (const [reading, logits] of [
    [clean, runs.cleanLogits],
    [corrupted, runs.corruptedLogits],
  ] as const) {
    const [window] = reading.windows;
    if (logits.some(Number.isNaN)) await model.checkNumbers([window.ids], reading.changesIn(window));
  }
  const chosen = chooseMetric(model, question, runs.cleanLogits);
  const [base, goal] = [metricOf(chosen, runs.corruptedLogits), metricOf(chosen, runs.cleanLogits)];
  if (!(Math.abs(goal - base) >= LEAST_DIFFERENCE[model.executor.precision ?? 'float32'])) {
    throw new SubtextError(
      'usage',
      `The metric is ${goal.toFixed(4)} after both texts, so that there is nothing to bring back`,
      'Choose texts, or an answer, that the model tells apart.',
    );
  }
  const columns = part === 'head' ? n_heads : corrupted.tokens.length;
  const effect = new Float32Array(n_layers * columns).fill(NaN);
  const tried = part === 'head' ? range(0, n_heads) : patchable(clean, corrupted, alignment.sources);
  if (part !== 'head') effectless(effect, tried, alignment.sources, columns);
  let done = 0;
  for (let layer = 0; layer < n_layers; layer++) {
    await runs.ofLayer(layer, tried, cancellation, (column, logits) => {
      effect[layer * columns + column] = (metricOf(chosen, logits) - base) / (goal - base);
      progress(++done / (n_layers * tried.length));
    });
  }
  const pieces = ({ tokens }: Reading) => tokens.map(({ piece }) => piece);
  return {
    part,
    layers: n_layers,
    columns,
    effect,
    cleanPieces: pieces(clean),
    corruptedPieces: pieces(corrupted),
    alignment,
    metric: { ...chosen, clean: goal, corrupted: base },
    interventions: interventions?.active ?? 0,
  };
}

/**
 * Tokens of the corrupted text that have values to be patched with which may differ from their own: in a causal model not
 * those before the first difference, unless interventions bring something of the whole text there (a mean).
 */
function patchable(clean: Reading, corrupted: Reading, sources: Int32Array): number[] {
  const differs = (token: number) =>
    sources[token] !== token || clean.tokens[token].id !== corrupted.tokens[token].id;
  const all = range(0, sources.length);
  const causal = clean.model.configuration.causal && corrupted.changes.length === 0;
  const first = causal ? (all.find(differs) ?? sources.length) : 0;
  return all.filter((token) => token >= first && sources[token] >= 0);
}

/** Where the values are the same nothing changes. */
function effectless(
  effect: Float32Array,
  tried: readonly number[],
  sources: Int32Array,
  columns: number,
): void {
  const run = new Set(tried);
  effect.forEach((_, cell) => {
    const token = cell % columns;
    if (sources[token] >= 0 && !run.has(token)) effect[cell] = 0;
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function inOneWindow(model: LanguageModel, text: string, which: string): Reading {
  const reading = Reading.ofText(model, text);
  const { length } = reading.plan;
  if (reading.windows.length === 1) return reading;
  throw new SubtextError(
    'text-too-large',
    `The ${which} text has ${reading.tokens.length} tokens, and at most ${length} are read at once`,
    'Give shorter texts.',
  );
}
