// The tokenizer of a run on text: one that is there already, or one that is learnt from the data.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SubtextError } from '../errors';
import { fileError } from '../files';
import { replaceText } from '../run/atomicFile';
import { JsonValue, loadTokenizer, readHuggingFaceTokenizer, type Tokenizer } from '../tokenizer';
import { END_OF_TEXT, trainTokenizer, type TrainedKind } from '../tokenizer/train';
import type { Recipe } from '../train/recipe';

type Settings = NonNullable<Recipe['tokenizer']>;

export interface TextTokenizer {
  json: object;
  tokenizer: Tokenizer;
  endOfText: number;
}

const TRAINED: Partial<Record<Settings['kind'], TrainedKind>> = {
  bpe: 'bytes',
  words: 'words',
  characters: 'characters',
};

/** More characters than any writing system but the Chinese has in use. */
const MOST_CHARACTERS = 10_000;

const FILE = 'tokenizer.json';

/** About as many as a Western language's texts have. */
const CHARACTERS = 200;

/** How many ids there will be; about how many, where they are learnt. @throws SubtextError `tokenizer`, `not-found` */
export function vocabularyOfText({ tokenizer }: Pick<Recipe, 'tokenizer'>): number {
  switch (tokenizer?.kind) {
    case 'bpe':
    case 'words':
      return tokenizer.vocabulary;
    case 'file':
      return tokenizerOf(readJson(tokenizerFile(tokenizer.path))).vocabularySize;
    case 'characters':
      return CHARACTERS;
    default:
      throw new Error('a recipe that is not completed, or not of text');
  }
}

/**
 * Reads the tokenizer that a recipe names, or learns it and writes it into the run directory; one that is there already was
 * learnt by the same recipe.
 * @param texts of about so many UTF-16 units, as many as are there
 * @throws SubtextError `tokenizer`, `not-found`, `empty-text`
 */
export async function textTokenizer(
  settings: Settings,
  folder: string,
  texts: (units: number) => Iterable<string> | AsyncIterable<string>,
  log: (message: string) => void,
): Promise<TextTokenizer> {
  if (settings.kind === 'file') return readTokenizer(settings.path);
  const path = join(folder, FILE);
  if (!existsSync(path)) {
    const kind = TRAINED[settings.kind];
    if (kind === undefined || !('megabytes' in settings))
      throw new Error(`no tokenizer ${settings.kind} for text`);
    log('learning the tokenizer');
    const vocabularySize = 'vocabulary' in settings ? settings.vocabulary : MOST_CHARACTERS;
    const learnt = await trainTokenizer(kind, texts(settings.megabytes * 1e6), { vocabularySize });
    replaceText(path, JSON.stringify(learnt));
  }
  return readTokenizer(path);
}

/** The tokenizer of a run whose preparation is over. */
export function preparedTokenizer(settings: Settings, folder: string): Promise<TextTokenizer> {
  return readTokenizer(settings.kind === 'file' ? settings.path : join(folder, FILE));
}

/** @param given a tokenizer.json, or a folder that has one */
async function readTokenizer(given: string): Promise<TextTokenizer> {
  const path = tokenizerFile(given);
  const tokenizer = await loadTokenizer(given);
  if (!tokenizer || !existsSync(path)) {
    throw new SubtextError(
      'tokenizer',
      `${given} has no tokenizer.json`,
      'Name a folder or file that has one.',
    );
  }
  const endOfText = tokenizer.endOfText ?? idOf(tokenizer, END_OF_TEXT);
  if (endOfText === undefined) {
    throw new SubtextError(
      'tokenizer',
      `${path} has no token that ends a text`,
      `Add ${END_OF_TEXT}, or name the token as eos_token in tokenizer_config.json.`,
    );
  }
  return { json: readJson(path), tokenizer, endOfText };
}

export function tokenizerOf(json: object): Tokenizer {
  return readHuggingFaceTokenizer(new JsonValue(json, 'tokenizer.json'));
}

function tokenizerFile(given: string): string {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(given, FILE) : given;
}

function readJson(path: string): object {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as object;
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

function idOf(tokenizer: Tokenizer, token: string): number | undefined {
  const ids = tokenizer.encodeIds(token);
  return ids.length === 1 ? ids[0] : undefined;
}
