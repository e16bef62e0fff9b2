// The strongest sources of every token, gathered block by block.
import type { Pair } from './wholeMap';

/** Sources that the table shows of a token. */
const SHOWN_SOURCES = 4;

export class Strongest {
  private readonly rows: Pair[][];

  constructor(tokens: number) {
    this.rows = Array.from({ length: tokens }, () => []);
  }

  add(pairs: readonly Pair[]): void {
    for (const pair of pairs) {
      const row = this.rows[pair.destination];
      // What is no number stands first.
      const rank = ({ value }: Pair): number => (Number.isNaN(value) ? Infinity : value);
      const place = row.findIndex((other) => rank(pair) > rank(other));
      if (place >= 0) row.splice(place, 0, pair);
      else if (row.length < SHOWN_SOURCES) row.push(pair);
      if (row.length > SHOWN_SOURCES) row.pop();
    }
  }

  /** Of a destination, strongest first. */
  of(token: number): readonly Pair[] {
    return this.rows[token];
  }

  get length(): number {
    return this.rows.length;
  }
}
