// The state of the run view: which runs, what of them is in sight, and what can be asked of a run in its state.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunSnapshot } from '../../src/protocol/runViews';
import { noticeOf } from '../../webview/run/notice';
import { checkpointsOf, requestsOf } from '../../webview/run/requests';
import {
  initialState,
  receive,
  savedState,
  toggleHidden,
  withSettings,
  type RunsState,
} from '../../webview/run/state';
import { makeRun, runsMessage } from '../webview/harness/runSample';

function stateOf(...names: string[]): RunsState {
  const message = runsMessage(names.map((name) => makeRun({ name })));
  return message.type === 'runs' ? receive(initialState(undefined), message) : assert.fail();
}

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
