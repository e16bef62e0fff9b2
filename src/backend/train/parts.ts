// What a run computes with: the model, its training step, its evaluation, its checkpoints.
import type { SourcePlan } from '../data/kind';
import { openSource, type TrainingData } from '../data/training';
import type { Executor } from '../engine/executor';
import { LanguageModel } from '../model/languageModel';
import type { RunDirectory } from '../run/runDirectory';
import type { BatchShape, Masking } from './batches';
import type { BatchPlan } from './batchWorker';
import { Checkpoints } from './checkpoints';
import { Evaluation } from './evaluation';
import { optimizerOf } from './optimizerSettings';
import type { Recipe, TrainSettings } from './recipe';
import { startingModel } from './startingModel';
import { TrainingStep } from './trainingStep';

export interface RunParts {
  step: TrainingStep;
  evaluation: Evaluation;
  /** Over the weights of the step, to write samples with. */
  model: LanguageModel;
  checkpoints: Checkpoints;
  /** Of the batches that are trained on. */
  plan: BatchPlan;
}

/** @throws SubtextError as `startingModel`, `TrainingStep.compile`, `openSource` */
export async function runParts(
  directory: RunDirectory,
  recipe: Recipe,
  data: TrainingData,
  executor: Executor,
): Promise<RunParts> {
  const { train: settings } = recipe;
  const started = await startingModel(recipe, data);
  const { configuration, weights } = started;
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
  const { source } = step;
  const masking = maskingOf(data, settings);
  const plan = (split: SourcePlan['split']): SourcePlan => ({ recipe, split, folder: directory.path });
  const validation = await openSource(plan('validation'));
  const evaluation = await Evaluation.compile(executor, configuration, weights, source, validation, {
    count: settings.eval_batches,
    shape: { batch: batch / settings.accumulate, pos },
    masking,
  });
  await validation.dispose?.();
  const live = { path: directory.path, tokenizer: data.tokenizer, configuration, weights: new Map() };
  const model = new LanguageModel(
    { ...live, format: 'hugging-face', architecture: 'training', tensors: [], notes: [] },
    executor,
    { values: weights, source },
  );
  const checkpoints = new Checkpoints(directory, started, step, data, recipe, executor);
  return { step, evaluation, model, checkpoints, plan: { source: plan('train'), shape, masking } };
}

function maskingOf(
  { mask, vocabulary }: TrainingData,
  { mask_share, seed }: TrainSettings,
): Masking | undefined {
  return mask === undefined ? undefined : { share: mask_share, mask, vocabulary, seed };
}
