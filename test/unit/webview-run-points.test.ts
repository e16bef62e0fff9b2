// Points that the run view holds: appended, gone back with a run, smoothed, and the pace that they tell.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replaceFrom } from '../../webview/run/columns';
import { normalise } from '../../webview/run/incoming';
import { paceOf, remaining } from '../../webview/run/pace';
import { RunData } from '../../webview/run/runData';
import { makeSmoother } from '../../webview/run/smoothing';
import { linesOf, makeRun, pointsOf } from '../webview/harness/runSample';
import { losses } from './webview-runs';

describe('points', () => {
  it('are appended without copying what is there', () => {
    let column = replaceFrom(new Float32Array(), 0, Float32Array.of(1, 2, 3));
    column = replaceFrom(column, 3, Float32Array.of(4));
    const { buffer } = column;
    column = replaceFrom(column, 4, Float32Array.of(5));
    assert.equal(column.buffer, buffer);
    assert.deepEqual([...column], [1, 2, 3, 4, 5]);
  });

  it('of a message stay as they were when later ones come', () => {
    const first = losses([3, 2]);
    const data = new RunData(0);
    data.receive(first);
    data.receive(losses([9], 1));
    assert.deepEqual([...first.train.loss], [3, 2]);
  });

  it('are replaced from where a run went back to', () => {
    const data = new RunData(0);
    data.receive(losses([3, 2, 9, 9]));
    data.receive(losses([1.5], 2));
    assert.deepEqual([...data.train.loss], [3, 2, 1.5]);
    assert.deepEqual([...data.train.step], [1, 2, 3]);
    assert.deepEqual([...data.smoothed], [3, 2, 1.5]);
  });

  it('follow what is there where some never came', () => {
    const data = new RunData(0);
    data.receive(losses([3, 2]));
    data.receive(losses([1], 10));
    assert.deepEqual([...data.train.step], [1, 2, 11]);
  });

  it('that arrive bit by bit are smoothed as those that arrive at once', () => {
    const values = Array.from({ length: 50 }, (_, index) => Math.fround(1 + Math.sin(index)));
    const whole = new RunData(0.9);
    whole.receive(losses(values));
    const parts = new RunData(0.9);
    for (let from = 0; from < 50; from += 7) parts.receive(losses(values.slice(from, from + 7), from));
    assert.deepEqual(parts.smoothed, whole.smoothed);
  });

  it('without a number become gaps, whatever VS Code made of the arrays', () => {
    const { points } = makeRun({ steps: 3 });
    points.train.loss[1] = Infinity;
    points.train.lr[0] = NaN;
    const message = normalise(JSON.parse(JSON.stringify({ type: 'points', points })) as never);
    assert.ok(message.type === 'points');
    const { train } = message.points;
    assert.ok(train.tokens instanceof Float64Array && train.step instanceof Int32Array);
    assert.ok(Number.isNaN(train.loss[1]) && Number.isNaN(train.lr[0]));
    assert.equal(train.loss[2], points.train.loss[2]);
  });
});

describe('smoothing', () => {
  const smooth = (values: number[], weight: number): number[] => {
    const result = new Float32Array(values.length);
    makeSmoother(weight).extend(Float32Array.from(values), result, 0);
    return [...result];
  };

  it('is the weighted mean of all that came before', () => {
    // (4·0.5 + 2) / (0.5 + 1), and (4·0.25 + 2·0.5 + 1) / (0.25 + 0.5 + 1)
    assert.deepEqual(smooth([4, 2, 1], 0.5), [4, 8 / 3, 12 / 7].map(Math.fround));
  });

  it('leaves a constant as it is, and everything with no weight', () => {
    assert.deepEqual(smooth([2, 2, 2], 0.99), [2, 2, 2]);
    assert.deepEqual(smooth([1, 5, 2], 0), [1, 5, 2]);
  });

  it('passes over gaps', () => {
    assert.deepEqual(smooth([4, NaN, 2], 0.5), [4, NaN, Math.fround(8 / 3)]);
  });
});

describe('pace', () => {
  it('is that of the latest steps', () => {
    const lines = linesOf(200, 1000, 0.4, 200, 1).map((line) => ({
      ...line,
      seconds: line.step <= 100 ? line.step * 9 : 900 + (line.step - 100) * 0.5,
    }));
    const pace = paceOf(pointsOf('/run', lines).train)!;
    assert.equal(pace.secondsPerStep, 0.5);
    assert.equal(pace.tokensPerSecond, 8192 / 0.5);
    assert.equal(remaining(pace, 200, 300), 50);
  });

  it('is unknown before two steps, and when no time has passed', () => {
    assert.equal(paceOf(losses([1]).train), undefined);
    const still = losses([1, 2]);
    still.train.seconds.fill(3);
    assert.equal(paceOf(still.train), undefined);
  });

  it('takes the row before where steps are logged rarely', () => {
    const { train } = losses([1, 2]);
    train.step.set([100, 300]);
    train.seconds.set([10, 30]);
    assert.equal(paceOf(train)?.secondsPerStep, 0.1);
  });
});
