// What `subtext train` refuses: directories in use, recipes and data that are wrong, models that do not fit.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { answer, buildCommand, refuses, startSubtext } from '../support/commandLine';
import { RECIPE, TrainingRuns } from '../support/trainingRuns';

const runs = new TrainingRuns();
after(() => runs.dispose());
before(buildCommand);

describe('subtext train refuses', () => {
  it('a directory that holds a run', async () => {
    const recipe = runs.recipe('twice', { steps: 1, schedule: {} });
    await answer('train', recipe, '--out', runs.path('twice'));
    await refuses(1, ['train', recipe, '--out', runs.path('twice')], 'holds a run already', '--resume');
  });

  it('to resume where there is no run, or without a directory', async () => {
    const recipe = runs.recipe('none');
    await refuses(1, ['train', recipe, '--out', runs.path('none'), '--resume'], 'holds no run');
    await refuses(2, ['train', recipe, '--resume'], '--resume needs --out');
  });

  it('to resume with another recipe, and names the keys', async () => {
    await answer('train', runs.recipe('changed', { steps: 1, schedule: {} }), '--out', runs.path('changed'));
    const other = runs.recipe('other', { steps: 1, batch: 8, schedule: {} });
    await refuses(1, ['train', other, '--out', runs.path('changed'), '--resume'], 'train.batch changed');
  });

  it('a directory that another process has', async () => {
    const recipe = runs.recipe('shared', { steps: 100_000 });
    const { child, ended } = startSubtext(['train', recipe, '--out', runs.path('shared')]);
    await runs.checkpoint('shared', 10);
    await refuses(
      1,
      ['train', recipe, '--out', runs.path('shared'), '--resume'],
      `in the hands of process ${child.pid} on ${hostname()}`,
    );
    child.kill('SIGKILL');
    await ended;
  });

  it('a recipe that is wrong, missing or no file', async () => {
    await refuses(1, ['train', runs.recipe('wrong', { batches: 3 })], 'train.batches is not known');
    await refuses(1, ['train', runs.path('nowhere.json')], 'does not exist');
    await refuses(1, ['train', runs.folder], 'could not be read');
    assert.ok(!existsSync(runs.path('wrong')));
  });

  it('float16 on an engine that has none, chosen by the recipe or beside it', async () => {
    const refusal = 'float16: the cpu engine computes in float32';
    const recipe = runs.recipe('half', { precision: 'float16' });
    await refuses(1, ['train', recipe, '--engine', 'cpu', '--out', runs.path('half')], refusal);
    assert.equal(runs.status('half').error!.reason, 'precision-unavailable');
    const chosen = ['--precision', 'float16', '--engine', 'cpu', '--out', runs.path('chosen')];
    await refuses(1, ['train', runs.recipe('chosen'), ...chosen], refusal);
    assert.match(runs.text('chosen', 'recipe.json'), /"precision": "float16"/);
    await refuses(1, ['train', runs.recipe('odd', { precision: 'float8' })], 'train.precision', 'float16');
  });

  it('a grammar that does not exist', async () => {
    const data = { kind: 'cfg', grammar: 'cfg9z' };
    await refuses(1, ['train', runs.recipe('grammar', {}, { data }), '--out', runs.path('grammar')], 'cfg9z');
    assert.equal(runs.status('grammar').state, 'failed');
    assert.equal(runs.status('grammar').error!.reason, 'not-found');
  });

  it('text that is not there, is empty, is no text, or holds too little to be trained on', async () => {
    const of = (name: string, content: string | Buffer) => {
      const path = runs.path(name);
      writeFileSync(path, content);
      return { kind: 'text', files: [path], validation_share: 0.5 };
    };
    const cases: [string, object, RegExp][] = [
      ['text-missing', { kind: 'text', files: [runs.path('nowhere.txt')] }, /nowhere\.txt/],
      ['text-empty', of('empty.txt', ''), /empty\.txt|no text/],
      ['text-binary', of('binary.txt', Buffer.from([0xff, 0xfe, 0x00, 0x80])), /binary\.txt/],
      ['text-little', of('little.txt', 'One.'), /little|one document|too (little|few|short)|tokens/],
    ];
    for (const [name, data, pattern] of cases) {
      const tokenizer = { kind: 'characters' };
      const recipe = runs.recipe(
        name,
        {},
        { data, tokenizer, model: { ...RECIPE.model, architecture: 'gpt2' } },
      );
      await refuses(1, ['train', recipe, '--out', runs.path(name)], pattern);
      assert.equal(runs.status(name).state, 'failed', name);
    }
  });

  it('a model of another vocabulary', async () => {
    await answer('train', runs.recipe('base', { steps: 1, schedule: {} }), '--out', runs.path('base'));
    const data = { kind: 'cfg', grammar: runs.path('wide.cfg') };
    writeFileSync(runs.path('wide.cfg'), 'S -> a b c d e f | f e d c b a\n');
    const model = { from: runs.path('base', 'final') };
    const recipe = runs.recipe('vocabulary', {}, { data, model });
    await refuses(1, ['train', recipe, '--out', runs.path('vocabulary')], 'vocabulary of 8', 'one of 5');
  });

  it('a model that does not fit into memory, before it starts', async () => {
    const model = { ...RECIPE.model, layers: 200, width: 16384, heads: 16 };
    await refuses(1, ['train', runs.recipe('huge', {}, { model }), '--out', runs.path('huge')], /memory/);
    assert.equal(runs.status('huge').error!.reason, 'memory');
  });

  it(
    'to end with a broken checkpoint when the disk is full: the earlier one stays whole',
    { skip: process.platform === 'win32' },
    async () => {
      const recipe = runs.recipe(
        'full',
        { steps: 2000 },
        { model: { ...RECIPE.model, width: 64, layers: 3 } },
      );
      const { child: first, ended } = startSubtext(['train', recipe, '--out', runs.path('full')]);
      await runs.checkpoint('full', 10);
      first.kill('SIGKILL');
      await ended;
      const kept = readdirSync(runs.path('full', 'checkpoints'));
      // A largest file stands for a full disk: 1 MB holds the model, but not the state of its training.
      const command = `ulimit -f 1024; exec '${process.execPath}' dist/cli.js train '${recipe}' --out '${runs.path('full')}' --resume`;
      const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] });
      const said = await text(child.stderr);
      assert.match(said, /could not be written/);
      assert.equal(runs.status('full').state, 'failed');
      assert.deepEqual(readdirSync(runs.path('full', 'checkpoints')), kept);
      await answer('inspect', runs.path('full', 'checkpoints', kept.at(-1)!));
      await answer(
        'train',
        runs.recipe('rest', {}, { model: { from: runs.path('full', 'checkpoints', kept.at(-1)!) } }),
        '--out',
        runs.path('rest'),
      );
    },
  );
});
