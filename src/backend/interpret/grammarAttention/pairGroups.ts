// Which pairs of terminals of a string belong together, by where constituents end in its tree.
import { BOUNDARY_SHIFTS, MOST_BACK } from '../../../protocol/grammarAttention';
import type { LatentLabels } from '../../data/cfg/labels';

const SHIFTS = BOUNDARY_SHIFTS.length;

/** A pair of a group: terminals of the string, counted from 0. */
export type PairVisitor = (group: number, destination: number, source: number) => void;

/**
 * Groups by number: for each level and shift of the source; for each level, shift of the destination and shift of the
 * source; for each level of the destination, level of the source and number of constituents back. A pair is of two
 * different terminals, in a causal model of a source before its destination.
 */
export class PairGroups {
  /** See `GrammarAttention.back`. */
  readonly back: readonly number[];
  /** Number of the first group of each kind, and how many groups there are in all. */
  readonly firstBetween: number;
  readonly firstEnds: number;
  readonly count: number;

  /** @param levels how many levels lie between the root's and the terminals' */
  constructor(
    readonly levels: number,
    readonly causal: boolean,
  ) {
    const first = causal ? 1 : -MOST_BACK;
    this.back = Array.from({ length: MOST_BACK - first + 1 }, (_, index) => first + index);
    this.firstBetween = levels * SHIFTS;
    this.firstEnds = this.firstBetween + levels * SHIFTS * SHIFTS;
    this.count = this.firstEnds + levels * levels * this.back.length;
  }

  /** Shows every pair of every group in a string. */
  visit(labels: LatentLabels, visit: PairVisitor): void {
    for (let level = 0; level < this.levels; level++) {
      const ends = placesOf(labels.levels[level].ends);
      this.visitBoundaries(level, ends, labels.shallowestEnds.length, visit);
      this.visitBetween(level, ends, labels.shallowestEnds.length, visit);
    }
    this.visitEnds(labels, visit);
  }

  private visitBoundaries(level: number, ends: readonly number[], length: number, visit: PairVisitor): void {
    for (const [at, shift] of BOUNDARY_SHIFTS.entries()) {
      for (const source of shifted(ends, shift, length)) {
        for (let destination = this.causal ? source + 1 : 0; destination < length; destination++) {
          if (destination !== source) visit(level * SHIFTS + at, destination, source);
        }
      }
    }
  }

  private visitBetween(level: number, ends: readonly number[], length: number, visit: PairVisitor): void {
    const places = BOUNDARY_SHIFTS.map((shift) => shifted(ends, shift, length));
    for (const [to, destinations] of places.entries()) {
      for (const [from, sources] of places.entries()) {
        const group = this.firstBetween + (level * SHIFTS + to) * SHIFTS + from;
        for (const destination of destinations) {
          for (const source of sources) {
            if (source < destination || (!this.causal && source !== destination))
              visit(group, destination, source);
          }
        }
      }
    }
  }

  private visitEnds(labels: LatentLabels, visit: PairVisitor): void {
    const { levels, shallowestEnds } = labels;
    this.visitEndPairs(labels, (place, destination, source) => {
      const of = shallowestEnds[destination] - levels[0].level;
      visit(this.firstEnds + of * this.levels * this.back.length + place, destination, source);
    });
  }

  /** Shows every pair of ends, with its place among the groups of the destination's level. */
  visitEndPairs({ levels, shallowestEnds }: LatentLabels, visit: PairVisitor): void {
    const ends = placesOf(shallowestEnds);
    const [least] = this.back;
    for (const destination of ends) {
      for (const source of ends) {
        if (source === destination || (this.causal && source > destination)) continue;
        const level = shallowestEnds[source] - levels[0].level;
        const { indices } = levels[level];
        const back = indices[destination] - indices[source];
        if (Math.abs(back) > MOST_BACK) continue;
        visit(level * this.back.length + back - least, destination, source);
      }
    }
  }
}

export function placesOf(marks: ArrayLike<number>): number[] {
  return Array.from(marks).flatMap((mark, place) => (mark > 0 ? [place] : []));
}

/** The terminals that lie so far before an end. */
export function shifted(ends: readonly number[], shift: number, length: number): number[] {
  return ends.map((end) => end - shift).filter((place) => place >= 0 && place < length);
}
