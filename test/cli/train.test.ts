// `subtext train`: whole runs of very small models, broken off in every way and taken up again.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { SamplesLine } from '../../src/protocol/runs';
import { answer, buildCommand, json, refuses, startSubtext } from '../support/commandLine';
import { RECIPE, TrainingRuns, until } from '../support/trainingRuns';

const runs = new TrainingRuns({ dropout: 0.1, samples: { count: 1, max_tokens: 20 } });
after(() => runs.dispose());
before(buildCommand);

const finalWeights = (name: string) => readFileSync(runs.path(name, 'final/model.safetensors'));

describe('subtext train', () => {
  before(async () => {
    await answer('train', runs.recipe('whole'), '--out', runs.path('whole'));
  });

  it('leaves a run directory that tells the whole run', () => {
    const status = runs.status('whole');
    assert.deepEqual(
      [status.state, status.step, status.steps, status.tokens, status.checkpoints],
      ['finished', 40, 40, 40 * 4 * 32, [10, 20, 30, 40]],
    );
    const lines = runs.course('whole');
    const steps = lines.filter(({ loss }) => loss !== undefined).map(({ step }) => step);
    assert.deepEqual(
      steps,
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    const evaluated = lines.filter(({ validation_loss }) => validation_loss !== undefined);
    assert.deepEqual(
      evaluated.map(({ step }) => step),
      [0, 20, 40],
    );
    assert.ok(evaluated[2].validation_loss! < evaluated[0].validation_loss! - 0.2, 'it learns');
    assert.deepEqual(
      runs.lines<SamplesLine>('whole', 'samples.jsonl').map(({ step }) => step),
      [0, 20, 40],
    );
    assert.deepEqual(readdirSync(runs.path('whole')).sort(), [
      'checkpoints',
      'final',
      'log.txt',
      'metrics.jsonl',
      'recipe.json',
      'references.json',
      'samples.jsonl',
      'status.json',
    ]);
  });

  it('ends with a model that every other command opens', async () => {
    const { parameters } = await json<{ parameters: number }>('inspect', runs.path('whole', 'final'));
    assert.equal(parameters, runs.status('whole').parameters);
    const model = runs.path('whole', 'checkpoints/step-20');
    assert.match(
      await answer('generate', '--model', model, '--prompt', '3 1', '--max-tokens', '5'),
      /^ ?[123]/,
    );
    assert.match(await answer('neurons', '--model', model, '--text', '3 1 2 3', '--top', '2'), /L0/);
  });

  it('is told apart from its models, which speak of the words that they know', async () => {
    await refuses(1, ['inspect', runs.path('whole')], 'is the folder of a run', 'final');
    const model = runs.path('whole', 'final');
    await refuses(1, ['generate', '--model', model, '--prompt', 'hello'], "no token for 'hello'", '1 2 3');
  });

  it('goes the same way twice', async () => {
    await answer('train', runs.recipe('again'), '--out', runs.path('again'));
    assert.deepEqual(runs.course('again'), runs.course('whole'));
    assert.ok(finalWeights('again').equals(finalWeights('whole')));
  });

  it('goes on after kill -9 as if nothing had happened', async () => {
    const recipe = runs.recipe('killed');
    const { child, ended } = startSubtext(['train', recipe, '--out', runs.path('killed')]);
    await runs.checkpoint('killed', 10);
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    assert.equal(runs.status('killed').state, 'running', 'it had no time to say so');
    await answer('train', recipe, '--out', runs.path('killed'), '--resume');
    assert.deepEqual(runs.course('killed'), runs.course('whole'));
    assert.ok(finalWeights('killed').equals(finalWeights('whole')));
  });

  it('starts from the beginning where it was killed before the first checkpoint', async () => {
    const recipe = runs.recipe('early');
    const { child, ended } = startSubtext(['train', recipe, '--out', runs.path('early')]);
    await until(() => existsSync(runs.path('early', 'metrics.jsonl')), 'the first evaluation');
    child.kill('SIGKILL');
    await ended;
    await answer('train', recipe, '--out', runs.path('early'), '--resume');
    assert.deepEqual(runs.course('early'), runs.course('whole'));
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`pauses with a checkpoint at ${signal}, and goes on from that very step`, async () => {
      const recipe = runs.recipe(signal);
      const { child, finished } = startSubtext(['train', recipe, '--out', runs.path(signal)]);
      await runs.checkpoint(signal, 10);
      child.kill(signal);
      const { code, stdout, stderr } = await finished;
      assert.equal(code, 130);
      assert.match(stderr, /stops at the next step/);
      assert.match(stdout, /^Paused/);
      const { state, step, checkpoints } = runs.status(signal);
      assert.equal(state, 'paused');
      assert.equal(checkpoints.at(-1), step);
      await answer('train', recipe, '--out', runs.path(signal), '--resume');
      assert.deepEqual(runs.course(signal), runs.course('whole'));
    });
  }

  it('does what control.json asks', async () => {
    const { finished } = startSubtext([
      'train',
      runs.recipe('asked', { steps: 100_000 }),
      '--out',
      runs.path('asked'),
    ]);
    await runs.checkpoint('asked', 10);
    writeFileSync(runs.path('asked', 'control.json'), '{"request":"cancel"}');
    const { code, stdout } = await finished;
    assert.equal(code, 0);
    assert.match(stdout, /^Cancelled/);
    assert.equal(runs.status('asked').state, 'cancelled');
    assert.ok(!existsSync(runs.path('asked', 'control.json')));
  });

  it('prints one JSON value with --json', async () => {
    const found = await json<{ state: string; step: number; loss: number; directory: string }>(
      'train',
      runs.recipe('json', { steps: 2, schedule: {} }),
      '--out',
      runs.path('json'),
    );
    assert.deepEqual([found.state, found.step, found.directory], ['finished', 2, runs.path('json')]);
    assert.ok(found.loss > 0 && found.loss < 3);
  });

  it('ends early once the loss is close enough to the entropy', async () => {
    const recipe = runs.recipe('close', { stop_gap: 5 });
    await answer('train', recipe, '--out', runs.path('close'));
    const { state, step, note } = runs.status('close');
    assert.deepEqual([state, step], ['finished', 20]);
    assert.match(note!, /within 5 of the entropy/);
    assert.ok(runs.hasCheckpoint('close', 20));
  });

  it('goes on from a checkpoint with LoRA and leaves an ordinary model', async () => {
    const from = runs.path('whole', 'final');
    const model = { from, lora: { rank: 2, matrices: ['W_Q', 'W_out'] } };
    await answer('train', runs.recipe('lora', {}, { model }), '--out', runs.path('lora'));
    const before = runs.lines('whole').at(-1)!.validation_loss!;
    const [first, , last] = runs
      .lines('lora')
      .flatMap(({ validation_loss }) => (validation_loss === undefined ? [] : [validation_loss]));
    assert.ok(Math.abs(first - before) < 1e-5, 'it starts as the model was');
    assert.ok(last < first, 'it learns');
    const { tensors } = await json<{ tensors: unknown[] }>('inspect', runs.path('lora', 'final'));
    assert.equal(tensors.length, (await json<{ tensors: unknown[] }>('inspect', from)).tensors.length);
  });

  it('trains an encoder on masked tokens', async () => {
    const model = { ...RECIPE.model, architecture: 'encoder' };
    await answer('train', runs.recipe('encoder', { dropout: 0 }, { model }), '--out', runs.path('encoder'));
    const losses = runs.course('encoder').flatMap(({ validation_loss }) => validation_loss ?? []);
    assert.ok(losses[2] < losses[0] - 0.1, losses.join());
    assert.ok(!existsSync(runs.path('encoder', 'samples.jsonl')));
    const written = ['generate', '--model', runs.path('encoder', 'final'), '--prompt', '1 2'];
    await refuses(2, written, 'continues no text');
  });

  it('goes on from an encoder with masked tokens again', async () => {
    const from = runs.path('encoder', 'final');
    const recipe = runs.recipe('encoder-on', { steps: 4, dropout: 0, schedule: {} }, { model: { from } });
    await answer('train', recipe, '--out', runs.path('encoder-on'));
    const [before] = runs
      .course('encoder')
      .flatMap(({ validation_loss }) => validation_loss ?? [])
      .slice(-1);
    const [first] = runs.course('encoder-on').flatMap(({ validation_loss }) => validation_loss ?? []);
    assert.ok(Math.abs(first - before) < 1e-5, `${first} ${before}`);
  });

  it('has nothing left to do where the run is finished, and leaves its model card', async () => {
    await answer('card', runs.path('whole'), '--samples', '2');
    const [recipe, run] = [runs.path('whole', 'recipe.json'), runs.path('whole')];
    const found = await json<{ state: string }>('train', recipe, '--out', run, '--resume');
    assert.equal(found.state, 'finished');
    assert.ok(existsSync(runs.path('whole', 'final', 'README.md')));
    assert.equal(runs.status('whole').state, 'finished');
  });
});
