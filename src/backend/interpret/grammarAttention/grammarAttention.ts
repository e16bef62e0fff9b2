// Attention statistics of a grammar: fresh strings, one at a time, are read and their patterns summed up.
import {
  MOST_GRAMMAR_STRINGS,
  type GrammarAttention,
  type GrammarAttentionQuestion,
} from '../../../protocol/grammarAttention';
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { checkVocabulary } from '../../data/cfg/evaluate';
import type { Grammar } from '../../data/cfg/grammar';
import { latentLabels } from '../../data/cfg/labels';
import { Sampler, sampleTree, samplingRandom } from '../../data/cfg/sample';
import { BEGIN_ID, endId } from '../../data/cfg/tokens';
import { SubtextError } from '../../errors';
import type { TransformerConfiguration } from '../../model/configuration';
import type { LanguageModel } from '../../model/languageModel';
import { hookPattern, LARGEST_PATTERNS } from '../attention/patternStore';
import type { Interventions } from '../interventions/interventions';
import { letMessagesIn, Reading, windowLength } from '../reading';
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
    const pairs = tally.addString(latentLabels(grammar, tree));
    const reading = Reading.ofIds(model, [BEGIN_ID, ...tokens, endId(grammar)]);
    const changes = (await interventions?.changesFor(reading, cancellation)) ?? [];
    await addPatterns(tally, pairs, reading.under(changes), cancellation);
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
      if (tally.addLayer(pairs, layer, patterns)) continue;
      await model.checkNumbers([window.ids], changes);
      throw new SubtextError(
        'not-a-number',
        `${hookPattern(layer)} holds values that are not numbers`,
        'The weights that lead to it may be damaged, or too large for float32.',
      );
    }
  }
}
