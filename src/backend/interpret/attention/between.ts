// Which heads carry information between two phrases.
import type { HeadsBetween, PhraseAttention } from '../../../protocol/attention';
import type { TextRange } from '../../../protocol/types';
import type { Cancellation } from '../../cancellation';
import { largestIndices } from '../largest';
import type { AttentionMaps } from './attentionMaps';
import type { DirectionRows } from './deviceHeads';
import type { PatternBlock } from './patternStore';
import { collectTargets, type SourceRule, type Targets } from './targets';
import { visibleSources, type PatternWindow } from './windows';

/**
 * Both directions for all heads; see `PhraseAttention`. Destinations count that see some token of the other phrase.
 * @param first token indices
 * @throws SubtextError `usage` for ranges that are not in the text
 */
export async function headsBetween(
  maps: AttentionMaps,
  first: TextRange,
  second: TextRange,
  cancellation: Cancellation,
  progress?: (share: number) => void,
): Promise<Omit<HeadsBetween, 'source'>> {
  maps.checkTokens(first);
  maps.checkTokens(second);
  const { n_layers: layers, n_heads: heads, causal } = maps.configuration;
  const spans = maps.layers.map((layer) => maps.spans(layer));
  const intoSecond = new PhraseSums(layers * heads, second, first);
  const intoFirst = new PhraseSums(layers * heads, first, second);
  const directions = [intoSecond, intoFirst];
  const windows = new Set([first, second].flatMap(({ start, end }) => maps.owners(start, end)));
  let done = 0;
  for (const window of windows) {
    const norms = await maps.norms.ofLayers(maps.layers, window, cancellation);
    if (maps.device) {
      const targets = directions.map((sums) => sums.targets(window, causal));
      await maps.device.between(
        window,
        targets,
        norms,
        (layer, found) =>
          directions.forEach((sums, which) =>
            sums.addRows(window, layer, found[which], targets[which], spans[layer], causal),
          ),
        cancellation,
      );
    } else {
      await maps.patterns.visit(
        maps.layers,
        [window],
        (block) => {
          for (const sums of directions) {
            sums.addBlock(block, norms[block.layer], spans[block.layer], causal);
          }
        },
        cancellation,
      );
    }
    progress?.(++done / windows.size);
  }
  const [forward, back] = [intoSecond.means(), intoFirst.means()];
  const larger = forward.weighted.map((value, row) => Math.max(number(value), number(back.weighted[row])));
  const order = Int32Array.from(largestIndices(larger, larger.length));
  return { layers, heads, first, second, intoSecond: forward, intoFirst: back, order };
}

/** Heads that relate nothing come last. */
function number(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

class PhraseSums {
  private readonly attention: Float64Array;
  private readonly weighted: Float64Array;
  private readonly pairs: Int32Array;
  private readonly rows: Int32Array;

  constructor(
    heads: number,
    private readonly destinations: TextRange,
    private readonly sources: TextRange,
  ) {
    this.attention = new Float64Array(heads);
    this.weighted = new Float64Array(heads);
    this.pairs = new Int32Array(heads);
    this.rows = new Int32Array(heads);
  }

  addBlock(block: PatternBlock, norms: Float32Array, spans: readonly number[], causal: boolean): void {
    const { layer, heads, data, rows, keys, firstRow, firstToken, tokens } = block;
    const { destinations, sources } = this;
    const firstIn = Math.max(destinations.start, firstToken) - firstToken;
    const lastIn = Math.min(destinations.end, firstToken + rows) - firstToken;
    for (let head = 0; head < heads; head++) {
      const row = layer * heads + head;
      for (let r = firstIn; r < lastIn; r++) {
        const { from, to } = visibleSources(firstRow + r, keys, spans[head], causal);
        let pairs = 0;
        for (let key = from; key < to; key++) {
          if (!isIn(tokens[key], sources)) continue;
          const attention = data[(head * rows + r) * keys + key];
          pairs++;
          this.attention[row] += attention;
          this.weighted[row] += attention * norms[head * keys + key];
        }
        this.pairs[row] += pairs;
        if (pairs > 0) this.rows[row]++;
      }
    }
  }

  /** The cells of this direction in a window. */
  targets(window: PatternWindow, causal: boolean): Targets {
    const { destinations, sources } = this;
    const keys = [...window.tokens.keys()].filter((key) => isIn(window.tokens[key], sources));
    const rule: SourceRule = (position, add) => {
      if (isIn(window.tokens[position], destinations)) for (const key of keys) add(key);
    };
    return collectTargets(window, causal, rule, true);
  }

  /** The same of rows that the engine has summed up. */
  addRows(
    { rows, keys, firstRow }: PatternWindow,
    layer: number,
    { attention, weighted }: DirectionRows,
    { offsets, sources }: Targets,
    spans: readonly number[],
    causal: boolean,
  ): void {
    const heads = spans.length;
    for (let head = 0; head < heads; head++) {
      const row = layer * heads + head;
      for (let r = 0; r < rows; r++) {
        const { from } = visibleSources(firstRow + r, keys, spans[head], causal);
        let pairs = 0;
        for (let at = offsets[r]; at < offsets[r + 1]; at++) if (sources[at] >= from) pairs++;
        if (pairs === 0) continue;
        const at = (firstRow + r) * heads + head;
        this.attention[row] += attention[at];
        this.weighted[row] += weighted[at];
        this.pairs[row] += pairs;
        this.rows[row]++;
      }
    }
  }

  means(): PhraseAttention {
    const mean = (sums: Float64Array) =>
      Float32Array.from(sums, (sum, row) => (this.rows[row] > 0 ? sum / this.rows[row] : 0));
    return { attention: mean(this.attention), weighted: mean(this.weighted), pairs: this.pairs };
  }
}

function isIn(token: number, { start, end }: TextRange): boolean {
  return token >= start && token < end;
}
