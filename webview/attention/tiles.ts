// The tiles of a head's map: asked for as they come into sight, kept for a while, and painted when they are drawn.
import type { AttentionTile, HeadId, TileQuestion } from '../../src/protocol/attention';
import { halves } from './half';
import { tileColours, type Palette } from './palette';
import { TILE_CELLS, type TilePlace } from './viewport';

/** Tiles that are kept: about 400 KB each with their pictures. */
const KEPT = 96;
/** Tiles that are asked for at once: what has left sight again must not stand before what is in sight. */
const AT_ONCE = 4;

/** Whose map it is. Another one has other tiles. */
export interface MapSubject {
  uri: string;
  version: number;
  model: string;
  /** How many interventions were active. */
  interventions: number;
  tokens: number;
  head: HeadId;
  hideSink: boolean;
  weighted: boolean;
  /** Largest value, where it is known before any tile is there. */
  maximum: number;
}

export interface TilePort {
  ask(version: number, question: TileQuestion): number;
  drop(requests: number[]): void;
}

interface Tile {
  answer: AttentionTile;
  picture?: HTMLCanvasElement;
  /** Colours that the picture was painted with. */
  colours?: Uint32Array;
}

export class TileStore {
  private subject: MapSubject | undefined;
  private readonly tiles = new Map<string, Tile>();
  private readonly asked = new Map<number, string>();
  /** What could not be computed, with what was said of it. */
  private readonly failed = new Map<string, string>();
  private maximum = 0;
  private palette: Palette | undefined;
  private colours: Uint32Array | undefined;

  constructor(private readonly port: TilePort) {}

  /** End of the colour scale. */
  get largest(): number {
    return this.maximum;
  }

  /** What went wrong with a tile of this map, if anything did. */
  get failure(): string | undefined {
    return this.failed.values().next().value;
  }

  /** Whether tiles are on their way. */
  get isWaiting(): boolean {
    return this.asked.size > 0;
  }

  setSubject(subject: MapSubject): void {
    if (this.subject && JSON.stringify(subject) === JSON.stringify(this.subject)) return;
    this.subject = subject;
    this.tiles.clear();
    this.failed.clear();
    this.port.drop([...this.asked.keys()]);
    this.asked.clear();
    this.maximum = subject.maximum;
    this.colours = undefined;
  }

  setPalette(palette: Palette): void {
    if (palette.name === this.palette?.name) return;
    this.palette = palette;
    this.colours = undefined;
  }

  /** Asks for what is missing of these tiles, and no longer for others. */
  want(places: readonly TilePlace[]): void {
    const { subject } = this;
    if (!subject) return;
    const wanted = new Set(places.map(keyOf));
    const left = [...this.asked].filter(([, key]) => !wanted.has(key)).map(([request]) => request);
    for (const request of left) this.asked.delete(request);
    if (left.length > 0) this.port.drop(left);
    const waiting = new Set(this.asked.values());
    for (const place of places) {
      const key = keyOf(place);
      if (this.asked.size >= AT_ONCE) return;
      if (this.tiles.has(key) || waiting.has(key) || this.failed.has(key)) continue;
      const { version, head, hideSink, weighted } = subject;
      const question = { ...head, ...rangesOf(place, subject.tokens), hideSink, weighted };
      this.asked.set(this.port.ask(version, question), key);
    }
  }

  /** Takes an answer; false where nobody waits for it any more. */
  receive(request: number, answer: AttentionTile | undefined, failure?: string): boolean {
    const key = this.asked.get(request);
    if (key === undefined) return false;
    this.asked.delete(request);
    if (failure !== undefined) this.failed.set(key, failure);
    if (!answer) return true;
    this.tiles.set(key, { answer });
    if (answer.maximum > this.maximum) {
      this.maximum = answer.maximum;
      this.colours = undefined;
    }
    for (const old of this.tiles.keys()) {
      if (this.tiles.size <= KEPT) break;
      this.tiles.delete(old);
    }
    return true;
  }

  /** The painted tile; undefined while it is not there. */
  picture(place: TilePlace): HTMLCanvasElement | undefined {
    const key = keyOf(place);
    const tile = this.tiles.get(key);
    if (!tile || !this.palette) return undefined;
    // What was used last is forgotten last.
    this.tiles.delete(key);
    this.tiles.set(key, tile);
    this.colours ??= tileColours(this.palette, this.maximum);
    if (tile.colours !== this.colours) {
      tile.picture = paint(tile.answer, this.colours, tile.picture);
      tile.colours = this.colours;
    }
    return tile.picture;
  }

  /** The value of a cell, exact to half precision, as the bits in `cells`; undefined while its tile is not there. */
  bits(destination: number, source: number): number | undefined {
    const place = {
      step: 1,
      row: Math.floor(destination / TILE_CELLS),
      column: Math.floor(source / TILE_CELLS),
    };
    const tile = this.tiles.get(keyOf(place))?.answer;
    if (!tile) return undefined;
    return tile.cells[(destination - tile.destinations.start) * tile.columns + source - tile.sources.start];
  }

  /** As `bits`, as a number. */
  value(destination: number, source: number): number | undefined {
    const bits = this.bits(destination, source);
    return bits === undefined ? undefined : halves[bits];
  }
}

function rangesOf(
  { step, row, column }: TilePlace,
  tokens: number,
): Pick<TileQuestion, 'destinations' | 'sources' | 'step'> {
  const size = step * TILE_CELLS;
  const range = (index: number): { start: number; end: number } => ({
    start: index * size,
    end: Math.min(tokens, (index + 1) * size),
  });
  return { destinations: range(row), sources: range(column), step };
}

function keyOf({ step, row, column }: TilePlace): string {
  return `${step}/${row}/${column}`;
}

function paint(
  { rows, columns, cells }: AttentionTile,
  colours: Uint32Array,
  before: HTMLCanvasElement | undefined,
): HTMLCanvasElement {
  const canvas = before ?? document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const pixels = new Uint32Array(rows * columns);
  for (let cell = 0; cell < pixels.length; cell++) pixels[cell] = colours[cells[cell]];
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows);
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}
