// The map as CSV, and what of it is in sight as a picture.
import type { LensColouring } from '../../src/protocol/lensView';
import type { LensTable } from '../../src/protocol/lens';
import type { TextRange } from '../../src/protocol/types';
import { LEVELS } from '../shared/colours';
import { shortest } from '../shared/numbers';
import type { Drawing } from '../shared/picture';
import { cutMiddle, plain } from '../shared/pieces';
import type { ChartColours } from '../shared/theme';
import { colourings, isRanged, lookOf } from './colouring';
import type { Columns } from './columns';

const HEAD = [
  'layer',
  'token',
  'piece',
  'target',
  'top',
  'top_probability',
  'target_probability',
  'target_rank',
  'divergence',
  'entropy',
];

/** A row for each cell that is here, with a head; layers from the first to the last. */
export function csvOf(points: LensTable['points'], columns: Columns): (string | number)[][] {
  const rows: (string | number)[][] = [HEAD];
  const { start, end } = columns.scope;
  for (let token = start; token < end; token++) {
    points.forEach(({ label }, point) => {
      const cell = columns.cell(point, token);
      if (!cell) return;
      const numbers = [cell.probability, cell.targetProbability].map(shortest);
      const others = [cell.divergence, cell.entropy].map(shortest);
      const [top, target] = [cell.top?.piece ?? '', cell.target?.piece ?? ''];
      rows.push([label, token, columns.piece(token) ?? '', target, top, ...numbers, cell.rank, ...others]);
    });
  }
  return rows;
}

export interface MapPicture {
  points: LensTable['points'];
  columns: Columns;
  /** Tokens that are drawn. */
  tokens: TextRange;
  colouring: LensColouring;
  title: string;
  colours: ChartColours;
  /** Backgrounds of levels 1…LEVELS. */
  levels: readonly string[];
}

const [CELL, ROW, SIDE, TOP] = [96, 22, 64, 56];
/** Characters of a token that a cell has room for. */
const LONGEST = 8;

/** The map of these tokens. */
export function mapDrawing(picture: MapPicture): Drawing {
  const { points, columns, tokens, colouring, title, colours, levels } = picture;
  const width = SIDE + (tokens.end - tokens.start) * CELL + 12;
  const height = TOP + points.length * ROW + 12;
  const range = isRanged(colouring) ? columns.largest(colouring) : 0;
  const short = (piece: string): string => cutMiddle(plain(piece), LONGEST);
  const quiet = { colour: colours.quiet, align: 'start' } as const;
  return {
    width,
    height,
    title,
    draw(surface) {
      surface.box({ x: 0, y: 0, width, height }, colours.background);
      const { label } = colourings[colouring];
      surface.text(`${title}, coloured by: ${label}`, 12, 18, {
        ...quiet,
        colour: colours.foreground,
        bold: true,
      });
      points.forEach((point, index) => {
        surface.text(point.label, 12, TOP + (points.length - 1 - index) * ROW + ROW / 2, quiet);
      });
      for (let token = tokens.start; token < tokens.end; token++) {
        const x = SIDE + (token - tokens.start) * CELL;
        surface.text(short(columns.piece(token) ?? '…'), x + 4, TOP - ROW / 2, {
          ...quiet,
          colour: colours.foreground,
        });
        points.forEach((_, point) => {
          const y = TOP + (points.length - 1 - point) * ROW;
          const cell = columns.cell(point, token);
          if (!cell) return;
          const look = lookOf(cell, colouring, range);
          const level = Number(look.level);
          const box = { x, y, width: CELL - 1, height: ROW - 1 };
          if (level >= 1 && level <= LEVELS) surface.box(box, levels[level - 1]);
          const right = cell.top !== undefined && cell.top.id === cell.target?.id;
          const words = `${right ? '✓' : ''}${cell.top ? short(cell.top.piece) : ''}`;
          surface.text(words, x + 4, y + ROW / 2, { ...quiet, colour: colours.foreground });
          surface.text(look.text, x + CELL - 6, y + ROW / 2, { colour: colours.foreground, align: 'end' });
        });
      }
    },
  };
}
