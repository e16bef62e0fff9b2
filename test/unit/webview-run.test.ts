// The pure parts of the run view that hold and tell the numbers: points, state, smoothing, header, readings, CSV.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunPoints, RunSnapshot } from '../../src/protocol/runViews';
import { nearest, replaceFrom } from '../../webview/run/columns';
import { csvParts } from '../../webview/run/csv';
import { factsOf } from '../../webview/run/facts';
import { checkpointsOf, requestsOf } from '../../webview/run/requests';
import { normalise } from '../../webview/run/incoming';
import { chartKey } from '../../webview/run/keys';
import { noticeOf } from '../../webview/run/notice';
import { paceOf, remaining } from '../../webview/run/pace';
import { partsOf, sendParts, type Content } from '../../webview/run/parts';
import { neighbour, placeOf, readingAt } from '../../webview/run/reading';
import { sentenceOf } from '../../webview/run/readout';
import { Rows } from '../../webview/run/rows';
import { RunData } from '../../webview/run/runData';
import { noteOf } from '../../webview/run/samples';
import { thinningOf } from '../../webview/run/thinning';
import { makeSmoother } from '../../webview/run/smoothing';
import {
  initialState,
  receive,
  savedState,
  toggleHidden,
  withSettings,
  type RunsState,
  type ShownRun,
} from '../../webview/run/state';
import { clock, compact } from '../../webview/run/words';
import { linesOf, makeRun, pointsOf, runsMessage, type RunSampleOptions } from '../webview/harness/runSample';

function shown(options: RunSampleOptions = {}, style = 0): ShownRun {
  const { snapshot, points } = makeRun(options);
  const data = new RunData(0.9);
  data.receive(points);
  return { snapshot, data, style };
}

/** Points of given losses, a step each. */
function losses(values: number[], trainFrom = 0): RunPoints {
  const lines = values.map((loss, index) => ({
    step: trainFrom + index + 1,
    tokens: (trainFrom + index + 1) * 10,
    seconds: (trainFrom + index + 1) / 2,
    loss,
  }));
  return { ...pointsOf('/run', lines), trainFrom };
}

function stateOf(...names: string[]): RunsState {
  const message = runsMessage(names.map((name) => makeRun({ name })));
  return message.type === 'runs' ? receive(initialState(undefined), message) : assert.fail();
}

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

describe('state', () => {
  it('survives a reload', () => {
    let state = stateOf('a', 'b');
    state = withSettings(state, { axis: 'tokens', smoothing: 0.6, table: true, samplesHeight: 99 });
    state = toggleHidden(state, state.wanted[1]);
    const again = initialState(savedState(state));
    assert.deepEqual(again.wanted, state.wanted);
    assert.deepEqual(again.settings, state.settings);
    assert.equal(again.runs, undefined);
  });

  it('survives a reload with its zoom, as long as the run is the same', () => {
    const zoomed: RunsState = { ...stateOf('a'), window: [1, 5] };
    const again = initialState(savedState(zoomed));
    assert.deepEqual(again.window, [1, 5]);
    assert.ok(!('window' in again.settings));
    const [same, other] = ['a', 'b'].map((name) => runsMessage([makeRun({ name })]));
    assert.ok(same.type === 'runs' && other.type === 'runs');
    assert.deepEqual(receive(again, same).window, [1, 5]);
    assert.equal(receive(again, other).window, undefined);
    assert.ok(!('window' in savedState(stateOf('a'))));
  });

  it('gives a run its colour for as long as it is shown', () => {
    const message = runsMessage([makeRun({ name: 'b' }), makeRun({ name: 'c' })]);
    assert.ok(message.type === 'runs');
    const before = stateOf('a', 'b');
    const { styles } = receive(before, message);
    const [b, c] = message.runs.map(({ directory }) => styles[directory]);
    assert.deepEqual([b, c], [1, 0]);
  });

  it('forgets a zoom with another axis or another first run, not with more points', () => {
    const zoomed: RunsState = { ...stateOf('a'), window: [1, 5] };
    const message = runsMessage([makeRun({ name: 'a' }), makeRun({ name: 'b' })]);
    const other = runsMessage([makeRun({ name: 'b' })]);
    assert.ok(message.type === 'runs' && other.type === 'runs');
    assert.deepEqual(receive(zoomed, message).window, [1, 5]);
    assert.equal(receive(zoomed, other).window, undefined);
    assert.deepEqual(withSettings(zoomed, { smoothing: 0 }).window, [1, 5]);
    assert.equal(withSettings(zoomed, { axis: 'seconds' }).window, undefined);
  });

  it('hides a run and shows it again', () => {
    const state = stateOf('a', 'b');
    const hidden = toggleHidden(state, state.wanted[0]);
    assert.deepEqual(hidden.settings.hidden, [state.wanted[0]]);
    assert.deepEqual(toggleHidden(hidden, state.wanted[0]), state);
  });
});

describe('notices', () => {
  const of = (state: RunSnapshot['state'] | undefined, hasPoints: boolean): string | undefined => {
    const message = runsMessage(state ? [makeRun({ state })] : []);
    return message.type === 'runs' ? noticeOf(receive(initialState(undefined), message), hasPoints) : '';
  };

  it('say what a run without points waits for', () => {
    assert.equal(noticeOf(initialState(undefined), false), undefined);
    assert.equal(of(undefined, false), 'none');
    assert.equal(of('starting', false), 'starting');
    assert.equal(of('running', true), undefined);
  });

  it('say nothing of a run whose points are still being read', () => {
    const run = makeRun({ state: 'finished' });
    run.snapshot.isReading = true;
    const message = runsMessage([run]);
    assert.ok(message.type === 'runs');
    const state = receive(initialState(undefined), message);
    assert.equal(noticeOf(state, false), undefined);
    run.snapshot.isReading = false;
    assert.equal(noticeOf(state, false), 'starting');
  });

  it('say what went wrong, over the chart too', () => {
    assert.equal(of('failed', true), 'failed');
    assert.equal(of('interrupted', true), 'interrupted');
  });
});

describe('checkpoints', () => {
  const of = (state: RunSnapshot['state'], hasFinal?: boolean): (number | 'final')[] => {
    const { snapshot } = makeRun({ state, checkpoints: [500, 1000] });
    return checkpointsOf({ ...snapshot, hasFinal });
  };

  it('have the final model where there is one, however the run ended', () => {
    assert.deepEqual(of('failed', true), ['final', 1000, 500]);
    assert.deepEqual(of('finished', false), [1000, 500]);
  });

  it('follow the state where it is not said', () => {
    assert.deepEqual(of('finished'), ['final', 1000, 500]);
    assert.deepEqual(of('running'), [1000, 500]);
  });
});

describe('requests', () => {
  it('fit the state', () => {
    assert.deepEqual(requestsOf('running'), { main: 'pause', cancel: true });
    // No process is there that could obey.
    assert.deepEqual(requestsOf('paused'), { main: 'resume', cancel: false });
    assert.deepEqual(requestsOf('interrupted'), { main: 'resume', cancel: false });
    assert.deepEqual(requestsOf('pausing'), { cancel: true });
    assert.deepEqual(requestsOf('finished'), { cancel: false });
  });
});

describe('header', () => {
  const texts = (options: RunSampleOptions): string[] => {
    const run = shown(options);
    return factsOf(run.snapshot, run.data).map(({ text }) => text);
  };

  it('of a running run says where it is, how fast, and until when', () => {
    const run = shown();
    run.data.train.loss[1239] = 0.4024;
    assert.deepEqual(
      factsOf(run.snapshot, run.data).map(({ text }) => text),
      [
        'cfg-small-01',
        'step 1,240 / 2,000',
        '0.402 nats',
        '18.2K tokens/s',
        'ETA 5:42',
        'cpu',
        'GPT-2 type, 2 layers, width 64 · cfg3b',
      ],
    );
  });

  it('of an ended run says how it ended, how long it took, and why early', () => {
    const facts = texts({ state: 'finished', steps: 2000, status: { note: 'close enough' } });
    assert.deepEqual(facts.slice(1, 3), ['finished', 'step 2,000 / 2,000']);
    assert.ok(facts.includes('15:00') && facts.includes('close enough'));
    assert.ok(!facts.some((fact) => fact.startsWith('ETA')));
  });

  it('says of a loss that is none what it is', () => {
    const run = shown({ steps: 1 });
    run.data.train.loss[0] = NaN;
    const loss = factsOf(run.snapshot, run.data).find(({ key }) => key === 'loss');
    assert.equal(loss?.text, 'not a number');
    assert.match(loss.tip ?? '', /^Training loss of step 1: not a number;/);
  });

  it('of a run that has written nothing says its name and what it is', () => {
    const { snapshot } = makeRun({ state: 'starting' });
    delete snapshot.status;
    const facts = factsOf(snapshot, undefined).map(({ text }) => text);
    assert.deepEqual(facts, ['cfg-small-01', 'starting…', 'GPT-2 type, 2 layers, width 64 · cfg3b']);
  });

  it('cuts a long name in the middle', () => {
    const name = 'a-run-with-a-name-that-is-much-too-long-for-any-header-at-all';
    const [fact] = texts({ name });
    assert.equal(fact.length, 40);
    assert.match(fact, /^a-run.*….*at-all$/);
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

describe('words', () => {
  it('write times as clocks do', () => {
    assert.deepEqual([7, 72, 3723, 277_200].map(clock), ['0:07', '1:12', '1:02:03', '3 d 5 h']);
    assert.deepEqual([59.6, -1, NaN].map(clock), ['1:00', '0:00', '–']);
  });

  it('write large numbers with a unit', () => {
    const numbers = [950, 999.9, 18_300, 999_960, 9_920_000, 3.2e9];
    assert.deepEqual(numbers.map(compact), ['950', '1.00K', '18.3K', '1.00M', '9.92M', '3.20B']);
  });
});

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

describe('samples', () => {
  it('are counted where it is known whether they are valid', () => {
    assert.equal(
      noteOf([
        { text: 'a', valid: true },
        { text: 'b', valid: false },
      ]),
      '1 of 2 valid',
    );
    assert.equal(noteOf([{ text: 'Once upon a time' }]), '');
  });
});
