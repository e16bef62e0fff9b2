// Notices when the loss of a run jumps away from where it was (PaLM, arXiv 2204.02311, §5.1).
import type { TrainSettings } from './recipe';

export type SpikeSettings = NonNullable<TrainSettings['spike_guard']>;

/** What a detector has seen. */
export interface SpikeMemory {
  /** Losses of the last steps that were no spike. */
  losses: number[];
  /** Steps in a row, up to now, whose loss was high. */
  high: number;
}

export class SpikeDetector {
  private losses: number[] = [];
  private high = 0;

  constructor(
    private readonly settings: Pick<SpikeSettings, 'window' | 'deviations' | 'floor' | 'patience'>,
  ) {}

  /**
   * Takes the loss of the next step. It is high above median + max(deviations · MAD, floor) of the window before it.
   * @returns for how many steps, this one counted, the loss has been high, once these are `patience`; else 0
   */
  push(loss: number): number {
    const { window, patience } = this.settings;
    // A few steps say nothing of what is usual.
    const known = this.losses.length >= Math.min(window, 10);
    if (known && !(loss <= this.limit())) {
      this.high++;
      return this.high >= patience ? this.high : 0;
    }
    this.high = 0;
    this.losses.push(loss);
    if (this.losses.length > window) this.losses.shift();
    return 0;
  }

  get memory(): SpikeMemory {
    return { losses: [...this.losses], high: this.high };
  }

  restore({ losses, high }: SpikeMemory): void {
    this.losses = [...losses];
    this.high = high;
  }

  private limit(): number {
    const middle = median(this.losses);
    const spread = median(this.losses.map((loss) => Math.abs(loss - middle)));
    return middle + Math.max(this.settings.deviations * spread, this.settings.floor);
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
