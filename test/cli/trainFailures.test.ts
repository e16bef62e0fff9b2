// `subtext train` where files are not as it left them, or cannot be written: it ends, says why, and spoils nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { MetricsLine, RunStatus } from '../../src/protocol/runs';
import { answer, buildCommand, refuses, startSubtext, subtext } from '../support/commandLine';

const folder = mkdtempSync(join(tmpdir(), 'subtext-train-failures-'));
after(() => rmSync(folder, { recursive: true, force: true }));
before(buildCommand);

const RECIPE = {
  data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
  model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2 },
  train: {
    steps: 6,
    batch: 2,
    context: 16,
    learning_rate: 1e-3,
    checkpoint_every: 2,
    eval_every: 3,
    eval_batches: 1,
    samples: { count: 1, max_tokens: 5 },
  },
};
const recipe = join(folder, 'small.subtext.json');
writeFileSync(recipe, JSON.stringify(RECIPE));

const statusOf = (run: string) => JSON.parse(readFileSync(join(run, 'status.json'), 'utf8')) as RunStatus;
const losses = (run: string) =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MetricsLine)
    .map(({ step, loss, validation_loss }) => ({ step, loss, validation_loss }));

describe('subtext train', () => {
  const whole = join(folder, 'whole');
  let said = '';

  before(async () => {
    const { code, stderr } = await subtext(['train', recipe, '--out', whole]);
    assert.equal(code, 0, stderr);
    said = stderr;
  });

  /** The run as it was before it was finished. */
  function unfinished(name: string): string {
    const run = join(folder, name);
    cpSync(whole, run, { recursive: true });
    rmSync(join(run, 'final'), { recursive: true });
    writeFileSync(join(run, 'status.json'), JSON.stringify({ ...statusOf(run), state: 'running' }));
    return run;
  }
  const state = (run: string, step: number) => join(run, `checkpoints/step-${step}/train-state.safetensors`);
  const log = (run: string) => readFileSync(join(run, 'log.txt'), 'utf8');

  it('says no time that is left once nothing is left to do', () => {
    assert.match(said, /step 6\/6/);
    assert.doesNotMatch(said, /step 6\/6.* left/);
  });

  it('goes on from the checkpoint before, where the newest one is cut or lost a file', async () => {
    const run = unfinished('cut');
    truncateSync(state(run, 6), 2);
    rmSync(join(run, 'checkpoints/step-4/model.safetensors'));
    await answer('train', recipe, '--out', run, '--resume');
    assert.match(log(run), /the checkpoint of step 6 is left out: .*train-state/);
    assert.match(log(run), /the checkpoint of step 4 is left out: /);
    assert.deepEqual(losses(run), losses(whole));
    assert.equal(statusOf(run).state, 'finished');
  });

  it('ends, where no checkpoint is whole, with what is wrong with the newest', async () => {
    const run = unfinished('all-cut');
    for (const step of [2, 4, 6]) truncateSync(state(run, step), 2);
    await refuses(1, ['train', recipe, '--out', run, '--resume'], 'step-6/train-state.safetensors');
    assert.equal(statusOf(run).state, 'failed');
    assert.deepEqual(readdirSync(join(run, 'checkpoints')).sort(), ['step-2', 'step-4', 'step-6']);
  });

  it('ends where a checkpoint turns out to be of another model only while it is read', async () => {
    const run = unfinished('foreign');
    const other = join(folder, 'other.subtext.json');
    writeFileSync(other, JSON.stringify({ ...RECIPE, model: { ...RECIPE.model, layers: 2 } }));
    await answer('train', other, '--out', join(folder, 'other'));
    cpSync(state(run, 6), state(join(folder, 'other'), 6));
    const status = { ...statusOf(join(folder, 'other')), state: 'running' };
    writeFileSync(join(folder, 'other/status.json'), JSON.stringify(status));
    const given = ['train', other, '--out', join(folder, 'other'), '--resume'];
    await refuses(1, given, 'does not belong to this recipe');
    assert.equal(statusOf(join(folder, 'other')).error!.reason, 'run');
  });

  it(
    'ends, where the disk of the metrics is full, with that error',
    { skip: !existsSync('/dev/full') },
    async () => {
      const run = unfinished('full');
      rmSync(join(run, 'checkpoints/step-6'), { recursive: true });
      rmSync(join(run, 'metrics.jsonl'));
      symlinkSync('/dev/full', join(run, 'metrics.jsonl'));
      const { code, stderr } = await subtext(['train', recipe, '--out', run, '--resume']);
      assert.equal(code, 1);
      assert.match(stderr, /metrics\.jsonl could not be written: the disk is full/);
      const { state: ended, error } = statusOf(run);
      assert.deepEqual([ended, error!.reason], ['failed', 'file-access']);
      assert.ok(!existsSync(join(run, 'lock')));
    },
  );

  it('leaves no file that a full disk cut', { skip: process.platform === 'win32' }, async () => {
    const long = join(folder, 'long.subtext.json');
    const samples = { ...RECIPE.train.samples, prompt: '1 '.repeat(2000) };
    writeFileSync(long, JSON.stringify({ ...RECIPE, train: { ...RECIPE.train, samples } }));
    const run = join(folder, 'short-write');
    // A largest file of 1 kB stands for a disk on which there is room for a part.
    const command = `ulimit -f 1; exec '${process.execPath}' dist/cli.js train '${long}' --out '${run}'`;
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
    assert.match(await text(child.stderr), /recipe\.json could not be written: the file would be larger/);
    assert.deepEqual(readdirSync(run), []);
  });

  it('does what was asked before it was there, before it computes anything', async () => {
    const run = join(folder, 'asked');
    mkdirSync(run);
    writeFileSync(join(run, 'control.json'), '{"request":"cancel"}');
    assert.match(await answer('train', recipe, '--out', run), /^Cancelled/);
    assert.equal(statusOf(run).state, 'cancelled');
    assert.ok(!existsSync(join(run, 'metrics.jsonl')));
    assert.ok(!existsSync(join(run, 'control.json')));
    await answer('train', recipe, '--out', run, '--resume');
    assert.deepEqual(losses(run), losses(whole));
  });

  it('pauses at a signal while it still gets ready', async () => {
    const run = join(folder, 'early');
    const { child, finished } = startSubtext(['train', recipe, '--out', run]);
    while (!existsSync(join(run, 'status.json'))) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGINT');
    const { code, stdout } = await finished;
    assert.equal(code, 130);
    assert.match(stdout, /^Paused/);
    assert.equal(statusOf(run).state, 'paused');
    assert.ok(!existsSync(join(run, 'metrics.jsonl')), 'nothing was evaluated');
  });

  it('touches nothing in a folder that is not its own', async () => {
    const own = join(folder, 'own');
    mkdirSync(join(own, 'draft.tmp'), { recursive: true });
    const source = join(own, 'recipe.json');
    writeFileSync(source, JSON.stringify(RECIPE));
    writeFileSync(join(own, 'control.json'), '[]');
    await refuses(1, ['train', source, '--out', own], 'holds draft.tmp, recipe.json', 'empty');
    await refuses(1, ['train', source, '--out', own, '--resume'], 'holds no run');
    assert.deepEqual(readdirSync(own).sort(), ['control.json', 'draft.tmp', 'recipe.json']);
    assert.equal(readFileSync(source, 'utf8'), JSON.stringify(RECIPE));
  });

  it('starts in the directory that a backend has put its recipe into', async () => {
    const run = join(folder, 'prepared');
    mkdirSync(run);
    cpSync(join(whole, 'recipe.json'), join(run, 'recipe.json'));
    writeFileSync(join(run, 'log.txt'), '');
    await answer('train', join(run, 'recipe.json'), '--out', run);
    assert.deepEqual(losses(run), losses(whole));
  });

  it('names the recipe of a run that was spoilt', async () => {
    const run = unfinished('spoilt');
    writeFileSync(join(run, 'recipe.json'), '{"data');
    await refuses(1, ['train', recipe, '--out', run, '--resume'], join(run, 'recipe.json'), 'Mend the JSON');
  });
});
