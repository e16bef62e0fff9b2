// Makes stories: draws a schema, three words, features and a cast, and has the teller tell it.
import { Dice } from './dice';
import { SCENES } from './scenes';
import { SCHEMAS } from './schemas';
import type { Schema } from './schemas/schema';
import { FEATURES, type Feature, type Story, type StoryOptions, type Words } from './story';
import { drawCast } from './teller/cast';
import { Teller, type Required } from './teller/teller';
import { ADJECTIVES } from './words/adjectives';
import { NOUNS } from './words/nouns';
import { VERBS } from './words/verbs';
import { SubtextError } from '../../errors';

/** How often a story has each feature. */
const PROBABILITY: Readonly<Record<Feature, number>> = {
  dialogue: 0.6,
  'bad ending': 0.2,
  moral: 0.3,
  'plot twist': 0.2,
  foreshadowing: 0.25,
  conflict: 0.25,
};

/** A scene of everyday life stands before this share of the stories that can have one. */
const SCENE_PROBABILITY = 0.35;

/** Schemas that are looked at for one that gives the noun a part, before any will do. */
const TRIES = 4;

/** The recipe asks for 3 to 5 short paragraphs; a telling of another length is told again, this many times at most. */
const WORDS = { least: 100, most: 250 };
const TELLINGS = 20;

/**
 * The story of a seed; the same seed and options give the same story.
 * @param seed a whole number
 * @param index tells the stories of one seed apart
 * @throws SubtextError for an unknown schema or word
 */
export function generateStory(seed: number, options: StoryOptions = {}, index = 0): Story {
  const dice = new Dice(seed, index);
  const required: Required = {
    verb: chosen(dice, VERBS, options.words?.verb, 'verb'),
    noun: chosen(dice, NOUNS, options.words?.noun, 'noun'),
    adjective: chosen(dice, ADJECTIVES, options.words?.adjective, 'adjective'),
  };
  const schema = drawSchema(dice, required, options.schema);
  const features = options.features ?? FEATURES.filter((feature) => dice.chance(PROBABILITY[feature]));
  let teller = telling(dice, schema, required, features);
  for (let i = 1; i < TELLINGS && !isOfGoodLength(teller); i++)
    teller = telling(dice, schema, required, features);
  const words: Words = {
    verb: required.verb.base,
    noun: required.noun.base,
    adjective: required.adjective.base,
  };
  return {
    text: teller.paragraphs.map((sentences) => sentences.join(' ')).join('\n\n'),
    words,
    features,
    summary: teller.summary,
    sentences: teller.paragraphs.flat(),
    schema: schema.name,
  };
}

function telling(dice: Dice, schema: Schema, required: Required, features: readonly Feature[]): Teller {
  const heroes = schema.heroes ?? 'child';
  const kind = heroes === 'any' ? (dice.chance(0.3) ? 'animal' : 'child') : heroes;
  const withScene = kind === 'child' && schema.withoutScene !== true && dice.chance(SCENE_PROBABILITY);
  const teller = new Teller(
    dice,
    drawCast(dice, kind),
    required,
    new Set(features),
    schema.ownWeather === true,
    schema.leavesHome === true,
    withScene ? dice.pick(SCENES) : undefined,
  );
  schema.tell(teller);
  return teller;
}

function isOfGoodLength({ paragraphs }: Teller): boolean {
  let words = 0;
  for (const sentence of paragraphs.flat()) words += sentence.split(' ').length;
  return words >= WORDS.least && words <= WORDS.most;
}

function drawSchema(dice: Dice, { noun }: Required, name: string | undefined): Schema {
  if (name !== undefined) return chosenSchema(name);
  let schema = dice.pick(SCHEMAS);
  for (let i = 1; i < TRIES && !schema.takes.includes(noun.kind); i++) schema = dice.pick(SCHEMAS);
  return schema;
}

function chosenSchema(name: string): Schema {
  const schema = SCHEMAS.find((each) => each.name === name);
  if (schema !== undefined) return schema;
  const names = SCHEMAS.map((each) => each.name).join(', ');
  throw new SubtextError('not-found', `There is no story schema "${name}"`, `Choose one of: ${names}.`);
}

function chosen<T extends { base: string }>(
  dice: Dice,
  list: readonly T[],
  base: string | undefined,
  what: string,
): T {
  if (base === undefined) return dice.pick(list);
  const entry = list.find((each) => each.base === base);
  if (entry !== undefined) return entry;
  throw new SubtextError(
    'not-found',
    `There is no ${what} "${base}" in the word list`,
    'Leave it out to have one drawn.',
  );
}

/** Story number `index` of a seed, as text. */
export function storyAt(seed: number, index: number): string {
  return generateStory(seed, {}, index).text;
}

/** The stories of a seed, one after another, without end. */
export function* storyStream(seed: number): Generator<string, never> {
  for (let index = 0; ; index++) yield storyAt(seed, index);
}
