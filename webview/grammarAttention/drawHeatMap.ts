// How a heat map is drawn, on the page and in a file: cells by the level of their value, names at the edges. What is below
// zero has a dash, and cells with room for it hold their number, so that colour says nothing alone.
import { levelOf } from '../shared/colours';
import type { Box, Surface } from '../shared/surface';
import type { ChartColours } from '../shared/theme';
import type { HeatMap } from './maps';

export interface CellSize {
  width: number;
  height: number;
}

export interface Place {
  row: number;
  column: number;
}

export interface HeatMapLook {
  colours: ChartColours;
  /** Backgrounds of levels −10…10. */
  levels: (level: number) => string;
  /** Rows of the heads that are shown in full; none where a row is no head. */
  marked?: readonly number[];
}

export interface HeatMapLayout {
  /** Where the cells are. */
  cells: Box;
  width: number;
  height: number;
}

const LINE = 16;
const GAP = 6;
const EDGE = 2;
const BOLD = 1.15;
const NUMBER: CellSize = { width: 40, height: 16 };
/** Smaller cells are drawn without a seam between them. */
const SEAMED = 8;
/** Levels under zero that get a dash; weaker ones are near nothing. */
const DASHED = -3;
const DASH = 8;

/** @param measure width of a text */
export function layoutOf(map: HeatMap, cell: CellSize, measure: (text: string) => number): HeatMapLayout {
  // A name that is marked is bold.
  const left = Math.ceil(BOLD * Math.max(0, ...map.rows.map(measure))) + GAP + EDGE;
  const top = LINE * (map.stretches.length > 0 ? 2 : 1);
  const [width, height] = [map.columns.length * cell.width, map.rows.length * cell.height];
  // The last name may reach beyond its column.
  return {
    cells: { x: left, y: top, width, height },
    width: left + width + GAP,
    height: top + height + 1,
  };
}

/** Draws with the upper left corner at the origin of `at`. */
export function drawHeatMap(
  surface: Surface,
  map: HeatMap,
  cell: CellSize,
  at: { x: number; y: number },
  look: HeatMapLook,
): void {
  const { cells } = layoutOf(map, cell, surface.measure);
  const [left, top] = [at.x + cells.x, at.y + cells.y];
  drawNames(surface, map, cell, { x: left, y: top }, look);
  const seam = Math.min(cell.width, cell.height) >= SEAMED ? 1 : 0;
  const hasNumbers = cell.width >= NUMBER.width && cell.height >= NUMBER.height;
  for (let row = 0; row < map.rows.length; row++) {
    for (let column = 0; column < map.columns.length; column++) {
      const value = map.values[row * map.columns.length + column];
      const box = {
        x: left + column * cell.width,
        y: top + row * cell.height,
        width: cell.width - seam,
        height: cell.height - seam,
      };
      drawCell(surface, value, map.range, box, hasNumbers, look);
    }
  }
  const edges = { x: left, y: top, width: cells.width, height: cells.height };
  for (const { first } of map.stretches) {
    if (first > 0) vertical(surface, left + first * cell.width - 0.5, edges, look.colours.quiet);
  }
}

function drawCell(
  surface: Surface,
  value: number,
  range: number,
  box: Box,
  hasNumbers: boolean,
  { colours, levels }: HeatMapLook,
): void {
  const [middle, centre] = [box.y + box.height / 2, box.x + box.width / 2];
  if (Number.isNaN(value)) {
    if (box.width >= SEAMED) surface.text('·', centre, middle, { colour: colours.quiet, align: 'middle' });
    return;
  }
  const level = levelOf(value, range);
  if (level !== 0) surface.box(box, levels(level));
  if (hasNumbers) {
    surface.text(cellNumber(value), centre, middle, { colour: colours.foreground, align: 'middle' });
  } else if (level <= DASHED) {
    const half = Math.min(DASH, box.width / 2) / 2;
    const x = [centre - half, centre + half];
    const y = [Math.round(middle) + 0.5, Math.round(middle) + 0.5];
    surface.line({ x, y, length: 2 }, { colour: colours.foreground, width: 1 });
  }
}

/** A number that fits into a cell. */
export function cellNumber(value: number): string {
  const rounded = Math.abs(value) < 0.0005 ? 0 : value;
  return rounded.toFixed(3).replace('-', '−').replace('0.', '.');
}

function drawNames(
  surface: Surface,
  map: HeatMap,
  cell: CellSize,
  { x, y }: { x: number; y: number },
  { colours, marked = [] }: HeatMapLook,
): void {
  const isMarked = new Set(marked);
  let free = -Infinity;
  for (const [row, name] of map.rows.entries()) {
    const middle = y + (row + 0.5) * cell.height;
    // Rows that are lower than their names leave some out.
    if (middle < free) continue;
    free = middle + 12;
    const style = isMarked.has(row) ? colours.foreground : colours.quiet;
    surface.text(name, x - GAP, middle, { colour: style, align: 'end', bold: isMarked.has(row) });
  }
  const widest = Math.max(0, ...map.columns.map((name) => surface.measure(name)));
  const step = Math.max(1, Math.ceil((widest + GAP) / cell.width));
  for (let column = 0; column < map.columns.length; column += step) {
    const centre = x + (column + 0.5) * cell.width;
    surface.text(map.columns[column], centre, y - LINE / 2, { colour: colours.quiet, align: 'middle' });
  }
  for (const { first, name } of map.stretches) {
    surface.text(name, x + first * cell.width + 2, y - LINE * 1.5, { colour: colours.quiet, align: 'start' });
  }
}

function vertical(surface: Surface, x: number, { y, height }: Box, colour: string): void {
  surface.line({ x: [x, x], y: [y, y + height], length: 2 }, { colour, width: 1 });
}
