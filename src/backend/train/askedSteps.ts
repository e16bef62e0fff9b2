// Steps asked of the engine, one ahead where it takes them so: it begins the next one by itself, and what lies between two
// steps (an answer on its way, a line of the journal, a batch) is done while it computes.
import type { BatchStream } from './prefetch';
import type { Batch, StepResult, TrainingStep } from './trainingStep';

export interface AskedStep {
  batch: Batch;
  rate: number;
  result: Promise<StepResult>;
}

export class AskedSteps {
  private ahead: Promise<AskedStep> | undefined;

  constructor(
    private readonly step: TrainingStep,
    private readonly batches: BatchStream,
    private readonly rateAt: (step: number) => number,
  ) {}

  /** Whether a step was asked for that nobody has taken yet: what is computed with is as it will be after it. */
  get isAhead(): boolean {
    return this.ahead !== undefined;
  }

  /**
   * Takes a step, and asks for the one that follows it if it may.
   * @param number of its batch
   * @param goesOn whether nothing will come between the two
   */
  async take(step: number, number: number, goesOn: boolean): Promise<AskedStep> {
    const asked = this.ahead ?? this.ask(step, number);
    this.ahead = undefined;
    const found = await asked;
    if (goesOn && this.step.takesAhead) {
      this.ahead = this.ask(step + 1, number + 1);
      // It is whoever takes it that hears of a failure.
      this.ahead.catch(() => undefined);
    }
    return found;
  }

  /** Waits for what was asked ahead, and leaves it: the step before it was not made. */
  async forget(): Promise<void> {
    await this.ahead?.then(({ result }) => result).catch(() => undefined);
    this.ahead = undefined;
  }

  private async ask(step: number, number: number): Promise<AskedStep> {
    const batch = await this.batches.take(number);
    const rate = this.rateAt(step);
    const result = this.step.run(batch, step, rate);
    result.catch(() => undefined);
    return { batch, rate, result };
  }
}
