// `subtext train` where files are not as it left them, or cannot be written: it ends, says why, and spoils nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { answer, buildCommand, refuses, startSubtext, subtext } from '../support/commandLine';
import { RECIPE, TrainingRuns } from '../support/trainingRuns';

const SAMPLES = { count: 1, max_tokens: 5 };
const runs = new TrainingRuns({
  steps: 6,
  batch: 2,
  context: 16,
  checkpoint_every: 2,
  eval_every: 3,
  eval_batches: 1,
  schedule: {},
  samples: SAMPLES,
});
after(() => runs.dispose());
before(buildCommand);

const recipe = runs.recipe('small');

describe('subtext train', () => {
  const whole = runs.path('whole');
  let said = '';

  before(async () => {
    const { code, stderr } = await subtext(['train', recipe, '--out', whole]);
    assert.equal(code, 0, stderr);
    said = stderr;
  });

  /** The run as it was before it was finished. */
  function unfinished(name: string): string {
    const run = runs.path(name);
    cpSync(whole, run, { recursive: true });
    rmSync(runs.path(name, 'final'), { recursive: true });
    writeFileSync(runs.path(name, 'status.json'), JSON.stringify({ ...runs.status(name), state: 'running' }));
    return run;
  }
  const state = (name: string, step: number) =>
    runs.path(name, `checkpoints/step-${step}/train-state.safetensors`);
  const losses = (name: string) =>
    runs.lines(name).map(({ step, loss, validation_loss }) => ({ step, loss, validation_loss }));

  it('says no time that is left once nothing is left to do', () => {
    assert.match(said, /step 6\/6/);
    assert.doesNotMatch(said, /step 6\/6.* left/);
  });

  it('goes on from the checkpoint before, where the newest one is cut or lost a file', async () => {
    const run = unfinished('cut');
    truncateSync(state('cut', 6), 2);
    rmSync(runs.path('cut', 'checkpoints/step-4/model.safetensors'));
    await answer('train', recipe, '--out', run, '--resume');
    assert.match(runs.text('cut', 'log.txt'), /the checkpoint of step 6 is left out: .*train-state/);
    assert.match(runs.text('cut', 'log.txt'), /the checkpoint of step 4 is left out: /);
    assert.deepEqual(losses('cut'), losses('whole'));
    assert.equal(runs.status('cut').state, 'finished');
  });

  it('ends, where no checkpoint is whole, with what is wrong with the newest', async () => {
    const run = unfinished('all-cut');
    for (const step of [2, 4, 6]) truncateSync(state('all-cut', step), 2);
    await refuses(1, ['train', recipe, '--out', run, '--resume'], 'step-6/train-state.safetensors');
    assert.equal(runs.status('all-cut').state, 'failed');
    assert.deepEqual(readdirSync(runs.path('all-cut', 'checkpoints')).sort(), ['step-2', 'step-4', 'step-6']);
  });

  it('ends where a checkpoint turns out to be of another model only while it is read', async () => {
    unfinished('foreign');
    const other = runs.recipe('other', {}, { model: { ...RECIPE.model, layers: 2 } });
    await answer('train', other, '--out', runs.path('other'));
    cpSync(state('foreign', 6), state('other', 6));
    const status = { ...runs.status('other'), state: 'running' };
    writeFileSync(runs.path('other', 'status.json'), JSON.stringify(status));
    const given = ['train', other, '--out', runs.path('other'), '--resume'];
    await refuses(1, given, 'does not belong to this recipe');
    assert.equal(runs.status('other').error!.reason, 'run');
  });

  it(
    'ends, where the disk of the metrics is full, with that error',
    { skip: !existsSync('/dev/full') },
    async () => {
      const run = unfinished('full');
      rmSync(runs.path('full', 'checkpoints/step-6'), { recursive: true });
      rmSync(runs.path('full', 'metrics.jsonl'));
      symlinkSync('/dev/full', runs.path('full', 'metrics.jsonl'));
      const { code, stderr } = await subtext(['train', recipe, '--out', run, '--resume']);
      assert.equal(code, 1);
      assert.match(stderr, /metrics\.jsonl could not be written: the disk is full/);
      const { state: ended, error } = runs.status('full');
      assert.deepEqual([ended, error!.reason], ['failed', 'file-access']);
      assert.ok(!existsSync(runs.path('full', 'lock')));
    },
  );

  it('leaves no file that a full disk cut', { skip: process.platform === 'win32' }, async () => {
    const long = runs.recipe('long', { samples: { ...SAMPLES, prompt: '1 '.repeat(2000) } });
    const run = runs.path('short-write');
    // A largest file of 1 kB stands for a disk on which there is room for a part.
    const command = `ulimit -f 1; exec '${process.execPath}' dist/cli.js train '${long}' --out '${run}'`;
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
    assert.match(await text(child.stderr), /recipe\.json could not be written: the file would be larger/);
    assert.deepEqual(readdirSync(run), []);
  });

  it('does what was asked before it was there, before it computes anything', async () => {
    const run = runs.path('asked');
    mkdirSync(run);
    writeFileSync(runs.path('asked', 'control.json'), '{"request":"cancel"}');
    assert.match(await answer('train', recipe, '--out', run), /^Cancelled/);
    assert.equal(runs.status('asked').state, 'cancelled');
    assert.ok(!existsSync(runs.path('asked', 'metrics.jsonl')));
    assert.ok(!existsSync(runs.path('asked', 'control.json')));
    await answer('train', recipe, '--out', run, '--resume');
    assert.deepEqual(losses('asked'), losses('whole'));
  });

  it('pauses at a signal while it still gets ready', async () => {
    const run = runs.path('early');
    const { child, finished } = startSubtext(['train', recipe, '--out', run]);
    while (!existsSync(runs.path('early', 'status.json')))
      await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGINT');
    const { code, stdout } = await finished;
    assert.equal(code, 130);
    assert.match(stdout, /^Paused/);
    assert.equal(runs.status('early').state, 'paused');
    assert.ok(!existsSync(runs.path('early', 'metrics.jsonl')), 'nothing was evaluated');
  });

  it('touches nothing in a folder that is not its own', async () => {
    const own = runs.path('own');
    mkdirSync(runs.path('own', 'draft.tmp'), { recursive: true });
    const source = runs.path('own', 'recipe.json');
    writeFileSync(source, JSON.stringify(RECIPE));
    writeFileSync(runs.path('own', 'control.json'), '[]');
    await refuses(1, ['train', source, '--out', own], 'holds draft.tmp, recipe.json', 'empty');
    await refuses(1, ['train', source, '--out', own, '--resume'], 'holds no run');
    assert.deepEqual(readdirSync(own).sort(), ['control.json', 'draft.tmp', 'recipe.json']);
    assert.equal(readFileSync(source, 'utf8'), JSON.stringify(RECIPE));
  });

  it('starts in the directory that a backend has put its recipe into', async () => {
    const run = runs.path('prepared');
    mkdirSync(run);
    cpSync(runs.path('whole', 'recipe.json'), runs.path('prepared', 'recipe.json'));
    writeFileSync(runs.path('prepared', 'log.txt'), '');
    await answer('train', runs.path('prepared', 'recipe.json'), '--out', run);
    assert.deepEqual(losses('prepared'), losses('whole'));
  });

  it('names the recipe of a run that was spoilt', async () => {
    const run = unfinished('spoilt');
    writeFileSync(runs.path('spoilt', 'recipe.json'), '{"data');
    await refuses(
      1,
      ['train', recipe, '--out', run, '--resume'],
      runs.path('spoilt', 'recipe.json'),
      'Mend the JSON',
    );
  });
});
