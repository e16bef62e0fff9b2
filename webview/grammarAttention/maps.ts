// The statistics as heat maps: what stands in which row and column, and what a cell means in words. Pure.
import { BOUNDARY_SHIFTS, type GrammarAttention } from '../../src/protocol/grammarAttention';
import type { ShownHeads } from '../../src/protocol/grammarAttentionView';
import { rangeOf } from '../shared/colours';
import { counted, exact, significant } from '../shared/numbers';

export interface HeatMap {
  /** Where there are several in a section. */
  title: string;
  /** What a screen reader calls it. */
  label: string;
  rows: readonly string[];
  columns: readonly string[];
  /** Columns that belong together, by the first of each. */
  stretches: readonly { first: number; name: string }[];
  /** [rows, columns]; NaN where there is no pair. */
  values: Float32Array;
  /** The largest size, which the colours end at. */
  range: number;
  /** A cell in words, with its exact value. */
  words(row: number, column: number): string;
  /** Pairs behind the mean of a cell. */
  pairs(row: number, column: number): number;
}

export type SectionName = 'position' | 'boundary' | 'between' | 'ends';

export interface Section {
  name: SectionName;
  title: string;
  /** What is measured, and how the colours are to be read. */
  explanation: string;
  /** Whether a row is a head, which can be chosen. */
  byHead: boolean;
  maps: readonly HeatMap[];
}

const SHIFTS = BOUNDARY_SHIFTS.length;
const shiftNames = BOUNDARY_SHIFTS.map((shift) =>
  shift > 0 ? `+${shift}` : String(shift).replace('-', '−'),
);

/** All maps: two of all heads, and two of those that are shown in full. */
export function sectionsOf(found: GrammarAttention, shown: ShownHeads): Section[] {
  return [
    positionSection(found),
    boundarySection(found),
    betweenSection(found, shown),
    endsSection(found, shown),
  ];
}

/** Rows of the heads that are shown; those that the model does not have are left out. */
export function rowsOf({ layers, heads }: GrammarAttention, { layer, head }: ShownHeads): number[] {
  const all = Array.from({ length: layers * heads }, (_, row) => row);
  const rows = all.filter(
    (row) =>
      (layer === undefined || Math.floor(row / heads) === layer) &&
      (head === undefined || row % heads === head),
  );
  return rows.length > 0 ? rows : all;
}

/** How the shown heads are called. */
export function headsName(found: GrammarAttention, shown: ShownHeads): string {
  const rows = rowsOf(found, shown);
  if (rows.length === 1) return headName(found, rows[0]);
  return rows.length === found.layers * found.heads ? 'Mean of all heads' : `Mean of L${shown.layer}`;
}

export function headName({ heads }: GrammarAttention, row: number): string {
  return `L${Math.floor(row / heads)}H${row % heads}`;
}

/** Means over some heads of a table [heads of all layers, width]. */
export function meanOver(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  return Float32Array.from({ length: width }, (_, column) => {
    const sum = rows.reduce((total, row) => total + values[row * width + column], 0);
    return sum / rows.length;
  });
}

/** Of the source, seen from the destination. */
function distanceWords(distance: number): string {
  return `${counted(Math.abs(distance), 'token')} ${distance > 0 ? 'back' : 'ahead'}`;
}

function positionSection(found: GrammarAttention): Section {
  const { distances, position, positionPairs, layers, heads } = found;
  const rows = Array.from({ length: layers * heads }, (_, row) => headName(found, row));
  const range = rangeOf(position);
  const map: HeatMap = {
    title: '',
    label: 'Attention by distance, a row for each head',
    rows,
    columns: Array.from(distances, (distance) => String(distance).replace('-', '−')),
    stretches: [],
    values: position,
    range,
    words: (row, column) =>
      `${rows[row]} · ${distanceWords(distances[column])} · ${exact(position[row * distances.length + column])}`,
    pairs: (_, column) => positionPairs[column],
  };
  return {
    name: 'position',
    title: 'By distance',
    explanation: `Mean attention to the token so far ${found.causal ? 'back' : 'back, or ahead where negative'}; the strongest colour is ${significant(range)}.`,
    byHead: true,
    maps: [map],
  };
}

function boundarySection(found: GrammarAttention): Section {
  const { levels, boundary, boundaryPairs, layers, heads } = found;
  const width = levels.length * SHIFTS;
  const rows = Array.from({ length: layers * heads }, (_, row) => headName(found, row));
  const range = rangeOf(boundary);
  const map: HeatMap = {
    title: '',
    label: 'Residual attention to ends of constituents, a row for each head',
    rows,
    columns: levels.flatMap(() => shiftNames),
    stretches: levels.map((level, index) => ({ first: index * SHIFTS, name: `Level ${level}` })),
    values: boundary,
    range,
    words: (row, column) =>
      [
        rows[row],
        `to ${placeWords(BOUNDARY_SHIFTS[column % SHIFTS], levels[Math.floor(column / SHIFTS)])}`,
        residualWords(boundary[row * width + column]),
      ].join(' · '),
    pairs: (_, column) => boundaryPairs[column],
  };
  return {
    name: 'boundary',
    title: 'To ends of constituents',
    explanation: `What distance does not explain, by how many tokens after the source a constituent ends. Blue: more than elsewhere at the same distance; orange with a dash: less. ${scaleWords(range)}`,
    byHead: true,
    maps: [map],
  };
}

function betweenSection(found: GrammarAttention, shown: ShownHeads): Section {
  const { levels, between, betweenPairs } = found;
  const size = SHIFTS * SHIFTS;
  const means = meanOver(between, levels.length * size, rowsOf(found, shown));
  const range = rangeOf(means);
  const name = headsName(found, shown);
  return {
    name: 'between',
    title: `Between ends · ${name}`,
    explanation: `Rows: how many tokens after the destination a constituent ends; columns: after the source. ${scaleWords(range)}`,
    byHead: false,
    maps: levels.map((level, index) => {
      const values = means.subarray(index * size, (index + 1) * size);
      return {
        title: `Level ${level}`,
        label: `Residual attention between ends of level ${level}, ${name}`,
        rows: shiftNames,
        columns: shiftNames,
        stretches: [],
        values,
        range,
        words: (row, column) =>
          [
            name,
            `from ${placeWords(BOUNDARY_SHIFTS[row], level)} to ${placeWords(BOUNDARY_SHIFTS[column], level)}`,
            residualWords(values[row * SHIFTS + column]),
          ].join(' · '),
        pairs: (row, column) => betweenPairs[index * size + row * SHIFTS + column],
      };
    }),
  };
}

function endsSection(found: GrammarAttention, shown: ShownHeads): Section {
  const { levels, back, ends, endPairs } = found;
  const all = back.length;
  const size = levels.length * all;
  const means = meanOver(ends, levels.length * size, rowsOf(found, shown));
  const range = rangeOf(means);
  const name = headsName(found, shown);
  // Short strings have few constituents: columns without any pair would only take room.
  const kept = back.flatMap((_, at) =>
    endPairs.some((pairs, cell) => cell % all === at && pairs > 0) ? [at] : [],
  );
  const rows = levels.map((level) => `to ${level}`);
  return {
    name: 'ends',
    title: `From end to end · ${name}`,
    explanation: `Rows: level of the source; columns: how many of its constituents back. ${scaleWords(range)}`,
    byHead: false,
    maps: levels.map((level, of) => {
      const cellOf = (row: number, column: number): number => of * size + row * all + kept[column];
      const values = Float32Array.from(
        { length: levels.length * kept.length },
        (_, cell) => means[cellOf(Math.floor(cell / kept.length), cell % kept.length)],
      );
      return {
        title: `From level ${level}`,
        label: `Residual attention from ends of level ${level} to other ends, ${name}`,
        rows,
        columns: kept.map((at) => String(back[at]).replace('-', '−')),
        stretches: [],
        values,
        range,
        words: (row, column) =>
          [
            name,
            `from an end of level ${level} to one of level ${levels[row]}, ${backWords(back[kept[column]])}`,
            residualWords(values[row * kept.length + column]),
          ].join(' · '),
        pairs: (row, column) => endPairs[cellOf(row, column)],
      };
    }),
  };
}

/** Where a token stands, by how many tokens after it a constituent of the level ends. */
function placeWords(shift: number, level: number): string {
  if (shift === 0) return `an end of level ${level}`;
  return `${counted(Math.abs(shift), 'token')} ${shift > 0 ? 'before' : 'after'} an end of level ${level}`;
}

function backWords(back: number): string {
  if (back === 0) return 'of the constituent around it';
  return `${counted(Math.abs(back), 'constituent')} ${back > 0 ? 'back' : 'ahead'}`;
}

function residualWords(value: number): string {
  if (Number.isNaN(value)) return 'no pair';
  return value > 0 ? `+${exact(value)}` : exact(value);
}

function scaleWords(range: number): string {
  return `The strongest colours are ±${significant(range)}.`;
}
