// A rectangle of one head's map, pooled so that it fits into a message.
import { TILE_SIDE, type AttentionTile, type TileQuestion } from '../../../protocol/attention';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import { narrowToHalves } from '../../halfPrecision';
import type { AttentionMaps } from './attentionMaps';
import type { PatternBlock } from './patternStore';
import { addTo, visibleSources, type PatternWindow } from './windows';

/** In this order, so that the largest that falls into a cell is what is shown of it. */
const HIDDEN = -1;
const MASKED = -2;

/** @throws SubtextError `usage` for a head, a range or a step that cannot be */
export async function attentionTile(
  maps: AttentionMaps,
  question: TileQuestion,
  cancellation: Cancellation,
): Promise<Omit<AttentionTile, 'source'>> {
  const { layer, head, destinations, sources, weighted, hideSink } = question;
  maps.checkHead(question);
  maps.checkTokens(destinations);
  maps.checkTokens(sources);
  const canvas = new TileCanvas(question, maps.spans(layer)[head], maps.configuration.causal);
  for (const window of maps.owners(destinations.start, destinations.end)) {
    const norms = weighted ? await maps.norms.of(layer, window, cancellation) : undefined;
    if (!maps.device) {
      await maps.ofHead(question, [window], (block) => canvas.draw(block, norms), cancellation);
      continue;
    }
    const { keys } = window;
    const weights = norms?.subarray(head * keys, (head + 1) * keys) ?? new Float32Array(keys).fill(1);
    const { lines, cells } = canvas.lists(window);
    const lists = { lines: [...lines.values()], cells: cells.size > 0 ? [...cells.values()] : [[0]] };
    const pooled = await maps.device.tile(question, window, lists, weights, cancellation);
    canvas.drawPooled([...lines.keys()], [...cells.keys()], pooled);
  }
  const { step, rows, columns, maximum } = canvas;
  const cells = narrowToHalves('float16', canvas.cells);
  return { layer, head, destinations, sources, step, hideSink, weighted, rows, columns, cells, maximum };
}

class TileCanvas {
  readonly step: number;
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly cells: Float32Array;
  /** Of all windows drawn, in the tile or not. */
  maximum = 0;

  constructor(
    private readonly question: TileQuestion,
    private readonly span: number,
    private readonly causal: boolean,
  ) {
    const { destinations, sources } = question;
    const [height, width] = [destinations, sources].map(({ start, end }) => end - start);
    this.step = Math.max(checkedStep(question.step), Math.ceil(Math.max(height, width) / TILE_SIDE));
    this.rows = Math.ceil(height / this.step);
    this.columns = Math.ceil(width / this.step);
    this.cells = new Float32Array(this.rows * this.columns).fill(MASKED);
  }

  /** The positions of a window by row and column of the tile. */
  lists({
    keys,
    rows,
    firstRow,
    firstToken,
    tokens,
  }: PatternWindow): Record<'lines' | 'cells', Map<number, number[]>> {
    const { destinations, sources } = this.question;
    const [lines, cells] = [new Map<number, number[]>(), new Map<number, number[]>()];
    for (let r = 0; r < rows; r++) {
      const token = firstToken + r;
      if (token < destinations.start || token >= destinations.end) continue;
      addTo(lines, Math.floor((token - destinations.start) / this.step), firstRow + r);
    }
    for (let key = 0; key < keys; key++) {
      if (tokens[key] < sources.start || tokens[key] >= sources.end) continue;
      addTo(cells, Math.floor((tokens[key] - sources.start) / this.step), key);
    }
    return { lines, cells };
  }

  /** The same of a window that the engine has pooled (`tileEnding`). */
  drawPooled(
    lines: readonly number[],
    cells: readonly number[],
    { picture, maximum }: { picture: Float32Array; maximum: number },
  ): void {
    this.maximum = Math.max(this.maximum, maximum);
    cells.forEach((cell, column) => {
      lines.forEach((line, row) => {
        const value = picture[column * lines.length + row];
        const at = line * this.columns + cell;
        if (value === Infinity) this.cells[at] = NaN;
        else if (value > this.cells[at]) this.cells[at] = value;
      });
    });
  }

  /** @param norms [heads, keys], what values are weighted by */
  draw(block: PatternBlock, norms: Float32Array | undefined): void {
    const { destinations, sources, head, hideSink } = this.question;
    const { cells, columns, step } = this;
    const { data, keys, rows, firstRow, firstToken, sink, tokens } = block;
    for (let r = 0; r < rows; r++) {
      const token = firstToken + r;
      const isDrawn = token >= destinations.start && token < destinations.end;
      const row = Math.floor((token - destinations.start) / step) * columns;
      const start = (head * rows + r) * keys;
      const { from, to } = visibleSources(firstRow + r, keys, this.span, this.causal);
      for (let key = from; key < to; key++) {
        const isHidden = hideSink && sink[key] === 1;
        const weight = norms ? norms[head * keys + key] : 1;
        const value = isHidden ? HIDDEN : data[start + key] * weight;
        if (value > this.maximum && value < Infinity) this.maximum = value;
        const source = tokens[key];
        if (!isDrawn || source < sources.start || source >= sources.end) continue;
        const at = row + Math.floor((source - sources.start) / step);
        // What is no number shows through, and stays.
        if (!Number.isFinite(value)) cells[at] = NaN;
        else if (value > cells[at]) cells[at] = value;
      }
    }
  }
}

/** @throws SubtextError `usage` */
function checkedStep(step: number): number {
  if (Number.isInteger(step) && step >= 1) return step;
  throw new SubtextError('usage', `A step of ${step} tokens`, 'Give a whole number from 1.');
}
