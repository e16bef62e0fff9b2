// What a patch is judged by: the logit difference of two tokens, or the log-probability of one, after the last token.
import type { PatchMetric, PatchQuestion } from '../../../protocol/patching';
import { SubtextError } from '../../errors';
import type { LanguageModel } from '../../model/languageModel';
import { largestIndices } from '../largest';

/** A metric before its values in the two texts are known. */
export type ChosenMetric = Omit<PatchMetric, 'clean' | 'corrupted'>;

/**
 * The tokens that are asked for; without an answer the likeliest after the clean text.
 * @param logits after the clean text, [d_vocab]
 * @throws SubtextError `usage` for what is not exactly one token
 */
export function chooseMetric(
  model: LanguageModel,
  { clean, answer, wrong }: Pick<PatchQuestion, 'clean' | 'answer' | 'wrong'>,
  logits: Float32Array,
): ChosenMetric {
  const named = (id: number) => ({ id, piece: model.tokenizer.piece(id) });
  const id = answer === undefined ? largestIndices(logits, 1)[0] : oneToken(model, clean, answer);
  if (wrong === undefined) return { kind: 'log-probability', answer: named(id) };
  const other = oneToken(model, clean, wrong);
  if (other === id) {
    throw new SubtextError(
      'usage',
      'The answer and the wrong answer are the same token',
      'Give two tokens that the texts tell apart.',
    );
  }
  return { kind: 'logit-difference', answer: named(id), wrong: named(other) };
}

/** @param logits [d_vocab] */
export function metricOf({ kind, answer, wrong }: ChosenMetric, logits: Float32Array): number {
  if (kind === 'logit-difference') return logits[answer.id] - logits[wrong!.id];
  const top = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
  return logits[answer.id] - top - Math.log(sum);
}

/** The token that a text is behind another one, or that it is alone. */
function oneToken(model: LanguageModel, before: string, given: string | number): number {
  const { tokenizer } = model;
  if (typeof given === 'number') {
    if (Number.isInteger(given) && given >= 0 && given < model.configuration.d_vocab) return given;
    throw new SubtextError('usage', `There is no token ${given}`, 'Give the id of one, or its text.');
  }
  const ids = (text: string) => Array.from(tokenizer.encodeIds(text));
  const [context, both] = [ids(before), ids(before + given)];
  if (both.length === context.length + 1 && context.every((id, index) => id === both[index])) {
    return both[context.length];
  }
  const alone = ids(given).filter((id, index) => index > 0 || id !== tokenizer.beginOfText);
  if (alone.length === 1) return alone[0];
  const pieces = alone.map((id) => JSON.stringify(tokenizer.piece(id))).join(' ');
  throw new SubtextError(
    'usage',
    `${JSON.stringify(given)} is ${alone.length} tokens: ${pieces}`,
    'Give a text that is one token; a space before a word belongs to it.',
  );
}
