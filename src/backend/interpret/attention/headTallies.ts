// The sums that head scores are made of. What they mean stands at `HeadStatistics`.
import type { HeadScore, HeadScores } from '../../../protocol/attention';
import { HEAD_SCORES } from '../../../protocol/attention';
import type { RowSums } from './patternLoops';

/** Scores by target patterns, in the order in which these are given. */
export const SCORED = ['previousToken', 'duplicateToken', 'induction', 'self'] as const;

/** Pairs of fewer than two distances, or of variance below this share of the squares, have nothing to explain. */
const NO_VARIANCE = 1e-12;

export class HeadTallies {
  readonly notNumbers: Int32Array;
  /** [head, distance]: attention, and how many cells' first and last distances begin and end there. */
  private readonly attention: Float64Array;
  private readonly edges: Int32Array;
  private readonly width: number;
  private readonly rows: Float64Array;
  private readonly outside: Float64Array;
  private readonly squares: Float64Array;
  private readonly toSink: Float64Array;
  private readonly sinkRows: Float64Array;
  private readonly entropy: Float64Array;
  private readonly entropyOutside: Float64Array;
  private readonly share: Float64Array;
  private readonly shareRows: Float64Array;
  private readonly shareOutside: Float64Array;
  private readonly shareOutsideMass: Float64Array;
  /** [score, head] */
  private readonly mass: Float64Array;
  private readonly applied: Float64Array;
  private readonly left: Float64Array;

  constructor(
    private readonly heads: number,
    private readonly longestWindow: number,
  ) {
    // From −(longest − 1) to longest − 1, and one more for where the last stretch ends.
    this.width = 2 * longestWindow;
    this.notNumbers = new Int32Array(heads);
    this.attention = new Float64Array(heads * this.width);
    this.edges = new Int32Array(heads * this.width);
    const perHead = () => new Float64Array(heads);
    this.rows = perHead();
    this.outside = perHead();
    this.squares = perHead();
    this.toSink = perHead();
    this.sinkRows = perHead();
    this.entropy = perHead();
    this.entropyOutside = perHead();
    this.share = perHead();
    this.shareRows = perHead();
    this.shareOutside = perHead();
    this.shareOutsideMass = perHead();
    this.mass = new Float64Array(SCORED.length * heads);
    this.applied = new Float64Array(SCORED.length * heads);
    this.left = new Float64Array(SCORED.length * heads);
  }

  /** Where the attention at each distance is summed: distance d at `origin + d`. */
  distancesOf(head: number): { byDistance: Float64Array; origin: number } {
    return {
      byDistance: this.attention.subarray(head * this.width, (head + 1) * this.width),
      origin: this.longestWindow - 1,
    };
  }

  /** A cell more at each distance from `first` to `last`. */
  countDistances(head: number, first: number, last: number): void {
    const at = head * this.width + this.longestWindow - 1;
    this.edges[at + first]++;
    this.edges[at + last + 1]--;
  }

  /** A destination: the row's sums over the sources outside the sink, and over those in it. */
  addRow(head: number, row: number, outside: RowSums, toSink: RowSums): void {
    const mass = outside.mass[row];
    const seen = outside.seen[row];
    const sinkSeen = toSink.seen[row];
    this.rows[head]++;
    this.outside[head] += mass;
    this.squares[head] += outside.squares[row];
    if (sinkSeen > 0) {
      this.toSink[head] += toSink.mass[row];
      this.sinkRows[head]++;
    }
    const whole = outside.entropy[row] + toSink.entropy[row];
    this.entropy[head] += whole;
    if (seen + sinkSeen > 1) {
      this.share[head] += whole / Math.log(seen + sinkSeen);
      this.shareRows[head]++;
    }
    // m·H of the row renormalised: −Σ a ln(a / m) = −Σ a ln a + m ln m.
    const rest = mass > 0 ? Math.max(0, outside.entropy[row] + mass * Math.log(mass)) : 0;
    this.entropyOutside[head] += rest;
    if (seen > 1) {
      this.shareOutside[head] += rest / Math.log(seen);
      this.shareOutsideMass[head] += mass;
    }
  }

  /** A destination that sees some source of a target pattern. */
  addTarget(which: number, head: number, mass: number, outside: number): void {
    const at = which * this.heads + head;
    this.mass[at] += mass;
    this.applied[at]++;
    this.left[at] += outside;
  }

  scores(withoutSink: boolean): HeadScores {
    const scores = Object.fromEntries(
      HEAD_SCORES.map((name) => [name, new Float32Array(this.heads)]),
    ) as HeadScores;
    for (let head = 0; head < this.heads; head++) {
      const found = this.scoresOf(head, withoutSink);
      for (const name of HEAD_SCORES) scores[name][head] = found[name];
    }
    return scores;
  }

  private scoresOf(head: number, withoutSink: boolean): Record<HeadScore, number> {
    const target = (which: number) => {
      const at = which * this.heads + head;
      return this.mass[at] / (withoutSink ? this.left[at] : this.applied[at]);
    };
    return {
      previousToken: target(0),
      duplicateToken: target(1),
      induction: target(2),
      self: target(3),
      sink: this.toSink[head] / this.sinkRows[head],
      entropy: withoutSink
        ? this.entropyOutside[head] / this.outside[head]
        : this.entropy[head] / this.rows[head],
      normalizedEntropy: withoutSink
        ? this.shareOutside[head] / this.shareOutsideMass[head]
        : this.share[head] / this.shareRows[head],
      ...this.distanceScores(head),
    };
  }

  private distanceScores(
    head: number,
  ): Pick<Record<HeadScore, number>, 'distanceMean' | 'distanceSpread' | 'distanceExplained'> {
    const { byDistance, origin } = this.distancesOf(head);
    let [cells, sum, first, second, explained, count] = [0, 0, 0, 0, 0, 0];
    for (let index = 0; index < this.width; index++) {
      count += this.edges[head * this.width + index];
      if (count === 0) continue;
      const attention = byDistance[index];
      const distance = Math.abs(index - origin);
      cells += count;
      sum += attention;
      first += attention * distance;
      second += attention * distance * distance;
      explained += (attention * attention) / count;
    }
    const mean = first / sum;
    const squares = this.squares[head];
    const total = squares - (sum * sum) / cells;
    return {
      distanceMean: mean,
      distanceSpread: Math.sqrt(Math.max(0, second / sum - mean * mean)),
      distanceExplained: total > NO_VARIANCE * squares ? 1 - (squares - explained) / total : NaN,
    };
  }
}
