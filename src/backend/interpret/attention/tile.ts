// A rectangle of one head's map, pooled so that it fits into a message.
import { TILE_SIDE, type AttentionTile, type TileQuestion } from '../../../protocol/attention';
import type { Cancellation } from '../../cancellation';
import { SubtextError } from '../../errors';
import { narrowToHalves } from '../../halfPrecision';
import type { AttentionMaps } from './attentionMaps';
import type { PatternBlock } from './patternStore';
import { visibleSources } from './windows';

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
    await maps.ofHead(question, [window], (block) => canvas.draw(block, norms), cancellation);
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
