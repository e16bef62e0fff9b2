// The figure: cells of the true and the read tree over and under the string. What is wrong is hatched, an end that is none
// a bar with a cross, one that was missed a dashed bar.
import { cellsOf, type ReadLevel, type TreeCell } from '../../src/protocol/parseTreeCells';
import type { ParseTreeLevel } from '../../src/protocol/parseTrees';
import type { Box, Surface } from '../shared/surface';
import type { ChartColours } from '../shared/theme';
import { layoutOf, ROW, rowTop, type Layout } from './layout';
import { shownRows, type TreeState } from './state';
import { cross, fitted, frame, hatch, tint, upright } from './strokes';

export interface FigureColours extends ChartColours {
  /** By level, from the root's successor on. */
  levels: (level: number) => string;
  error: string;
  contrast: boolean;
}

/** What of the figure is drawn: pixels from its left edge. */
export interface Sight {
  left: number;
  width: number;
}

/** Pixels of a picture that is saved; a longer string makes a wider one. */
const PICTURE_WIDTH = 640;

/** Draws what is in sight, the figure's left edge at `-left`; names of levels stay at the left. */
export function drawFigure(
  surface: Surface,
  state: TreeState,
  layout: Layout,
  colours: FigureColours,
  { left, width }: Sight,
): void {
  const { tree, read } = state;
  const string = tree?.string;
  if (!tree || !string) return;
  surface.box({ x: 0, y: 0, width, height: layout.height }, colours.background);
  const view = { x: layout.side, y: 0, width: width - layout.side, height: layout.height };
  const first = Math.max(0, Math.floor(left / layout.column));
  const last = Math.min(layout.tokens, Math.ceil((left + width) / layout.column));
  const pen: Pen = { surface, layout, colours, shift: layout.side - left, right: width, first, last };
  surface.clipped(view, () => {
    if (state.cursor !== null) surface.box(columnOf(pen, state.cursor), colours.selection);
    if (state.at) frame(surface, columnOf(pen, state.at.token), colours.focus);
    shownRows(state).forEach((index, row) => {
      const { truth, ends } = string.levels[index];
      const own = read[index];
      const level = { ...tree.levels[index], at: state.at?.row === row ? state.at.token : -1 };
      if (truth) drawLevel(pen, { ...level, top: rowTop(layout, row, 'true'), cells: cellsOf(truth, ends) });
      if (own.symbols ?? own.ends) {
        const cells = cellsOf(own.symbols, own.ends);
        drawLevel(pen, { ...level, top: rowTop(layout, row, 'read'), cells, read: own });
      }
    });
    drawWords(pen, state);
  });
  drawSide(pen, state);
}

/** Pixels of the longest word of the string. */
export function longestWord({ tree }: TreeState, { measure }: Pick<Surface, 'measure'>): number {
  const words = new Set(tree?.string?.words);
  return Array.from(words, measure).reduce((most, width) => Math.max(most, width), 0);
}

/** All of the figure as a file, in lines that are not broken. */
export function figureOf(state: TreeState, colours: FigureColours, measure: Surface['measure']) {
  const tokens = state.tree?.string?.starts.length ?? 0;
  const rows = shownRows(state).length;
  const layout = layoutOf(tokens, rows, PICTURE_WIDTH, longestWord(state, { measure }));
  // The file is of the string, not of what the pointer and the cursor are at.
  const still = { ...state, cursor: null, at: null };
  return {
    width: layout.width,
    height: layout.height,
    title: `True parse tree and the one read from ${state.tree?.source.modelName ?? ''} ${state.tree?.hook ?? ''}`,
    draw: (surface: Surface) => drawFigure(surface, still, layout, colours, { left: 0, width: layout.width }),
  };
}

interface Pen {
  surface: Surface;
  layout: Layout;
  colours: FigureColours;
  /** Where the first token's column begins. */
  shift: number;
  /** Where what is in sight ends; it begins behind the names of levels. */
  right: number;
  /** Tokens in sight. */
  first: number;
  last: number;
}

function columnOf({ layout, shift }: Pen, token: number): Box {
  return {
    x: shift + token * layout.column,
    y: layout.trueTop,
    width: layout.column,
    height: layout.readTop + layout.rows * ROW - layout.trueTop,
  };
}

interface LevelRow extends Pick<ParseTreeLevel, 'level' | 'symbols'> {
  top: number;
  cells: readonly TreeCell[];
  /** The token that the pointer or the keys are at on this level, or -1. */
  at: number;
  /** Where it is what was read, which may be wrong. */
  read?: ReadLevel;
}

function drawLevel(pen: Pen, { level, symbols, top, cells: all, at, read }: LevelRow): void {
  const { surface, layout, colours, shift, right, first, last } = pen;
  const hue = colours.levels(level);
  const cells = all.filter(({ start, end }) => end > first && start < last);
  const boxOf = ({ start, end, closed }: TreeCell): Box => ({
    x: shift + start * layout.column + 1,
    y: top + 1,
    width: (end - start) * layout.column - (closed ? 2 : 1),
    height: ROW - 2,
  });
  for (const cell of cells) {
    const box = boxOf(cell);
    tint(surface, box, hue, colours.contrast ? 0.12 : 0.22);
    frame(surface, box, hue);
    if (cell.start <= at && at < cell.end) frame(surface, box, colours.focus, 2);
    const isMarked = read?.wrongEnd[cell.end - 1] === 1;
    if (!cell.closed && !isMarked)
      upright(surface, box.x + box.width + 0.5, [top + 2, top + ROW - 2], {
        ...{ colour: colours.quiet, width: 1, dash: [2, 2] },
      });
  }
  if (read) drawWrongSymbols(pen, read, top);
  for (const cell of cells) {
    const box = boxOf(cell);
    // In the part of the cell that is in sight.
    const [from, to] = [Math.max(box.x, layout.side), Math.min(box.x + box.width, right)];
    const name = fitted(surface, symbols[cell.symbol] ?? '', to - from - 1);
    if (name === '') continue;
    const middle = (from + to) / 2;
    const width = surface.measure(name) + 2;
    // A name is read on hatching only where the hatching gives way.
    if (read?.wrongSymbol.subarray(cell.start, cell.end).includes(1))
      tint(surface, { x: middle - width / 2, y: top + 4, width, height: 11 }, colours.background, 0.85);
    surface.text(name, middle, top + ROW / 2, { colour: colours.foreground, align: 'middle' });
  }
  if (read) drawWrongEnds(pen, read, top);
}

function drawWrongSymbols(
  { surface, layout, colours, shift, first, last }: Pen,
  { wrongSymbol }: ReadLevel,
  top: number,
): void {
  for (let token = first; token < last; token++) {
    if (wrongSymbol[token] !== 1) continue;
    const x = shift + token * layout.column;
    hatch(surface, { x: x + 1, y: top + 1, width: layout.column - 2, height: ROW - 2 }, colours.error);
    // A line under it all: hatching alone is lost in a narrow column.
    surface.box({ x, y: top + ROW - 3, width: layout.column, height: 2 }, colours.error);
  }
}

function drawWrongEnds(
  { surface, layout, colours, shift, first, last }: Pen,
  { ends, wrongEnd }: ReadLevel,
  top: number,
): void {
  const colour = colours.error;
  for (let token = first; token < last; token++) {
    if (wrongEnd[token] !== 1) continue;
    const edge = shift + (token + 1) * layout.column - 0.5;
    if (ends?.[token] === 1) {
      cross(surface, edge, top + 4, 3, colour);
      upright(surface, edge, [top + 9, top + ROW], { colour, width: 3 });
    } else upright(surface, edge, [top, top + ROW], { colour, width: 2, dash: [3, 2] });
  }
}

function drawWords(
  { surface, layout, colours, shift, first, last }: Pen,
  { tree, ...state }: TreeState,
): void {
  const rows = shownRows({ tree, ...state });
  for (let token = first; token < last; token++) {
    const bold = rows.some((index) => state.read[index].wrongSymbol[token] === 1);
    const x = shift + (token + 0.5) * layout.column;
    const word = fitted(surface, tree!.string!.words[token], layout.column - 2);
    surface.text(word, x, layout.tokenTop + 11, { colour: colours.foreground, align: 'middle', bold });
  }
}

function drawSide({ surface, layout, colours }: Pen, state: TreeState): void {
  const { tree } = state;
  if (!tree) return;
  const style = { colour: colours.quiet, align: 'start' } as const;
  const isNarrow = layout.side < 60;
  surface.text('true', 8, layout.trueTop - 7, style);
  surface.text('read', 8, layout.readTop + layout.rows * ROW + 8, style);
  shownRows(state).forEach((index, row) => {
    const { level } = tree.levels[index];
    for (const half of ['true', 'read'] as const) {
      const y = rowTop(layout, row, half);
      surface.box({ x: 2, y: y + 4, width: 3, height: ROW - 8 }, colours.levels(level));
      surface.text(isNarrow ? String(level) : `level ${level}`, 8, y + ROW / 2, style);
    }
  });
}
