// Sums of attention over the pairs of many strings, a string at a time, and the statistics that they are.
import type { GrammarAttention } from '../../../protocol/grammarAttention';
import type { LatentLabels } from '../../data/cfg/labels';
import { PairGroups } from './pairGroups';
import type { PairSums } from './pairSummary';

/** Where the pairs of one string stand in a head's pattern: begin of text, the terminals, end of text, in both directions. */
export interface StringPairs {
  terminals: number;
  /** Group g has `offsets` from `starts[g]` up to `starts[g + 1]`. */
  starts: Int32Array;
  offsets: Int32Array;
}

/** The statistics alone. */
export type TalliedAttention = Pick<
  GrammarAttention,
  | 'distances'
  | 'position'
  | 'positionPairs'
  | 'boundary'
  | 'boundaryPairs'
  | 'between'
  | 'betweenPairs'
  | 'back'
  | 'ends'
  | 'endPairs'
>;

/**
 * With A(j, i) the attention of destination j to source i, over pairs of two different terminals (never begin or end of
 * text; causal models: i < j) of all strings (arXiv 2305.13673, section 5):
 *
 * - `position`: Ā(p) = mean of A(j, i) over the pairs with j − i = p. A pair that is out of a head's reach counts with 0.
 * - The residual: B(j, i) = A(j, i) − Ā(j − i). The others are its means over some pairs (`PairGroups`).
 * - `boundary`: those with b_l(i + δ) = 1, for each level l and shift δ.
 * - `between`: those with b_l(j + δ2) = 1 and b_l(i + δ1) = 1.
 * - `ends`: those with b♯(j) = l′, b♯(i) = l and p_l(j) − p_l(i) = r; with l′ = l the end-to-end attention of one level,
 *   else that across levels.
 *
 * Labels as in `LatentLabels`. Ā is known when the last string is read, but then the mean of B is that of A less that of
 * Ā, for which it is enough to know how many pairs of a group lie at each distance: no pattern is kept.
 */
export class GrammarAttentionTally {
  readonly groups: PairGroups;
  /** Of the farthest distance. */
  private readonly reach: number;
  private readonly distances: number;
  /** [heads of all layers, distances] and [distances] */
  private readonly byDistance: Float64Array;
  private readonly pairsByDistance: Float64Array;
  /** [heads of all layers, groups] and [groups, distances] */
  private readonly byGroup: Float64Array;
  private readonly pairsOfGroups: Float64Array;

  /**
   * @param levels how many levels lie between the root's and the terminals'
   * @param longest terminals of the longest string
   */
  constructor(
    private readonly shape: {
      layers: number;
      heads: number;
      levels: number;
      causal: boolean;
      longest: number;
    },
  ) {
    const { layers, heads, levels, causal, longest } = shape;
    this.groups = new PairGroups(levels, causal);
    this.reach = longest - 1;
    this.distances = causal ? this.reach : 2 * this.reach;
    this.byDistance = new Float64Array(layers * heads * this.distances);
    this.pairsByDistance = new Float64Array(this.distances);
    this.byGroup = new Float64Array(layers * heads * this.groups.count);
    this.pairsOfGroups = new Float64Array(this.groups.count * this.distances);
  }

  /** Takes up a string; the patterns of each of its layers follow by `addLayer`. */
  addString(labels: LatentLabels): StringPairs {
    const { groups, distances } = this;
    const terminals = labels.shallowestEnds.length;
    const starts = new Int32Array(groups.count + 1);
    groups.visit(labels, (group, destination, source) => {
      starts[group + 1]++;
      this.pairsOfGroups[group * distances + this.columnOf(destination - source)]++;
    });
    for (let group = 0; group < groups.count; group++) starts[group + 1] += starts[group];
    const offsets = new Int32Array(starts[groups.count]);
    const next = starts.slice();
    const width = terminals + 2;
    groups.visit(labels, (group, destination, source) => {
      offsets[next[group]++] = (destination + 1) * width + source + 1;
    });
    for (let distance = 1; distance < terminals; distance++) {
      this.pairsByDistance[this.columnOf(distance)] += terminals - distance;
      if (!this.shape.causal) this.pairsByDistance[this.columnOf(-distance)] += terminals - distance;
    }
    return { terminals, starts, offsets };
  }

  /**
   * @param patterns [heads, terminals + 2, terminals + 2] of one layer
   * @returns whether all of them are numbers
   */
  addLayer({ terminals, starts, offsets }: StringPairs, layer: number, patterns: Float32Array): boolean {
    const { heads } = this.shape;
    const cells = (terminals + 2) ** 2;
    let total = 0;
    for (let head = 0; head < heads; head++) {
      const row = layer * heads + head;
      const pattern = patterns.subarray(head * cells, (head + 1) * cells);
      total += this.addDistances(pattern, terminals, row * this.distances);
      addGroups(pattern, starts, offsets, this.byGroup, row * this.groups.count);
    }
    return Number.isFinite(total);
  }

  /**
   * The same of sums that the engine has made.
   * @returns whether all of them are numbers
   */
  addSums({ terminals }: StringPairs, layer: number, sums: PairSums): boolean {
    const { groups, distances, byDistance, byGroup } = this;
    const { heads, causal } = this.shape;
    const farthest = causal ? 0 : -(terminals + 1);
    let total = 0;
    for (let head = 0; head < heads; head++) {
      const row = layer * heads + head;
      for (let distance = causal ? 1 : 1 - terminals; distance < terminals; distance++) {
        if (distance === 0) continue;
        const value = sums.distances[(distance - farthest) * heads + head];
        byDistance[row * distances + this.columnOf(distance)] += value;
        total += value;
      }
      for (let group = 0; group < groups.count; group++)
        byGroup[row * groups.count + group] += sums.groups[group * heads + head];
    }
    return Number.isFinite(total);
  }

  /** The statistics of what was added. */
  statistics(): TalliedAttention {
    const { groups, distances, reach, byDistance, pairsByDistance } = this;
    const { layers, heads, causal } = this.shape;
    const rows = layers * heads;
    const position = byDistance.map((sum, at) => sum / pairsByDistance[at % distances]);
    const pairs = Int32Array.from({ length: groups.count }, (_, group) => this.pairsOf(group));
    const residuals = new Float32Array(rows * groups.count);
    for (let row = 0; row < rows; row++) {
      const means = position.subarray(row * distances, (row + 1) * distances);
      for (let group = 0; group < groups.count; group++) {
        const at = row * groups.count + group;
        residuals[at] = (this.byGroup[at] - this.expected(group, means)) / pairs[group];
      }
    }
    const part = (first: number, end: number) => ({
      values: columnsOf(residuals, rows, first, end),
      pairs: pairs.slice(first, end),
    });
    const boundary = part(0, groups.firstBetween);
    const between = part(groups.firstBetween, groups.firstEnds);
    const ends = part(groups.firstEnds, groups.count);
    return {
      distances: Int32Array.from({ length: distances }, (_, column) => {
        const back = causal ? column : column - reach;
        return back < 0 ? back : back + 1;
      }),
      position: Float32Array.from(position),
      positionPairs: Int32Array.from(pairsByDistance),
      boundary: boundary.values,
      boundaryPairs: boundary.pairs,
      between: between.values,
      betweenPairs: between.pairs,
      back: [...groups.back],
      ends: ends.values,
      endPairs: ends.pairs,
    };
  }

  /** Columns are … −2, −1, 1, 2, …; a causal model has no negative distances. */
  private columnOf(distance: number): number {
    if (this.shape.causal) return distance - 1;
    return distance > 0 ? this.reach + distance - 1 : this.reach + distance;
  }

  private addDistances(pattern: Float32Array, terminals: number, first: number): number {
    const { byDistance } = this;
    const width = terminals + 2;
    let total = 0;
    for (let destination = 0; destination < terminals; destination++) {
      const line = (destination + 1) * width + 1;
      const last = this.shape.causal ? destination : terminals;
      for (let source = 0; source < last; source++) {
        if (source === destination) continue;
        const value = pattern[line + source];
        byDistance[first + this.columnOf(destination - source)] += value;
        total += value;
      }
    }
    return total;
  }

  private pairsOf(group: number): number {
    return this.pairsAt(group).reduce((sum, count) => sum + count, 0);
  }

  /** What a group's sum would be if attention depended on distance alone. */
  private expected(group: number, means: Float64Array): number {
    let sum = 0;
    for (const [column, count] of this.pairsAt(group).entries()) if (count > 0) sum += count * means[column];
    return sum;
  }

  private pairsAt(group: number): Float64Array {
    return this.pairsOfGroups.subarray(group * this.distances, (group + 1) * this.distances);
  }
}

function addGroups(
  pattern: Float32Array,
  starts: Int32Array,
  offsets: Int32Array,
  sums: Float64Array,
  first: number,
): void {
  for (let group = 0; group + 1 < starts.length; group++) {
    let sum = 0;
    for (let at = starts[group]; at < starts[group + 1]; at++) sum += pattern[offsets[at]];
    sums[first + group] += sum;
  }
}

/** Columns [first, end) of a table. */
function columnsOf(table: Float32Array, rows: number, first: number, end: number): Float32Array {
  const width = table.length / rows;
  const found = new Float32Array(rows * (end - first));
  for (let row = 0; row < rows; row++)
    found.set(table.subarray(row * width + first, row * width + end), row * (end - first));
  return found;
}
