// Checkpoints of a run: ordinary model folders, and beside the model all that the training needs to go on from there.
import { join } from 'node:path';
import { RUN_FILES } from '../../protocol/runs';
import { openCheckpoint, readCheckpointHeader } from '../checkpoint/open';
import { readSafetensors, SafetensorsFile } from '../checkpoint/safetensors';
import type { WritableTensor } from '../checkpoint/safetensorsWriter';
import { CHECKPOINT_FILES, writeCheckpoint, type CheckpointContents } from '../checkpoint/writeCheckpoint';
import type { Executor } from '../engine/executor';
import type { TrainingData } from '../data/training';
import { SubtextError } from '../errors';
import { formatError } from '../files';
import type { RunDirectory } from '../run/runDirectory';
import { loraShapes } from './lora';
import type { Recipe } from './recipe';
import { checkpointWeights, startingModel, type StartingModel } from './startingModel';
import { isSum } from './stepGraph';
import type { TrainingStep } from './trainingStep';
import { START, type Progress } from './trainState';

export class Checkpoints {
  constructor(
    private readonly directory: RunDirectory,
    private readonly model: StartingModel,
    private readonly step: TrainingStep,
    private readonly data: TrainingData,
    private readonly recipe: Recipe,
    private readonly executor: Executor,
  ) {}

  async save(progress: Progress): Promise<void> {
    const { weights } = this.model;
    await this.executor.fetchWeights(weights);
    const state = this.stateNames().map((name): [string, WritableTensor] => {
      const { shape, data } = weights.get(name)!;
      return [name, { shape, data: data as Float32Array }];
    });
    await writeCheckpoint(this.directory.checkpoint(progress.step), {
      ...this.contents(),
      trainState: { tensors: new Map(state), metadata: { progress: JSON.stringify(progress) } },
    });
  }

  /** The model as it is, for whoever goes on with it. */
  async saveFinal(): Promise<void> {
    const { final_type: dtype } = this.recipe.train;
    await this.executor.fetchWeights(this.model.weights);
    await writeCheckpoint(this.directory.file(RUN_FILES.final), { ...this.contents(), dtype });
  }

  /**
   * The newest step of which a checkpoint can be gone back to; 0 where none was saved. One that a crash cut short costs no
   * more than the steps since the one before.
   * @throws SubtextError what is wrong with the newest one, where none is whole; `file-access`
   */
  async newestWhole(log: (message: string) => void): Promise<number> {
    let first: SubtextError | undefined;
    for (const step of this.directory.checkpoints().reverse()) {
      try {
        await checkWhole(this.directory.checkpoint(step));
        return step;
      } catch (error) {
        if (!(error instanceof SubtextError) || error.reason === 'file-access') throw error;
        log(`the checkpoint of step ${step} is left out: ${error.message}`);
        first ??= error;
      }
    }
    if (first) throw first;
    return 0;
  }

  /**
   * Puts weights and optimizer state back to where they were; 0 is the beginning of the run.
   * @throws SubtextError `run` where the checkpoint is not one of this run
   */
  async restore(step: number): Promise<Progress> {
    try {
      return await this.readInto(step);
    } finally {
      this.executor.weightsChanged(this.model.weights);
    }
  }

  private async readInto(step: number): Promise<Progress> {
    const { weights, lora } = this.model;
    if (step === 0) {
      const fresh = await startingModel(this.recipe, this.data);
      for (const name of this.stateNames()) weights.get(name)!.data.fill(0);
      for (const [name, { data }] of fresh.weights) weights.get(name)!.data.set(data);
      return START;
    }
    const folder = this.directory.checkpoint(step);
    const { tensors, metadata } = await readSafetensors(join(folder, CHECKPOINT_FILES.trainState));
    if (!lora) {
      const { weights: saved } = await openCheckpoint(folder);
      for (const [name, { data }] of saved) weights.get(name)!.data.set(data);
    }
    for (const name of this.stateNames()) {
      const saved = tensors.get(name);
      const value = weights.get(name)!;
      if (saved?.data.length !== value.data.length) {
        throw new SubtextError(
          'run',
          `${folder} does not belong to this recipe: ${name} is ${saved ? `[${saved.shape.join()}]` : 'missing'}`,
          'Delete this checkpoint to resume from the one before.',
        );
      }
      value.data.set(saved.data as Float32Array);
    }
    return JSON.parse(metadata.get('progress')!) as Progress;
  }

  /** What the model's own file does not hold. Sums over the parts of a step are zero between steps. */
  private stateNames(): string[] {
    const { configuration, lora } = this.model;
    const state = this.step.stateNames.filter((name) => !isSum(name));
    return lora ? [...state, ...loraShapes(configuration, lora).keys()] : state;
  }

  private contents(): CheckpointContents {
    const { tokenizerJson, beginOfText, endOfText } = this.data;
    return {
      configuration: this.model.configuration,
      weights: checkpointWeights(this.model),
      tokenizerJson: JSON.stringify(tokenizerJson),
      beginOfText,
      endOfText,
    };
  }
}

/** Reads no more than what tells how long the files are. */
async function checkWhole(folder: string): Promise<void> {
  await readCheckpointHeader(folder);
  const path = join(folder, CHECKPOINT_FILES.trainState);
  const state = await SafetensorsFile.open(path);
  await state.close();
  if (!state.metadata.has('progress')) throw formatError(path, 'does not say how far the run was');
}
