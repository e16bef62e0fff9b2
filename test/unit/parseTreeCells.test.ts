// What is drawn of a parse tree that was read: symbols and ends, stretches, names, stripes and their styles.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contributes } from '../../package.json';
import { bandCss, levelColour, TREE_COLOURS } from '../../src/host/parseTree/bandStyle';
import { bandSpans, combinationOf, DENSITIES, stripesOf, type Density } from '../../src/host/parseTree/bands';
import { treeNames } from '../../src/host/parseTree/names';
import { treeHover, treeLine } from '../../src/host/parseTree/words';
import { cellsOf, namedTokens, readLevel } from '../../src/protocol/parseTreeCells';
import type {
  ParseTreeLevelReading,
  ParseTreeReadings,
  ParseTreeString,
} from '../../src/protocol/parseTrees';

const TEXT = '1 2 3 1 2\n  3';
/** Six tokens; the last stands on a line of its own. */
const starts = Int32Array.of(0, 2, 4, 6, 8, 12);
const ends = starts.map((start) => start + 1);

/** A level of symbols a, b, of which the named is read with 0.8; of ends `|` with 0.9. */
function level(truth: string, read: string): ParseTreeLevelReading {
  const symbols = (written: string) => Array.from(written.replaceAll('|', ''), (name) => 'ab'.indexOf(name));
  const closed = (written: string) =>
    Array.from(written).flatMap((sign, at) => (sign === '|' ? [] : [Number(written[at + 1] === '|')]));
  return {
    truth: Int32Array.from(symbols(truth)),
    ends: Uint8Array.from(closed(truth)),
    symbols: Float32Array.from(symbols(read).flatMap((symbol) => (symbol === 0 ? [0.8, 0.2] : [0.2, 0.8]))),
    endProbability: Float32Array.from(closed(read), (end) => (end === 1 ? 0.9 : 0.1)),
  };
}

const NAMES = { symbols: ['a', 'b'] };
const read = (reading: ParseTreeLevelReading) => readLevel(reading, NAMES, starts.length);
const lower = level('aa|bb|aa|', 'aa|bb|aa|');
const wrong = level('aa|bb|aa|', 'aabb|bb|');

describe('a level that was read', () => {
  it('has the likeliest symbols, the likely ends, and knows which are wrong', () => {
    const found = read(wrong);
    assert.deepEqual([...found.symbols!], [0, 0, 1, 1, 1, 1]);
    assert.deepEqual([...found.ends!], [0, 0, 0, 1, 0, 1]);
    assert.deepEqual([...found.wrongSymbol], [0, 0, 0, 0, 1, 1]);
    assert.deepEqual([...found.wrongEnd], [0, 1, 0, 0, 0, 0]);
  });

  it('ends where its symbol changes if no probe reads ends, which is then not called wrong', () => {
    const found = read({ ...wrong, endProbability: null });
    assert.deepEqual([...found.ends!], [0, 1, 0, 0, 0, 1]);
    assert.ok(found.wrongEnd.every((each) => each === 0));
  });

  it('is wrong nowhere without truth, and has nothing where nothing was read', () => {
    const untold = read({ ...wrong, truth: null, ends: null });
    assert.ok([...untold.wrongSymbol, ...untold.wrongEnd].every((each) => each === 0));
    assert.deepEqual(read({ truth: null, ends: null, symbols: null, endProbability: null }).symbols, null);
  });
});

describe('stretches of a level', () => {
  it('end with constituents, and where the symbol changes without an end', () => {
    const { symbols, ends: readEnds } = read(wrong);
    assert.deepEqual(cellsOf(symbols, readEnds), [
      { start: 0, end: 2, symbol: 0, closed: false },
      { start: 2, end: 4, symbol: 1, closed: true },
      { start: 4, end: 6, symbol: 1, closed: true },
    ]);
  });

  it('can be told by ends alone, and are none of nothing', () => {
    assert.deepEqual(cellsOf(null, Uint8Array.of(0, 1, 0)), [
      { start: 0, end: 2, symbol: -1, closed: true },
      { start: 2, end: 3, symbol: -1, closed: false },
    ]);
    assert.deepEqual(cellsOf(null, null), []);
  });

  it('are named where they begin, and where they begin to be wrong', () => {
    assert.deepEqual(namedTokens(read(wrong), wrong.truth), [0, 2, 4]);
    // One constituent is read where there are two: the second half is wrong.
    const missed = level('aaa|bbb|', 'aaaaaa|');
    assert.deepEqual(namedTokens(read(missed), missed.truth), [0, 3]);
  });
});

describe('stripes', () => {
  const spans = (density: Density, ...levels: ParseTreeLevelReading[]) =>
    bandSpans(
      { starts, ends },
      levels.map((each, index) => ({ level: index + 2, read: read(each) })),
      density,
      TEXT,
    ).map(({ start, end, combination }) => `${start}-${end} ${combination}`);

  it('go over a constituent with its blanks, and leave a gap at its end and at the end of a line', () => {
    assert.deepEqual(spans('all', lower), ['0-3 2=', '4-7 2=', '8-9 2=', '12-13 2=']);
  });

  it('of several levels are one combination, the level nearest to the leaves first', () => {
    const upper = level('bbbb|bb|', 'bbbb|bb|');
    assert.deepEqual(spans('bands', upper, lower), [
      '0-3 3=2=',
      '3-4 3 2=',
      '4-7 3=2=',
      '8-9 3=2=',
      '12-13 3=2=',
    ]);
  });

  it('are marked where the symbol or an end is wrong', () => {
    assert.deepEqual(spans('all', wrong), ['0-2 2=', '2-3 2~', '3-7 2=', '8-9 2~', '12-13 2~']);
  });

  it('stand only there, where a person wants to see that alone, and nowhere beside names alone', () => {
    assert.deepEqual(spans('wrong', wrong), ['2-3 2~', '8-9 2~', '12-13 2~']);
    assert.deepEqual(spans('names', wrong), []);
  });

  it('are the same again when their combination is read', () => {
    const stripes = [
      { level: 12, mark: 'right' as const },
      { level: 3, mark: 'none' as const },
      { level: 2, mark: 'wrong' as const },
    ];
    assert.deepEqual(stripesOf(combinationOf(stripes)), stripes);
  });

  it('have a place each, whatever the others are, in a colour of the theme', () => {
    const bottoms = (combination: string) =>
      [...bandCss(combination).matchAll(/treeLevel(\d).*?bottom (\d+)px/g)].map(([, colour, bottom]) => [
        colour,
        bottom,
      ]);
    assert.deepEqual(bottoms('3=2='), [
      ['2', '4'],
      ['1', '1'],
    ]);
    assert.deepEqual(bottoms('3 2='), [['1', '1']]);
    assert.match(bandCss('2~'), /repeating-linear-gradient/);
    assert.doesNotMatch(bandCss('2='), /repeating/);
    assert.match(bandCss('3=2='), /padding-bottom: 7px/);
    const contributed = contributes.colors.map(({ id }) => id);
    for (let each = 2; each < 2 + TREE_COLOURS; each++) assert.ok(contributed.includes(levelColour(each)));
  });

  it('can be had as package.json offers them', () => {
    assert.deepEqual(contributes.configuration.properties['subtext.parseTree.density'].enum, DENSITIES);
  });
});

describe('names', () => {
  const labels = (density: Density, ...levels: ParseTreeLevelReading[]) =>
    treeNames(
      { starts },
      levels.map((reading, index) => ({ level: index + 2, read: read(reading), reading, ...NAMES })),
      density,
    ).map(({ offset, label }) => `${offset} ${label}`);

  it('stand where constituents begin, those of several levels together', () => {
    const upper = level('bbbb|bb|', 'bbbb|bb|');
    assert.deepEqual(labels('all', upper, lower), ['0 b·a', '4 b', '8 b·a']);
  });

  it('say what is true where it is not what is read', () => {
    assert.deepEqual(labels('names', wrong), ['0 a', '4 b', '8 b≠a']);
    assert.deepEqual(labels('wrong', wrong), ['8 b≠a']);
    assert.deepEqual(labels('bands', wrong), []);
  });
});

describe('words about a tree that was read', () => {
  const heldOut = { accuracy: 0.975, ci: [0.96, 0.99] as [number, number], majority: 0.5, random_init: 0.61 };
  const string: ParseTreeString = {
    ...{ start: 0, end: 13, starts, ends, words: Array.from('123123'), trees: 1 },
    levels: [wrong],
  };
  const readings: ParseTreeReadings = {
    source: {
      ...{ uri: 'file:///a', version: 1, model: '/m/cfg', modelName: 'cfg', engine: 'cpu', interventions: 0 },
      windows: { count: 1, length: 6, overlap: 0 },
    },
    ...{ grammar: 'toy', probes: '/p', folders: ['/p'], hook: 'blocks.1.hook_resid_post', hooks: [] },
    levels: [{ level: 2, ...NAMES, ancestor: heldOut, boundary: null }],
    ...{ first: 0, ranges: [], strings: [string] },
  };

  it('begin with accuracies, of the levels that are shown', () => {
    assert.match(
      treeLine(readings, () => true),
      /^Parse tree: held-out accuracy level 2 97\.5%/,
    );
    assert.match(
      treeLine(readings, () => false),
      /^Parse tree · dotted is wrong · Esc clears/,
    );
  });

  it('say over a token truth, distribution and end, and how good the level is beside its controls', () => {
    const hover = treeHover(readings, string, 4);
    assert.match(hover, /\| 2 \| a \| \*\*b\*\* 80% · a 20% — wrong \| no 90% \|/);
    assert.match(hover, /symbol 97\.5% \(majority 50\.0%, untrained 61\.0%\)/);
    assert.match(treeHover(readings, string, 1), /no 90% — truth is yes/);
  });

  it('say why nothing was read', () => {
    assert.match(
      treeHover(readings, { ...string, unread: 'Not read: too long.' }, 0),
      /Not read: too long\./,
    );
  });
});
