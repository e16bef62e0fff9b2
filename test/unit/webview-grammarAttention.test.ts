// Attention statistics as heat maps, in words and as CSV. No page.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GrammarAttention } from '../../src/protocol/grammarAttention';
import { csvOf, ShownCells } from '../../webview/grammarAttention/cells';
import { cellNumber, drawHeatMap, layoutOf } from '../../webview/grammarAttention/drawHeatMap';
import { headsName, meanOver, rowsOf, sectionsOf, type HeatMap } from '../../webview/grammarAttention/maps';
import { headCells, panelCells } from '../../webview/grammarAttention/sectionView';
import { choiceOf, headsOf, initialState, receive, savedState } from '../../webview/grammarAttention/state';
import { makeSvgSurface } from '../../webview/shared/svgSurface';
import { madeUpStatistics } from '../support/grammarStatistics';

const found = madeUpStatistics({ layers: 2, heads: 3, levels: [2, 3], longest: 7 });
const near = (value: number, wanted: number) =>
  assert.ok(Math.abs(value - wanted) < 1e-7, `${value}, ${wanted}`);

/** A map's value where its words say so. */
function valueWhere(map: HeatMap, words: string): number {
  for (const [cell, value] of map.values.entries()) {
    const [row, column] = [Math.floor(cell / map.columns.length), cell % map.columns.length];
    if (map.words(row, column).startsWith(words)) return value;
  }
  assert.fail(`no cell says ${words}`);
}

describe('the maps of attention statistics', () => {
  it('have a row for each head, and a map for each level of what is shown in full', () => {
    const [position, boundary, between, ends] = sectionsOf(found, {});
    assert.deepEqual(position.maps[0].rows, ['L0H0', 'L0H1', 'L0H2', 'L1H0', 'L1H1', 'L1H2']);
    assert.deepEqual(position.maps[0].columns, ['1', '2', '3', '4', '5', '6']);
    assert.deepEqual(boundary.maps[0].stretches, [
      { first: 0, name: 'Level 2' },
      { first: 5, name: 'Level 3' },
    ]);
    assert.deepEqual(
      [between, ends].map(({ maps }) => maps.map(({ title }) => title)),
      [
        ['Level 2', 'Level 3'],
        ['From level 2', 'From level 3'],
      ],
    );
  });

  it('put each number where its words say', () => {
    const [position, boundary, between, ends] = sectionsOf(found, { layer: 1, head: 0 });
    const head = 3;
    assert.equal(valueWhere(position.maps[0], 'L1H0 · 2 tokens back'), found.position[head * 6 + 1]);
    assert.equal(valueWhere(boundary.maps[0], 'L1H0 · to an end of level 3'), found.boundary[head * 10 + 7]);
    // Shift 1: the source comes one token before.
    const before = 'L1H0 · to 1 token before an end of level 2';
    assert.equal(valueWhere(boundary.maps[0], before), found.boundary[head * 10 + 3]);
    const pair = 'L1H0 · from 2 tokens after an end of level 3 to 1 token before an end of level 3';
    assert.equal(valueWhere(between.maps[1], pair), found.between[head * 50 + (1 * 5 + 0) * 5 + 3]);
    const end = 'L1H0 · from an end of level 3 to one of level 2, 4 constituents back';
    assert.equal(valueWhere(ends.maps[1], end), found.ends[head * 32 + (1 * 2 + 0) * 8 + 3]);
    assert.equal(ends.maps[1].pairs(0, 3), found.endPairs[(1 * 2 + 0) * 8 + 3]);
    assert.equal(between.maps[1].pairs(0, 3), found.betweenPairs[(1 * 5 + 0) * 5 + 3]);
    assert.equal(boundary.maps[0].pairs(4, 7), found.boundaryPairs[7]);
  });

  it('are means of several heads', () => {
    const [, , all] = sectionsOf(found, {});
    const [, , layer] = sectionsOf(found, { layer: 1 });
    const of = (rows: number[]) =>
      rows.reduce((sum, row) => sum + found.between[row * 50 + 7], 0) / rows.length;
    near(all.maps[0].values[7], of([0, 1, 2, 3, 4, 5]));
    near(layer.maps[0].values[7], of([3, 4, 5]));
    assert.deepEqual([...meanOver(Float32Array.of(1, 2, 3, 4, 5, 6), 2, [0, 2])], [3, 4]);
    assert.deepEqual(
      [{}, { layer: 1 }, { layer: 1, head: 2 }].map((heads) => headsName(found, heads)),
      ['Mean of all heads', 'Mean of L1', 'L1H2'],
    );
  });

  it('show all heads where those that were kept are another model’s', () => {
    assert.equal(rowsOf(found, { layer: 7, head: 1 }).length, 6);
    assert.equal(headsName(found, { layer: 7 }), 'Mean of all heads');
  });

  it('leave out columns without any pair, and say which cells have none', () => {
    const endPairs = found.endPairs.map((pairs, cell) => (cell % 8 < 2 ? pairs : 0));
    endPairs[0] = 0;
    const ends = found.ends.map((value, cell) => (endPairs[cell % 32] > 0 ? value : NaN));
    const [, , , section] = sectionsOf({ ...found, endPairs, ends }, {});
    assert.deepEqual(section.maps[0].columns, ['1', '2']);
    assert.match(section.maps[0].words(0, 0), / · no pair$/);
    assert.ok(Number.isNaN(section.maps[0].values[0]));
    assert.ok(Number.isFinite(section.maps[0].range) && section.maps[0].range > 0);
  });

  it('say what an encoder sees ahead', () => {
    const encoder = madeUpStatistics({ layers: 1, heads: 1, levels: [2], longest: 4, causal: false });
    const [position, , , ends] = sectionsOf(encoder, {});
    assert.deepEqual(position.maps[0].columns, ['−3', '−2', '−1', '1', '2', '3']);
    assert.match(position.maps[0].words(0, 2), /^L0H0 · 1 token ahead · /);
    assert.match(ends.maps[0].words(0, 0), /8 constituents ahead/);
    assert.match(ends.maps[0].words(0, 8), /of the constituent around it/);
  });
});

describe('a heat map that is drawn', () => {
  const colours = {
    kind: 'dark',
    background: 'black',
    foreground: 'white',
    quiet: 'grey',
    grid: 'grey',
    focus: 'blue',
    selection: 'blue',
  } as const;
  const measure = (text: string) => 6 * text.length;
  const drawn = (map: HeatMap, cell: { width: number; height: number }): string => {
    const { width, height } = layoutOf(map, cell, measure);
    const surface = makeSvgSurface({ width, height, title: 'map' }, 'sans-serif', measure);
    drawHeatMap(surface, map, cell, { x: 0, y: 0 }, { colours, levels: (level) => `level${level}` });
    return surface.document();
  };
  const map: HeatMap = {
    title: '',
    label: '',
    rows: ['a', 'b'],
    columns: ['1', '2', '3'],
    stretches: [],
    values: Float32Array.of(1, -1, 0, NaN, 0.25, -0.001),
    range: 1,
    words: () => '',
    pairs: () => 1,
  };

  it('writes numbers where there is room for them', () => {
    const svg = drawn(map, { width: 44, height: 20 });
    for (const text of ['1.000', '−1.000', '.250', '−.001', '.000'])
      assert.ok(svg.includes(`>${text}<`), text);
    assert.ok(!svg.includes('<path'));
  });

  it('marks what is below zero with a dash where there is none', () => {
    const svg = drawn(map, { width: 20, height: 20 });
    assert.equal(svg.match(/<path/g)?.length, 1);
    assert.ok(svg.includes('fill="level10"') && svg.includes('fill="level-10"'));
    assert.ok(!svg.includes('>1.000<'));
  });

  it('names as many rows and columns as there is room for', () => {
    const many = {
      ...map,
      rows: Array.from({ length: 144 }, (_, row) => `L${row}`),
      columns: ['100', '101', '102'],
    };
    const svg = drawn({ ...many, values: new Float32Array(432) }, { width: 10, height: 5 });
    const names = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, name]) => name);
    assert.deepEqual(
      names.filter((name) => !name.startsWith('L')),
      ['100'],
    );
    assert.equal(names.filter((name) => name.startsWith('L')).length, 48);
  });

  it('has cells that fit, whatever the width and the number of heads', () => {
    assert.deepEqual(headCells(500, 8), { width: 56, height: 20 });
    assert.deepEqual(headCells(0.5, 144), { width: 4, height: 5 });
    assert.deepEqual([panelCells(3).width, panelCells(400).width], [16, 44]);
    assert.deepEqual([0.0004, -0.0004, -0.0123, 1].map(cellNumber), ['.000', '.000', '−.012', '1.000']);
  });
});

describe('the cells of the maps', () => {
  it('are one list in the order of the maps', () => {
    const sections = sectionsOf(found, {});
    const cells = new ShownCells(sections);
    const lengths = sections.flatMap(({ maps }) => maps.map(({ values }) => values.length));
    assert.equal(
      cells.length,
      lengths.reduce((a, b) => a + b),
    );
    let index = 0;
    for (const section of sections) {
      for (const map of section.maps) {
        for (const cell of map.values.keys()) {
          const shown = cells.at(index++);
          assert.ok(shown.map === map && shown.section === section);
          assert.equal(shown.row * map.columns.length + shown.column, cell);
        }
      }
    }
  });

  it('give CSV a row for every head and cell with pairs', () => {
    const boundaryPairs = found.boundaryPairs.slice();
    boundaryPairs[0] = 0;
    const rows = csvOf({ ...found, boundaryPairs });
    assert.equal(rows.length, 1 + 6 * (6 + 9 + 50 + 32));
    assert.ok(rows.every((row) => row.length === rows[0].length));
    const lineOf = (...wanted: unknown[]) =>
      rows.find((row) => wanted.every((value, at) => value === null || row[at] === value))!;
    const cellOf = (row: (string | number)[]) => Math.fround(row[9] as number);
    assert.equal(cellOf(lineOf('position', 0, 1, '', '', '', '', 4)), found.position[6 + 3]);
    assert.equal(cellOf(lineOf('boundary', 1, 2, '', 3, '', -1)), found.boundary[5 * 10 + 6]);
    assert.equal(cellOf(lineOf('between', 0, 0, 2, 2, 1, -2)), found.between[15]);
    assert.equal(cellOf(lineOf('ends', 1, 0, 2, 3, '', '', '', 2)), found.ends[3 * 32 + 8 + 1]);
  });
});

describe('the state of the view', () => {
  const question = { model: '/a', grammar: 'cfg3b', strings: 200, seed: 0 };
  const status = (phase: 'loading' | 'failed' | 'empty') =>
    ({ type: 'status', status: { phase, modelOpen: true }, question }) as const;
  const shown = receive(initialState(undefined), { type: 'statistics', statistics: found });

  it('keeps the maps while the next are computed, and drops them where there are none', () => {
    assert.equal(receive(shown, status('loading')).statistics, shown.statistics);
    assert.equal(receive(shown, status('failed')).statistics, undefined);
    assert.equal(receive(shown, status('empty')).statistics, undefined);
  });

  it('comes back with the heads and the table that were shown', () => {
    const kept = savedState({ ...receive(shown, status('loading')), heads: { layer: 1 }, table: true });
    assert.deepEqual(kept, { question, heads: { layer: 1 }, table: true });
    const again = initialState(kept);
    assert.deepEqual([again.status.phase, again.heads, again.table], ['loading', { layer: 1 }, true]);
    assert.equal(initialState(undefined).status.phase, 'empty');
  });

  it('reads the choices of heads that it writes', () => {
    for (const heads of [{}, { layer: 3 }, { layer: 0, head: 11 }]) {
      assert.deepEqual(headsOf(choiceOf(heads)), heads);
    }
    assert.deepEqual(headsOf('nonsense'), {});
  });

  it('takes typed arrays that became objects on the way', () => {
    const asObject = (values: ArrayLike<number>) => Object.fromEntries(Array.from(values).entries());
    const sent = { ...found, ends: asObject(found.ends), distances: asObject(found.distances) };
    const message = { type: 'statistics', statistics: sent as unknown as GrammarAttention } as const;
    const { statistics } = receive(shown, message);
    assert.deepEqual(statistics!.ends, found.ends);
    assert.deepEqual(statistics!.distances, found.distances);
  });
});
