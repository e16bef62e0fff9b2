// Lines of many more points than pixels: what is left of them in the chart.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Band, edgesOf, Line, trace, traceBand } from '../../webview/run/decimation';
import { Extremes } from '../../webview/run/extremes';
import { makeScale } from '../../webview/shared/scale';
import { randomFrom } from '../webview/harness/random';

describe('decimation', () => {
  const random = randomFrom(7);
  const steps = Int32Array.from({ length: 50_000 }, (_, index) => index + 1);
  const values = Float32Array.from(steps, (step) => Math.sin(step / 900) + random());
  values[12_345] = 40;
  values[30_000] = NaN;
  const extremes = new Extremes();
  extremes.update(values, 0);
  const y = makeScale([-2, 42], [400, 0], false);

  /** Smallest and largest y in each pixel column of a line. */
  function ranges(line: Line): Map<number, [number, number]> {
    const found = new Map<number, [number, number]>();
    for (let index = 0; index < line.length; index++) {
      // A point on an edge may be rounded to either side.
      const pixel = Math.floor(line.x[index] + 1e-3);
      const [low, high] = found.get(pixel) ?? [Infinity, -Infinity];
      found.set(pixel, [Math.min(low, line.y[index]), Math.max(high, line.y[index])]);
    }
    return found;
  }

  for (const [name, x] of [
    ['linear', makeScale([1, 50_000], [40, 740], false)],
    ['logarithmic', makeScale([1, 50_000], [40, 740], true)],
    ['zoomed', makeScale([12_000.3, 13_000.3], [40, 740], false)],
  ] as const) {
    it(`keeps the range of every pixel on a ${name} axis`, () => {
      const line = new Line();
      const edges = edgesOf(steps, x);
      trace(line, steps, values, extremes, edges, x, y, { flat: 0, stride: 1 });
      const found = ranges(line);
      for (let pixel = 0; pixel + 1 < edges.first.length; pixel++) {
        const inside = [...values.subarray(edges.first[pixel], edges.first[pixel + 1])].filter(
          Number.isFinite,
        );
        if (inside.length === 0) continue;
        const [low, high] = found.get(pixel + 40)!;
        assert.ok(Math.abs(low - y.pixel(Math.max(...inside))) < 1e-3);
        assert.ok(Math.abs(high - y.pixel(Math.min(...inside))) < 1e-3);
      }
    });
  }

  it('puts every value into a pixel, and hardly beside its own', () => {
    const x = makeScale([1, 50_000], [40, 740], false);
    const { first } = edgesOf(steps, x);
    assert.equal(first[0], 0);
    assert.equal(first.at(-1), steps.length);
    first.forEach((index, pixel) => {
      if (pixel === 0 || pixel === first.length - 1) return;
      assert.ok(Math.abs(x.pixel(steps[index]) - (40 + pixel)) < 0.25);
    });
  });

  it('draws two points per pixel at most', () => {
    const line = new Line();
    const x = makeScale([1, 50_000], [40, 740], false);
    trace(line, steps, values, extremes, edgesOf(steps, x), x, y);
    assert.ok(line.length <= 2 * 701 + 2, String(line.length));
  });

  it('draws few points where they are', () => {
    const line = new Line();
    const few = Float32Array.of(1, NaN, 3);
    const ofFew = new Extremes();
    ofFew.update(few, 0);
    const x = makeScale([0, 10], [0, 100], false);
    trace(line, [2, 4, 6], few, ofFew, edgesOf([2, 4, 6], x), x, y);
    assert.deepEqual([...line.x.subarray(0, 3)], [20, 40, 60]);
    assert.ok(Number.isNaN(line.y[1]));
  });

  it('leads a zoomed line out of the chart on both sides', () => {
    const line = new Line();
    const x = makeScale([10, 12], [0, 100], false);
    trace(line, steps, values, extremes, edgesOf(steps, x), x, y);
    assert.deepEqual([...line.x.subarray(0, line.length)], [-50, 0, 50, 100, 150]);
  });

  it('gives a crowd as a band that reaches over all of its values', () => {
    const band = new Band();
    const x = makeScale([1, 50_000], [40, 740], false);
    traceBand(band, extremes, edgesOf(steps, x), y);
    assert.equal(band.length, Math.ceil(700 / 3));
    assert.equal(Math.round(Math.min(...band.top.subarray(0, band.length))), Math.round(y.pixel(40)));
    for (let index = 0; index < band.length; index++) assert.ok(band.bottom[index] - band.top[index] > 1.1);
  });

  it('knows the extremes of any stretch, also after values were added', () => {
    const growing = new Extremes();
    growing.update(values.subarray(0, 100), 0);
    growing.update(values.subarray(0, 1000), 100);
    for (const [start, end] of [
      [0, 1000],
      [5, 7],
      [13, 900],
      [16, 48],
      [90, 110],
      [999, 1000],
    ]) {
      const range = { low: Infinity, high: -Infinity };
      growing.widen(start, end, range);
      const inside = values.subarray(start, end);
      assert.deepEqual(range, { low: Math.min(...inside), high: Math.max(...inside) });
    }
  });
});
