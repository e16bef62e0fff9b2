// A training run from its recipe to its last checkpoint. All that it needs to go on after a kill lies in its checkpoints;
// everything else (batches, learning rates, evaluations) is a function of the recipe and the number of a step.
import type { RunDirectory } from '../run/runDirectory';
import { openSource, prepareData, type SourcePlan, type TrainingData } from '../data/training';
import { startEngine } from '../engine/engines';
import { SubtextError } from '../errors';
import type { Executor } from '../engine/executor';
import type { RunControl } from '../../protocol/runs';
import type { EngineName } from '../../protocol/types';
import { LanguageModel } from '../model/languageModel';
import { parameterCount } from '../model/weights';
import type { BatchShape, Masking } from './batches';
import { Checkpoints } from './checkpoints';
import { checkMemory } from './estimate';
import { Evaluation, writeSamples } from './evaluation';
import { Journal } from './journal';
import type { BatchStream } from './prefetch';
import type { BatchPlan } from './batchWorker';
import type { Recipe, TrainSettings } from './recipe';
import { learningRate } from './schedule';
import { SpikeDetector } from './spikes';
import { optimizerOf } from './optimizerSettings';
import { configurationToTrain, startingModel } from './startingModel';
import { TrainingStep } from './trainingStep';
import { START, type Progress } from './trainState';

export interface RunOptions {
  engine: EngineName | 'auto';
  /** 0 = one per physical core. */
  threads: number;
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

/**
 * Runs a recipe in a directory until its last step, or until it is asked to stop; then a checkpoint of the last step is
 * there.
 * @param recipe as `completed`
 * @throws SubtextError whatever ended the run; it stands in the directory's status too
 */
export async function train(directory: RunDirectory, recipe: Recipe, options: RunOptions): Promise<RunEnd> {
  if (directory.readStatus()?.state === 'finished') return 'finished';
  const journal = new Journal(directory, recipe.train.steps, options.threads);
  let executor: Executor | undefined;
  let batches: BatchStream | undefined;
  const stream = (plan: BatchPlan) => (batches = options.stream(plan));
  try {
    journal.log(options.resume ? 'resuming' : 'starting');
    const configuration = await configurationToTrain(recipe);
    checkMemory(configuration, recipe);
    const log = (message: string) => journal.log(message);
    const data = await prepareData(recipe, directory.path, configuration, log);
    directory.writeReferences(data.references);
    const request = options.request();
    if (request) return journal.stop(request);
    const engine = await startEngine(options.engine, { threads: options.threads, exclusive: true });
    executor = engine.executor;
    if (engine.note) journal.log(engine.note);
    const run = await Run.start(directory, recipe, { ...options, stream }, journal, data, executor);
    return await run.toItsEnd();
  } catch (error) {
    journal.fail(error);
    throw error;
  } finally {
    // A thread that goes on keeps the process from ending.
    await batches?.stop();
    executor?.dispose();
    // What was asked in its last moments is not meant for whoever resumes it.
    directory.dropControl();
  }
}

/** Five halvings: what still diverges does so for another reason than a rate that is a little too high. */
const LEAST_RATE_FACTOR = 1 / 32;

class Run {
  private progress: Progress = START;
  private readonly detector: SpikeDetector | undefined;
  private readonly settings: TrainSettings;
  /** When training went on, milliseconds: what was spent before stands in `progress`. */
  private since = performance.now();

  private constructor(
    private readonly directory: RunDirectory,
    private readonly options: RunOptions,
    private readonly journal: Journal,
    private readonly data: TrainingData,
    recipe: Recipe,
    private readonly step: TrainingStep,
    private readonly evaluation: Evaluation,
    private readonly model: LanguageModel,
    private readonly checkpoints: Checkpoints,
    private readonly batches: BatchStream,
  ) {
    this.settings = recipe.train;
    this.detector = this.settings.spike_guard ? new SpikeDetector(this.settings.spike_guard) : undefined;
  }

  static async start(
    directory: RunDirectory,
    recipe: Recipe,
    options: RunOptions,
    journal: Journal,
    data: TrainingData,
    executor: Executor,
  ): Promise<Run> {
    const { train: settings } = recipe;
    const started = await startingModel(recipe, data);
    const { configuration, weights, source } = started;
    journal.know({ engine: executor.engine, parameters: parameterCount(configuration) });
    const { batch, context: pos, dropout, seed } = settings;
    const shape: BatchShape = { batch, pos };
    const step = await TrainingStep.compile(executor, configuration, weights, {
      optimizer: optimizerOf(settings),
      clipNorm: settings.clip === 0 ? Infinity : settings.clip,
      zLoss: settings.z_loss,
      recompute: settings.recompute,
      lora: started.lora,
      accumulate: settings.accumulate,
      sizes: shape,
      ...(dropout > 0 && { dropout: { embedding: dropout, attention: dropout, residual: dropout, seed } }),
    });
    const masking = maskingOf(data, settings);
    const plan = (split: SourcePlan['split']): SourcePlan => ({ recipe, split, folder: directory.path });
    const validation = await openSource(plan('validation'));
    const evaluation = await Evaluation.compile(executor, configuration, weights, source, validation, {
      count: settings.eval_batches,
      shape: { batch: batch / settings.accumulate, pos },
      masking,
    });
    await validation.dispose?.();
    const checkpoints = new Checkpoints(directory, started, step, data, recipe);
    const live = { path: directory.path, tokenizer: data.tokenizer, configuration, weights: new Map() };
    const model = new LanguageModel(
      { ...live, format: 'hugging-face', architecture: 'training', tensors: [], notes: [] },
      executor,
      { values: weights, source },
    );
    const batches = options.stream({ source: plan('train'), shape, masking });
    const run = new Run(
      directory,
      options,
      journal,
      data,
      recipe,
      step,
      evaluation,
      model,
      checkpoints,
      batches,
    );
    if (options.resume)
      await run.goBackTo(await run.checkpoints.newestWhole((message) => journal.log(message)));
    return run;
  }

  async toItsEnd(): Promise<RunEnd> {
    const { settings, options } = this;
    try {
      const early = options.request();
      if (early) return await this.stopAs(early);
      if (this.progress.step === 0) await this.evaluate();
      while (this.progress.step < settings.steps) {
        const request = options.request();
        if (request) return await this.stopAs(request);
        await this.next();
        const { step } = this.progress;
        const last = step === settings.steps;
        const evaluated = step % settings.eval_every! === 0 || last ? await this.evaluate() : undefined;
        if (step % settings.checkpoint_every! === 0 || last) await this.save();
        if (evaluated !== undefined && this.isCloseEnough(evaluated)) {
          return await this.finish(
            `the validation loss is within ${settings.stop_gap} of the entropy of the data`,
          );
        }
      }
      return await this.finish();
    } finally {
      this.step.dispose();
      this.evaluation.dispose();
      this.model.dispose();
    }
  }

  private async next(): Promise<void> {
    const { settings, journal, progress } = this;
    const step = progress.step + 1;
    const number = progress.batch + 1;
    const before = performance.now();
    const batch = await this.batches.take(number);
    const rate = learningRate(settings, step) * progress.rateFactor;
    const result = await this.step.run(batch, step, rate).catch((error: unknown) => {
      if (this.mayGoBack(error)) return undefined;
      throw error;
    });
    if (!result) return this.leaveSpike(step, number);
    const { loss, gradientNorm } = result;
    const now = performance.now();
    const tokens = batch.batch * batch.pos;
    this.progress = {
      ...progress,
      step,
      batch: number,
      tokens: progress.tokens + tokens,
      seconds: progress.seconds + (now - this.since) / 1000,
    };
    this.since = now;
    if (step % settings.log_every === 0 || step === settings.steps) {
      journal.metrics({
        ...this.place(),
        loss,
        lr: rate,
        grad_norm: gradientNorm,
        tokens_per_s: (tokens * 1000) / (now - before),
      });
    }
    journal.at(this.progress);
    this.options.onStep?.(this.progress, loss);
    const lasted = this.detector?.push(loss) ?? 0;
    if (lasted > 0) await this.leaveSpike(step - lasted + 1, number);
  }

  /** A loss that is not a number is a spike too, until smaller rates have been of no use. */
  private mayGoBack(error: unknown): boolean {
    const isNaN = error instanceof SubtextError && error.reason === 'not-a-number';
    return isNaN && this.detector !== undefined && this.progress.rateFactor >= LEAST_RATE_FACTOR;
  }

  /** Goes back to before a spike and on with batches that come after it. */
  private async leaveSpike(from: number, seen: number): Promise<void> {
    const { window, retries } = this.settings.spike_guard!;
    const same = from <= this.progress.spikeAt + window;
    const tries = same ? this.progress.retries + 1 : 1;
    const halve = tries > retries;
    const rateFactor = this.progress.rateFactor / (halve ? 2 : 1);
    const back = this.directory.checkpoints().findLast((step) => step <= from - Math.min(window, from)) ?? 0;
    await this.goBackTo(back);
    if (back === 0) await this.evaluate();
    this.progress = {
      ...this.progress,
      batch: seen + window,
      rateFactor,
      retries: halve ? 0 : tries,
      spikeAt: from,
    };
    const event = `The loss rose at step ${from}: went back to step ${back}, skipped the batches up to there and ${window} more${halve ? ', halved the learning rate' : ''}`;
    this.journal.metrics({ ...this.place(), event });
    this.journal.log(event);
  }

  /** Makes everything as it was after a step of which there is a checkpoint; 0 is the beginning. */
  private async goBackTo(step: number): Promise<void> {
    const { checkpoints, directory, journal } = this;
    this.progress = await checkpoints.restore(step);
    for (const later of directory.checkpoints()) if (later > step) directory.removeCheckpoint(later);
    journal.flush();
    // The evaluation before the first step is made again.
    directory.cutAfter(step === 0 ? -1 : step);
    journal.know({ checkpoints: directory.checkpoints() });
    journal.at(this.progress);
    this.detector?.restore(this.progress.guard);
    this.since = performance.now();
  }

  private async evaluate(): Promise<number> {
    const { step } = this.progress;
    const validation_loss = await this.evaluation.loss();
    this.journal.metrics({ ...this.place(), validation_loss });
    const samples = await writeSamples(this.model, this.data, this.settings);
    if (samples.length > 0) this.directory.appendSamples({ step, samples });
    this.journal.flush();
    return validation_loss;
  }

  private async save(): Promise<void> {
    const { checkpoints, directory, journal, settings } = this;
    journal.flush();
    const now = performance.now();
    this.progress = {
      ...this.progress,
      seconds: this.progress.seconds + (now - this.since) / 1000,
      guard: this.detector?.memory ?? START.guard,
    };
    this.since = now;
    await checkpoints.save(this.progress);
    for (const step of directory.checkpoints().slice(0, -settings.keep_checkpoints)) {
      directory.removeCheckpoint(step);
    }
    journal.know({ checkpoints: directory.checkpoints() });
  }

  private async stopAs(request: RunControl['request']): Promise<RunEnd> {
    if (!this.directory.checkpoints().includes(this.progress.step) && this.progress.step > 0)
      await this.save();
    return this.journal.stop(request);
  }

  private async finish(note?: string): Promise<RunEnd> {
    if (note !== undefined) await this.save();
    await this.checkpoints.saveFinal();
    this.journal.end('finished', { note });
    return 'finished';
  }

  private isCloseEnough(validationLoss: number): boolean {
    const { stop_gap: gap } = this.settings;
    const { entropy } = this.data;
    return gap !== undefined && entropy !== undefined && validationLoss - entropy <= gap;
  }

  private place(): { step: number; tokens: number; seconds: number } {
    const { step, tokens, seconds } = this.progress;
    return { step, tokens, seconds };
  }
}

function maskingOf(
  { mask, vocabulary }: TrainingData,
  { mask_share, seed }: TrainSettings,
): Masking | undefined {
  return mask === undefined ? undefined : { share: mask_share, mask, vocabulary, seed };
}
