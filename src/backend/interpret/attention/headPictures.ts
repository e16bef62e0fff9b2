// Small pictures of all heads: the largest attention in each stretch of destinations and sources.
import { LEAST_SHOWN, type Thumbnails } from '../../../protocol/attention';
import { drawRows, type Columns, type HeadRows } from './patternLoops';
import { addTo, stretchesOf, type PatternWindow } from './windows';

/** Rows and columns of a picture at most. */
const LARGEST_SIDE = 32;
/** Bytes of the pictures of all heads together: beside the tokens of a long text they stay within a message of 2 MB. */
const LARGEST_PICTURES = 512 * 1024;

export class HeadPictures {
  readonly side: number;
  /**
   * [head, row, 2 · column]: the largest outside the sink, in the columns behind them the largest in it; NaN where some
   * cell is not a number.
   */
  private readonly picture: Float32Array;

  /** @param heads of all layers */
  constructor(
    private readonly heads: number,
    private readonly tokens: number,
  ) {
    const largest = Math.floor(Math.sqrt(LARGEST_PICTURES / heads));
    this.side = Math.max(1, Math.min(LARGEST_SIDE, largest, tokens));
    this.picture = new Float32Array(heads * this.headSize);
  }

  /** Which positions of a window fall into which column. */
  columns(window: PatternWindow): Columns {
    const parts: { first: number; end: number; cell: number }[] = [];
    for (const { first, end, isSink } of stretchesOf(window)) {
      for (let position = first; position < end; position++) {
        const cell = this.columnOf(window.tokens[position], isSink);
        const last = parts.at(-1);
        if (last?.cell === cell) last.end = position + 1;
        else parts.push({ first: position, end: position + 1, cell });
      }
    }
    return {
      first: Int32Array.from(parts, (part) => part.first),
      end: Int32Array.from(parts, (part) => part.end),
      cell: Int32Array.from(parts, (part) => part.cell),
    };
  }

  /** Where the line of each destination of a window begins in a head's picture. */
  lines({ rows, firstToken }: PatternWindow): Int32Array {
    return Int32Array.from({ length: rows }, (_, row) => 2 * this.side * this.cellOf(firstToken + row));
  }

  draw(head: number, rows: HeadRows, columns: Columns, lines: Int32Array): void {
    const own = this.picture.subarray(head * this.headSize, (head + 1) * this.headSize);
    drawRows(rows, columns, own, lines);
  }

  /** A row with numbers that are none; `values` are those of the positions from `from` on. */
  drawBroken(
    head: number,
    { firstToken, tokens, sink }: PatternWindow,
    row: number,
    values: Float32Array,
    from: number,
  ): void {
    const line = head * this.headSize + 2 * this.side * this.cellOf(firstToken + row);
    for (const [index, value] of values.entries()) {
      const position = from + index;
      const at = line + this.columnOf(tokens[position], sink[position] === 1);
      if (!Number.isFinite(value)) this.picture[at] = NaN;
      else if (value > this.picture[at]) this.picture[at] = value;
    }
  }

  /** The lines and cells that a window's positions fall into, as `headEnding` takes them. */
  lists(window: PatternWindow): { lines: Map<number, number[]>; cells: Map<number, number[]> } {
    const lines = new Map<number, number[]>();
    const cells = new Map<number, number[]>();
    for (let row = 0; row < window.rows; row++) {
      addTo(lines, this.cellOf(window.firstToken + row), window.firstRow + row);
    }
    window.tokens.forEach((token, position) => {
      addTo(cells, this.columnOf(token, window.sink[position] === 1), position);
    });
    return { lines, cells };
  }

  /** Takes a picture of those lines and cells: [cell, 1, line, head] of a layer; infinite where some cell is no number. */
  addSummary(
    layer: number,
    { lines, cells }: { lines: readonly number[]; cells: readonly number[] },
    values: Float32Array,
  ): void {
    const heads = values.length / (lines.length * cells.length);
    for (let head = 0; head < heads; head++) {
      const own = (layer * heads + head) * this.headSize;
      cells.forEach((cell, column) => {
        lines.forEach((line, row) => {
          const value = values[(column * lines.length + row) * heads + head];
          const at = own + 2 * this.side * line + cell;
          if (value === Infinity) this.picture[at] = NaN;
          else if (value > this.picture[at]) this.picture[at] = value;
        });
      });
    }
  }

  thumbnails(hideSink: boolean): Thumbnails {
    const size = this.side * this.side;
    const cells = new Uint8Array(this.heads * size);
    const maximum = new Float32Array(this.heads);
    for (let head = 0; head < this.heads; head++) {
      for (let at = head * size; at < (head + 1) * size; at++) {
        const value = this.value(at, hideSink);
        if (value > maximum[head]) maximum[head] = value;
      }
      for (let at = head * size; at < (head + 1) * size; at++) {
        cells[at] = shade(this.value(at, hideSink), maximum[head]);
      }
    }
    return { side: this.side, cells, maximum };
  }

  private get headSize(): number {
    return 2 * this.side * this.side;
  }

  /** @param at [head, row, column] */
  private value(at: number, hideSink: boolean): number {
    const place = at + this.side * Math.floor(at / this.side);
    const outside = this.picture[place];
    const sink = hideSink ? 0 : this.picture[place + this.side];
    return outside > sink || Number.isNaN(outside) ? outside : sink;
  }

  private columnOf(token: number, isSink: boolean): number {
    return this.cellOf(token) + (isSink ? this.side : 0);
  }

  private cellOf(token: number): number {
    return Math.floor((token * this.side) / this.tokens);
  }
}

/** See `Thumbnails.cells`. */
function shade(value: number, maximum: number): number {
  if (Number.isNaN(value)) return 255;
  if (value < LEAST_SHOWN) return 0;
  return Math.max(1, Math.round(254 * (0.05 + 0.95 * Math.log10(1 + (9 * value) / maximum))));
}
