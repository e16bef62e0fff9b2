// The statistics cell by cell: as CSV of all heads, and as a table of what is shown.
import { BOUNDARY_SHIFTS, type GrammarAttention } from '../../src/protocol/grammarAttention';
import { shortest } from '../shared/numbers';
import type { HeatMap, Section } from './maps';

const HEAD = [
  'statistic',
  'layer',
  'head',
  'destination_level',
  'level',
  'destination_shift',
  'shift',
  'distance',
  'back',
  'value',
  'pairs',
];

/** A row for each cell of every head that has pairs, with a head. */
export function csvOf(found: GrammarAttention): (string | number)[][] {
  const { layers, heads, levels, distances, back } = found;
  const rows: (string | number)[][] = [HEAD];
  const shifts = BOUNDARY_SHIFTS;
  for (let row = 0; row < layers * heads; row++) {
    const head = [Math.floor(row / heads), row % heads];
    const add = (
      statistic: string,
      places: (string | number)[],
      values: Float32Array,
      pairs: Int32Array,
      cell: number,
    ): void => {
      if (pairs[cell] === 0) return;
      const value = shortest(values[row * pairs.length + cell]);
      rows.push([statistic, ...head, ...places, value, pairs[cell]]);
    };
    distances.forEach((distance, cell) =>
      add('position', ['', '', '', '', distance, ''], found.position, found.positionPairs, cell),
    );
    levels.forEach((level, l) => {
      shifts.forEach((shift, from) => {
        const cell = l * shifts.length + from;
        add('boundary', ['', level, '', shift, '', ''], found.boundary, found.boundaryPairs, cell);
      });
      shifts.forEach((destination, to) => {
        shifts.forEach((shift, from) => {
          const cell = (l * shifts.length + to) * shifts.length + from;
          const places = [level, level, destination, shift, '', ''];
          add('between', places, found.between, found.betweenPairs, cell);
        });
      });
    });
    levels.forEach((destination, of) => {
      levels.forEach((level, l) => {
        back.forEach((many, at) => {
          const cell = (of * levels.length + l) * back.length + at;
          add('ends', [destination, level, '', '', '', many], found.ends, found.endPairs, cell);
        });
      });
    });
  }
  return rows;
}

export interface ShownCell {
  section: Section;
  map: HeatMap;
  row: number;
  column: number;
}

/** The cells of all maps as one list, found by their index. */
export class ShownCells {
  private readonly maps: { section: Section; map: HeatMap; first: number }[] = [];
  readonly length: number;

  constructor(sections: readonly Section[]) {
    let first = 0;
    for (const section of sections) {
      for (const map of section.maps) {
        this.maps.push({ section, map, first });
        first += map.values.length;
      }
    }
    this.length = first;
  }

  at(index: number): ShownCell {
    const { section, map, first } = this.maps.findLast(
      (each) => each.first <= index && each.map.values.length > 0,
    )!;
    const cell = index - first;
    return { section, map, row: Math.floor(cell / map.columns.length), column: cell % map.columns.length };
  }
}
