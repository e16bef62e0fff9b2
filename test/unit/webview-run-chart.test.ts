// The pure parts of the run view's chart: scales and ticks, decimation, labels, colours, the figure, SVG.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCanvasSurface } from '../../webview/run/canvasSurface';
import { Band, edgesOf, Line, trace, traceBand } from '../../webview/run/decimation';
import { drawFigure, checkpointPlaces, type ChartColours } from '../../webview/run/draw';
import { Extremes } from '../../webview/run/extremes';
import { figureOf, LEAST_HEIGHT, type Figure, type FigureOptions } from '../../webview/run/figure';
import { spread } from '../../webview/run/labels';
import { drawLegend, entriesOf } from '../../webview/run/legend';
import { palettes, runStyle } from '../../webview/run/palette';
import { RunData } from '../../webview/run/runData';
import { svgOf } from '../../webview/run/saving';
import { makeScale, moved, padded, within, zoomed } from '../../webview/run/scale';
import { initialState, receive, type ShownRun } from '../../webview/run/state';
import { makeSvgSurface } from '../../webview/run/svgSurface';
import { axisTicks, numberLabels, ticksOf } from '../../webview/run/ticks';
import { randomFrom } from '../webview/harness/random';
import { makeRun, runsMessage, type RunSampleOptions } from '../webview/harness/runSample';

const colours: ChartColours = {
  kind: 'dark',
  background: '#1f1f1f',
  foreground: '#ccc',
  quiet: '#999',
  grid: '#333',
  focus: '#07c',
  selection: '#555',
};
const measure = (text: string): number => text.length * 6;

function shown(options: RunSampleOptions = {}, style = 0): ShownRun {
  const { snapshot, points } = makeRun(options);
  const data = new RunData(0.9);
  data.receive(points);
  return { snapshot, data, style };
}

function figure(runs: ShownRun[], options: Partial<FigureOptions> = {}): Figure {
  const plain = { width: 800, height: 600, axis: 'step', logX: false, logY: false } as const;
  return figureOf({ ...plain, runs, smoothing: 0.9, window: undefined, measure, ...options })!;
}

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

describe('colours of runs', () => {
  const channels = (colour: string): number[] =>
    [1, 3, 5].map((at) => {
      const value = parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
  const luminance = ([red, green, blue]: number[]): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const contrast = (one: string, other: string): number => {
    const [low, high] = [one, other].map((colour) => luminance(channels(colour))).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  /** Machado, Oliveira, Fernandes 2009, severity 1; for linear RGB. */
  const blindness: Record<string, number[][]> = {
    none: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    protanopia: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deuteranopia: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    tritanopia: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };
  /** CIE L*a*b* of linear RGB (D65). */
  const lab = ([red, green, blue]: number[]): number[] => {
    const f = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
    const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
    const y = f(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };

  it('stand out from their backgrounds', () => {
    for (const colour of palettes.dark) {
      for (const background of ['#1f1f1f', '#000000']) assert.ok(contrast(colour, background) >= 3, colour);
    }
    for (const colour of palettes.light) assert.ok(contrast(colour, '#ffffff') >= 3, colour);
  });

  for (const [name, matrix] of Object.entries(blindness)) {
    it(`differ with ${name === 'none' ? 'full colour vision' : name}`, () => {
      const seen = (colour: string): number[] => {
        const linear = channels(colour);
        return lab(
          matrix.map((row) =>
            Math.max(
              0,
              Math.min(
                1,
                row.reduce((sum, factor, at) => sum + factor * linear[at], 0),
              ),
            ),
          ),
        );
      };
      for (const palette of Object.values(palettes)) {
        palette.forEach((one, at) => {
          for (const other of palette.slice(at + 1)) {
            const distance = Math.hypot(...seen(one).map((value, index) => value - seen(other)[index]));
            assert.ok(distance >= 15, `${one} and ${other} are ${distance.toFixed(1)} apart`);
          }
        });
      }
    });
  }

  it('come with dashes and marks, so that no two of thirty runs are drawn alike', () => {
    const styles = Array.from({ length: 30 }, (_, number) => JSON.stringify(runStyle(number, 'dark')));
    assert.equal(new Set(styles).size, 30);
    assert.notDeepEqual(runStyle(0, 'dark').dash, runStyle(1, 'dark').dash);
    assert.notEqual(runStyle(0, 'dark').shape, runStyle(1, 'dark').shape);
  });
});

describe('SVG', () => {
  const name = 'a <run> & "more"\u0007';
  const message = runsMessage([
    makeRun({ name, events: [{ step: 700, text: 'spike' }] }),
    makeRun({ name: 'b' }),
  ]);
  const state = message.type === 'runs' ? receive(initialState(undefined), message) : assert.fail();
  const runs = [shown({ name, events: [{ step: 700, text: 'spike' }] }), shown({ name: 'b' }, 1)];
  const input = { runs, axis: 'step', logX: false, logY: false, smoothing: 0.9, window: undefined } as const;

  function picture(): string {
    const legend = entriesOf(state, 'dark');
    return svgOf(
      { input, legend, title: name, colours, width: 700, height: 600 },
      'Ubuntu, "Droid Sans"',
      measure,
    );
  }

  it('is a whole document without a number that is none', () => {
    const svg = picture();
    assert.deepEqual(wellFormed(svg), []);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    assert.match(svg, /<title>a &lt;run&gt; &amp; &quot;more&quot;\ufffd<\/title>/);
  });

  it('holds lines of all runs, marks, references and the legend', () => {
    const svg = picture();
    for (const [number, run] of runs.entries()) {
      const { colour } = runStyle(number, 'dark');
      assert.ok(svg.includes(`stroke="${colour}"`), run.snapshot.name);
    }
    for (const text of ['true entropy 0.367', 'learning rate', 'tokens/s', '>b<'])
      assert.ok(svg.includes(text), text);
  });

  it('grows with its width and not with its run', () => {
    const long = shown({ steps: 20_000, evaluateEvery: 5000 });
    const surface = (run: ShownRun): number => {
      const svg = makeSvgSurface({ width: 800, height: 600, title: '' }, 'sans-serif', measure);
      drawFigure(svg, figure([run]), colours);
      return svg.document().length;
    };
    assert.ok(surface(long) < 3 * surface(shown({ steps: 1500, evaluateEvery: 500 })));
  });

  it('leaves hidden runs out of the legend', () => {
    const svg = makeSvgSurface({ width: 800, height: 600, title: '' }, 'sans-serif', measure);
    const [first, second] = entriesOf(state, 'dark');
    drawLegend(svg, [first, { ...second, isHidden: true }], { x: 0, y: 0, width: 800 }, colours);
    assert.doesNotMatch(svg.document(), />b</);
  });
});

/** Complaints about tags that are not closed in their order, attributes without quotes, and stray characters. */
function wellFormed(xml: string): string[] {
  const open: string[] = [];
  const complaints: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-zA-Z]+)((?:\s+[\w-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\/?)>/g,
    (_, closing, name: string, _a, empty) => {
      if (closing) {
        if (open.pop() !== name) complaints.push(`</${name}>`);
      } else if (!empty) open.push(name);
      return '';
    },
  );
  if (open.length > 0) complaints.push(`open: ${open.join()}`);
  const stray = /[<>]|&(?!(?:amp|lt|gt|quot);)/.exec(rest);
  if (stray) complaints.push(`stray: ${rest.slice(stray.index, stray.index + 60)}`);
  return complaints;
}

describe('the canvas', () => {
  it('measures a text once, but in every font, and keeps no text for ever', () => {
    const measured: string[] = [];
    const context = {
      font: '',
      measureText(text: string) {
        measured.push(`${this.font} ${text}`);
        return { width: 6 };
      },
    };
    const surface = makeCanvasSurface(context as unknown as CanvasRenderingContext2D, 'Sans');
    surface.measure('a');
    surface.measure('a');
    surface.useFont('Sans');
    surface.measure('a');
    surface.useFont('Serif');
    surface.measure('a');
    assert.deepEqual(measured, ['11px Sans a', '11px Serif a']);
    for (let tick = 0; tick < 1000; tick++) surface.measure(String(tick));
    surface.measure('a');
    assert.equal(measured.length, 2 + 1000 + 1);
  });
});
