// What is measured of a model of stories: its loss on fresh ones, and what the stories that it writes are like.
import type { Cancellation } from '../cancellation';
import { SubtextError } from '../errors';
import { storyAt } from '../data/stories/generate';
import { instructAt } from '../data/stories/instruct';
import { gramsOf, wordsOf } from '../data/stories/novelty';
import { ANIMAL_BOYS, ANIMAL_GIRLS, BOYS, GIRLS } from '../data/stories/words/names';
import type { LanguageModel } from '../model/languageModel';
import { sampleBatch } from '../model/sampleBatch';
import type { Recipe } from '../train/recipe';
import type { Figure } from './figure';

/** Fresh stories have another seed than training, validation and tokenizer. */
const FRESH_SEED = 0xca2d;
/** Fresh stories that the loss is measured on. */
const READ = 200;
/** Other stories of the generator that a written one is compared with. */
const COMPARED = 20_000;
const COMPARED_SEED = 0x0de1;
const GRAM = 8;

const NAMES = new Set([...GIRLS, ...BOYS, ...ANIMAL_GIRLS, ...ANIMAL_BOYS]);

/** @param samples stories that the model writes */
export async function storyFigures(
  recipe: Recipe,
  model: LanguageModel,
  samples: number,
  cancellation: Cancellation,
): Promise<Figure[]> {
  const instruct = recipe.data.kind === 'stories' && recipe.data.instruct;
  const textAt = instruct ? instructAt : storyAt;
  const fresh = (count: number) => Array.from({ length: count }, (_, index) => textAt(FRESH_SEED, index));
  const { temperature } = recipe.train.samples;
  const written = await writeStories(model, samples, temperature, cancellation);
  const texts = written.map(({ text }) => text);
  const told = fresh(samples);
  const common = gramsOfOthers(textAt);
  const how = `of ${samples} stories written at temperature ${temperature} from an empty text`;
  const share = (of: readonly string[], holds: (text: string) => boolean) =>
    of.filter(holds).length / of.length;
  return [
    await bitsPerCharacter(model, fresh(READ)),
    {
      id: 'ended',
      name: 'Stories that come to an end',
      value: written.filter(({ ended }) => ended).length / samples,
      ofData: 1,
      unit: 'share',
      how: `Share ${how} that end within the context`,
    },
    {
      id: 'distinct',
      name: 'Distinct stories',
      value: new Set(texts).size / samples,
      ofData: new Set(told).size / samples,
      unit: 'share',
      how: `Share ${how}`,
    },
    {
      id: 'names_known',
      name: 'Stories that keep to their names',
      value: share(texts, keepsNames),
      ofData: share(told, keepsNames),
      unit: 'share',
      how: `Share ${how} in which everybody who is named in the last paragraph was named before`,
    },
    {
      id: 'novel_8_grams',
      name: 'New runs of 8 words',
      value: novelty(texts, common),
      ofData: novelty(told, common),
      unit: 'share',
      how: `Mean share, ${how}, of the runs of 8 words that are in none of ${COMPARED} other stories of the generator`,
    },
    {
      id: 'length',
      name: 'Length',
      value: meanWords(texts),
      ofData: meanWords(told),
      unit: 'words',
      how: `Mean ${how}`,
    },
  ];
}

async function bitsPerCharacter(model: LanguageModel, texts: readonly string[]): Promise<Figure> {
  const { tokenizer, end } = tokensOf(model);
  const { n_ctx, d_vocab } = model.configuration;
  let nats = 0;
  let characters = 0;
  for (const text of texts) {
    const ids = [end, ...tokenizer.encodeIds(text)].slice(0, n_ctx);
    const data = (await model.runWithCache([ids], ['log_probs'])).get('log_probs')!.data;
    for (let at = 1; at < ids.length; at++) nats -= data[(at - 1) * d_vocab + ids[at]];
    characters += tokenizer.decode(ids.slice(1)).length;
  }
  return {
    id: 'bits_per_character',
    name: 'Loss on fresh stories',
    value: nats / Math.LN2 / characters,
    unit: 'bits per character',
    how: `Of ${texts.length} stories that were never trained on, each read from its begin`,
  };
}

async function writeStories(
  model: LanguageModel,
  count: number,
  temperature: number,
  cancellation: Cancellation,
): Promise<{ text: string; ended: boolean }[]> {
  const { tokenizer, end } = tokensOf(model);
  const prompts = Array.from({ length: count }, () => [end]);
  const options = {
    maxTokens: model.configuration.n_ctx - 1,
    temperature,
    seed: 0,
    stopIds: new Set([end]),
  };
  const written = await sampleBatch(model, prompts, options, cancellation);
  return written.map(({ ids, stop }) => ({ text: tokenizer.decode(ids), ended: stop === end }));
}

function tokensOf({ checkpoint: { tokenizer } }: LanguageModel) {
  const end = tokenizer?.endOfText;
  if (!tokenizer || end === undefined) {
    const what = 'The model has no tokenizer that ends a text';
    throw new SubtextError('tokenizer', what, 'Measure a model that was trained on stories.');
  }
  return { tokenizer, end };
}

/** Whether everybody who is named in the last of several paragraphs was named in one before. */
export function keepsNames(text: string): boolean {
  const paragraphs = text.trim().split(/\n\n+/);
  const named = (part: string) => (part.match(/\b[A-Z][a-z]+\b/g) ?? []).filter((word) => NAMES.has(word));
  const before = new Set(named(paragraphs.slice(0, -1).join('\n')));
  return named(paragraphs[paragraphs.length - 1]).every((name) => before.has(name));
}

function gramsOfOthers(textAt: (seed: number, index: number) => string): Set<string> {
  const grams = new Set<string>();
  for (let index = 0; index < COMPARED; index++) {
    for (const gram of gramsOf(wordsOf(textAt(COMPARED_SEED, index)), GRAM)) grams.add(gram);
  }
  return grams;
}

function novelty(texts: readonly string[], common: ReadonlySet<string>): number {
  const shares = texts.map((text) => {
    const grams = [...gramsOf(wordsOf(text), GRAM)];
    return grams.length === 0 ? 0 : grams.filter((gram) => !common.has(gram)).length / grams.length;
  });
  return shares.reduce((a, b) => a + b, 0) / shares.length;
}

function meanWords(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + wordsOf(text).length, 0) / texts.length;
}
