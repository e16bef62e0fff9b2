// Attention statistics of a grammar: fresh strings, one at a time, are read and their patterns summed up.
import {
  MOST_GRAMMAR_STRINGS,
  type GrammarAttention,
  type GrammarAttentionQuestion,
} from '../../../protocol/grammarAttention';
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { checkVocabulary } from '../../data/cfg/evaluate';
import type { Grammar } from '../../data/cfg/grammar';
import { latentLabels, type LatentLabels } from '../../data/cfg/labels';
import { Sampler, sampleTree, samplingRandom } from '../../data/cfg/sample';
import { BEGIN_ID, endId } from '../../data/cfg/tokens';
import { giveBack } from '../../engine/reusedMemory';
import { SubtextError } from '../../errors';
import type { TransformerConfiguration } from '../../model/configuration';
import type { LanguageModel } from '../../model/languageModel';
import { hookPattern, LARGEST_PATTERNS } from '../attention/patternStore';
import type { Interventions } from '../interventions/interventions';
import { staysOnDevice } from '../onDevice';
import { letMessagesIn, Reading, windowLength } from '../reading';
import { pairEnding, pairInputs, pairSumsOf } from './pairSummary';
import { GrammarAttentionTally, type StringPairs } from './tally';

/** What there is to say of a model and a grammar, wherever they are from. */
export type MeasuredGrammarAttention = Omit<
  GrammarAttention,
  'model' | 'modelName' | 'engine' | 'milliseconds'
>;

/**
 * Reads fresh strings as in training (begin of text, the terminals, end of text), each alone, and gives the statistics of
 * `GrammarAttentionTally`.
 * @param interventions under which the strings are read
 * @param onDevice whether patterns are summed up by the engine
 * @throws SubtextError `usage` for a number of strings out of bounds; `grammar` for a model of another vocabulary, a grammar
 * without levels to relate and strings that are longer than the model's context; `hook` for a model whose heads have no
 * patterns of their own; `not-a-number`; `alignment`
 */
export async function grammarAttention(
  model: LanguageModel,
  grammar: Grammar,
  { strings, seed }: Pick<GrammarAttentionQuestion, 'strings' | 'seed'>,
  cancellation: Cancellation,
  progress: (share: number) => void = () => undefined,
  interventions?: Interventions,
  onDevice = staysOnDevice(model.executor),
): Promise<MeasuredGrammarAttention> {
  const { n_layers, n_heads, causal, position } = model.configuration;
  const levels = checkQuestion(model, grammar, strings);
  const { longest, terminals } = lengthsOf(grammar, strings, seed, model.configuration);
  const tally = new GrammarAttentionTally({
    layers: n_layers,
    heads: n_heads,
    levels: levels.length,
    causal,
    longest,
  });
  const random = samplingRandom(seed, 'attention');
  for (let read = 0; read < strings; read++) {
    const { tokens, tree } = sampleTree(grammar, random);
    const labels = latentLabels(grammar, tree);
    const pairs = tally.addString(labels);
    const reading = Reading.ofIds(model, [BEGIN_ID, ...tokens, endId(grammar)]);
    const changes = (await interventions?.changesFor(reading, cancellation)) ?? [];
    const changed = reading.under(changes);
    if (onDevice) await addSums(tally, pairs, labels, changed, cancellation);
    else await addPatterns(tally, pairs, changed, cancellation);
    progress((read + 1) / strings);
    await letMessagesIn();
  }
  return {
    grammar: grammar.name,
    strings,
    seed,
    terminals,
    layers: n_layers,
    heads: n_heads,
    causal,
    learned: position === 'distance-only' ? 'distance' : 'content',
    levels,
    ...tally.statistics(),
    interventions: interventions?.active ?? 0,
  };
}

/** The levels between the root's and the terminals'. */
function checkQuestion(model: LanguageModel, grammar: Grammar, strings: number): number[] {
  if (!Number.isInteger(strings) || strings < 1 || strings > MOST_GRAMMAR_STRINGS) {
    throw new SubtextError(
      'usage',
      `${strings} is not a number of strings`,
      `Read 1 to ${MOST_GRAMMAR_STRINGS.toLocaleString('en')}; 200 tell most.`,
    );
  }
  if (model.configuration.position === 'uniform') {
    throw new SubtextError(
      'hook',
      'The heads of this model average over fixed distances: they have no attention patterns of their own',
      'Take a model with learned attention.',
    );
  }
  checkVocabulary(model, grammar);
  const levels = grammar.requireLevels().length;
  if (levels > 2) return Array.from({ length: levels - 2 }, (_, index) => index + 2);
  throw new SubtextError(
    'grammar',
    `${grammar.name} has no level between its root and its terminals`,
    'Take a grammar with three levels or more, or drop fewer of them.',
  );
}

/** Lengths of the strings that will be read: all are drawn before the model runs, since that takes next to no time. */
function lengthsOf(
  grammar: Grammar,
  strings: number,
  seed: number,
  configuration: TransformerConfiguration,
): { longest: number; terminals: number } {
  const most = windowLength(configuration) - 2;
  const sampler = new Sampler(grammar, samplingRandom(seed, 'attention'));
  let longest = 0;
  let terminals = 0;
  for (let drawn = 0; drawn < strings; drawn++) {
    const tokens: number[] = [];
    sampler.sampleInto(tokens);
    longest = Math.max(longest, tokens.length);
    terminals += tokens.length;
  }
  if (longest <= most) return { longest, terminals };
  throw new SubtextError(
    'grammar',
    `A string of ${grammar.name} has ${longest} terminals, and the model reads ${most + 2} tokens with begin and end`,
    'Drop levels of the grammar, or take a model with a longer context.',
  );
}

/** Runs the model over a string, as many layers at once as memory has room for the patterns of. */
async function addPatterns(
  tally: GrammarAttentionTally,
  pairs: StringPairs,
  reading: Reading,
  cancellation: Cancellation,
): Promise<void> {
  const { model, windows } = reading;
  const { n_layers, n_heads } = model.configuration;
  const [window] = windows;
  const bytes = 4 * n_heads * window.ids.length ** 2;
  const atOnce = Math.max(1, Math.floor(LARGEST_PATTERNS / bytes));
  for (let first = 0; first < n_layers; first += atOnce) {
    throwIfCancelled(cancellation);
    const layers = Array.from({ length: Math.min(atOnce, n_layers - first) }, (_, index) => first + index);
    const changes = reading.changesIn(window);
    const captured = await model.runWithHooks([window.ids], layers.map(hookPattern), changes);
    for (const layer of layers) {
      const patterns = captured.get(hookPattern(layer))!.data as Float32Array;
      if (!tally.addLayer(pairs, layer, patterns)) await failOf(layer, reading);
    }
    giveBack(captured);
  }
}

/** The same where the patterns stay on the device. */
async function addSums(
  tally: GrammarAttentionTally,
  pairs: StringPairs,
  labels: LatentLabels,
  reading: Reading,
  cancellation: Cancellation,
): Promise<void> {
  const { configuration } = reading.model;
  const inputs = pairInputs(tally.groups, labels, pairs.terminals);
  let broken: number | undefined;
  await reading.summarise(
    pairEnding(configuration, tally.groups),
    () => inputs,
    (_, found) => {
      for (let layer = 0; layer < configuration.n_layers; layer++) {
        if (!tally.addSums(pairs, layer, pairSumsOf(found, layer))) broken ??= layer;
      }
    },
    cancellation,
  );
  if (broken !== undefined) await failOf(broken, reading);
}

/** @throws SubtextError `not-a-number` for patterns of a layer, or what comes before them */
async function failOf(layer: number, reading: Reading): Promise<never> {
  const [window] = reading.windows;
  await reading.model.checkNumbers([window.ids], reading.changesIn(window));
  throw new SubtextError(
    'not-a-number',
    `${hookPattern(layer)} holds values that are not numbers`,
    'The weights that lead to it may be damaged, or too large for float32.',
  );
}
