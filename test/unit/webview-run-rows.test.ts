// Every logged step of the shown runs as a row: in the table, and as CSV that is made and sent part by part.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { csvParts } from '../../webview/run/csv';
import { partsOf, sendParts, type Content } from '../../webview/shared/parts';
import { Rows } from '../../webview/run/rows';
import { thinningOf } from '../../webview/run/thinning';
import { losses, shown } from './webview-runs';

describe('rows', () => {
  it('merge steps and evaluations, run by run', () => {
    const runs = [
      shown({ name: 'a', steps: 4, evaluateEvery: 2 }),
      shown({ name: 'b', steps: 2, evaluateEvery: 2 }),
    ];
    const rows = new Rows(runs);
    const all = Array.from({ length: rows.length }, (_, index) => rows.at(index));
    assert.deepEqual(
      all.map(({ run, step, validation }) => [run.snapshot.name, step, !Number.isNaN(validation)]),
      [
        ['a', 0, true],
        ['a', 1, false],
        ['a', 2, true],
        ['a', 3, false],
        ['a', 4, true],
        ['b', 0, true],
        ['b', 1, false],
        ['b', 2, true],
      ],
    );
    assert.ok(Number.isNaN(all[0].loss));
    assert.equal(all[2].loss, runs[0].data.train.loss[1]);
    assert.throws(() => rows.at(8), RangeError);
  });

  it('are merged anew only where points have changed', () => {
    const run = shown({ steps: 4 });
    const rows = new Rows([run]);
    assert.ok(rows.isOf([run]));
    run.data.receive(losses([9], 4));
    assert.ok(!rows.isOf([run]));
    assert.equal(new Rows([run]).at(4).loss, 9);
    assert.ok(!rows.isOf([]));
  });

  it('become CSV with every digit and empty cells for what was not logged', () => {
    const run = shown({ name: 'a, b', steps: 1, evaluateEvery: 2 });
    run.data.train.loss[0] = 0.1;
    run.data.train.gradientNorm[0] = NaN;
    const [head, first, second, end] = [...csvParts([run])].join('').split('\r\n');
    assert.equal(head, 'run,step,tokens,seconds,loss,validation_loss,lr,grad_norm,tokens_per_s');
    assert.match(first, /^"a, b",0,0,0,,[\d.]+,,,$/);
    assert.match(second, /^"a, b",1,8192,0\.45,0\.1,,[\d.e-]+,,[\d.]+$/);
    assert.equal(end, '');
  });
});

describe('parts', () => {
  it('of CSV are small, and together all of it', () => {
    const run = shown({ steps: 50 });
    const parts = [...csvParts([run, run], 500)];
    assert.ok(parts.length > 5 && parts.every(({ length }) => length < 700));
    assert.equal(parts.join(''), [...csvParts([run, run])].join(''));
  });

  it('of CSV are of the points as they were when the run was begun', () => {
    const run = shown({ steps: 20 });
    const whole = [...csvParts([run])].join('');
    const parts = csvParts([run], 200);
    const first = parts.next().value as string;
    run.data.receive(losses([9], 1));
    assert.equal(first + [...parts].join(''), whole);
  });

  it('cut no character apart, and share no buffer', () => {
    assert.deepEqual([...partsOf('ab😀c', 3)], ['ab', '😀c']);
    assert.deepEqual([...partsOf('', 3)], ['']);
    const parts = [...partsOf(Uint8Array.of(1, 2, 3, 4, 5), 2)] as Uint8Array[];
    assert.deepEqual(
      parts.map((part) => [...part]),
      [[1, 2], [3, 4], [5]],
    );
    assert.ok(parts.every(({ buffer }) => buffer.byteLength <= 2));
  });

  it('are sent with their number, the last as such', async () => {
    const sent: [Content, number, boolean][] = [];
    await sendParts(
      ['a', 'b', 'c'],
      (...part) => sent.push(part),
      () => Promise.resolve(),
    );
    assert.deepEqual(sent, [
      ['a', 0, false],
      ['b', 1, false],
      ['c', 2, true],
    ]);
  });
});

describe('thinning', () => {
  const every = (by: number, length: number): Int32Array =>
    Int32Array.from({ length }, (_, index) => by + index * by);

  it('is seen by the steps between rows, of runs that are long enough', () => {
    assert.equal(thinningOf({ step: every(5, 1 << 17) }), 1);
    const half = every(5, 1 << 18).filter((_, index) => index % 2 === 0);
    assert.equal(thinningOf({ step: half }), 2);
    assert.equal(thinningOf({ step: Int32Array.of(1, 100, 200) }), 1);
  });

  it('is said at the head of CSV', () => {
    const run = shown({ steps: 1 });
    run.data.train.step = every(1, 1 << 17).map((step) => 2 * step - 1);
    const [head] = csvParts([run]);
    assert.match(head, /^# Not every logged step is here: 1 of 2 of cfg-small-01\. [^\n]+\r\nrun,step,/);
  });
});
