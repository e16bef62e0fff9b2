// What the run view says in words: the facts of its header, times, numbers, the note over samples.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOf } from '../../webview/run/facts';
import { noteOf } from '../../webview/run/samples';
import { clock, compact } from '../../webview/run/words';
import { makeRun, type RunSampleOptions } from '../webview/harness/runSample';
import { shown } from './webview-runs';

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
        'training loss 0.402 nats',
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
    const inHalf = texts({ state: 'finished', status: { engine: 'webgpu', precision: 'float16' } });
    assert.ok(inHalf.includes('webgpu · float16'), inHalf.join());
  });

  it('says of a loss that is none what it is', () => {
    const run = shown({ steps: 1 });
    run.data.train.loss[0] = NaN;
    const loss = factsOf(run.snapshot, run.data).find(({ key }) => key === 'loss');
    assert.equal(loss?.text, 'training loss not a number');
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
