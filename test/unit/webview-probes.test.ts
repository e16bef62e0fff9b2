// The chart of probes: which panels and lines a folder has, where they stand, and what is written.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbeFolder, ProbePositions } from '../../src/protocol/probes';
import { accuracyRange, panelFigure } from '../../webview/probes/figure';
import { layoutOf } from '../../webview/probes/layout';
import { cellWords, leftOutWords, matrixOf, matrixRows, MOST_CLASSES } from '../../webview/probes/matrix';
import { positionRows, positionSeries } from '../../webview/probes/positions';
import { chartProbes, folderNames } from '../../webview/probes/probes';
import { nearestPlace, neighbourPlace, placeWords, readingAt } from '../../webview/probes/readout';
import { chartDrawing, probeRows } from '../../webview/probes/saving';
import { choicesOf, seriesOf, withoutHidden, type Selection } from '../../webview/probes/series';
import {
  initialState,
  openProbe,
  receive,
  savedState,
  selectionOf,
  withSettings,
} from '../../webview/probes/state';
import { TokenPages } from '../../webview/probes/tokenPages';
import { className, share } from '../../webview/probes/words';
import { makeSvgSurface } from '../../webview/shared/svgSurface';
import { makeProbes } from '../webview/harness/probeSample';

const alongLayers: Selection = { axis: 'layer', step: 'last', layer: 'all' };
const measure = (text: string) => 6 * text.length;
const steps = [100, 200, 400].map((step) => ({ model: `gpt-01 step ${step}`, step }));
const run = makeProbes({ models: steps, layers: 3, targets: [{ target: 'ancestor', levels: [2, 3] }] });
const compared = makeProbes({ models: [{ model: 'cfg', step: null }, ...steps], layers: 3 });
const probesOf = (folder: ProbeFolder) => chartProbes([folder]);
const colours = {
  kind: 'dark',
  background: '#000',
  foreground: '#fff',
  quiet: '#999',
  grid: '#333',
  focus: '#00f',
  selection: '#123',
} as const;

describe('the lines of a folder', () => {
  it('are its models along layers, of a run the last step', () => {
    const { panels, names, slots } = seriesOf(probesOf(compared), alongLayers);
    assert.deepEqual(
      panels.map(({ title }) => title),
      ['ancestor · level 2', 'ancestor · level 3', 'ancestor · level 4'],
    );
    assert.deepEqual(
      names.map(({ label }) => label),
      ['cfg', 'gpt-01'],
    );
    assert.deepEqual(
      slots.map(({ label }) => label),
      ['0', '1', '2'],
    );
    const [, ofRun] = panels[0].lines;
    assert.deepEqual(
      ofRun.points.map(({ x, result }) => [x, result.step, result.layer]),
      [0, 1, 2].map((layer) => [layer, 400, layer]),
    );
  });

  it('are layers along steps', () => {
    const { panels, names, extent } = seriesOf(probesOf(compared), { ...alongLayers, axis: 'step' });
    assert.deepEqual(
      names.map(({ label }) => label),
      ['layer 0', 'layer 1', 'layer 2'],
    );
    assert.deepEqual(extent, [100, 400]);
    for (const { points } of panels[0].lines) {
      assert.deepEqual(
        points.map(({ x }) => x),
        [100, 200, 400],
      );
    }
  });

  it('are all steps along layers where that is asked for', () => {
    const { names } = seriesOf(probesOf(run), { ...alongLayers, step: 'all' });
    assert.deepEqual(
      names.map(({ label }) => label),
      ['step 100', 'step 200', 'step 400'],
    );
  });

  it('have the stream that enters and leaves the layers at their ends', () => {
    const [first] = probesOf(compared);
    const outside = ['ln_final.hook_normalized', 'hook_embed'].map((hook) => ({
      ...first,
      hook,
      layer: null,
    }));
    const { slots, panels } = seriesOf([...outside, ...probesOf(compared)], alongLayers);
    assert.deepEqual(
      slots.map(({ label }) => label),
      ['embed', '0', '1', '2', 'ln_final'],
    );
    assert.deepEqual(
      panels[0].lines[0].points
        .map(({ x, result }) => [x, result.hook])
        .filter((_, at) => at === 0 || at === 4),
      [
        [0, 'hook_embed'],
        [4, 'ln_final.hook_normalized'],
      ],
    );
  });

  it('are called by what tells them apart', () => {
    const mlp = probesOf(compared).map((probe) => ({
      ...probe,
      hook: probe.hook.replace('hook_resid_post', 'hook_mlp_out'),
    }));
    const both = [...probesOf(compared), ...mlp].filter(({ step }) => step === null);
    assert.deepEqual(
      seriesOf(both, alongLayers).names.map(({ label }) => label),
      ['hook_resid_post', 'hook_mlp_out'],
    );
  });

  it('show the same control once', () => {
    // The sample's majority does not depend on the model, its untrained control does.
    const [panel] = seriesOf(probesOf(compared), alongLayers).panels;
    const count = (name: string) => panel.controls.filter((control) => control.name === name).length;
    assert.deepEqual([count('majority'), count('untrained'), count('shuffled')], [1, 2, 2]);
    assert.deepEqual(
      panel.controls.map(({ name, key }) => [name, key]),
      [
        ['majority', undefined],
        ...['untrained', 'shuffled'].flatMap((name) => panel.lines.map(({ key }) => [name, key])),
      ],
    );
  });

  it('take their controls with them when they are hidden', () => {
    const series = seriesOf(probesOf(compared), alongLayers);
    const [, hidden] = series.names;
    const [panel] = withoutHidden(series, [hidden.key]).panels;
    assert.deepEqual(
      panel.lines.map(({ key }) => key),
      [series.names[0].key],
    );
    assert.equal(panel.controls.filter(({ name }) => name === 'untrained').length, 1);
  });
});

describe('folders side by side', () => {
  const folderAt = (path: string, options = {}): ProbeFolder => ({
    ...makeProbes({ layers: 2, ...options }),
    path,
  });
  const encoder = { models: [{ model: 'encoder', step: null }] };

  it('are lines of one chart, a line for each model', () => {
    const probes = chartProbes([folderAt('/a/gpt.probes'), folderAt('/a/encoder.probes', encoder)]);
    const { panels, names } = seriesOf(probes, alongLayers);
    assert.equal(panels.length, 3);
    assert.deepEqual(
      names.map(({ label }) => label),
      ['cfg', 'encoder'],
    );
    for (const { lines } of panels) {
      assert.deepEqual(
        lines.map(({ points }) => points.map(({ result }) => result.model)),
        [
          ['cfg', 'cfg'],
          ['encoder', 'encoder'],
        ],
      );
    }
  });

  it('tell models of one name apart by the folder, and probes of one name by themselves', () => {
    const probes = chartProbes([
      folderAt('/a/tree.probes', { name: 'tree' }),
      folderAt('/b/tree.probes', { name: 'tree' }),
      folderAt('/b/encoder.probes', encoder),
    ]);
    assert.deepEqual(
      seriesOf(probes, alongLayers).names.map(({ label }) => label),
      ['cfg · a/tree', 'cfg · b/tree', 'encoder'],
    );
    assert.equal(new Set(probes.map(({ id }) => id)).size, probes.length);
  });

  it('are named by as much of their paths as is needed', () => {
    const named = (name: string, ...paths: string[]) => paths.map((path) => ({ path, name }));
    const folders = [
      ...named('tree', '/x/a/tree.probes', 'C:\\y\\b\\tree.probes'),
      ...named('c', '/x/c.probes'),
    ];
    assert.deepEqual(folderNames(folders), ['a/tree', 'b/tree', 'c']);
    assert.deepEqual(folderNames(named('tree', '/x/s/tree', '/y/s/tree')), ['x/s/tree', 'y/s/tree']);
    assert.deepEqual(folderNames(named('tree', '/x/tree', '/y/tree.probes')), ['x/tree', 'y/tree']);
  });

  it('keep runs apart: the last step is that of each', () => {
    const long = makeProbes({ models: [...steps, { model: 'gpt-01 step 800', step: 800 }], layers: 2 });
    const { panels } = seriesOf(chartProbes([run, { ...long, path: '/other', name: 'other' }]), alongLayers);
    assert.deepEqual(
      panels[0].lines.map(({ points }) => points[0].result.step),
      [400, 800],
    );
  });

  it('have what only one has beside the rest of its target, and say how many classes each tells apart', () => {
    const targets = (levels: number[], classes: string[]) => ({
      targets: [
        { target: 'ancestor', levels, classes },
        { target: 'boundary', levels },
      ],
    });
    const probes = chartProbes([
      folderAt('/a/one', targets([2, 3], ['7', '8', '9'])),
      folderAt('/a/two', targets([3, 4], ['7', '8'])),
    ]);
    const { panels } = seriesOf(probes, alongLayers);
    assert.deepEqual(
      panels.map(({ target, level, classes }) => [target, level, classes]),
      [
        ['ancestor', 2, [3]],
        ['ancestor', 3, [3, 2]],
        ['ancestor', 4, [2]],
        ['boundary', 2, [3]],
        ['boundary', 3, [3]],
        ['boundary', 4, [3]],
      ],
    );
  });

  it('come back as they were, and keep what is open when another is added', () => {
    const [first, second] = [folderAt('/a/one'), folderAt('/a/two')];
    const alone = receive(initialState(undefined), { type: 'folders', folders: [first] });
    const open = alone.probes[1].id;
    const both = receive(withSettings(alone, { open, ownScales: true }), {
      type: 'folders',
      folders: [first, second],
    });
    assert.equal(openProbe(both)?.id, open);
    const kept = savedState(both);
    assert.deepEqual(kept.folders, ['/a/one', '/a/two']);
    const again = receive(initialState(kept), { type: 'folders', folders: [first, second] });
    assert.deepEqual([again.settings, again.series], [both.settings, both.series]);
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

describe('the state', () => {
  const shown = receive(initialState(undefined), { type: 'folders', folders: [compared] });

  it('offers steps only where a run has several', () => {
    assert.equal(choicesOf(probesOf(compared)).hasSteps, true);
    assert.equal(
      choicesOf(probesOf(compared).filter(({ step }) => step !== 100 && step !== 200)).hasSteps,
      false,
    );
  });

  it('gives up what another folder has not', () => {
    const state = withSettings(shown, {
      open: probesOf(compared)[0].id,
      step: 100,
      hidden: ['x'],
      ownScales: true,
    });
    const { settings } = receive(state, { type: 'folders', folders: [{ ...run, path: '/other' }] });
    assert.deepEqual([settings.open, settings.step, settings.hidden], [undefined, undefined, undefined]);
    assert.equal(settings.ownScales, true);
  });

  it('comes back as it was', () => {
    const state = withSettings(shown, { axis: 'step', layer: 1, open: probesOf(compared)[0].id });
    const again = receive(initialState(savedState(state)), { type: 'folders', folders: [compared] });
    assert.deepEqual(again.settings, state.settings);
    assert.deepEqual(again.series, state.series);
  });

  it('shows what there is where a saved step or layer is gone', () => {
    assert.deepEqual(selectionOf({ axis: 'step', step: 7, layer: 9 }, choicesOf(probesOf(compared))), {
      axis: 'step',
      step: 'last',
      layer: 'all',
    });
    assert.equal(selectionOf({ axis: 'step' }, choicesOf([])).axis, 'layer');
  });

  it('takes a matrix of the open probe alone', () => {
    const state = withSettings(shown, { open: 'a' });
    const confusion = { classes: ['x', 'y'], counts: Int32Array.of(1, 2, 3, 4) };
    assert.equal(receive(state, { type: 'confusion', probe: 'b', confusion }).confusion, undefined);
    assert.deepEqual(receive(state, { type: 'confusion', probe: 'a', confusion }).confusion, confusion);
  });
});

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

describe('words', () => {
  it('say 100% only for all', () => {
    assert.deepEqual([0, 0.5, 0.88432, 0.99951, 0.99999, 1].map(share), [
      '0.0%',
      '50.0%',
      '88.4%',
      '99.95%',
      '99.999%',
      '100%',
    ]);
  });

  it('show blanks of classes that begin with them, and leave those between words', () => {
    assert.equal(className(' the'), '·the');
    assert.equal(className('no name'), 'no name');
    assert.equal(className('\n'), '↵');
  });
});

describe('the confusion matrix', () => {
  it('says how many of a class were read as what', () => {
    const matrix = matrixOf({ classes: ['7', '8'], counts: Int32Array.of(30, 10, 0, 0) });
    assert.equal(cellWords(matrix, 0, 1), '7 read as 8: 10 of 40 tokens (25.0%)');
    assert.equal(cellWords(matrix, 0, 0), '7 read right: 30 of 40 tokens (75.0%)');
    assert.equal(cellWords(matrix, 1, 0), '8 read as 7: 0 of 0 tokens');
    assert.equal(leftOutWords(matrix), undefined);
  });

  it('shows of many classes those with the most tokens, and says so', () => {
    const size = MOST_CLASSES + 10;
    const classes = Array.from({ length: size }, (_, index) => String(index));
    const counts = new Int32Array(size * size);
    for (let index = 0; index < size; index++) counts[index * size + index] = index;
    const matrix = matrixOf({ classes, counts });
    assert.equal(matrix.shown.length, MOST_CLASSES);
    assert.equal(matrix.shown[0], 10);
    assert.match(
      leftOutWords(matrix)!,
      /^64 of 74 classes, those with the most test tokens: 2,656 of 2,701$/,
    );
  });

  it('is copied with all its classes', () => {
    const counts = Int32Array.of(1, 2, 3, 4);
    assert.deepEqual(matrixRows({ classes: ['a', 'b'], counts }), [
      ['true \\ read', 'a', 'b'],
      ['a', 1, 2],
      ['b', 3, 4],
    ]);
  });
});

describe('the tokens of a cell', () => {
  const cell = { probe: 'a', true: 0, read: 1 };
  const token = { start: 0, end: 1, text: 'x', before: '', after: '' };

  it('are asked for once for each page', () => {
    const asked: number[] = [];
    const pages = new TokenPages(cell, 1000, (first) => asked.push(first));
    for (const index of [0, 5, 199, 450, 401]) pages.at(index);
    assert.deepEqual(asked, [0, 400]);
    assert.ok(pages.receive({ type: 'tokens', cell, first: 400, total: 402, tokens: [token, token] }));
    assert.deepEqual([pages.at(401), pages.length], [token, 402]);
  });

  it('are not those of another cell', () => {
    const pages = new TokenPages(cell, 1, () => undefined);
    const other = { ...cell, read: 0 };
    assert.ok(!pages.receive({ type: 'tokens', cell: other, first: 0, total: 1, tokens: [token] }));
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
