// Recipes in the editor and in the palette: where problems stand, the questions in turn, how costs are worded.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BackendFailure } from '../../src/host/backend/failure';
import { placesOf } from '../../src/host/editors/jsonPlaces';
import { problemsOf } from '../../src/host/editors/recipeProblems';
import { duration, memory } from '../../src/host/numbers';
import { type Back, back } from '../../src/host/probes/steps';
import { trainingDialogue } from '../../src/host/runs/trainingDialogue';
import { estimateWords, failureWords } from '../../src/host/runs/words';
import { TRAINING_QUESTIONS, type TrainingAnswers } from '../../src/protocol/runs';
import { FakeRequester } from './host-fakes';

const recipe = `{
  "data": { "kind": "text", "files": ["a.txt", "b.txt"] },
  "model": { "width": 65, "heads": 2 },
  "train": { "lerning_rate": 1, "batch": 4, "optimizer": {} }
}`;

describe('the places of a JSON text', () => {
  it('are those of every key and element, with their paths', () => {
    const named = placesOf(recipe).map(({ path, start, end }) => [path, recipe.slice(start, end)]);
    assert.deepEqual(named, [
      ['data', '"data"'],
      ['data.kind', '"kind"'],
      ['data.files', '"files"'],
      ['data.files.0', '"a.txt"'],
      ['data.files.1', '"b.txt"'],
      ['model', '"model"'],
      ['model.width', '"width"'],
      ['model.heads', '"heads"'],
      ['train', '"train"'],
      ['train.lerning_rate', '"lerning_rate"'],
      ['train.batch', '"batch"'],
      ['train.optimizer', '"optimizer"'],
    ]);
  });

  it('end at a mistake, whatever it is', () => {
    const paths = (text: string) => placesOf(text).map(({ path }) => path);
    assert.deepEqual(paths('{"a": 1, "b": }'), ['a', 'b']);
    assert.deepEqual(paths('{"a": {"b": 1'), ['a', 'a.b']);
    assert.deepEqual(paths('{"a": 1 "b": 2}'), ['a']);
    for (const text of ['', '{', '[', '"', '{"', '{"a"', '{"\\x":1}', '}', '[[['.repeat(10_000)]) {
      assert.ok(placesOf(text).length < 1000);
    }
  });
});

describe('the problems of a recipe', () => {
  const shown = (message: string, text = recipe) =>
    problemsOf(message, text).map(({ message: said, start, end }) => [said, text.slice(start, end)]);

  it('stand each at its key', () => {
    const message =
      'train.subtext.json: model.width is 65, which model.heads, 2, does not divide; train.lerning_rate is not known (did you mean learning_rate?); data.files.1: no such file';
    assert.deepEqual(shown(message), [
      ['model.width is 65, which model.heads, 2, does not divide', '"width"'],
      ['train.lerning_rate is not known (did you mean learning_rate?)', '"lerning_rate"'],
      ['data.files.1: no such file', '"b.txt"'],
    ]);
  });

  it('stand at the object where a key is missing', () => {
    assert.deepEqual(shown('train.steps is missing'), [['train.steps is missing', '"train"']]);
    assert.deepEqual(shown('train.optimizer.kind is missing'), [
      ['train.optimizer.kind is missing', '"optimizer"'],
    ]);
  });

  it('stand on the first line where they name no key, even with a word that is one', () => {
    assert.deepEqual(shown('the recipe is not an object'), [['the recipe is not an object', '{']]);
    assert.deepEqual(shown('there is no model of that kind'), [['there is no model of that kind', '{']]);
    assert.deepEqual(shown('nothing', ''), [['nothing', '']]);
  });
});

/** A person who answers by a script: ids, steps back, and at the end what to do. */
async function talk(script: (string | Back | undefined)[], requester = backendOfChoices()) {
  const seen: string[] = [];
  const decided = await trainingDialogue(requester, {
    ask: async (step, asked) => {
      const { question, before } = await asked;
      seen.push(`${step.number}/${step.of} ${question}${before === undefined ? '' : `=${before}`}`);
      assert.equal(step.canGoBack, step.number > 1);
      return script.shift();
    },
    confirm: async (step, composing) => {
      const composed = await composing;
      seen.push(`${step.number}/${step.of} ${composed.recipe}`);
      const action = script.shift();
      return action === 'train' || action === 'edit' ? { action, composed } : (action as Back | undefined);
    },
  });
  return { seen, decided };
}

const estimate = {
  parameters: 1_312_000,
  tokens: 20_500_000,
  seconds: 192,
  bytes: 410e6,
  engine: 'cpu',
} as const;

function backendOfChoices() {
  const requester = new FakeRequester();
  requester.automatic = (name, params) => {
    const { answers } = params as { answers: Partial<TrainingAnswers> };
    if (name === 'subtext/composeRecipe') {
      return { name: 'cfg', recipe: Object.values(answers).join(), estimate };
    }
    const question = TRAINING_QUESTIONS.find((each) => answers[each] === undefined);
    return { question, choices: [] };
  };
  return requester;
}

describe('the dialogue of Train Model', () => {
  it('asks one question after the other, and composes from all answers', async () => {
    const { seen, decided } = await talk(['cfg3b', 'gpt2', 'small', 'short', 'train']);
    assert.deepEqual(seen, [
      '1/5 data',
      '2/5 architecture',
      '3/5 size',
      '4/5 budget',
      '5/5 cfg3b,gpt2,small,short',
    ]);
    assert.equal(decided?.action, 'train');
    assert.equal(decided.composed.recipe, 'cfg3b,gpt2,small,short');
  });

  it('goes back, remembers the answer there, and forgets what depended on it', async () => {
    const { seen, decided } = await talk([
      'cfg3b',
      'gpt2',
      back,
      'llama',
      'small',
      'short',
      back,
      'long',
      'edit',
    ]);
    assert.deepEqual(seen, [
      '1/5 data',
      '2/5 architecture',
      '3/5 size',
      '2/5 architecture=gpt2',
      '3/5 size',
      '4/5 budget',
      '5/5 cfg3b,llama,small,short',
      '4/5 budget=short',
      '5/5 cfg3b,llama,small,long',
    ]);
    assert.equal(decided?.action, 'edit');
  });

  it('ends where the person gives up, at any step', async () => {
    const answers = ['cfg3b', 'gpt2', 'small', 'short'];
    for (let given = 0; given <= answers.length; given++) {
      const { decided } = await talk([...answers.slice(0, given), undefined]);
      assert.equal(decided, undefined);
    }
  });

  it('fails where the backend does', async () => {
    const requester = new FakeRequester();
    requester.automatic = () => new BackendFailure('backend-stopped', 'It stopped', 'Wait.');
    await assert.rejects(talk(['cfg3b'], requester), /It stopped/);
  });
});

describe('the words of an estimate', () => {
  it('name parameters, tokens, time, engine and memory', () => {
    assert.equal(
      estimateWords(estimate),
      '1.31M parameters · 20.5M tokens · about 3 min 12 s on cpu · 410 MB',
    );
    const { parameters, tokens, bytes, engine } = estimate;
    assert.equal(
      estimateWords({ parameters, tokens, bytes, engine }),
      '1.31M parameters · 20.5M tokens · on cpu · 410 MB',
    );
  });

  it('give times in their two largest units, and memory in MB or GB', () => {
    const seconds = [0, 0.4, 59.4, 60, 125, 3600, 7500, 86_400 * 1.5, -5];
    assert.deepEqual(seconds.map(duration), [
      '0 s',
      '0 s',
      '59 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '2 h 5 min',
      '1 d 12 h',
      '0 s',
    ]);
    assert.deepEqual([1.26e6, 410e6, 1.52e9, 64e9].map(memory), ['1.3 MB', '410 MB', '1.5 GB', '64 GB']);
  });
});

describe('the words of a failure', () => {
  it('have one full stop after the message', () => {
    const error = { reason: 'run', message: 'The disk is full', remedy: 'Free some space.' };
    assert.equal(failureWords(error), 'The disk is full. Free some space.');
    assert.equal(failureWords({ ...error, message: 'It is full.' }), 'It is full. Free some space.');
    assert.equal(failureWords(undefined), 'its log says why.');
  });
});
