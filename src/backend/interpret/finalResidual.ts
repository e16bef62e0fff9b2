// The last layer's residual stream, from which every prediction is read. Only windows that are asked for are run, so
// that a hover in a long text reads a part of it.
import type { Cancellation } from '../cancellation';
import { keptRows, type Reading, type TextWindow } from './reading';

export class FinalResidual {
  private readonly rows = new Map<TextWindow, Float32Array>();

  constructor(readonly reading: Reading) {}

  /** Runs the windows that hold tokens `from` to `to` (exclusive) and were not run yet. */
  async load(from: number, to: number, cancellation: Cancellation): Promise<void> {
    const { n_layers, d_model } = this.reading.model.configuration;
    const hook = `blocks.${n_layers - 1}.hook_resid_post`;
    const missing = this.reading.windows.filter(
      (window) => window.keepStart < to && window.keepEnd > from && !this.rows.has(window),
    );
    await this.reading.run(
      [hook],
      (window, captured) => {
        this.rows.set(window, keptRows(captured.get(hook)!.data as Float32Array, window, d_model));
      },
      cancellation,
      undefined,
      missing,
    );
  }

  /** Residual streams of loaded tokens `from` to `to`, one after the other: [to − from, d_model]. */
  slice(from: number, to: number): Float32Array {
    const { d_model } = this.reading.model.configuration;
    const result = new Float32Array((to - from) * d_model);
    for (const [{ keepStart, keepEnd }, rows] of this.rows) {
      const start = Math.max(from, keepStart);
      const end = Math.min(to, keepEnd);
      if (start >= end) continue;
      result.set(
        rows.subarray((start - keepStart) * d_model, (end - keepStart) * d_model),
        (start - from) * d_model,
      );
    }
    return result;
  }
}
