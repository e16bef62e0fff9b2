// Taking, cutting and clearing a run directory: what is the run's own, and what is somebody's.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { RunDirectory } from '../../src/backend/run/runDirectory';

const folder = mkdtempSync(join(tmpdir(), 'subtext-run-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;

const RECIPE = '{"train":{}}\n';

/** A new folder with these files. */
function holding(files: Record<string, string>): string {
  const path = join(folder, `${++made}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const namesIn = (path: string) => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
const isRefused = (use: () => unknown, message: RegExp) =>
  assert.throws(use, { name: 'SubtextError', reason: 'run', message });

describe('a directory for a new run', () => {
  for (const [what, files, named] of [
    ['files of somebody', { 'notes.tmp': '', 'a.txt': '' }, /holds a\.txt, notes\.tmp$/],
    ['a folder of somebody', { 'photos.tmp/1.jpg': '' }, /holds photos\.tmp$/],
    ['a recipe of somebody', { 'recipe.json': '{}' }, /holds recipe\.json$/],
    ['many files', { a: '', b: '', c: '', d: '', e: '' }, /holds a, b, c and 2 more$/],
  ] as const) {
    it(`is not one that holds ${what}: all of it stays`, () => {
      const path = holding(files);
      const before = namesIn(path);
      isRefused(() => RunDirectory.create(path, RECIPE), named);
      assert.deepEqual(namesIn(path), before);
      if ('recipe.json' in files) assert.equal(readFileSync(join(path, 'recipe.json'), 'utf8'), '{}');
    });
  }

  it('is not one that holds a run', () => {
    const path = holding({ 'recipe.json': RECIPE, 'status.json': '{}' });
    isRefused(() => RunDirectory.create(path, RECIPE), /holds a run already/);
  });

  it('may hold what was put there to start the run: its recipe, a log, a request', () => {
    const path = holding({ 'log.txt': '', 'control.json': '{"request":"cancel"}' });
    RunDirectory.create(path, RECIPE).release();
    const directory = RunDirectory.create(path, RECIPE);
    assert.equal(directory.read('recipe.json'), RECIPE);
    assert.equal(directory.takeControl(), 'cancel');
    directory.release();
    assert.deepEqual(namesIn(path), ['log.txt', 'recipe.json']);
  });
});

describe('the directory of a run', () => {
  it('is cleared of what the run left half written, and of nothing else', () => {
    const mine = {
      'status.json.12.tmp': '',
      'recipe.json.12.tmp': '',
      'final.subtext-tmp/config.json': '',
      'checkpoints/step-5.subtext-tmp/config.json': '',
      'checkpoints/step-5.subtext-old/config.json': '',
    };
    const kept = {
      'recipe.json': RECIPE,
      'status.json': '{}',
      'notes.tmp': '',
      'photos.tmp/1.jpg': '',
      'status.json.old.tmp': '',
      'mine.subtext-old/a': '',
      'checkpoints/best.subtext-tmp/a': '',
    };
    const path = holding({ ...mine, ...kept });
    RunDirectory.open(path).release();
    assert.deepEqual(namesIn(path), [
      'checkpoints',
      'checkpoints/best.subtext-tmp',
      'checkpoints/best.subtext-tmp/a',
      'checkpoints/step-5',
      'checkpoints/step-5/config.json',
      'mine.subtext-old',
      'mine.subtext-old/a',
      'notes.tmp',
      'photos.tmp',
      'photos.tmp/1.jpg',
      'recipe.json',
      'status.json',
      'status.json.old.tmp',
    ]);
  });

  it('is one where a process was killed before it had a status, and none with files of somebody', () => {
    RunDirectory.open(holding({ 'recipe.json': RECIPE, 'log.txt': '' })).release();
    isRefused(
      () => RunDirectory.open(holding({ 'recipe.json': RECIPE, 'metrics.jsonl': '' })),
      /holds no run$/,
    );
    isRefused(() => RunDirectory.open(holding({ 'status.json': '{}' })), /holds no run$/);
    isRefused(() => RunDirectory.open(join(folder, 'nowhere')), /holds no run$/);
  });

  it('keeps what is asked of this process, not what was asked of the one before', () => {
    const path = holding({
      'recipe.json': RECIPE,
      'status.json': '{}',
      'control.json': '{"request":"pause"}',
    });
    let directory = RunDirectory.open(path);
    assert.equal(directory.takeControl(), 'pause');
    directory.release();
    writeFileSync(join(path, 'control.json'), '{"request":"pause"}');
    utimesSync(join(path, 'control.json'), 1, 1);
    directory = RunDirectory.open(path);
    assert.equal(directory.takeControl(), undefined);
    directory.release();
  });

  it('loses a checkpoint at once', () => {
    const path = holding({
      'recipe.json': RECIPE,
      'status.json': '{}',
      'checkpoints/step-5/config.json': '',
      'checkpoints/step-5.subtext-tmp/left': '',
    });
    const directory = RunDirectory.open(path);
    directory.removeCheckpoint(5);
    assert.deepEqual(readdirSync(join(path, 'checkpoints')), []);
    directory.release();
  });
});

describe('what a run measured', () => {
  const metrics = (path: string) => readFileSync(join(path, 'metrics.jsonl'), 'utf8');
  const line = (step: number, rest: object = { loss: 1 }) => `${JSON.stringify({ step, ...rest })}\n`;
  const event = (step: number) => line(step, { event: `back to ${step} — “über”` });

  function cut(text: string, step: number): string {
    const path = holding({ 'recipe.json': RECIPE, 'status.json': '{}', 'metrics.jsonl': text });
    const directory = RunDirectory.open(path);
    directory.cutAfter(step);
    directory.release();
    return metrics(path);
  }

  const long = (step: number) => line(step, { loss: 1, pad: 'ü'.repeat(70_000) });
  const many = Array.from({ length: 5000 }, (_, index) => line(index + 1));
  for (const [what, text, step, expected] of [
    ['behind a step', line(1) + line(2) + line(2, { validation_loss: 1 }) + line(3), 2, 3],
    ['of all steps', line(0, { validation_loss: 1 }) + line(1), -1, 0],
    ['where there is nothing to cut', line(1) + line(2), 2, 2],
    ['of a line that was cut short', `${line(1)}{"step":1,"lo`, 1, 1],
    ['of nothing but such a line', '{"step":1,"lo', 1, 0],
    ['of an empty file', '', 3, 0],
    ['in lines longer than a block', long(1) + long(2) + long(3), 2, 2],
    ['in many blocks', many.join(''), 17, 17],
  ] as const) {
    it(`is cut ${what}`, () => {
      const kept = text.split('\n').slice(0, expected);
      assert.equal(cut(text, step), kept.map((each) => `${each}\n`).join(''));
    });
  }

  it('keeps telling what happened, whatever the step', () => {
    const text = line(0) + line(1) + event(0) + line(1) + line(2) + event(1) + line(2) + line(3);
    assert.equal(cut(text, 1), line(0) + line(1) + event(0) + line(1) + event(1));
    assert.equal(cut(text, -1), event(0) + event(1));
    assert.equal(cut(many.join('') + event(9) + many.join(''), -1), event(9));
  });

  it('is cut in samples too', () => {
    const path = holding({ 'recipe.json': RECIPE, 'status.json': '{}', 'samples.jsonl': line(1) + line(2) });
    const directory = RunDirectory.open(path);
    directory.cutAfter(1);
    directory.release();
    assert.equal(readFileSync(join(path, 'samples.jsonl'), 'utf8'), line(1));
    assert.ok(!existsSync(join(path, 'metrics.jsonl')));
  });
});
