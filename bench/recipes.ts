// Recipes whose steps are measured on their own and inside the trainer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizes } from '../src/backend/bench/sizes';
import type { RecipeInput } from '../src/backend/train/recipe';

export interface RecipeSize {
  name: string;
  recipe: RecipeInput;
}

const sampleRecipe = (name: string): RecipeSize => ({
  name,
  recipe: JSON.parse(
    readFileSync(join(__dirname, `../media/recipes/${name}.subtext.json`), 'utf8'),
  ) as RecipeInput,
});

/** A model of a size of `train` that is trained on stories, with a vocabulary of bytes at least. */
const onStories = (name: string): RecipeSize => {
  const { layers, width, heads, vocabulary, context, batch } = sizes.train.find(
    (size) => size.name === name,
  )!;
  return {
    name,
    recipe: {
      data: { kind: 'stories' },
      tokenizer: { kind: 'bpe', vocabulary: Math.max(300, vocabulary), megabytes: 2 },
      model: { architecture: 'gpt2', layers, width, heads },
      train: { steps: 1, batch, context, learning_rate: 1e-4 },
    },
  };
};

export const recipes: RecipeSize[] = [
  sampleRecipe('cfg'),
  sampleRecipe('stories'),
  onStories('tiny'),
  onStories('A'),
  onStories('B'),
];
