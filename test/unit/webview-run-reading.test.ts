// What the crosshair of the run view reads, and where keys take it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearest } from '../../webview/run/columns';
import { chartKey } from '../../webview/run/keys';
import { neighbour, placeOf, readingAt } from '../../webview/run/reading';
import { sentenceOf } from '../../webview/run/readout';
import { shown } from './webview-runs';

describe('reading', () => {
  it('finds the nearest value, the earlier of two', () => {
    const column = [1, 3, 3, 8];
    assert.deepEqual(
      [0, 2, 3, 6, 99].map((value) => nearest(column, value)),
      [0, 0, 1, 3, 3],
    );
    assert.equal(nearest([], 1), -1);
  });

  it('gives the exact values of every run at a step', () => {
    const runs = [shown({ name: 'a' }), shown({ name: 'b', seed: 2, steps: 800 }, 1)];
    const reading = readingAt(runs, 'step', 700.4)!;
    assert.equal(reading.step, 700);
    assert.equal(reading.tokens, 700 * 8192);
    assert.deepEqual(
      reading.runs.map(({ step, loss }) => [step, loss]),
      runs.map(({ data }) => [700, data.train.loss[699]]),
    );
    assert.equal(reading.runs[0].smoothed, runs[0].data.smoothed[699]);
  });

  it('leaves out runs that end before, and reads on where the first ends', () => {
    const runs = [shown({ name: 'a', steps: 300 }), shown({ name: 'b', steps: 800 }, 1)];
    const reading = readingAt(runs, 'step', 700)!;
    assert.deepEqual(
      reading.runs.map(({ run }) => run.snapshot.name),
      ['b'],
    );
  });

  it('tells the latest evaluation with its step', () => {
    const run = shown();
    assert.equal(readingAt([run], 'step', 750)!.runs[0].evaluation?.step, 700);
    assert.equal(readingAt([run], 'step', 700)!.runs[0].evaluation?.step, 700);
    assert.equal(readingAt([run], 'step', 700)!.runs[0].evaluation?.loss, run.data.evaluation.loss[7]);
  });

  it('goes along tokens and seconds too', () => {
    const run = shown();
    assert.equal(readingAt([run], 'tokens', 500 * 8192 + 100)!.step, 500);
    assert.equal(readingAt([run], 'seconds', 45)!.step, 100);
    assert.equal(placeOf(run, 'seconds', 100), 45);
  });

  it('of a run with nothing but an evaluation tells that', () => {
    const run = shown({ steps: 0 });
    const reading = readingAt([run], 'step', 5)!;
    assert.equal(reading.step, 0);
    assert.equal(reading.runs[0].evaluation?.loss, run.data.evaluation.loss[0]);
  });

  it('of nothing is nothing', () => {
    assert.equal(readingAt([], 'step', 1), undefined);
    assert.equal(readingAt([shown({ steps: -1 })], 'step', 1), undefined);
  });

  it('steps from point to point, and stops at the ends', () => {
    const runs = [shown()];
    assert.equal(neighbour(runs, 'step', 700, 1), 701);
    assert.equal(neighbour(runs, 'step', 700, -1), 699);
    assert.equal(neighbour(runs, 'step', 1240, 1), undefined);
    assert.equal(neighbour(runs, 'step', 1, -1), undefined);
  });

  it('is said in a sentence', () => {
    const run = shown({ steps: 2 });
    run.data.train.loss[1] = 0.5;
    const sentence = sentenceOf(readingAt([run], 'step', 2)!, 0, ['step 2: it jumped']);
    assert.match(sentence, /^step 2 · 16\.4K tokens · 0:01; training 0\.5, validation \S+ at 0, /);
    assert.match(sentence, /; step 2: it jumped$/);
  });
});

describe('keys', () => {
  it('mean something on the chart, or nothing', () => {
    assert.deepEqual(chartKey('ArrowLeft'), { does: 'step', direction: -1 });
    assert.equal(chartKey('a'), undefined);
    assert.equal(chartKey('constructor'), undefined);
  });
});
