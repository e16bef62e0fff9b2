// Which part of a map is in sight, and how wheel, keys and pointer change it. Places are tokens, sizes are pixels.
import type { MapPlace } from '../../src/protocol/attentionView';

export interface Size {
  width: number;
  height: number;
}

/** Pixels of a token at most. */
const LARGEST_SCALE = 48;
/** Cells of a tile in both directions. */
export const TILE_CELLS = 256;

/** A tile: its place in the raster of tiles that have this many tokens per cell. */
export interface TilePlace {
  step: number;
  row: number;
  column: number;
}

/** The whole map. */
export function fitted({ width, height }: Size, tokens: number): MapPlace {
  const scale = Math.min(LARGEST_SCALE, Math.min(width, height) / Math.max(1, tokens));
  return { source: 0, destination: 0, scale };
}

/** A place that shows as much of the map as fits. */
export function clamped(place: MapPlace, size: Size, tokens: number): MapPlace {
  const least = fitted(size, tokens).scale;
  const scale = Math.max(least, Math.min(LARGEST_SCALE, place.scale));
  const within = (start: number, pixels: number): number =>
    Math.max(0, Math.min(start, tokens - pixels / scale));
  return {
    source: within(place.source, size.width),
    destination: within(place.destination, size.height),
    scale,
  };
}

/** Zooms by a factor; what is at a point of the map stays there. */
export function zoomed(
  place: MapPlace,
  size: Size,
  tokens: number,
  at: { x: number; y: number },
  factor: number,
): MapPlace {
  const least = fitted(size, tokens).scale;
  const scale = Math.max(least, Math.min(LARGEST_SCALE, place.scale * factor));
  const moved = {
    source: place.source + at.x / place.scale - at.x / scale,
    destination: place.destination + at.y / place.scale - at.y / scale,
    scale,
  };
  return clamped(moved, size, tokens);
}

/** Moves the map by pixels, as when it is dragged. */
export function panned(place: MapPlace, size: Size, tokens: number, right: number, down: number): MapPlace {
  const source = place.source - right / place.scale;
  const destination = place.destination - down / place.scale;
  return clamped({ ...place, source, destination }, size, tokens);
}

/** Moves as little as needed until a token's row and column are in sight. */
export function revealing(
  place: MapPlace,
  size: Size,
  tokens: number,
  token: { source?: number; destination?: number },
): MapPlace {
  const along = (start: number, pixels: number, wanted: number | undefined): number => {
    const shown = pixels / place.scale;
    if (wanted === undefined) return start;
    return Math.min(wanted, Math.max(start, wanted + 1 - shown));
  };
  const source = along(place.source, size.width, token.source);
  const destination = along(place.destination, size.height, token.destination);
  return clamped({ ...place, source, destination }, size, tokens);
}

/** Tokens per cell at which a cell takes at least a pixel of the screen: a power of two. */
export function stepAt(scale: number, pixelRatio: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(1 / (scale * pixelRatio)) + 1e-9));
}

/** The tiles that are in sight, row by row. */
export function tilesAt(place: MapPlace, size: Size, tokens: number, step: number): TilePlace[] {
  const tile = step * TILE_CELLS;
  const range = (start: number, pixels: number): [number, number] => {
    const end = Math.min(tokens, start + pixels / place.scale);
    return [Math.floor(Math.max(0, start) / tile), Math.ceil(end / tile)];
  };
  const [top, bottom] = range(place.destination, size.height);
  const [left, right] = range(place.source, size.width);
  const tiles: TilePlace[] = [];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) tiles.push({ step, row, column });
  }
  return tiles;
}

/** The token at a distance in pixels from the edge; undefined beyond the last. */
export function tokenUnder(start: number, pixels: number, scale: number, tokens: number): number | undefined {
  const token = Math.floor(start + pixels / scale);
  return token >= 0 && token < tokens ? token : undefined;
}
