// What the command palette offers to train.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TrainingAnswers } from '../../src/protocol/runs';
import { completed } from '../../src/backend/train/completed';
import { composed, runName, trainingChoices } from '../../src/backend/train/presets';
import { checkRecipe, parseRecipe, type RecipeInput } from '../../src/backend/train/recipe';
import { configurationToTrain } from '../../src/backend/train/startingModel';
import { parameterCount } from '../../src/backend/model/weights';
import { isError } from '../support/errors';

const recipes = join(__dirname, '../../media/recipes');
const whole = (recipe: RecipeInput) => completed(checkRecipe(recipe, 'recipe'), '/');
const ids = (answers: Partial<TrainingAnswers>) => trainingChoices(answers).choices.map(({ id }) => id);

/** Every way through the four questions. */
function* allAnswers(): Generator<TrainingAnswers> {
  for (const data of ids({})) {
    for (const architecture of ids({ data })) {
      for (const size of ids({ data, architecture })) {
        for (const budget of ids({ data, architecture, size })) yield { data, architecture, size, budget };
      }
    }
  }
}

describe('the palette', () => {
  it('asks for data, architecture, size and budget in turn', () => {
    const asked: string[] = [];
    const answers: Partial<TrainingAnswers> = {};
    for (let i = 0; i < 4; i++) {
      const { question, choices } = trainingChoices(answers);
      asked.push(question);
      answers[question] = choices[0].id;
    }
    assert.deepEqual(asked, ['data', 'architecture', 'size', 'budget']);
  });

  it('composes a recipe that can be run from every choice', () => {
    let found = 0;
    for (const answers of allAnswers()) {
      const named = answers.data === 'text' ? { ...answers, data: 'text:/some/folder' } : answers;
      whole(composed(named));
      assert.match(runName(named), /^[a-z0-9-]+$/);
      found++;
    }
    assert.ok(found > 500, String(found));
  });

  it('offers the models of TinyStories and of Physics of Language Models by their names', async () => {
    const sizes = (data: string) => trainingChoices({ data, architecture: 'gpt2' }).choices;
    assert.deepEqual(
      sizes('stories')
        .map(({ label }) => label)
        .filter((label) => label.startsWith('TinyStories')),
      ['1M', '3M', '8M', '28M', '33M', '1Layer-21M', '2Layers-33M'].map((name) => `TinyStories-${name}`),
    );
    const labels = sizes('cfg:cfg3b/0').map(({ label }) => label);
    for (const name of ['GPT2-4-4', 'GPT2-6-6', 'GPT2-12-12']) assert.ok(labels.includes(name), name);
    const gpt2 = whole(composed({ data: 'cfg:cfg3b/0', architecture: 'gpt2', size: 'gpt2-12-12' }));
    // specs/cfg.md §3: about 86 million, because the vocabulary is tiny.
    assert.equal(Math.round(parameterCount(await configurationToTrain(gpt2)) / 1e6), 85);
  });

  it('says what each size and budget costs', () => {
    const data = 'cfg:cfg3b/3';
    const [tiny] = trainingChoices({ data, architecture: 'gpt_rotary' }).choices;
    assert.equal(tiny.description, 'from 100 k parameters · 1.23 M tokens');
    const answers = { data, architecture: 'gpt_rotary', size: 'tiny' };
    const short = (speed?: number) =>
      trainingChoices(answers, speed).choices.find(({ id }) => id === 'short')!.description;
    assert.equal(short(), '100 k parameters · 8.19 M tokens');
    assert.match(short(5e10), /^100 k parameters · 8\.19 M tokens · about \d+ (s|min)$/);
    for (const { description } of trainingChoices({}, 5e10).choices) {
      assert.match(description, /^from [\d.]+ [kM] parameters · [\d.]+ [kM] tokens · about /);
    }
  });

  it('counts the tokens that a tokenizer will have', () => {
    const [sample] = trainingChoices({ data: 'stories', architecture: 'gpt_neo' }).choices;
    assert.match(sample.description, /^from 1\.12 M parameters/);
  });

  it('refuses what it never offered', () => {
    assert.throws(() => trainingChoices({ data: 'books' }), isError('usage', 'books'));
    assert.throws(() => composed({ data: 'stories', size: 'huge' }), isError('usage', 'huge'));
    assert.throws(() => composed({ data: 'stories', architecture: 'rnn' }), isError('usage', 'rnn'));
  });
});

describe('the recipes that come with Subtext', () => {
  const answers: Record<string, TrainingAnswers> = {
    'cfg.subtext.json': {
      data: 'cfg:cfg3h/3',
      architecture: 'gpt_rotary',
      size: 'sample',
      budget: 'medium',
    },
    'cfg-encoder.subtext.json': {
      data: 'cfg:cfg3h/3',
      architecture: 'encoder',
      size: 'sample',
      budget: 'medium',
    },
    'cfg3b.subtext.json': {
      data: 'cfg:cfg3b/3',
      architecture: 'gpt_rotary',
      size: 'tiny',
      budget: 'short',
    },
    'stories.subtext.json': {
      data: 'stories',
      architecture: 'gpt_neo',
      size: 'sample',
      budget: 'medium',
    },
  };

  for (const name of readdirSync(recipes).filter((file) => file.endsWith('.subtext.json'))) {
    it(`${name} is what the palette composes, stored in half the space`, () => {
      const {
        model,
        data,
        tokenizer,
        train: settings,
      } = completed(parseRecipe(readFileSync(join(recipes, name), 'utf8'), name), '/');
      const { train, ...rest } = whole(composed(answers[name]));
      assert.deepEqual({ model, data, tokenizer }, rest);
      assert.deepEqual(settings, { ...train, final_type: 'float16' });
    });
  }
});
