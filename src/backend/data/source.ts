// Where training tokens come from. A source is a function of a seed and a number, so that a run that is resumed, or that
// skips some steps, sees the same tokens as one that was never interrupted, without any state to save.

export interface TokenSource {
  /** Ids are below this. */
  readonly vocabulary: number;
  /** Tokens that there are; undefined where they have no end. */
  readonly count?: number;
  /**
   * The tokens of one step: windows of `length` tokens, row-major [rows, length].
   * @param step any whole number ≥ 0; the same step gives the same tokens, different steps different ones
   */
  windows(step: number, rows: number, length: number): Int32Array;
  dispose?(): void | Promise<void>;
}
