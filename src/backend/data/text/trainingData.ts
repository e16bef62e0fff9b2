// Text files as training data: their tokens in a cache, shuffled windows of it.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Recipe } from '../../train/recipe';
import { ngramReferences } from '../references';
import { textTokenizer, vocabularyOfText, type TextTokenizer } from '../textTokenizer';
import type { DataKind } from '../kind';
import { firstTexts, readDocuments } from './documents';
import { findTextFiles } from './textFiles';
import { textSource } from './textSource';
import type { TextData } from './textData';
import { isUpToDate, openKeptTokens, openTokenCache, type TokenCache } from './tokenCache';

/** Share of the text between two lines about its reading in the log. */
const LOGGED = 0.1;

export const textData: DataKind = {
  vocabulary: vocabularyOfText,
  prepare: async (recipe, folder, log) => {
    const data = filesOf(recipe, folder);
    const texts = (bytes: number) => documentsOf(data, bytes);
    const prepared = await textTokenizer(recipe.tokenizer!, folder, texts, log);
    const cache = await cacheOf(data, prepared, folder, log);
    try {
      log(
        `${cache.documents} ${cache.documents === 1 ? 'document' : 'documents'}, ${cache.training.count + cache.validation.count} tokens`,
      );
      const { seed, context } = recipe.train;
      const [train, heldOut] = [cache.training, cache.validation].map((stretch) => textSource(stretch, seed));
      return {
        tokenizerJson: prepared.json,
        endOfText: prepared.endOfText,
        references: ngramReferences(train, heldOut, context + 1, [1, 2, 3]),
        judge: (text: string) => ({ text }),
      };
    } finally {
      cache.dispose();
    }
  },
  open: async ({ recipe, split, folder }) => {
    const cache = await openKeptTokens(cacheFolder(folder), filesOf(recipe, folder));
    if (!cache) throw new Error('the text was not prepared');
    const source = textSource(split === 'train' ? cache.training : cache.validation, recipe.train.seed);
    return { ...source, dispose: () => cache.dispose() };
  },
};

/** @param base names nothing: a recipe that is run has absolute paths */
function filesOf({ data }: Recipe, base: string): TextData {
  if (data.kind !== 'text') throw new Error('a recipe without text');
  const { files, column, separator, validation_share: share, validation_files: ofValidation } = data;
  return { files, base, column, separator, validation: ofValidation ? { files: ofValidation } : { share } };
}

async function* documentsOf({ files, base, ...reading }: TextData, bytes: number): AsyncGenerator<string> {
  yield* firstTexts(readDocuments(await findTextFiles(files, base), reading), bytes);
}

/** The run's tokens: made at its beginning, and the same to its end, whatever becomes of the text. */
async function cacheOf(
  data: TextData,
  { tokenizer, json }: TextTokenizer,
  folder: string,
  log: (message: string) => void,
): Promise<TokenCache> {
  const tokenizerHash = createHash('sha256').update(JSON.stringify(json)).digest('hex');
  const kept = await openKeptTokens(cacheFolder(folder), data);
  if (kept) {
    if (!(await isUpToDate(kept, data, tokenizer, tokenizerHash)))
      log('the text is not what it was when this run began: going on with what it was');
    return kept;
  }
  let next = LOGGED;
  return openTokenCache(data, tokenizer, {
    folder: cacheFolder(folder),
    tokenizerHash,
    onProgress: (bytes, total) => {
      if (bytes / total < next) return;
      log(`reading the text: ${Math.round((100 * bytes) / total)}%`);
      next = bytes / total + LOGGED;
    },
  });
}

function cacheFolder(run: string): string {
  return join(run, 'cache');
}
