// What a run refuses before it trains, how it ends where numbers are lost, and what it says of itself.
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { RunStatus } from '../../src/protocol/runs';
import { answer, buildCommand, json, refuses, subtext } from '../support/commandLine';
import { RECIPE, TrainingRuns } from '../support/trainingRuns';

const runs = new TrainingRuns();
after(() => runs.dispose());
before(buildCommand);

const SHORT = { steps: 2, schedule: {} };
const GPT2 = { ...RECIPE.model, architecture: 'gpt2' };

const given = (name: string, settings: object = {}, rest: object = {}) => [
  'train',
  runs.recipe(name, { ...SHORT, ...settings }, rest),
  '--out',
  runs.path(name),
];

async function refusesRecipe(
  name: string,
  settings: object,
  rest: object,
  ...patterns: (string | RegExp)[]
): Promise<void> {
  await refuses(1, given(name, settings, rest), ...patterns);
  assert.equal(runs.status(name).error!.reason, 'recipe', name);
}

describe('a run without numbers', () => {
  it('fails, and leaves neither a checkpoint nor samples of them', async () => {
    const diverging = {
      steps: 3,
      learning_rate: 100,
      clip: 0,
      optimizer: { kind: 'sgd' },
      samples: { count: 1, max_tokens: 4 },
    };
    const model = { ...RECIPE.model, initial_deviation: 10 };
    const wrong = /The validation loss after step 3 is NaN or infinite.*train\.learning_rate/;
    const { code, stderr } = await subtext(given('diverged', diverging, { model }));
    assert.equal(code, 1);
    assert.match(stderr, wrong);
    const { state, error } = runs.status('diverged');
    assert.deepEqual([state, error!.reason], ['failed', 'not-a-number']);
    assert.ok(!existsSync(runs.path('diverged', 'final')));
    assert.ok(!existsSync(runs.path('diverged', 'checkpoints', 'step-3')));
    assert.deepEqual(
      runs.lines<{ step: number }>('diverged', 'samples.jsonl').map(({ step }) => step),
      [0],
    );
  });
});

describe('an encoder', () => {
  it('is trained in parts of a single short text, without losses of what predicts the next token to compare with', async () => {
    const model = { ...RECIPE.model, architecture: 'encoder' };
    await answer(...given('parts', { steps: 10, accumulate: 4, context: 4 }, { model }));
    assert.equal(runs.status('parts').state, 'finished');
    // As it was trained: packed strings stand between their begin and their end.
    const { tokens } = await json<{ tokens: { text: string }[] }>(
      ...['tokens', '--model', runs.path('parts', 'final'), '--text', '3 1 2'],
    );
    assert.deepEqual(
      tokens.map(({ text }) => text),
      ['<bos>', '3', '1', '2', '<eos>'],
    );
    // A token between others can be told better than one that follows them.
    assert.deepEqual(JSON.parse(readFileSync(runs.path('parts', 'references.json'), 'utf8')), []);
  });
});

describe('subtext train refuses before it trains', () => {
  before(async () => {
    const tokenizer = { kind: 'bpe', vocabulary: 400, megabytes: 0.1 };
    await answer(...given('stories', {}, { data: { kind: 'stories' }, tokenizer, model: GPT2 }));
    await answer(...given('grammar', {}, { model: GPT2 }));
  });

  it('data whose tokens are others than those of the model that it goes on from', async () => {
    const model = { from: runs.path('stories', 'final') };
    await refusesRecipe('other', {}, { model }, /Token 0 of the data is "\w*.*", but "/, 'tokenizer out');
    writeFileSync(runs.path('text.txt'), 'Some words that are said again and again. '.repeat(200));
    const data = { kind: 'text', files: [runs.path('text.txt')] };
    const rest = { data, tokenizer: { kind: 'characters' }, model };
    await refusesRecipe('characters', {}, rest, /Token \d+ of the data is "/);
    await answer(...given('same', {}, { data: { kind: 'stories' }, model }));
  });

  it('a sample that begins with no tokens of the data, or that leaves nothing to write', async () => {
    const prompt = (text: string) => ({ samples: { count: 1, max_tokens: 4, prompt: text } });
    await refusesRecipe('unknown', prompt('3 nine 1'), {}, 'train.samples.prompt', 'leave the prompt out');
    const [full, fits] = [32, 30].map((length) => Array.from({ length }, () => '1').join(' '));
    await refusesRecipe('full', prompt(full), {}, 'train.samples.prompt', 'takes 32', 'Shorten');
    await answer(...given('fits', prompt(fits)));
  });

  it('adapters of matrices that the model does not have', async () => {
    const model = { from: runs.path('grammar', 'final'), lora: { rank: 2, matrices: ['W_gate'] } };
    await refusesRecipe('gate', {}, { model }, 'none of the matrices W_gate', 'model.lora.matrices');
  });
});

describe('the status of a run', () => {
  it('tells the threads that compute, and a resumed run when they are others', async () => {
    await answer(...given('threads', { stop_gap: 5 }));
    assert.ok(runs.status('threads').threads > 0);
    interrupt('threads');
    await answer(...given('threads', { stop_gap: 5 }), '--resume', '--threads', '3');
    assert.equal(runs.status('threads').threads, 3);
    assert.match(log('threads'), /cpu, threads: \d+ before, cpu, threads: 3 now: losses may differ/);
  });

  it('gives the answer of a run that is finished already', async () => {
    const args = given('done', { log_every: 2 });
    const first = await json<{ step: number; loss: number }>(...args);
    const { step, loss } = await json<{ step: number; loss: number }>(...args, '--resume');
    assert.deepEqual([step, loss], [2, first.loss]);
  });

  it('is finished where the run was killed after its last evaluation was close enough', async () => {
    const settings = { steps: 40, stop_gap: 5 };
    await answer(...given('close', settings));
    assert.equal(runs.status('close').step, 20);
    interrupt('close');
    await answer(...given('close', settings), '--resume');
    const { step, state, note, checkpoints } = runs.status('close');
    assert.deepEqual([step, state, checkpoints], [20, 'finished', [10, 20]]);
    assert.match(note!, /within 5 of the entropy/);
    assert.ok(existsSync(runs.path('close', 'final')));
  });
});

/** As a kill leaves a run that has saved its last checkpoint. */
function interrupt(name: string): void {
  rmSync(runs.path(name, 'final'), { recursive: true });
  const status: RunStatus = { ...runs.status(name), state: 'running' };
  delete status.note;
  writeFileSync(runs.path(name, 'status.json'), JSON.stringify(status));
}

const log = (name: string) => readFileSync(runs.path(name, 'log.txt'), 'utf8');
