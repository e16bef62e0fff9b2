// `subtext train`: whole runs of very small models, broken off in every way and taken up again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { MetricsLine, RunStatus, SamplesLine } from '../../src/protocol/runs';
import { answer, buildCommand, json, refuses, startSubtext, subtext } from '../support/commandLine';

const folder = mkdtempSync(join(tmpdir(), 'subtext-train-'));
after(() => rmSync(folder, { recursive: true, force: true }));
before(buildCommand);

const RECIPE = {
  data: { kind: 'cfg', grammar: 'cfg3b', drop: 3 },
  model: { architecture: 'gpt_rotary', layers: 1, width: 16, heads: 2 },
  train: {
    steps: 40,
    batch: 4,
    context: 32,
    learning_rate: 3e-3,
    schedule: { warmup: 5 },
    dropout: 0.1,
    checkpoint_every: 10,
    eval_every: 20,
    eval_batches: 2,
    samples: { count: 1, max_tokens: 20 },
  },
};

function recipeFile(name: string, train: object = {}, rest: object = {}): string {
  const path = join(folder, `${name}.subtext.json`);
  writeFileSync(path, JSON.stringify({ ...RECIPE, ...rest, train: { ...RECIPE.train, ...train } }));
  return path;
}

const runFolder = (name: string) => join(folder, name);
const statusOf = (name: string) =>
  JSON.parse(readFileSync(join(runFolder(name), 'status.json'), 'utf8')) as RunStatus;
const linesOf = <Line>(name: string, file: string) =>
  readFileSync(join(runFolder(name), file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

/** What must not depend on when it was computed. */
const course = (name: string) =>
  linesOf<MetricsLine>(name, 'metrics.jsonl').map(
    ({ step, tokens, loss, lr, grad_norm, validation_loss }) => ({
      step,
      tokens,
      loss,
      lr,
      grad_norm,
      validation_loss,
    }),
  );
const finalWeights = (name: string) => readFileSync(join(runFolder(name), 'final/model.safetensors'));

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`never: ${what}`);
}

const reached = (name: string, step: number) => existsSync(join(runFolder(name), `checkpoints/step-${step}`));

describe('subtext train', () => {
  before(async () => {
    await answer('train', recipeFile('whole'), '--out', runFolder('whole'));
  });

  it('leaves a run directory that tells the whole run', () => {
    const status = statusOf('whole');
    assert.deepEqual(
      [status.state, status.step, status.steps, status.tokens, status.checkpoints],
      ['finished', 40, 40, 40 * 4 * 32, [10, 20, 30, 40]],
    );
    const lines = course('whole');
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
      linesOf<SamplesLine>('whole', 'samples.jsonl').map(({ step }) => step),
      [0, 20, 40],
    );
    assert.deepEqual(readdirSync(runFolder('whole')).sort(), [
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
    const { parameters } = await json<{ parameters: number }>('inspect', join(runFolder('whole'), 'final'));
    assert.equal(parameters, statusOf('whole').parameters);
    const model = join(runFolder('whole'), 'checkpoints/step-20');
    assert.match(
      await answer('generate', '--model', model, '--prompt', '3 1', '--max-tokens', '5'),
      /^ ?[123]/,
    );
    assert.match(await answer('neurons', '--model', model, '--text', '3 1 2 3', '--top', '2'), /L0/);
  });

  it('goes the same way twice', async () => {
    await answer('train', recipeFile('again'), '--out', runFolder('again'));
    assert.deepEqual(course('again'), course('whole'));
    assert.ok(finalWeights('again').equals(finalWeights('whole')));
  });

  it('goes on after kill -9 as if nothing had happened', async () => {
    const recipe = recipeFile('killed');
    const { child, ended } = startSubtext(['train', recipe, '--out', runFolder('killed')]);
    await until(() => reached('killed', 10), 'a checkpoint');
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    assert.equal(statusOf('killed').state, 'running', 'it had no time to say so');
    await answer('train', recipe, '--out', runFolder('killed'), '--resume');
    assert.deepEqual(course('killed'), course('whole'));
    assert.ok(finalWeights('killed').equals(finalWeights('whole')));
  });

  it('starts from the beginning where it was killed before the first checkpoint', async () => {
    const recipe = recipeFile('early');
    const { child, ended } = startSubtext(['train', recipe, '--out', runFolder('early')]);
    await until(() => existsSync(join(runFolder('early'), 'metrics.jsonl')), 'the first evaluation');
    child.kill('SIGKILL');
    await ended;
    await answer('train', recipe, '--out', runFolder('early'), '--resume');
    assert.deepEqual(course('early'), course('whole'));
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`pauses with a checkpoint at ${signal}, and goes on from that very step`, async () => {
      const recipe = recipeFile(signal);
      const { child, finished } = startSubtext(['train', recipe, '--out', runFolder(signal)]);
      await until(() => reached(signal, 10), 'a checkpoint');
      child.kill(signal);
      const { code, stdout } = await finished;
      assert.equal(code, 130);
      assert.match(stdout, /^Paused/);
      const { state, step, checkpoints } = statusOf(signal);
      assert.equal(state, 'paused');
      assert.equal(checkpoints.at(-1), step);
      await answer('train', recipe, '--out', runFolder(signal), '--resume');
      assert.deepEqual(course(signal), course('whole'));
    });
  }

  it('does what control.json asks', async () => {
    const { finished } = startSubtext([
      'train',
      recipeFile('asked', { steps: 100_000 }),
      '--out',
      runFolder('asked'),
    ]);
    await until(() => reached('asked', 10), 'a checkpoint');
    writeFileSync(join(runFolder('asked'), 'control.json'), '{"request":"cancel"}');
    const { code, stdout } = await finished;
    assert.equal(code, 0);
    assert.match(stdout, /^Cancelled/);
    assert.equal(statusOf('asked').state, 'cancelled');
    assert.ok(!existsSync(join(runFolder('asked'), 'control.json')));
  });

  it('prints one JSON value with --json', async () => {
    const found = await json<{ state: string; step: number; loss: number; directory: string }>(
      'train',
      recipeFile('json', { steps: 2, schedule: {} }),
      '--out',
      runFolder('json'),
    );
    assert.deepEqual([found.state, found.step, found.directory], ['finished', 2, runFolder('json')]);
    assert.ok(found.loss > 0 && found.loss < 3);
  });

  it('ends early once the loss is close enough to the entropy', async () => {
    const recipe = recipeFile('close', { stop_gap: 5 });
    await answer('train', recipe, '--out', runFolder('close'));
    const { state, step, note } = statusOf('close');
    assert.deepEqual([state, step], ['finished', 20]);
    assert.match(note!, /within 5 of the entropy/);
    assert.ok(reached('close', 20));
  });

  it('goes on from a checkpoint with LoRA and leaves an ordinary model', async () => {
    const from = join(runFolder('whole'), 'final');
    const model = { from, lora: { rank: 2, matrices: ['W_Q', 'W_out'] } };
    await answer('train', recipeFile('lora', {}, { model }), '--out', runFolder('lora'));
    const before = linesOf<MetricsLine>('whole', 'metrics.jsonl').at(-1)!.validation_loss!;
    const [first, , last] = linesOf<MetricsLine>('lora', 'metrics.jsonl').flatMap(({ validation_loss }) =>
      validation_loss === undefined ? [] : [validation_loss],
    );
    assert.ok(Math.abs(first - before) < 1e-5, 'it starts as the model was');
    assert.ok(last < first, 'it learns');
    const { tensors } = await json<{ tensors: unknown[] }>('inspect', join(runFolder('lora'), 'final'));
    assert.equal(tensors.length, (await json<{ tensors: unknown[] }>('inspect', from)).tensors.length);
  });

  it('trains an encoder on masked tokens', async () => {
    const model = { ...RECIPE.model, architecture: 'encoder' };
    await answer('train', recipeFile('encoder', { dropout: 0 }, { model }), '--out', runFolder('encoder'));
    const losses = course('encoder').flatMap(({ validation_loss }) => validation_loss ?? []);
    assert.ok(losses[2] < losses[0] - 0.1, losses.join());
    assert.ok(!existsSync(join(runFolder('encoder'), 'samples.jsonl')));
  });

  it('goes on from an encoder with masked tokens again', async () => {
    const from = join(runFolder('encoder'), 'final');
    const recipe = recipeFile('encoder-on', { steps: 4, dropout: 0, schedule: {} }, { model: { from } });
    await answer('train', recipe, '--out', runFolder('encoder-on'));
    const [before] = course('encoder')
      .flatMap(({ validation_loss }) => validation_loss ?? [])
      .slice(-1);
    const [first] = course('encoder-on').flatMap(({ validation_loss }) => validation_loss ?? []);
    assert.ok(Math.abs(first - before) < 1e-5, `${first} ${before}`);
  });

  it('has nothing left to do where the run is finished, and leaves its model card', async () => {
    await answer('card', runFolder('whole'), '--samples', '2');
    const [recipe, run] = [join(runFolder('whole'), 'recipe.json'), runFolder('whole')];
    const found = await json<{ state: string }>('train', recipe, '--out', run, '--resume');
    assert.equal(found.state, 'finished');
    assert.ok(existsSync(join(run, 'final', 'README.md')));
    assert.equal(statusOf('whole').state, 'finished');
  });
});

describe('subtext train goes back when the loss jumps', () => {
  it('to a checkpoint before, skips the batches around it, and says so', async () => {
    const guard = { window: 10, floor: 0.15, deviations: 3, patience: 2, retries: 1 };
    // A rate that no model stands.
    const recipe = recipeFile('spike', {
      steps: 80,
      learning_rate: 3,
      clip: 0,
      dropout: 0,
      schedule: { kind: 'constant', warmup: 60 },
      optimizer: { kind: 'sgd' },
      spike_guard: guard,
    });
    await subtext(['train', recipe, '--out', runFolder('spike')]);
    const events = linesOf<MetricsLine>('spike', 'metrics.jsonl').flatMap(({ event }) => event ?? []);
    assert.ok(events.length > 0, 'an event');
    assert.match(events[0], /^The loss rose at step \d+: went back to step \d+, skipped the batches/);
  });
});

describe('subtext train refuses', () => {
  it('a directory that holds a run', async () => {
    const recipe = recipeFile('twice', { steps: 1, schedule: {} });
    await answer('train', recipe, '--out', runFolder('twice'));
    await refuses(1, ['train', recipe, '--out', runFolder('twice')], 'holds a run already', '--resume');
  });

  it('to resume where there is no run, or without a directory', async () => {
    const recipe = recipeFile('none');
    await refuses(1, ['train', recipe, '--out', runFolder('none'), '--resume'], 'holds no run');
    await refuses(2, ['train', recipe, '--resume'], '--resume needs --out');
  });

  it('to resume with another recipe, and names the keys', async () => {
    await answer('train', recipeFile('changed', { steps: 1, schedule: {} }), '--out', runFolder('changed'));
    const other = recipeFile('other', { steps: 1, batch: 8, schedule: {} });
    await refuses(1, ['train', other, '--out', runFolder('changed'), '--resume'], 'train.batch changed');
  });

  it('a directory that another process has', async () => {
    const recipe = recipeFile('shared', { steps: 100_000 });
    const { child, ended } = startSubtext(['train', recipe, '--out', runFolder('shared')]);
    await until(() => reached('shared', 10), 'a checkpoint');
    await refuses(
      1,
      ['train', recipe, '--out', runFolder('shared'), '--resume'],
      `in the hands of process ${child.pid} on ${hostname()}`,
    );
    child.kill('SIGKILL');
    await ended;
  });

  it('a recipe that is wrong, missing or no file', async () => {
    await refuses(1, ['train', recipeFile('wrong', { batches: 3 })], 'train.batches is not known');
    await refuses(1, ['train', join(folder, 'nowhere.json')], 'does not exist');
    await refuses(1, ['train', folder], 'could not be read');
    assert.ok(!existsSync(runFolder('wrong')));
  });

  it('a grammar that does not exist', async () => {
    const data = { kind: 'cfg', grammar: 'cfg9z' };
    await refuses(1, ['train', recipeFile('grammar', {}, { data }), '--out', runFolder('grammar')], 'cfg9z');
    assert.equal(statusOf('grammar').state, 'failed');
    assert.equal(statusOf('grammar').error!.reason, 'not-found');
  });

  it('text that is not there, is empty, is no text, or holds too little to be trained on', async () => {
    const of = (name: string, content: string | Buffer) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return { kind: 'text', files: [path], validation_share: 0.5 };
    };
    const cases: [string, object, RegExp][] = [
      ['text-missing', { kind: 'text', files: [join(folder, 'nowhere.txt')] }, /nowhere\.txt/],
      ['text-empty', of('empty.txt', ''), /empty\.txt|no text/],
      ['text-binary', of('binary.txt', Buffer.from([0xff, 0xfe, 0x00, 0x80])), /binary\.txt/],
      ['text-little', of('little.txt', 'One.'), /little|one document|too (little|few|short)|tokens/],
    ];
    for (const [name, data, pattern] of cases) {
      const tokenizer = { kind: 'characters' };
      const recipe = recipeFile(
        name,
        {},
        { data, tokenizer, model: { ...RECIPE.model, architecture: 'gpt2' } },
      );
      await refuses(1, ['train', recipe, '--out', runFolder(name)], pattern);
      assert.equal(statusOf(name).state, 'failed', name);
    }
  });

  it('a model of another vocabulary', async () => {
    const from = join(runFolder('whole'), 'final');
    const stories = { ...RECIPE, data: { kind: 'cfg', grammar: join(folder, 'wide.cfg') } };
    writeFileSync(join(folder, 'wide.cfg'), 'S -> a b c d e f | f e d c b a\n');
    const recipe = recipeFile('vocabulary', {}, { data: stories.data, model: { from } });
    await refuses(1, ['train', recipe, '--out', runFolder('vocabulary')], 'vocabulary of 8', 'one of 5');
  });

  it('a model that does not fit into memory, before it starts', async () => {
    const model = { ...RECIPE.model, layers: 200, width: 16384, heads: 16 };
    await refuses(1, ['train', recipeFile('huge', {}, { model }), '--out', runFolder('huge')], /memory/);
    assert.equal(statusOf('huge').error!.reason, 'memory');
  });

  it(
    'to end with a broken checkpoint when the disk is full: the earlier one stays whole',
    { skip: process.platform === 'win32' },
    async () => {
      const recipe = recipeFile(
        'full',
        { steps: 2000 },
        { model: { ...RECIPE.model, width: 64, layers: 3 } },
      );
      const { child: first, ended } = startSubtext(['train', recipe, '--out', runFolder('full')]);
      await until(() => reached('full', 10), 'a checkpoint');
      first.kill('SIGKILL');
      await ended;
      const kept = readdirSync(join(runFolder('full'), 'checkpoints'));
      // A largest file stands for a full disk: 1 MB holds the model, but not the state of its training.
      const command = `ulimit -f 1024; exec '${process.execPath}' dist/cli.js train '${recipe}' --out '${runFolder('full')}' --resume`;
      const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
      const said = await text(child.stderr);
      assert.match(said, /could not be written/);
      assert.equal(statusOf('full').state, 'failed');
      assert.deepEqual(readdirSync(join(runFolder('full'), 'checkpoints')), kept);
      await answer('inspect', join(runFolder('full'), 'checkpoints', kept.at(-1)!));
      await answer(
        'train',
        recipeFile('rest', {}, { model: { from: join(runFolder('full'), 'checkpoints', kept.at(-1)!) } }),
        '--out',
        runFolder('rest'),
      );
    },
  );
});
