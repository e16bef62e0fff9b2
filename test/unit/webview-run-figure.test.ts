// The figure that is drawn: panels, axes, references, marks of checkpoints.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkpointPlaces } from '../../webview/run/draw';
import { figureOf, LEAST_HEIGHT } from '../../webview/run/figure';
import { figure, measure, shown } from './webview-runs';

describe('figure', () => {
  it('has panels one under the other with a common x axis', () => {
    const { panels, x } = figure([shown()]);
    assert.deepEqual(
      panels.map(({ kind }) => kind),
      ['loss', 'lr', 'gradientNorm', 'tokensPerSecond'],
    );
    panels.forEach(({ box }, index) => {
      assert.deepEqual([box.x, box.x + box.width], [...x.range]);
      if (index > 0) assert.ok(box.y > panels[index - 1].box.y + panels[index - 1].box.height);
    });
    const last = panels.at(-1)!.box;
    assert.ok(last.y + last.height <= 600);
  });

  it('fits into its least height', () => {
    const { panels } = figure([shown()], { height: LEAST_HEIGHT });
    const last = panels.at(-1)!.box;
    assert.ok(last.y + last.height <= LEAST_HEIGHT);
  });

  it('shows all references, and zoomed only what is in sight', () => {
    const whole = figure([shown()]);
    assert.deepEqual(
      whole.references.map(({ label }) => label),
      ['true entropy 0.367', '3-gram 0.760', 'unigram 1.09'],
    );
    const zoom = figure([shown()], { window: [1100, 1200] });
    assert.ok(zoom.panels[0].y.domain[1] < 0.6);
    assert.deepEqual(zoom.references, []);
  });

  it('names a reference of several runs once', () => {
    assert.equal(figure([shown(), shown({ name: 'b' }, 1)]).references.length, 3);
  });

  it('begins a logarithmic axis at the first positive place', () => {
    assert.equal(figure([shown()], { logX: true }).whole[0], 1);
    assert.equal(figure([shown()], { logX: true, axis: 'tokens' }).whole[0], 8192);
  });

  it('of one point, of nothing but an evaluation, and of equal losses has finite axes', () => {
    const flat = shown({ steps: 3 });
    flat.data.train.loss.fill(0.5);
    for (const run of [shown({ steps: 1 }), shown({ steps: 0 }), flat]) {
      for (const logY of [false, true]) {
        const { panels, x } = figure([run], { logY });
        for (const { domain } of [x, ...panels.map(({ y }) => y)]) {
          assert.ok(Number.isFinite(domain[0]) && domain[1] > domain[0], domain.join());
        }
      }
    }
  });

  it('of nothing is nothing', () => {
    const empty = { width: 800, height: 600, runs: [], axis: 'step', logX: false, logY: false } as const;
    assert.equal(figureOf({ ...empty, smoothing: 0, window: undefined, measure }), undefined);
  });

  it('thins out checkpoints that crowd, and keeps the latest', () => {
    const checkpoints = Array.from({ length: 1240 }, (_, index) => index + 1);
    const run = shown({ checkpoints });
    const { x } = figure([run]);
    const places = checkpointPlaces(run, 'step', x);
    assert.ok(places.length < 100);
    assert.equal(places.at(-1)?.step, 1240);
    places.slice(1).forEach(({ at }, index) => assert.ok(at - places[index].at >= 10));
  });
});
