// Stories as training data: fresh ones for every step.
import { ngramReferences } from '../references';
import type { TokenSource } from '../source';
import { generatedSource } from '../text/generatedSource';
import { preparedTokenizer, textTokenizer, vocabularyOfText, type TextTokenizer } from '../textTokenizer';
import type { DataKind } from '../kind';
import type { Recipe } from '../../train/recipe';
import { instructAt } from './instruct';
import { storyAt } from './generate';

/** Stories of validation, and those that the tokenizer is learnt from, have other seeds than any training. */
const VALIDATION_SEED = 0x56a11d;
const TOKENIZER_SEED = 0x70ce0;

export const storyData: DataKind = {
  vocabulary: vocabularyOfText,
  prepare: async (recipe, folder, log) => {
    const texts = (units: number) => storiesOf(recipe, units);
    const prepared = await textTokenizer(recipe.tokenizer!, folder, texts, log);
    const { seed, context } = recipe.train;
    const [train, heldOut] = [seed, seed ^ VALIDATION_SEED].map((each) => sourceOf(recipe, prepared, each));
    return {
      tokenizerJson: prepared.json,
      endOfText: prepared.endOfText,
      references: ngramReferences(train, heldOut, context + 1, [1, 2, 3]),
      judge: (text: string) => ({ text }),
    };
  },
  open: async ({ recipe, split, folder }) => {
    const { seed } = recipe.train;
    const prepared = await preparedTokenizer(recipe.tokenizer!, folder);
    return sourceOf(recipe, prepared, split === 'train' ? seed : seed ^ VALIDATION_SEED);
  },
};

function textAt({ data }: Recipe): (seed: number, index: number) => string {
  return data.kind === 'stories' && data.instruct ? instructAt : storyAt;
}

function* storiesOf(recipe: Recipe, units: number): Generator<string> {
  for (let index = 0, made = 0; made < units; index++) {
    const story = textAt(recipe)(TOKENIZER_SEED, index);
    made += story.length;
    yield story;
  }
}

function sourceOf(recipe: Recipe, { tokenizer, endOfText }: TextTokenizer, seed: number): TokenSource {
  return generatedSource({
    textAt: textAt(recipe),
    encodeIds: (text) => tokenizer.encodeIds(text),
    endOfText,
    vocabulary: tokenizer.vocabularySize,
    seed,
  });
}
