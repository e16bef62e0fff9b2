// What the backend process says about training, and the runs that it starts: they outlive it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunStatus, TrainingAnswers } from '../../src/protocol/runs';
import { BackendProcess } from '../support/backendProcess';
import { isFailure } from '../support/errors';

const ANSWERS: TrainingAnswers = {
  data: 'cfg:cfg3b/3',
  architecture: 'gpt_rotary',
  size: 'tiny',
  budget: 'look',
};

const recipe = (changes: object = {}) =>
  JSON.stringify({
    data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
    model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2 },
    train: { steps: 30, batch: 4, context: 32, learning_rate: 3e-3, samples: { count: 0 } },
    ...changes,
  });

const folder = mkdtempSync(join(tmpdir(), 'subtext-training-'));
let backend: BackendProcess;

before(async () => {
  backend = await BackendProcess.start();
});
after(() => {
  backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

function statusOf(directory: string): RunStatus | undefined {
  const path = join(directory, 'status.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunStatus) : undefined;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`never: ${what}`);
}

describe('training choices', () => {
  it('lead to a recipe with what it costs on this engine', async () => {
    const answers: Partial<TrainingAnswers> = {};
    for (const question of ['data', 'architecture', 'size', 'budget'] as const) {
      const asked = await backend.request('subtext/trainingChoices', { answers });
      assert.equal(asked.question, question);
      assert.ok(asked.choices.some(({ id }) => id === ANSWERS[question]));
      answers[question] = ANSWERS[question];
    }
    const { name, estimate } = await backend.request('subtext/composeRecipe', { answers: ANSWERS });
    assert.equal(name, 'cfg3b-3-tiny');
    assert.deepEqual([estimate.parameters, estimate.tokens, estimate.engine], [100_416, 1_228_800, 'cpu']);
    assert.ok(estimate.seconds! > 0 && estimate.bytes > 1e6);
  });

  it('are refused where there is no such choice', async () => {
    const asked = backend.request('subtext/composeRecipe', { answers: { ...ANSWERS, size: 'vast' } });
    await assert.rejects(asked, isFailure('usage', 'vast'));
  });
});

describe('the estimate of a recipe', () => {
  it('says all that is wrong with it', async () => {
    const wrong = recipe({ model: { architecture: 'gpt2', layers: 1, width: 15, heads: 2, widht: 3 } });
    const asked = backend.request('subtext/estimateRun', { recipe: wrong, path: '/x/my.subtext.json' });
    await assert.rejects(
      asked,
      isFailure('recipe', 'my.subtext.json: model.widht is not known (did you mean width?)'),
    );
  });

  it('looks for its files where it stands', async () => {
    writeFileSync(join(folder, 'own.cfg'), 'S -> a b c d e f g | g f e d c b a\n');
    const own = recipe({ data: { kind: 'cfg', grammar: 'own.cfg' } });
    const found = await backend.request('subtext/estimateRun', {
      recipe: own,
      path: join(folder, 'not-saved-yet.subtext.json'),
    });
    assert.ok(found.parameters > 0);
    const elsewhere = backend.request('subtext/estimateRun', {
      recipe: own,
      path: '/nowhere/x.subtext.json',
    });
    await assert.rejects(elsewhere, isFailure('not-found', 'own.cfg'));
  });

  it('knows how many tokens a tokenizer file has', async () => {
    const path = join(__dirname, '../../media/models/stories');
    const data = { kind: 'text', files: ['.'] };
    const parameters = async (tokenizer: object) =>
      (await backend.request('subtext/estimateRun', { recipe: recipe({ data, tokenizer }) })).parameters;
    assert.equal(
      await parameters({ kind: 'file', path }),
      await parameters({ kind: 'bpe', vocabulary: 2048 }),
    );
  });
});

describe('a run that is started', () => {
  it('outlives the backend, also its violent end', async () => {
    const directory = join(folder, 'outlives');
    const mortal = await BackendProcess.start();
    const long = recipe({
      train: { steps: 3000, batch: 4, context: 32, learning_rate: 1e-3, samples: { count: 0 } },
    });
    const { pid } = await mortal.request('subtext/startRun', { directory, recipe: long });
    await until(() => (statusOf(directory)?.step ?? 0) > 0, 'the run is at work');
    mortal.stop();
    const { step } = statusOf(directory)!;
    await until(() => statusOf(directory)!.step > step, 'the run goes on');
    assert.equal(statusOf(directory)!.pid, pid);
    writeFileSync(join(directory, 'control.json'), JSON.stringify({ request: 'pause' }));
    await until(() => statusOf(directory)!.state === 'paused', 'the run pauses');
    const going = await backend.request('subtext/startRun', { directory });
    await until(() => statusOf(directory)!.pid === going.pid, 'another process goes on');
    await until(() => statusOf(directory)!.state === 'running', 'and trains');
    writeFileSync(join(directory, 'control.json'), JSON.stringify({ request: 'cancel' }));
    await until(() => statusOf(directory)!.state === 'cancelled', 'the run ends');
  });

  it('is not begun with a wrong recipe, nor over another run', async () => {
    const directory = join(folder, 'wrong');
    const wrong = backend.request('subtext/startRun', { directory, recipe: recipe({ train: {} }) });
    await assert.rejects(wrong, isFailure('recipe', 'train.steps'));
    assert.equal(statusOf(directory), undefined);
    const taken = join(folder, 'outlives');
    const again = backend.request('subtext/startRun', { directory: taken, recipe: recipe() });
    await assert.rejects(again, isFailure('run', 'holds a run already'));
  });
});
