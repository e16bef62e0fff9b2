// How the chart of probes is laid out, read and saved.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbePositions } from '../../src/protocol/probes';
import { accuracyRange, panelFigure } from '../../webview/probes/figure';
import { layoutOf } from '../../webview/probes/layout';
import { positionRows, positionSeries } from '../../webview/probes/positions';
import { nearestPlace, neighbourPlace, placeWords, readingAt } from '../../webview/probes/readout';
import { chartDrawing, probeRows } from '../../webview/probes/saving';
import { seriesOf } from '../../webview/probes/series';
import { makeSvgSurface } from '../../webview/shared/svgSurface';
import { makeProbes } from '../webview/harness/probeSample';
import { alongLayers, compared, probesOf, run } from './webview-probes';

const measure = (text: string) => 6 * text.length;
const colours = {
  kind: 'dark',
  background: '#000',
  foreground: '#fff',
  quiet: '#999',
  grid: '#333',
  focus: '#00f',
  selection: '#123',
} as const;

describe('panels', () => {
  const levels = (target: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ target, level: index + 2 }));

  it('stand in a row for each target', () => {
    const { columns, rows, cells } = layoutOf([...levels('ancestor', 5), ...levels('boundary', 5)], 1200);
    assert.deepEqual([columns, rows], [5, 2]);
    assert.deepEqual(cells[5], { row: 1, column: 0 });
  });

  it('stand in rows of nearly equal length where a target does not fit into one', () => {
    const { columns, rows, cells } = layoutOf([...levels('ancestor', 5), ...levels('boundary', 5)], 1000);
    assert.deepEqual([columns, rows], [3, 4]);
    assert.deepEqual(cells[5], { row: 2, column: 0 });
  });

  it('follow each other where they have no levels', () => {
    const three = ['people', 'position', 'next-token'].map((target) => ({ target, level: null }));
    assert.deepEqual(
      layoutOf(three, 1200).cells.map(({ row }) => row),
      [0, 0, 0],
    );
    assert.equal(layoutOf(three, 100).columns, 1);
  });

  it('have an axis that holds all they show, and no smaller one than is honest', () => {
    for (const options of [
      {},
      { interval: 0.3 },
      { best: 1.4, interval: 0 },
      { interval: 0, controls: false },
    ]) {
      const { panels } = seriesOf(probesOf(makeProbes(options)), alongLayers);
      const [from, to] = accuracyRange(panels);
      assert.ok(from >= 0 && to <= 1 && to - from >= 0.02);
      const values = panels.flatMap(({ lines, controls }) => [
        ...lines.flatMap(({ points }) => points.flatMap(({ result }) => [result.accuracy, ...result.ci])),
        ...controls.flatMap(({ points }) => points.map(({ value }) => value)),
      ]);
      for (const value of values) assert.ok(value >= from - 1e-9 && value <= to + 1e-9, `${value}`);
    }
    assert.deepEqual(accuracyRange([]), [0, 1]);
  });

  it('name their controls without one name on another, inside the panel', () => {
    const [panel] = seriesOf(probesOf(makeProbes()), alongLayers).panels;
    // All controls are in the same place.
    const same = panel.controls.map((control) => ({
      ...control,
      points: control.points.map(({ x }) => ({ x, value: 0.5 })),
    }));
    const frame = { x: 0, y: 0, width: 240, height: 170 };
    const series = seriesOf(probesOf(makeProbes()), alongLayers);
    const { names, box } = panelFigure({ ...panel, controls: same }, series, frame, [0.4, 1], measure);
    assert.equal(names.length, 3);
    const places = names.map(({ labelY }) => labelY).sort((a, b) => a - b);
    places.slice(1).forEach((place, index) => assert.ok(place - places[index] >= 12));
    assert.ok(places.every((place) => place >= box.y && place <= box.y + box.height));
  });

  it('name as many layers as there is room for, at equal distances', () => {
    const many = seriesOf(probesOf(makeProbes({ layers: 24 })), alongLayers);
    const frame = { x: 0, y: 0, width: 240, height: 170 };
    const { xTicks } = panelFigure(many.panels[0], many, frame, [0, 1], measure);
    const places = xTicks.map(({ value }) => value);
    assert.ok(places.length > 2 && places.length < 12);
    places.slice(1).forEach((place, index) => assert.equal(place - places[index], places[1] - places[0]));
  });

  it('are read at the places that have points', () => {
    const [panel] = seriesOf(probesOf(run), { ...alongLayers, axis: 'step' }).panels;
    assert.equal(nearestPlace(panel, 310), 400);
    assert.equal(neighbourPlace(panel, 200, -1), 100);
    assert.equal(neighbourPlace(panel, 400, 1), 400);
  });
});

describe('accuracy by position', () => {
  const [probe] = probesOf(compared);
  const positions: ProbePositions = {
    unit: 'characters',
    bins: [0, 20, 60].map((first, index) => {
      const accuracy = 0.9 - index / 10;
      const ci: [number, number] = [accuracy - 0.05, accuracy + 0.05];
      return {
        first,
        last: first + 19,
        tokens: 100 - index,
        documents: 40,
        accuracy,
        ci,
        majority: 0.5 + index / 10,
      };
    }),
  };
  const series = positionSeries(probe, positions, 2);
  const [panel] = series.panels;

  it('is a line with its intervals over the positions, beside always naming one class', () => {
    assert.deepEqual(
      panel.lines[0].points.map(({ x, result }) => [x, result.accuracy, result.ci]),
      positions.bins.map(({ first, accuracy, ci }) => [first, accuracy, ci]),
    );
    assert.deepEqual(panel.controls, [
      {
        name: 'majority',
        points: positions.bins.map(({ first, majority }) => ({ x: first, value: majority })),
      },
    ]);
    const [from, to] = accuracyRange(series.panels);
    assert.ok(from <= 0.5 && to >= 0.95);
  });

  it('says at the crosshair which positions they are, and how many tokens', () => {
    const reading = readingAt(panel, series, 20);
    assert.equal(placeWords(reading), 'ancestor · level 2 by position · character 20–39');
    assert.deepEqual([reading.lines[0].result.n_test, reading.lines[0].name.style], [99, 2]);
  });

  it('is saved as a picture and as rows', () => {
    const drawing = chartDrawing({ series, ownScales: true, legend: [], title: 'x', colours, width: 900 });
    const svg = makeSvgSurface(drawing, 'sans-serif', measure);
    drawing.draw(svg);
    assert.doesNotMatch(svg.document(), /NaN|Infinity|undefined/);
    assert.ok(svg.document().includes('>char<') && svg.document().includes('>majority<'));
    assert.deepEqual(positionRows(positions).slice(0, 2), [
      [
        'first_character',
        'last_character',
        'accuracy',
        'ci_low',
        'ci_high',
        'majority',
        'n_test',
        'documents_test',
      ],
      [0, 19, 0.9, 0.9 - 0.05, 0.9 + 0.05, 0.5, 100, 40],
    ]);
  });
});

describe('what is saved', () => {
  it('is a picture with every panel and no number that is none', () => {
    const series = seriesOf(probesOf(compared), alongLayers);
    const drawing = chartDrawing({
      series,
      ownScales: true,
      legend: [],
      title: 'a <b>',
      colours,
      width: 900,
    });
    const svg = makeSvgSurface(drawing, 'sans-serif', measure);
    drawing.draw(svg);
    const document = svg.document();
    assert.doesNotMatch(document, /NaN|Infinity|undefined/);
    for (const { title } of series.panels) assert.ok(document.includes(`>${title}<`));
    assert.ok(document.includes('>a &lt;b&gt;<'));
  });

  it('is a row for each probe, with nothing where there is no value', () => {
    const bare = makeProbes({ controls: false });
    const [head, first] = probeRows(probesOf(bare));
    assert.equal(probeRows(probesOf(bare)).length, bare.probes.length + 1);
    const value = (name: string) => first[head.indexOf(name)];
    assert.deepEqual(
      [value('accuracy'), value('random_init'), value('shuffled_ci_low'), value('file'), value('folder')],
      [bare.probes[0].accuracy, '', '', bare.probes[0].file, bare.path],
    );
  });
});
