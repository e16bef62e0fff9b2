// The statistics of all heads, from one pass over their patterns. Tens of millions of numbers pass through while a person
// waits, hence plain loops over typed arrays and nothing allocated inside.
import type { HeadScores } from '../../../protocol/attention';
import type { PatternBlock } from './patternStore';
import type { HeadPart } from './headSummary';
import { HeadTallies } from './headTallies';
import type { HeadPictures } from './headPictures';
import { countNotFinite, sumRows, type Columns, type HeadRows, type RowSums } from './patternLoops';
import type { Targets } from './targets';
import { visibleSources, type PatternWindow, type Stretch } from './windows';

/** What the statistics of a block need to know beside its numbers, the same for all its layers and heads. */
export interface BlockFrame {
  causal: boolean;
  /** By head. */
  spans: readonly number[];
  /** Target cells of previous-token, same-token, induction and self, in the order of `SCORED`. */
  targets: readonly Targets[];
  /** The window's positions as stretches that are all sink, or all not; and each of them by the columns of the pictures. */
  stretches: readonly Stretch[];
  columns: Columns;
}

/** The outputs of a layer by name, see `HeadPart`. */
export type HeadFound = (part: HeadPart) => Float32Array;

/**
 * Scores of heads. Written with a(i, j), the attention of destination i to source j.
 *
 * The sink (`PatternWindow.sink`) is neither source nor destination, but of `sink` itself. Rows with a number that is
 * not finite are counted and left out. Where a score applies to no destination it is NaN.
 *
 * - `previousToken`, `duplicateToken`, `induction`, `self`: mean of Σ_{j ∈ target(i)} a(i, j) over the destinations
 *   that see a source of the target pattern of this name (`targetRules`). Voita et al. 2019 (arXiv 1905.09418),
 *   section 5.1; Wang et al. 2022 (arXiv 2211.00593), section 3; Olsson et al. 2022 (arXiv 2209.11895), "prefix
 *   matching". As TransformerLens's `detect_head`, but that it also divides by destinations without any target.
 * - `sink`: mean over i of Σ_{j ∈ sink} a(i, j) (Xiao et al. 2023, arXiv 2309.17453; Gu et al. 2024, arXiv 2410.10781).
 * - `distanceMean`, `distanceSpread`: mean and standard deviation, in tokens, of |i − j| with a(i, j) as weights, over
 *   all i and j outside the sink (Vig & Belinkov 2019, arXiv 1906.04284, who leave the first token out too).
 * - `entropy`: mean over i of −Σ_j a ln a, in nats (ibid.); `normalizedEntropy`: mean of the same divided by ln of how many
 *   sources i sees, over those that see at least two.
 * - `distanceExplained`: R² = 1 − Σ (a(i, j) − ā(i − j))² / Σ (a(i, j) − ā)² over the cells that a destination sees, where
 *   ā(d) is the mean over all pairs at distance d and ā the mean of all: Physics of Language Models 1 (arXiv
 *   2305.13673), section 5.1, position-based attention, used for the distance and semantic heads of TinyStories (arXiv
 *   2305.07759, section 5). Attention is not made to sum to one without the sink: rows that go to the sink nearly whole
 *   would be blown up, noise and all.
 *
 * Without the sink, a target's score is Σ_i Σ_{target} a / Σ_i Σ_{j ∉ sink} a: the share of what goes elsewhere. It is
 * not a mean of shares, again so that rows with little left count little. Entropies are then those of the
 * renormalised rows, in a mean weighted by what they have left.
 */
export class HeadStatistics {
  private readonly tallies: HeadTallies;
  /** By row of the block that is looked at: all sums, and those of its sink. */
  private readonly outside: RowSums;
  private readonly toSink: RowSums;
  private readonly from: Int32Array;
  private readonly drawnTo: Int32Array;
  private readonly countedTo: Int32Array;
  /** Distances to the sink, which nobody asks for. */
  private readonly nowhere: Float64Array;

  constructor(
    private readonly heads: number,
    layers: number,
    private readonly longestWindow: number,
    private readonly pictures: HeadPictures,
  ) {
    this.tallies = new HeadTallies(layers * heads, longestWindow);
    this.outside = emptySums(longestWindow);
    this.toSink = emptySums(longestWindow);
    this.from = new Int32Array(longestWindow);
    this.drawnTo = new Int32Array(longestWindow);
    this.countedTo = new Int32Array(longestWindow);
    this.nowhere = new Float64Array(2 * longestWindow);
  }

  /** By row of heads: cells that are NaN or infinite. */
  get notNumbers(): Int32Array {
    return this.tallies.notNumbers;
  }

  scores(withoutSink: boolean): HeadScores {
    return this.tallies.scores(withoutSink);
  }

  addBlock(block: PatternBlock, frame: BlockFrame): void {
    const { data, rows, keys, firstRow, layer } = block;
    const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    const { from, drawnTo, countedTo } = this;
    const lines = this.pictures.lines(block);
    for (let head = 0; head < this.heads; head++) {
      const row = layer * this.heads + head;
      const start = head * rows * keys;
      this.lookAtRows(block, head, start, frame);
      const drawn = { data, bits, rows, keys, start, firstRow, from, to: drawnTo };
      this.pictures.draw(row, drawn, frame.columns, lines);
      this.sum(row, { ...drawn, to: countedTo }, frame);
    }
  }

  /** The same of a layer whose pattern the engine has summed up (`headEnding`). */
  addSummary(window: PatternWindow, layer: number, found: HeadFound, frame: BlockFrame): void {
    for (let head = 0; head < this.heads; head++) {
      const row = layer * this.heads + head;
      this.takeRows(window, row, head, found, frame);
      this.takeDistances(window, row, head, found, frame);
      for (const [which, { latest }] of frame.targets.entries()) {
        const mass = found(`target${which}`);
        for (let r = 0; r < window.rows; r++) {
          if (latest[r] < this.from[r] || this.countedTo[r] === this.from[r]) continue;
          const at = (window.firstRow + r) * this.heads + head;
          this.tallies.addTarget(which, row, mass[at], this.outside.mass[r]);
        }
      }
    }
  }

  private takeRows(
    { rows, firstRow, keys, sink }: PatternWindow,
    row: number,
    head: number,
    found: HeadFound,
    { causal, spans }: BlockFrame,
  ): void {
    const { outside, toSink, tallies } = this;
    const sinksBefore = new Int32Array(keys + 1);
    for (let key = 0; key < keys; key++) sinksBefore[key + 1] = sinksBefore[key] + sink[key];
    const center = centerOf(found, head);
    const [notFinite, mass, sinkMass] = [found('notFinite'), found('mass'), found('toSink')];
    const [entropyOutside, entropy] = [found('entropyOutside'), found('entropy')];
    const [difference, squares] = [found('difference'), found('squares')];
    for (let r = 0; r < rows; r++) {
      const position = firstRow + r;
      const at = position * this.heads + head;
      const { from, to } = visibleSources(position, keys, spans[head], causal);
      tallies.notNumbers[row] += notFinite[at];
      const counts = sink[position] === 0 && notFinite[at] === 0;
      this.from[r] = from;
      this.countedTo[r] = counts ? to : from;
      if (!counts || to <= from) continue;
      toSink.seen[r] = sinksBefore[to] - sinksBefore[from];
      outside.seen[r] = to - from - toSink.seen[r];
      outside.mass[r] = mass[at];
      outside.squares[r] = squares[at] + 2 * center * difference[at] + center * center * outside.seen[r];
      outside.entropy[r] = entropyOutside[at];
      toSink.mass[r] = sinkMass[at];
      toSink.entropy[r] = entropy[at] - entropyOutside[at];
      tallies.addRow(row, r, outside, toSink);
    }
  }

  private takeDistances(
    { rows, firstRow, keys }: PatternWindow,
    row: number,
    head: number,
    found: HeadFound,
    { causal, stretches }: BlockFrame,
  ): void {
    const { tallies, from, countedTo } = this;
    const center = centerOf(found, head);
    const differences = found('distances');
    const { byDistance, origin } = tallies.distancesOf(row);
    const first = causal ? 0 : 1 - keys;
    const edges = new Int32Array(keys - first + 1);
    for (let r = 0; r < rows; r++) {
      for (const stretch of stretches) {
        if (stretch.isSink) continue;
        const nearest = firstRow + r - Math.min(stretch.end, countedTo[r]) + 1;
        const farthest = firstRow + r - Math.max(stretch.first, from[r]);
        if (nearest > farthest) continue;
        tallies.countDistances(row, nearest, farthest);
        edges[nearest - first]++;
        edges[farthest - first + 1]--;
      }
    }
    let cells = 0;
    for (let index = 0; index < keys - first; index++) {
      cells += edges[index];
      byDistance[origin + first + index] += differences[index * this.heads + head] + center * cells;
    }
  }

  /** Which sources of each row are drawn and counted. */
  private lookAtRows(block: PatternBlock, head: number, start: number, { causal, spans }: BlockFrame): void {
    const { data, rows, keys, firstRow, sink, layer } = block;
    const row = layer * this.heads + head;
    for (let r = 0; r < rows; r++) {
      const position = firstRow + r;
      const { from, to } = visibleSources(position, keys, spans[head], causal);
      const base = start + r * keys;
      const notFinite = countNotFinite(data, base + from, base + to);
      this.from[r] = from;
      this.drawnTo[r] = notFinite > 0 ? from : to;
      this.countedTo[r] = sink[position] === 1 ? from : this.drawnTo[r];
      if (notFinite === 0) continue;
      this.tallies.notNumbers[row] += notFinite;
      this.pictures.drawBroken(row, block, r, data.subarray(base + from, base + to), from);
    }
  }

  private sum(row: number, seen: HeadRows, { stretches, targets }: BlockFrame): void {
    const { tallies, outside, toSink } = this;
    const { rows, from, to, firstRow } = seen;
    const { byDistance, origin } = tallies.distancesOf(row);
    clear(outside);
    clear(toSink);
    for (const { first, end, isSink } of stretches) {
      if (isSink) {
        sumRows(seen, first, end, toSink, this.nowhere, this.longestWindow - 1);
        continue;
      }
      sumRows(seen, first, end, outside, byDistance, origin);
      for (let r = 0; r < rows; r++) {
        const nearest = firstRow + r - Math.min(end, to[r]) + 1;
        const farthest = firstRow + r - Math.max(first, from[r]);
        if (nearest <= farthest) tallies.countDistances(row, nearest, farthest);
      }
    }
    for (let r = 0; r < rows; r++) if (to[r] > from[r]) tallies.addRow(row, r, outside, toSink);
    for (const [which, target] of targets.entries()) this.sumTarget(which, row, seen, target);
  }

  private sumTarget(which: number, row: number, seen: HeadRows, { offsets, sources, latest }: Targets): void {
    const { data, rows, keys, start, from, to } = seen;
    for (let r = 0; r < rows; r++) {
      if (latest[r] < from[r] || to[r] === from[r]) continue;
      const base = start + r * keys;
      let mass = 0;
      for (let at = offsets[r]; at < offsets[r + 1]; at++) mass += data[base + sources[at]];
      this.tallies.addTarget(which, row, mass, this.outside.mass[r]);
    }
  }
}

/** What squares and differences are relative to; of no cells there is none. */
function centerOf(found: HeadFound, head: number): number {
  const center = found('center')[head];
  return Number.isNaN(center) ? 0 : center;
}

function emptySums(rows: number): RowSums {
  return {
    mass: new Float64Array(rows),
    squares: new Float64Array(rows),
    entropy: new Float64Array(rows),
    seen: new Int32Array(rows),
  };
}

function clear({ mass, squares, entropy, seen }: RowSums): void {
  for (const each of [mass, squares, entropy, seen]) each.fill(0);
}
