// Scales of the run view's chart, and the ticks and labels beside them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spread } from '../../webview/shared/labels';
import { makeScale, moved, padded, within, zoomed } from '../../webview/shared/scale';
import { axisTicks } from '../../webview/run/ticks';
import { numberLabels, ticksOf } from '../../webview/shared/ticks';

describe('scales', () => {
  it('lead to pixels and back', () => {
    for (const log of [false, true]) {
      const scale = makeScale([2, 200], [10, 110], log);
      assert.equal(Math.round(scale.pixel(2)), 10);
      assert.equal(Math.round(scale.pixel(200)), 110);
      assert.equal(Math.round(scale.value(60)), log ? 20 : 101);
    }
  });

  it('put what has no logarithm far below', () => {
    const upwards = makeScale([1, 100], [300, 0], true);
    assert.ok(upwards.pixel(0) > 5000);
    assert.ok(upwards.pixel(-3) > 5000);
  });

  it('zoom around a place that stays where it is', () => {
    const domain = zoomed([0, 100], 25, 0.5, false);
    assert.deepEqual(domain, [12.5, 62.5]);
    const [from, to] = zoomed([1, 10_000], 100, 0.5, true);
    assert.equal(Math.round(makeScale([from, to], [0, 100], true).pixel(100)), 50);
  });

  it('stay within what there is', () => {
    assert.deepEqual(within(moved([0, 50], -0.5, false), [0, 100], false), [0, 50]);
    assert.deepEqual(within(moved([50, 100], 0.5, false), [0, 100], false), [50, 100]);
    assert.equal(within([-20, 130], [0, 100], false), undefined);
    const [from, to] = within([50, 50], [0, 100], false)!;
    assert.ok(to > from);
  });

  it('give a single value room', () => {
    const [low, high] = padded([3, 3], 0.05, false);
    assert.ok(low < 3 && high > 3);
    assert.deepEqual(padded([0, 0], 0.05, false), [-1, 1]);
  });
});

describe('ticks', () => {
  const labels = (from: number, to: number, log: boolean, wanted: number): string[] =>
    ticksOf(makeScale([from, to], [0, 300], log), wanted).map(({ label }) => label);

  it('of an axis have the same decimals', () => {
    assert.deepEqual(labels(0, 2.2, false, 5), ['0.0', '0.5', '1.0', '1.5', '2.0']);
  });

  it('of small and large numbers are short', () => {
    assert.deepEqual(labels(0, 3.1e-4, false, 3), ['0', '1e−4', '2e−4', '3e−4']);
    assert.deepEqual(labels(0, 20_000, false, 2), ['0', '10K', '20K']);
    assert.deepEqual(numberLabels([1000, 2000]), ['1,000', '2,000']);
    assert.deepEqual(numberLabels([2.5e6, 5e6]), ['2.5M', '5M']);
  });

  it('of a logarithmic axis are powers, with steps between where there is room', () => {
    assert.deepEqual(labels(1, 10_000, true, 5), ['1', '10', '100', '1K', '10K']);
    assert.deepEqual(labels(1, 100, true, 8), ['1', '2', '5', '10', '20', '50', '100']);
    assert.deepEqual(labels(1e-6, 1e6, true, 4), ['1e−6', '1e−3', '1', '1K', '1M']);
  });

  it('of less than a decade are at equal distances', () => {
    assert.deepEqual(labels(0.35, 0.62, true, 3), ['0.4', '0.5', '0.6']);
  });

  it('of steps are whole, of times in their unit', () => {
    const scale = (to: number): ReturnType<typeof makeScale> => makeScale([0, to], [0, 300], false);
    assert.deepEqual(
      axisTicks(scale(2), 'step', 5).map(({ label }) => label),
      ['0', '1', '2'],
    );
    assert.deepEqual(
      axisTicks(scale(600), 'seconds', 2).map(({ label, value }) => [label, value]),
      [
        ['0 min', 0],
        ['5 min', 300],
        ['10 min', 600],
      ],
    );
    assert.deepEqual(
      axisTicks(scale(7200 * 2), 'seconds', 2).map(({ label }) => label),
      ['0 h', '2 h', '4 h'],
    );
  });
});

describe('labels', () => {
  it('stay where they do not touch', () => {
    assert.deepEqual(spread([10, 50, 30], 14, 0, 100), [10, 50, 30]);
  });

  it('move apart evenly, and stay in bounds', () => {
    assert.deepEqual(spread([50, 50], 14, 0, 100), [43, 57]);
    assert.deepEqual(spread([99, 98, 97], 10, 0, 100), [100, 90, 80]);
    assert.deepEqual(spread([1, 2], 10, 0, 100), [0, 10]);
  });

  it('share what there is where there is no room', () => {
    assert.deepEqual(spread([5, 5, 5], 14, 0, 20), [0, 10, 20]);
    assert.deepEqual(spread([], 14, 0, 20), []);
  });
});
