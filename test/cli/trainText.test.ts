// `subtext train` on text files, which people change while a run is paused.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { MetricsLine, ReferenceLine } from '../../src/protocol/runs';
import { answer, buildCommand } from '../support/commandLine';

const folder = mkdtempSync(join(tmpdir(), 'subtext-text-'));
before(buildCommand);
after(() => rmSync(folder, { recursive: true, force: true }));

const documents = (count: number, of = 'day') =>
  Array.from({ length: count }, (_, index) => `On ${of} ${index * 7919} a cat sat on the mat.`);
const plain = (texts: readonly string[]) => texts.map((text) => `${text}\n<|endoftext|>\n`).join('');

function recipeFile(path: string, data: object, train: object = {}): string {
  const content = {
    data: { kind: 'text', ...data },
    tokenizer: { kind: 'characters' },
    model: { architecture: 'gpt2', layers: 1, width: 16, heads: 2 },
    train: {
      steps: 6,
      batch: 2,
      context: 16,
      learning_rate: 1e-3,
      checkpoint_every: 3,
      eval_every: 3,
      eval_batches: 1,
      samples: { count: 0 },
      ...train,
    },
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const log = (run: string) => readFileSync(join(run, 'log.txt'), 'utf8');
const losses = (run: string) =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MetricsLine)
    .map(({ step, loss, validation_loss }) => ({ step, loss, validation_loss }));

/** A run that was broken off after its first checkpoint. */
function breakOff(run: string): void {
  rmSync(join(run, 'checkpoints/step-6'), { recursive: true });
  rmSync(join(run, 'final'), { recursive: true });
  const status = JSON.parse(readFileSync(join(run, 'status.json'), 'utf8')) as object;
  writeFileSync(join(run, 'status.json'), JSON.stringify({ ...status, state: 'paused' }));
}

describe('a run on text', () => {
  it('goes on with the text that it began with, and says so where that was changed', async () => {
    const text = join(folder, 'changing.txt');
    writeFileSync(text, plain(documents(200)));
    const recipe = recipeFile(join(folder, 'changing.subtext.json'), {
      files: [text],
      validation_share: 0.1,
    });
    const run = join(folder, 'changing');
    await answer('train', recipe, '--out', run);
    const before = losses(run);
    breakOff(run);
    appendFileSync(text, plain(documents(500, 'night')));
    await answer('train', recipe, '--out', run, '--resume');
    assert.deepEqual(losses(run), before);
    assert.match(log(run), /the text is not what it was when this run began/);
    breakOff(run);
    rmSync(text);
    await answer('train', recipe, '--out', run, '--resume');
    assert.deepEqual(losses(run), before);
  });

  it('does not read itself where it lies in the folder that it is trained on', async () => {
    const data = join(folder, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'stories.txt'), plain(documents(200)));
    const recipe = recipeFile(join(data, 'here.subtext.json'), { files: ['.'], validation_share: 0.1 });
    for (const name of ['one', 'two']) {
      const run = join(data, name);
      await answer('train', recipe, '--out', run);
      assert.match(log(run), / 200 documents, /);
      assert.ok(existsSync(join(run, 'final')));
    }
    assert.deepEqual(losses(join(data, 'one')), losses(join(data, 'two')));
  });

  it('is validated with files of their own, and parts documents as the recipe says', async () => {
    writeFileSync(join(folder, 'train.txt'), documents(150).join('\n\n'));
    writeFileSync(join(folder, 'valid.txt'), documents(50, 'night').join('\n\n'));
    const recipe = recipeFile(join(folder, 'own.subtext.json'), {
      files: ['train.txt'],
      validation_files: ['valid.txt'],
      separator: 'blank-line',
    });
    const run = join(folder, 'own');
    await answer('train', recipe, '--out', run);
    assert.match(log(run), / 200 documents, /);
  });

  it('is compared with n-grams that have not seen the same text again and again', async () => {
    const text = join(folder, 'small.txt');
    writeFileSync(text, plain(documents(60)));
    const recipe = recipeFile(join(folder, 'small.subtext.json'), { files: [text], validation_share: 0.3 });
    const run = join(folder, 'small');
    await answer('train', recipe, '--out', run);
    const references = JSON.parse(readFileSync(join(run, 'references.json'), 'utf8')) as ReferenceLine[];
    const [unigram, bigram, trigram] = references.map(({ loss }) => loss);
    assert.ok(bigram < unigram && trigram < bigram, JSON.stringify(references));
  });
});
