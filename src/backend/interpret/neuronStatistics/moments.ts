// How much more neurons fire inside a selection than outside.
import type { TextRange } from '../../../protocol/types';
import { shared } from './rows';

/**
 * Sums for means and deviations inside and outside a selection, in float64, of each neuron's differences from its activation
 * at the first token: what hardly varies around a large number would lose its digits.
 */
export class Moments {
  private readonly origins: Float32Array;
  private readonly inside: Float64Array;
  private readonly all: Float64Array;
  private readonly squares: Float64Array;
  private insideTokens = 0;
  private allTokens = 0;

  /** @param firstToken tokens before it (begin of text) do not count */
  constructor(
    count: number,
    private readonly firstToken: number,
  ) {
    this.origins = new Float32Array(count);
    this.inside = new Float64Array(count);
    this.all = new Float64Array(count);
    this.squares = new Float64Array(count);
  }

  addRows(offset: number, width: number, firstToken: number, rows: Float32Array, scope: TextRange): void {
    const { start, end } = shared(rows, width, firstToken, { start: this.firstToken, end: Infinity });
    for (let token = start; token < end; token++) {
      const at = (token - firstToken) * width;
      const row = rows.subarray(at, at + width);
      const inside = token >= scope.start && token < scope.end;
      // Every layer shows the same tokens: they are counted at the first.
      if (offset === 0) {
        this.allTokens++;
        if (inside) this.insideTokens++;
      }
      if (token === this.firstToken) this.origins.set(row, offset);
      this.addRow(offset, row, inside);
    }
  }

  private addRow(offset: number, row: Float32Array, inside: boolean): void {
    const { all, squares, origins } = this;
    for (let index = 0; index < row.length; index++) {
      const value = row[index] - origins[offset + index];
      all[offset + index] += value;
      squares[offset + index] += value * value;
    }
    if (!inside) return;
    for (let index = 0; index < row.length; index++) {
      this.inside[offset + index] += row[index] - origins[offset + index];
    }
  }

  /** Mean inside minus mean outside, in standard deviations over all; 0 where nothing is outside or varies. */
  selectivity(): Float32Array {
    const outsideTokens = this.allTokens - this.insideTokens;
    const result = new Float32Array(this.all.length);
    if (outsideTokens === 0 || this.insideTokens === 0) return result;
    for (let neuron = 0; neuron < result.length; neuron++) {
      const mean = this.all[neuron] / this.allTokens;
      const deviation = Math.sqrt(Math.max(0, this.squares[neuron] / this.allTokens - mean * mean));
      const outside = (this.all[neuron] - this.inside[neuron]) / outsideTokens;
      if (deviation > 0) result[neuron] = (this.inside[neuron] / this.insideTokens - outside) / deviation;
    }
    return result;
  }
}
