// How a map is drawn: cells, window borders, the row and the column under the pointer, tokens along two edges.
import type { MapPlace } from '../../src/protocol/attentionView';
import type { Box } from '../shared/surface';
import type { MapSurface } from './mapSurface';
import type { Palette } from './palette';
import type { TileStore } from './tiles';
import { stepAt, TILE_CELLS, tilesAt, type Size, type TilePlace } from './viewport';

/** Room for the tokens: at the left for destinations, above for sources. */
export const EDGE = { left: 76, top: 60 };
/** Pixels between two labels at least. */
const LABEL_GAP = 14;
const LONGEST_LABEL = 10;
/** How much coarser tiles may stand in for those that are not there yet. */
const COARSEST = 8;

export interface MapPicture {
  place: MapPlace;
  /** Of the cells, without the edges. */
  size: Size;
  pixelRatio: number;
  /** Each as it stands along the edges. */
  labels: readonly string[];
  /** First destinations of the windows but the first, and where they begin to see. */
  borders: readonly { destination: number; source: number }[];
  /** The picture of all cells that is there from the start. */
  thumbnail?: HTMLCanvasElement;
  tiles: TileStore;
  palette: Palette;
  /** The row and column to mark. */
  pointed?: { destination: number; source: number };
  /** The token whose links are shown. */
  token?: number;
  drawn: readonly (readonly [number, number])[];
}

/** Draws a map with its edges; its upper left corner is the origin. */
export function drawMap(surface: MapSurface, picture: MapPicture): void {
  const { size, palette } = picture;
  surface.box(0, 0, EDGE.left + size.width, EDGE.top + size.height, palette.css.background);
  const area = { x: EDGE.left, y: EDGE.top, ...size };
  surface.clipped(area, () => {
    drawCells(surface, picture);
    drawBorders(surface, picture);
    drawMarks(surface, picture);
  });
  drawLabels(surface, picture);
}

/** The tiles that this picture needs, those in the middle first. */
export function neededTiles({ place, size, pixelRatio, labels }: MapPicture): TilePlace[] {
  const tokens = labels.length;
  const step = stepAt(place.scale, pixelRatio);
  const centre = (start: number, pixels: number): number =>
    (start + pixels / place.scale / 2) / (step * TILE_CELLS) - 0.5;
  const [y, x] = [centre(place.destination, size.height), centre(place.source, size.width)];
  const distance = ({ row, column }: TilePlace): number => Math.hypot(row - y, column - x);
  return tilesAt(place, size, tokens, step).sort((one, other) => distance(one) - distance(other));
}

function drawCells(surface: MapSurface, picture: MapPicture): void {
  const { place, labels, thumbnail, tiles } = picture;
  const tokens = labels.length;
  const needed = neededTiles(picture);
  const isWhole = needed.every((tile) => tiles.picture(tile) !== undefined);
  if (!isWhole && thumbnail) {
    const { width, height } = thumbnail;
    surface.image(
      thumbnail,
      { x: 0, y: 0, width, height },
      toPixels(place, { x: 0, y: 0, width: tokens, height: tokens }),
    );
  }
  for (const tile of needed) {
    const found = bestPicture(tiles, tile);
    if (!found) continue;
    const { canvas, from } = found;
    const tileSize = tile.step * TILE_CELLS;
    const [x, y] = [tile.column * tileSize, tile.row * tileSize];
    const area = { x, y, width: from.width * found.step, height: from.height * found.step };
    const to = snapped(toPixels(place, area), picture.pixelRatio);
    // A coarser picture under nothing: its transparent cells let the thumbnail through.
    surface.box(to.x, to.y, to.width, to.height, picture.palette.css.background);
    surface.image(canvas, from, to);
  }
}

/** The tile's picture, or the part of a coarser one that shows the same. */
function bestPicture(
  tiles: TileStore,
  tile: TilePlace,
): { canvas: HTMLCanvasElement; from: Box; step: number } | undefined {
  for (let times = 1; times <= COARSEST; times *= 2) {
    const step = tile.step * times;
    const coarse = { step, row: Math.floor(tile.row / times), column: Math.floor(tile.column / times) };
    const canvas = tiles.picture(coarse);
    if (!canvas) continue;
    const side = TILE_CELLS / times;
    const x = (tile.column % times) * side;
    const y = (tile.row % times) * side;
    const from = { x, y, width: Math.min(side, canvas.width - x), height: Math.min(side, canvas.height - y) };
    return { canvas, from, step };
  }
  return undefined;
}

/** With its edges on pixels of the screen: between two tiles there would be a seam. */
function snapped({ x, y, width, height }: Box, ratio: number): Box {
  const snap = (value: number): number => Math.round(value * ratio) / ratio;
  const [left, top] = [snap(x), snap(y)];
  return { x: left, y: top, width: snap(x + width) - left, height: snap(y + height) - top };
}

/** From tokens to pixels. */
function toPixels({ source, destination, scale }: MapPlace, { x, y, width, height }: Box): Box {
  return {
    x: EDGE.left + (x - source) * scale,
    y: EDGE.top + (y - destination) * scale,
    width: width * scale,
    height: height * scale,
  };
}

/** A line over each window, from where it begins to see. */
function drawBorders(surface: MapSurface, { place, borders, labels, palette }: MapPicture): void {
  for (const { destination, source } of borders) {
    const { x, y } = toPixels(place, { x: source, y: destination, width: 0, height: 0 });
    const right = EDGE.left + (labels.length - place.source) * place.scale;
    surface.line(
      Math.max(EDGE.left, x),
      Math.round(y) + 0.5,
      right,
      Math.round(y) + 0.5,
      palette.css.quiet,
      true,
    );
  }
}

function drawMarks(surface: MapSurface, { place, labels, pointed, token, drawn, palette }: MapPicture): void {
  const tokens = labels.length;
  const row = (at: number): Box => toPixels(place, { x: 0, y: at, width: tokens, height: 1 });
  if (token !== undefined) outline(surface, row(token), palette.css.strong);
  if (pointed) {
    outline(surface, row(pointed.destination), palette.css.focus);
    const column = toPixels(place, { x: pointed.source, y: 0, width: 1, height: tokens });
    outline(surface, column, palette.css.focus);
  }
  for (const [destination, source] of drawn) {
    const { x, y, width, height } = toPixels(place, { x: source, y: destination, width: 1, height: 1 });
    const room = Math.max(0, 5 - width) / 2;
    surface.frame(x - room, y - room, width + 2 * room, height + 2 * room, palette.css.other);
  }
}

/** A frame around a band that may be thinner than a line. */
function outline(surface: MapSurface, { x, y, width, height }: Box, colour: string): void {
  const grown = Math.max(0, 3 - Math.min(width, height)) / 2;
  const isRow = width > height;
  surface.frame(
    isRow ? x - 1 : x - grown,
    isRow ? y - grown : y - 1,
    isRow ? width + 2 : width + 2 * grown,
    isRow ? height + 2 * grown : height + 2,
    colour,
  );
}

function drawLabels(surface: MapSurface, picture: MapPicture): void {
  const { place, size, labels, pointed, palette, token } = picture;
  const every = Math.max(1, Math.ceil(LABEL_GAP / place.scale));
  const along = (start: number, pixels: number): number[] => {
    const first = Math.ceil(Math.max(0, start) / every) * every;
    const last = Math.min(labels.length, start + pixels / place.scale);
    return Array.from(
      { length: Math.max(0, Math.ceil((last - first) / every)) },
      (_, index) => first + index * every,
    );
  };
  const marked = { row: pointed?.destination ?? token, column: pointed?.source };
  const clear = (at: number, chosen: number | undefined): boolean =>
    chosen === undefined || at === chosen || Math.abs(at - chosen) * place.scale >= LABEL_GAP;
  const { foreground, quiet } = palette.css;
  surface.clipped({ x: 0, y: EDGE.top - 4, width: EDGE.left, height: size.height + 8 }, () => {
    for (const at of withChosen(along(place.destination, size.height), marked.row, clear)) {
      const y = EDGE.top + (at + 0.5 - place.destination) * place.scale;
      surface.text(
        shortened(labels[at]),
        EDGE.left - 5,
        y,
        at === marked.row ? foreground : quiet,
        'end',
        false,
      );
    }
  });
  surface.clipped({ x: EDGE.left - 4, y: 0, width: size.width + 8, height: EDGE.top }, () => {
    for (const at of withChosen(along(place.source, size.width), marked.column, clear)) {
      const x = EDGE.left + (at + 0.5 - place.source) * place.scale;
      surface.text(
        shortened(labels[at]),
        x,
        EDGE.top - 5,
        at === marked.column ? foreground : quiet,
        'start',
        true,
      );
    }
  });
  surface.text('from →', EDGE.left - 12, EDGE.top - 34, quiet, 'end', false);
  surface.text('to ↓', EDGE.left - 12, EDGE.top - 20, quiet, 'end', false);
}

/** The chosen token's label has its place; others make room. */
function withChosen(
  labels: number[],
  chosen: number | undefined,
  clear: (at: number, chosen: number | undefined) => boolean,
): number[] {
  if (chosen === undefined) return labels;
  return [...labels.filter((at) => at !== chosen && clear(at, chosen)), chosen];
}

function shortened(label: string): string {
  return label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL - 1)}…`;
}
