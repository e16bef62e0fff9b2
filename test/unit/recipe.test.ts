// Recipes: defaults, what is said about wrong ones, what is generated from their schema.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SubtextError } from '../../src/backend/errors';
import { Training } from '../../src/backend/server/training';
import { changedKeys, completed, recipeText } from '../../src/backend/train/completed';
import { parseRecipe, recipeSchema } from '../../src/backend/train/recipe';
import {
  RECIPE_SCHEMA,
  RECIPES_DOCUMENT,
  recipeSchemaText,
  recipesDocument,
} from '../support/recipeDocuments';

const SMALLEST = {
  data: { kind: 'cfg', grammar: 'cfg3b' },
  model: { architecture: 'gpt_rotary', layers: 2, width: 64, heads: 4 },
  train: { steps: 100, batch: 8, context: 32, learning_rate: 1e-3 },
};

type Part = Record<string, unknown>;

function changed({
  data,
  model,
  train,
  ...rest
}: { data?: Part; model?: Part; train?: Part } & Part): object {
  return {
    ...SMALLEST,
    ...rest,
    data: { ...SMALLEST.data, ...data },
    model: { ...SMALLEST.model, ...model },
    train: { ...SMALLEST.train, ...train },
  };
}

function problem(recipe: unknown): string {
  try {
    parseRecipe(typeof recipe === 'string' ? recipe : JSON.stringify(recipe), 'r.subtext.json');
  } catch (error) {
    assert.ok(error instanceof SubtextError);
    assert.equal(error.reason, 'recipe');
    return error.message;
  }
  return '';
}

describe('a recipe', () => {
  it('needs only data, a model and how long to train', () => {
    const recipe = parseRecipe(JSON.stringify(SMALLEST), 'r.subtext.json');
    assert.deepEqual(recipe.train.optimizer, {
      kind: 'adamw',
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-8,
      weight_decay: 0.1,
    });
    assert.equal(recipe.train.clip, 1);
  });

  it('is run with every default written out, and reads back as itself', () => {
    const recipe = completed(parseRecipe(JSON.stringify(SMALLEST), 'r'), '/recipes');
    assert.equal(recipe.train.checkpoint_every, 10);
    assert.equal(recipe.train.eval_every, 5);
    assert.deepEqual(recipe.tokenizer, { kind: 'grammar' });
    const again = completed(parseRecipe(JSON.stringify(recipe), 'recipe.json'), '/elsewhere');
    assert.deepEqual(again, recipe);
    assert.deepEqual(changedKeys(recipe, again), []);
  });

  it('is kept as one text, in whatever order its keys were', () => {
    const { data, model, train } = SMALLEST;
    const given = parseRecipe(JSON.stringify({ train, model: { ...model, context: 32 }, data }), 'r');
    const text = recipeText(completed(given, '/somewhere'));
    assert.equal(recipeText(completed(parseRecipe(JSON.stringify(SMALLEST), 'r'), '/')), text);
    assert.equal(recipeText(completed(parseRecipe(text, 'recipe.json'), '/elsewhere')), text);
  });

  it('may begin with a mark of its byte order', () => {
    const text = JSON.stringify(SMALLEST);
    assert.deepEqual(parseRecipe(`\uFEFF${text}`, 'r'), parseRecipe(text, 'r'));
  });

  it('that is wrong starts no run and leaves no directory', () => {
    const directory = join(tmpdir(), `subtext-no-run-${process.pid}`);
    const engine = () => Promise.reject(new Error('not asked'));
    const training = new Training({ engine, options: () => ({ engine: 'cpu', threads: 1 }) });
    assert.throws(() => training.start({ directory, recipe: '{}' }), { reason: 'recipe' });
    assert.ok(!existsSync(directory));
  });

  it('names files relative to itself', () => {
    const text = { ...SMALLEST, data: { kind: 'text', files: ['a.txt', '/b'] } };
    const { data } = completed(parseRecipe(JSON.stringify(text), 'r'), '/recipes');
    assert.deepEqual(data.kind === 'text' && data.files, ['/recipes/a.txt', '/b']);
    const grammar = completed(
      parseRecipe(JSON.stringify(changed({ data: { grammar: 'own.cfg' } })), 'r'),
      '/x',
    );
    assert.equal(grammar.data.kind === 'cfg' && grammar.data.grammar, '/x/own.cfg');
  });

  it('goes on with the tokenizer of the checkpoint that it starts from', () => {
    const recipe = { ...SMALLEST, data: { kind: 'stories' }, model: { from: 'model' } };
    const { tokenizer } = completed(parseRecipe(JSON.stringify(recipe), 'r'), '/x');
    assert.deepEqual(tokenizer, { kind: 'file', path: '/x/model' });
  });

  it('tells which keys are not those of another one', () => {
    const before = parseRecipe(JSON.stringify(SMALLEST), 'a');
    const other = changed({ name: 'for people', train: { learning_rate: 2e-3, schedule: { warmup: 3 } } });
    const after = parseRecipe(JSON.stringify(other), 'b');
    assert.deepEqual(changedKeys(before, after), ['train.learning_rate', 'train.schedule.warmup']);
  });
});

describe('a wrong recipe is told by the path of what is wrong', () => {
  const cases: Record<string, [unknown, string]> = {
    'no JSON': ['{"data": }', 'r.subtext.json: Unexpected token'],
    'no JSON further down': ['{\n\n"data": }', ', line 3'],
    'a text that is no JSON': ['Once upon a time\nthere\nwas', ', line 1'],
    'a word that is no JSON': ['{\n\n\n"seeds": 1,\n"data": tru,\n"more":\n1}', ', line 5'],
    'JSON that is cut off': ['{\n"data": ', ', line 2'],
    'no object': [[1], 'the recipe is not an object'],
    'an unknown key': [changed({ trian: 1 }), 'trian is not known (did you mean train?)'],
    'an unknown key inside': [
      changed({ train: { schedule: { warm_up: 1 } } }),
      'train.schedule.warm_up is not known (did you mean warmup?)',
    ],
    'an unknown key of one kind': [
      changed({ train: { optimizer: { kind: 'adamw', beta: 1 } } }),
      'train.optimizer.beta is not known (did you mean beta1?)',
    ],
    'an unknown key like no other': [changed({ model: { colour: 'red' } }), 'model.colour is not known'],
    'a missing key': [
      { ...SMALLEST, train: { ...SMALLEST.train, steps: undefined } },
      'train.steps is missing',
    ],
    'a missing part': [{ ...SMALLEST, data: undefined }, 'data is missing'],
    'a text for a number': [changed({ train: { steps: '100' } }), 'train.steps is not a number'],
    'half a step': [changed({ train: { steps: 0.5 } }), 'train.steps is not a whole number'],
    'too small a number': [changed({ train: { batch: 0 } }), 'train.batch is 0, not at least 1'],
    'too large a number': [changed({ train: { dropout: 1 } }), 'train.dropout is 1, not less than 1'],
    'an unknown kind': [
      { ...SMALLEST, data: { kind: 'cgf' } },
      'data.kind is "cgf", not one of cfg, stories, text',
    ],
    'an unknown architecture': [
      changed({ model: { architecture: 'gpt3' } }),
      'model.architecture is "gpt3", not one of',
    ],
    'a rank that is missing': [{ ...SMALLEST, model: { from: 'x', lora: {} } }, 'model.lora.rank is missing'],
    'heads that do not divide the width': [
      changed({ model: { heads: 5 } }),
      'model.width is 64, which model.heads, 5, does not divide',
    ],
    'heads of odd width with rotary positions': [
      changed({ model: { width: 12, heads: 4 } }),
      'model.width / model.heads is 3, which is odd',
    ],
    'texts longer than positions': [
      changed({ model: { context: 16 } }),
      'train.context is 32, more than model.context, 16',
    ],
    'parts that do not divide a step': [
      changed({ train: { accumulate: 3 } }),
      'train.accumulate is 3, which does not divide train.batch, 8',
    ],
    'a warm-up longer than the run': [
      changed({ train: { schedule: { warmup: 101 } } }),
      'train.schedule.warmup is 101, more than train.steps, 100',
    ],
    'a tokenizer that a grammar cannot have': [
      changed({ tokenizer: { kind: 'characters' } }),
      'tokenizer.kind is characters, but a grammar has tokens of its own',
    ],
  };
  for (const [name, [recipe, expected]] of Object.entries(cases)) {
    it(name, () => {
      const found = problem(recipe);
      assert.ok(found.includes(expected), `said: ${found || 'nothing'}`);
    });
  }

  it('all that is wrong, five at most', () => {
    const found = problem(changed({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }));
    assert.match(found, /a is not known.*e is not known.*and 1 more/);
  });
});

describe('what is generated from the schema of recipes', () => {
  it('is up to date: media/schemas/recipe.schema.json and docs/recipes.md', async () => {
    assert.equal(await readFile(RECIPE_SCHEMA, 'utf8'), await recipeSchemaText(), 'run npm run docs');
    assert.equal(await readFile(RECIPES_DOCUMENT, 'utf8'), await recipesDocument(), 'run npm run docs');
  });

  it('knows every key that the schema has', async () => {
    const document = await recipesDocument();
    for (const key of Object.keys(recipeSchema.shape.train.shape))
      assert.ok(document.includes(`\`${key}\``), key);
  });
});
