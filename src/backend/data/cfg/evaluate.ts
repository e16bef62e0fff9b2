// How well a model knows a grammar, measured exactly: whether what it writes is in the language, and how far its
// next-token distribution is from the true one (arXiv 2305.13673, §3).
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { throwIfCancelled, type Cancellation } from '../../cancellation';
import { giveBack } from '../../engine/reusedMemory';
import { SubtextError } from '../../errors';
import type { LanguageModel } from '../../model/languageModel';
import { sampleBatch } from '../../model/sampleBatch';
import { divergence } from './analysis';
import { BEGIN, END } from './definitions';
import type { Grammar } from './grammar';
import { isInLanguage } from './inside';
import { nextTokens } from './next';
import { Sampler, samplingRandom } from './sample';
import { BEGIN_ID, endId } from './tokens';

export interface EvaluationOptions {
  /** Terminals of a true sample that the model continues; 0 lets it write whole strings. */
  cut: number;
  /** Strings that it writes, and as many true ones for the divergence. */
  samples: number;
  seed: number;
}

export interface GrammarEvaluation {
  /** Share of the written strings that are in the language. */
  accuracy: number;
  /**
   * How far that share may be off: √(p(1-p)/n) with two right and two wrong strings added, so that a few strings that
   * are all right do not pass for certainty (Agresti and Coull 1998).
   */
  accuracyError: number;
  /** Mean over positions of Σ P log(P/Q), P the true next-token distribution, Q the model's, in nats. */
  kl: number;
  /** Mean of -log P(token) over the same positions, in nats. */
  entropy: number;
  /** Mean of -log Q(token) over the same positions, in nats: what a perfect model brings down to the entropy. */
  crossEntropy: number;
  /** Strings that were written, and true ones that were read. */
  n: number;
  /** Positions of the means. */
  positions: number;
}

/** Tokens that the model reads in one run. */
const TOKENS_AT_ONCE = 4096;
/** Draws after which a sample of at least `cut` terminals is given up. */
const MAX_DRAWS = 100_000;

/**
 * Accuracy: from begin of text and the first `cut` terminals of a fresh sample (samples shorter than that are drawn
 * again) the model samples at temperature 1 until end of text. The whole string must be in the language; one that is
 * longer than the language's longest, or than the model's context, is wrong.
 *
 * Divergence: over fresh samples, each read from its own begin of text, and all their positions that predict a terminal
 * or end of text, as far as the model's context goes. Exact: nothing is added to either distribution. The model's
 * covers its whole vocabulary, so that probability on begin of text, which never follows, counts against it. These
 * samples depend on the seed, not on `cut`.
 * @throws SubtextError `grammar` for a model of another vocabulary, or a cut that no sample reaches
 */
export async function evaluateGrammarModel(
  model: LanguageModel,
  grammar: Grammar,
  options: EvaluationOptions,
  cancellation: Cancellation,
): Promise<GrammarEvaluation> {
  checkModel(model, grammar);
  const divergence = await measureDivergence(model, grammar, options, cancellation);
  const accuracy = await measureAccuracy(model, grammar, options, cancellation);
  const added = options.samples + 4;
  const share = (accuracy * options.samples + 2) / added;
  const accuracyError = Math.sqrt((share * (1 - share)) / added);
  return { accuracy, accuracyError, ...divergence, n: options.samples };
}

async function measureAccuracy(
  model: LanguageModel,
  grammar: Grammar,
  { cut, samples, seed }: EvaluationOptions,
  cancellation: Cancellation,
): Promise<number> {
  const { n_ctx } = model.configuration;
  if (cut > grammar.maxLength || cut >= n_ctx) {
    const what =
      cut >= n_ctx ? `the model's context is ${n_ctx}` : `its longest string has ${grammar.maxLength}`;
    throw new SubtextError(
      'grammar',
      `${grammar.name} cannot be cut after ${cut} terminals: ${what}`,
      'Lower --cut.',
    );
  }
  const sampler = new Sampler(grammar, samplingRandom(seed, 'prefix'));
  const prompts = Array.from({ length: samples }, () => [BEGIN_ID, ...prefix(grammar, sampler, cut)]);
  const end = endId(grammar);
  const generation = {
    // One more than the longest string takes is end of text.
    maxTokens: grammar.maxLength - cut + 1,
    temperature: 1,
    seed,
    stopIds: new Set([end, BEGIN_ID]),
  };
  const written = await sampleBatch(model, prompts, generation, cancellation);
  let right = 0;
  for (const [index, { ids, stop }] of written.entries()) {
    if (index % 64 === 0) throwIfCancelled(cancellation);
    if (stop === end && isInLanguage(grammar, [...prompts[index].slice(1), ...ids])) right++;
  }
  return right / samples;
}

/** The first `cut` terminals of a fresh sample that has so many. */
function prefix(grammar: Grammar, sampler: Sampler, cut: number): number[] {
  if (cut === 0) return [];
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const tokens: number[] = [];
    sampler.sampleInto(tokens);
    if (tokens.length >= cut) return tokens.slice(0, cut);
  }
  const what = `None of ${MAX_DRAWS} samples of ${grammar.name} has ${cut} terminals`;
  throw new SubtextError('grammar', what, 'Lower --cut.');
}

async function measureDivergence(
  model: LanguageModel,
  grammar: Grammar,
  { samples, seed }: EvaluationOptions,
  cancellation: Cancellation,
): Promise<Pick<GrammarEvaluation, 'kl' | 'entropy' | 'crossEntropy' | 'positions'>> {
  const { n_ctx, d_vocab } = model.configuration;
  const end = endId(grammar);
  const sampler = new Sampler(grammar, samplingRandom(seed, 'divergence'));
  const sums = { kl: 0, entropy: 0, crossEntropy: 0, positions: 0 };
  const atOnce = Math.max(1, Math.floor(TOKENS_AT_ONCE / Math.min(n_ctx, grammar.maxLength + 1)));
  for (let first = 0; first < samples; first += atOnce) {
    const strings = Array.from({ length: Math.min(atOnce, samples - first) }, () => {
      const tokens: number[] = [];
      sampler.sampleInto(tokens);
      return tokens;
    });
    throwIfCancelled(cancellation);
    const texts = strings.map((tokens) => [BEGIN_ID, ...tokens].slice(0, n_ctx));
    const outputs = await model.runWithCache(texts, ['log_probs']);
    const found = outputs.get('log_probs')!;
    const width = found.shape[1] * d_vocab;
    for (const [row, tokens] of strings.entries()) {
      const { probabilities, vocabulary } = nextTokens(grammar, tokens);
      for (let position = 0; position < texts[row].length; position++) {
        const truth = probabilities.subarray(position * vocabulary, (position + 1) * vocabulary);
        const from = row * width + position * d_vocab;
        const next = tokens.at(position) ?? end;
        sums.kl += divergence(truth, found.data.subarray(from, from + d_vocab));
        sums.entropy -= Math.log(truth[next]);
        sums.crossEntropy -= found.data[from + next];
        sums.positions++;
      }
    }
    giveBack(outputs);
  }
  const { positions } = sums;
  return {
    kl: sums.kl / positions,
    entropy: sums.entropy / positions,
    crossEntropy: sums.crossEntropy / positions,
    positions,
  };
}

function checkModel(model: LanguageModel, grammar: Grammar): void {
  if (!model.configuration.causal) {
    const what = 'The model sees what comes after a token, so that it predicts no next one';
    throw new SubtextError('grammar', what, 'Evaluate a model that reads from left to right.');
  }
  checkVocabulary(model, grammar);
}

/** What is asked of a model about its tokens. */
interface Vocabulary {
  configuration: { d_vocab: number };
  checkpoint: Pick<Checkpoint, 'tokenizer'>;
}

/** @throws SubtextError `grammar` for a model of another vocabulary */
export function checkVocabulary(model: Vocabulary, grammar: Grammar): void {
  checkWords(model, grammar.name, vocabularyOf(grammar));
}

/** By token id: begin of text, the terminals, end of text. */
export function vocabularyOf({ symbols, firstTerminal }: Grammar): string[] {
  return [BEGIN, ...symbols.slice(firstTerminal), END];
}

/**
 * The model must have a token for each of the grammar's words, the same ones where its tokenizer tells.
 * @param name of the grammar
 * @throws SubtextError `grammar`
 */
export function checkWords(model: Vocabulary, name: string, words: readonly string[]): void {
  const { d_vocab } = model.configuration;
  const remedy = 'Take the grammar that the model was trained on.';
  if (d_vocab < words.length) {
    throw new SubtextError(
      'grammar',
      `The model has ${d_vocab} tokens and ${name} needs ${words.length}`,
      remedy,
    );
  }
  const { tokenizer } = model.checkpoint;
  const wrong = words.findIndex((word, id) => tokenizer !== undefined && tokenizer.piece(id) !== word);
  if (wrong < 0) return;
  const what = `Token ${wrong} of the model is ${tokenizer!.piece(wrong)}, that of ${name} is ${words[wrong]}`;
  throw new SubtextError('grammar', what, remedy);
}
