// The loop of a run on one device: steps, evaluations, samples, checkpoints, and the ways back from a loss that leapt.
import type { RunControl } from '../../protocol/runs';
import type { TrainingData } from '../data/training';
import type { Executor } from '../engine/executor';
import { SubtextError } from '../errors';
import { parameterCount } from '../model/weights';
import type { RunDirectory } from '../run/runDirectory';
import { AskedSteps } from './askedSteps';
import type { BatchPlan } from './batchWorker';
import { writeSamples } from './evaluation';
import type { Journal } from './journal';
import { skippedStep } from './lossScale';
import { runParts, type RunParts } from './parts';
import type { BatchStream } from './prefetch';
import type { Recipe, TrainSettings } from './recipe';
import { learningRate } from './schedule';
import { expendable, wayBack, type Spike } from './spikeGuard';
import { SpikeDetector } from './spikes';
import { START, type Progress } from './trainState';

export interface LoopOptions {
  /** Goes on from the last checkpoint of the directory. */
  resume: boolean;
  /** Makes batches ahead of the engine. */
  stream: (plan: BatchPlan) => BatchStream;
  /** Asked between two steps: what somebody wants of the run. */
  request: () => RunControl['request'] | undefined;
  /** Told after every step. */
  onStep?: (progress: Progress, loss: number) => void;
}

export type RunEnd = 'finished' | 'paused' | 'cancelled';

export class TrainingLoop {
  private progress: Progress = START;
  private readonly detector: SpikeDetector | undefined;
  private readonly settings: TrainSettings;
  private readonly step: RunParts['step'];
  private readonly asked: AskedSteps;
  private readonly evaluation: RunParts['evaluation'];
  private readonly model: RunParts['model'];
  private readonly checkpoints: RunParts['checkpoints'];
  /** When training went on, milliseconds: what was spent before stands in `progress`. */
  private since = performance.now();

  private constructor(
    private readonly directory: RunDirectory,
    private readonly options: LoopOptions,
    private readonly journal: Journal,
    private readonly data: TrainingData,
    recipe: Recipe,
    { step, evaluation, model, checkpoints }: RunParts,
    batches: BatchStream,
  ) {
    this.settings = recipe.train;
    this.step = step;
    this.asked = new AskedSteps(
      step,
      batches,
      (at) => learningRate(this.settings, at) * this.progress.rateFactor,
    );
    this.evaluation = evaluation;
    this.model = model;
    this.checkpoints = checkpoints;
    this.detector = this.settings.spike_guard ? new SpikeDetector(this.settings.spike_guard) : undefined;
  }

  /**
   * Compiles all that it computes with, and goes back to the last checkpoint where it resumes.
   * @throws SubtextError as `runParts`, `Checkpoints.newestWhole`, `Checkpoints.restore`
   */
  static async start(
    directory: RunDirectory,
    recipe: Recipe,
    options: LoopOptions,
    journal: Journal,
    data: TrainingData,
    executor: Executor,
  ): Promise<TrainingLoop> {
    const { engine, threads, precision } = executor;
    if (options.resume) journal.compareEngine(engine, threads);
    journal.know({ engine, threads, ...(precision === 'float16' && { precision }) });
    const parts = await runParts(directory, recipe, data, executor);
    journal.know({ parameters: parameterCount(parts.model.configuration) });
    const batches = options.stream(parts.plan);
    const loop = new TrainingLoop(directory, options, journal, data, recipe, parts, batches);
    if (options.resume)
      await loop.goBackTo(await loop.checkpoints.newestWhole((message) => journal.log(message)));
    return loop;
  }

  /** Gives back what the engine holds for it, however it ends. */
  async toItsEnd(): Promise<RunEnd> {
    const { settings, options } = this;
    try {
      if (this.isCloseEnough()) return await this.finish();
      const early = options.request();
      if (early) return await this.stopAs(early);
      if (this.progress.step === 0) await this.evaluate();
      let request: RunControl['request'] | undefined;
      while (this.progress.step < settings.steps) {
        request ??= options.request();
        if (request && !this.asked.isAhead) return await this.stopAs(request);
        if (!(await this.next(!request))) continue;
        const { step, batch } = this.progress;
        if (this.isEvaluated(step)) {
          const loss = await this.evaluate().catch((error: unknown) =>
            this.leaveNaN(error, { from: step, seen: batch }),
          );
          if (loss === undefined) continue;
        }
        const enough = this.isCloseEnough();
        if (enough || this.isSaved(step)) await this.save();
        if (enough) break;
      }
      return await this.finish();
    } finally {
      this.step.dispose();
      this.evaluation.dispose();
      this.model.dispose();
    }
  }

  /**
   * @param goesOn whether the run is to go on after it
   * @returns whether there was a step; else the run went back
   */
  private async next(goesOn: boolean): Promise<boolean> {
    const { settings, journal, progress } = this;
    const step = progress.step + 1;
    const number = progress.batch + 1;
    const before = performance.now();
    const pauses = !goesOn || this.isEvaluated(step) || this.isSaved(step);
    const { batch, rate, result: asked } = await this.asked.take(step, number, !pauses);
    const result = await asked.catch((error: unknown) => this.leaveNaN(error, { from: step, seen: number }));
    if (!result) return false;
    const { loss, gradientNorm, lossScale, skipped } = result;
    if (skipped) await this.asked.forget();
    const now = performance.now();
    const tokens = batch.batch * batch.pos;
    this.progress = {
      ...progress,
      step,
      batch: number,
      tokens: progress.tokens + tokens,
      seconds: this.spent(),
      validationLoss: undefined,
    };
    if (step % settings.log_every === 0 || step === settings.steps) {
      journal.metrics({
        ...this.place(),
        loss,
        lr: rate,
        ...(!skipped && { grad_norm: gradientNorm }),
        ...(lossScale !== undefined && { loss_scale: lossScale }),
        tokens_per_s: (tokens * 1000) / (now - before),
      });
    }
    if (skipped) journal.log(skippedStep(step, this.step.lossScale!));
    journal.at(this.progress);
    this.options.onStep?.(this.progress, loss);
    const lasted = this.detector?.push(loss) ?? 0;
    if (lasted > 0) await this.leaveSpike({ from: step - lasted + 1, seen: number });
    return lasted === 0;
  }

  /** Where there is a guard, a loss that is not a number is a spike too; other errors are passed on. */
  private async leaveNaN(error: unknown, spike: Spike): Promise<undefined> {
    const isNaN = error instanceof SubtextError && error.reason === 'not-a-number';
    if (!isNaN || !this.detector) throw error;
    await this.leaveSpike({ ...spike, cause: error });
  }

  private async leaveSpike(spike: Spike): Promise<void> {
    const { settings, directory, journal } = this;
    await this.asked.forget();
    const guarded = { ...settings, spike_guard: settings.spike_guard! };
    const { step, goesOn, event } = wayBack(guarded, this.progress, directory.checkpoints(), spike);
    const seconds = this.spent();
    await this.goBackTo(step, step);
    this.progress = { ...this.progress, ...goesOn, seconds };
    journal.metrics({ ...this.place(), event });
    journal.log(event);
    journal.at(this.progress);
  }

  /**
   * Makes everything as it was after a step of which there is a checkpoint; 0 is the beginning.
   * @param kept the step up to which what was written stays. A run that begins evaluates first, so nothing.
   */
  private async goBackTo(step: number, kept = step === 0 ? -1 : step): Promise<void> {
    const { checkpoints, directory, journal } = this;
    this.progress = await checkpoints.restore(step);
    for (const later of directory.checkpoints()) if (later > step) directory.removeCheckpoint(later);
    journal.flush();
    directory.cutAfter(kept);
    this.removeExpendable();
    journal.at(this.progress);
    this.detector?.restore(this.progress.guard);
    this.step.goOnFrom(this.progress.lossScale);
    this.since = performance.now();
  }

  private async evaluate(): Promise<number> {
    const { step } = this.progress;
    const validation_loss = await this.evaluation.loss(step);
    this.progress = { ...this.progress, validationLoss: validation_loss };
    this.journal.metrics({ ...this.place(), validation_loss });
    const samples = await writeSamples(this.model, this.data, this.settings);
    if (samples.length > 0) this.directory.appendSamples({ step, samples });
    this.journal.flush();
    return validation_loss;
  }

  private async save(): Promise<void> {
    const { checkpoints, journal } = this;
    journal.flush();
    this.progress = {
      ...this.progress,
      seconds: this.spent(),
      guard: this.detector?.memory ?? START.guard,
      lossScale: this.step.lossScale,
    };
    await checkpoints.save(this.progress);
    this.removeExpendable();
  }

  private removeExpendable(): void {
    const { directory, journal, settings } = this;
    for (const step of expendable(directory.checkpoints(), settings)) directory.removeCheckpoint(step);
    journal.know({ checkpoints: directory.checkpoints() });
  }

  private async stopAs(request: RunControl['request']): Promise<RunEnd> {
    if (!this.directory.checkpoints().includes(this.progress.step) && this.progress.step > 0)
      await this.save();
    return this.journal.stop(request);
  }

  private async finish(): Promise<RunEnd> {
    const { stop_gap: gap } = this.settings;
    await this.checkpoints.saveFinal();
    const note = this.isCloseEnough()
      ? `the validation loss is within ${gap} of the entropy of the data`
      : undefined;
    this.journal.end('finished', { note });
    return 'finished';
  }

  private isEvaluated(step: number): boolean {
    return step === this.settings.steps || step % this.settings.eval_every! === 0;
  }

  /** Whether a checkpoint is made of it whatever it gives. */
  private isSaved(step: number): boolean {
    return step === this.settings.steps || step % this.settings.checkpoint_every! === 0;
  }

  /** Whether the evaluation of this step ends the run; so it does too where the run was killed before it had ended. */
  private isCloseEnough(): boolean {
    const { stop_gap: gap } = this.settings;
    const { entropy } = this.data;
    const { validationLoss: loss } = this.progress;
    return gap !== undefined && entropy !== undefined && loss !== undefined && loss - entropy <= gap;
  }

  /** Seconds of training, which are counted on from now. */
  private spent(): number {
    const now = performance.now();
    const seconds = this.progress.seconds + (now - this.since) / 1000;
    this.since = now;
    return seconds;
  }

  private place(): { step: number; tokens: number; seconds: number } {
    const { step, tokens, seconds } = this.progress;
    return { step, tokens, seconds };
  }
}
