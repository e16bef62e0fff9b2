// Text files as training data: their tokens in a cache, shuffled windows of it.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Recipe } from '../../train/recipe';
import { ngramReferences } from '../references';
import { preparedTokenizer, textTokenizer, vocabularyOfText, type TextTokenizer } from '../textTokenizer';
import type { DataKind } from '../training';
import { firstTexts, readDocuments } from './documents';
import { findTextFiles } from './textFiles';
import { textSource } from './textSource';
import { openTokenCache, type TextData, type TokenCache } from './tokenCache';

/** Share of the text between two lines about its reading in the log. */
const LOGGED = 0.1;

export const textData: DataKind = {
  vocabulary: vocabularyOfText,
  prepare: async (recipe, folder, log) => {
    const data = filesOf(recipe, folder);
    const texts = (bytes: number) => documentsOf(data, bytes);
    const prepared = await textTokenizer(recipe.tokenizer!, folder, texts, log);
    let next = LOGGED;
    const cache = await cacheOf(data, prepared, folder, (share) => {
      if (share < next) return;
      log(`reading the text: ${Math.round(100 * share)}%`);
      next = share + LOGGED;
    });
    try {
      log(`${cache.documents} documents, ${cache.training.count + cache.validation.count} tokens`);
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
    const prepared = await preparedTokenizer(recipe.tokenizer!, folder);
    const cache = await cacheOf(filesOf(recipe, folder), prepared, folder);
    const source = textSource(split === 'train' ? cache.training : cache.validation, recipe.train.seed);
    return { ...source, dispose: () => cache.dispose() };
  },
};

/** @param base names nothing: a recipe that is run has absolute paths */
function filesOf({ data }: Recipe, base: string): TextData {
  if (data.kind !== 'text') throw new Error('a recipe without text');
  const { files, column, validation_share: share } = data;
  return { files, base, column, validation: { share } };
}

async function* documentsOf({ files, base, column }: TextData, bytes: number): AsyncGenerator<string> {
  yield* firstTexts(readDocuments(await findTextFiles(files, base), { column }), bytes);
}

function cacheOf(
  data: TextData,
  { tokenizer, json }: TextTokenizer,
  folder: string,
  onShare?: (share: number) => void,
): Promise<TokenCache> {
  return openTokenCache(data, tokenizer, {
    folder: join(folder, 'cache'),
    tokenizerHash: createHash('sha256').update(JSON.stringify(json)).digest('hex'),
    onProgress: (bytes, total) => onShare?.(bytes / total),
  });
}
