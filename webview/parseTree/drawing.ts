// The figure: cells of the true and the read tree over and under the string. What is wrong is hatched, an end that is none
// a bar with a cross, one that was missed a dashed bar.
import { cellsOf, type ReadLevel, type TreeCell } from '../../src/protocol/parseTreeCells';
import type { ParseTreeLevel } from '../../src/protocol/parseTrees';
import type { Box, Surface } from '../shared/surface';
import type { ChartColours } from '../shared/theme';
import { layoutOf, ROW, rowTop, type Layout } from './layout';
import { shownRows, type TreeState } from './state';

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
  const pen: Pen = { surface, layout, colours, shift: layout.side - left, first, last };
  surface.clipped(view, () => {
    drawCursor(pen, state);
    shownRows(state).forEach((index, row) => {
      const level = tree.levels[index];
      const { truth, ends } = string.levels[index];
      if (truth) drawCells(pen, level, rowTop(layout, row, 'true'), cellsOf(truth, ends));
      const own = read[index];
      if (own.symbols ?? own.ends) {
        const top = rowTop(layout, row, 'read');
        drawCells(pen, level, top, cellsOf(own.symbols, own.ends));
        drawWrong(pen, own, ends, top);
      }
    });
    for (let token = first; token < last; token++) {
      const isWrong = shownRows(state).some((index) => read[index].wrongSymbol[token] === 1);
      const x = pen.shift + (token + 0.5) * layout.column;
      const style = { colour: colours.foreground, align: 'middle', bold: isWrong } as const;
      surface.text(string.words[token], x, layout.tokenTop + 11, style);
    }
  });
  drawSide(pen, state);
}

/** All of the figure as a file, in lines that are not broken. */
export function figureOf(state: TreeState, colours: FigureColours) {
  const tokens = state.tree?.string?.starts.length ?? 0;
  const layout = layoutOf(tokens, shownRows(state).length, 640);
  return {
    width: layout.width,
    height: layout.height,
    title: `True parse tree and the one read from ${state.tree?.source.modelName ?? ''} ${state.tree?.hook ?? ''}`,
    draw: (surface: Surface) => drawFigure(surface, state, layout, colours, { left: 0, width: layout.width }),
  };
}

interface Pen {
  surface: Surface;
  layout: Layout;
  colours: FigureColours;
  /** Where the first token's column begins. */
  shift: number;
  /** Tokens in sight. */
  first: number;
  last: number;
}

function drawCursor({ surface, layout, colours, shift }: Pen, { cursor, at }: TreeState): void {
  const column = (token: number): Box => ({
    x: shift + token * layout.column,
    y: layout.trueTop,
    width: layout.column,
    height: layout.readTop + layout.rows * ROW - layout.trueTop,
  });
  if (cursor !== null) surface.box(column(cursor), colours.selection);
  if (at) frame(surface, column(at.token), colours.focus);
}

function drawCells(
  { surface, layout, colours, shift, first, last }: Pen,
  level: ParseTreeLevel,
  top: number,
  cells: readonly TreeCell[],
): void {
  const hue = colours.levels(level.level);
  for (const { start, end, symbol, closed } of cells) {
    if (end <= first || start >= last) continue;
    const x = shift + start * layout.column;
    const box = {
      x: x + 1,
      y: top + 1,
      width: (end - start) * layout.column - (closed ? 2 : 1),
      height: ROW - 2,
    };
    surface.band(areaOf(box), hue, colours.contrast ? 0.12 : 0.22);
    frame(surface, box, hue);
    if (!closed) dashed(surface, box.x + box.width + 0.5, top, colours.quiet);
    const name = level.symbols[symbol] ?? '';
    // In the part of the cell that is in sight.
    const from = Math.max(start, first);
    const middle = shift + ((from + Math.min(end, last)) / 2) * layout.column;
    if (surface.measure(name) < box.width) {
      surface.text(name, middle, top + ROW / 2, { colour: colours.foreground, align: 'middle' });
    }
  }
}

function drawWrong(
  { surface, layout, colours, shift, first, last }: Pen,
  { ends, wrongSymbol, wrongEnd }: ReadLevel,
  trueEnds: Uint8Array | null,
  top: number,
): void {
  for (let token = first; token < last; token++) {
    const x = shift + token * layout.column;
    if (wrongSymbol[token] === 1) {
      const box = { x: x + 1, y: top + 1, width: layout.column - 2, height: ROW - 2 };
      surface.clipped(box, () => hatch(surface, box, colours.error));
      // A line under it all: hatching alone is lost in a narrow column.
      surface.box({ x, y: top + ROW - 3, width: layout.column, height: 2 }, colours.error);
    }
    if (wrongEnd[token] !== 1 || !trueEnds) continue;
    const edge = x + layout.column - 0.5;
    if (ends?.[token] === 1) {
      surface.box({ x: edge - 1, y: top, width: 3, height: ROW }, colours.error);
      cross(surface, edge, top + 4, colours.error);
    } else {
      surface.line(
        { x: [edge, edge], y: [top, top + ROW], length: 2 },
        { colour: colours.error, width: 2, dash: [3, 2] },
      );
    }
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

function areaOf({ x, y, width, height }: Box) {
  return { x: [x, x + width], top: [y, y], bottom: [y + height, y + height], length: 2 };
}

function frame(surface: Surface, { x, y, width, height }: Box, colour: string): void {
  const [left, right, top, bottom] = [x + 0.5, x + width - 0.5, y + 0.5, y + height - 0.5];
  surface.line(
    { x: [left, right, right, left, left], y: [top, top, bottom, bottom, top], length: 5 },
    { colour, width: 1 },
  );
}

function dashed(surface: Surface, x: number, top: number, colour: string): void {
  surface.line({ x: [x, x], y: [top + 2, top + ROW - 2], length: 2 }, { colour, width: 1, dash: [2, 2] });
}

function hatch(surface: Surface, { x, y, width, height }: Box, colour: string): void {
  for (let at = -height; at < width; at += 5) {
    surface.line(
      { x: [x + at, x + at + height], y: [y + height, y], length: 2 },
      { colour, width: 1, opacity: 0.8 },
    );
  }
}

function cross(surface: Surface, x: number, y: number, colour: string): void {
  for (const side of [-3, 3])
    surface.line({ x: [x - 3, x + 3], y: [y - side, y + side], length: 2 }, { colour, width: 1.5 });
}
