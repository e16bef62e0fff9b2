// A training run from its recipe to its end, on one device after another where devices are lost. All that it needs to go on
// after a kill lies in its checkpoints; everything else (batches, learning rates, evaluations) is a function of the recipe
// and the number of a step.
import { prepareData } from '../data/training';
import { startEngine } from '../engine/engines';
import type { Executor } from '../engine/executor';
import { SubtextError } from '../errors';
import type { EngineName } from '../../protocol/types';
import type { RunDirectory } from '../run/runDirectory';
import type { BatchPlan } from './batchWorker';
import { checkMemory } from './estimate';
import { Journal } from './journal';
import type { BatchStream } from './prefetch';
import type { Recipe } from './recipe';
import { configurationToTrain } from './startingModel';
import { TrainingLoop, type LoopOptions, type RunEnd } from './trainingLoop';

export interface RunOptions extends LoopOptions {
  engine: EngineName | 'auto';
  /** 0 = one per physical core. */
  threads: number;
  /** Tests give their own. */
  startEngine?: typeof startEngine;
}

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
  const begin = async () => {
    const { engine: name, threads, startEngine: start = startEngine } = options;
    const { precision } = recipe.train;
    const engine = await start(name, { threads, precision, exclusive: true });
    if (engine.note) journal.log(engine.note);
    return (executor = engine.executor);
  };
  try {
    journal.log(options.resume ? 'resuming' : 'starting');
    const configuration = await configurationToTrain(recipe);
    let engine = await begin();
    checkMemory(configuration, recipe, engine.availableMemory());
    const log = (message: string) => journal.log(message);
    const data = await prepareData(recipe, directory.path, configuration, log);
    directory.writeReferences(data.references);
    const request = options.request();
    if (request) return journal.stop(request);
    for (let resume = options.resume, reached = -1; ; resume = true) {
      try {
        const asked = { ...options, resume, stream };
        const loop = await TrainingLoop.start(directory, recipe, asked, journal, data, engine);
        return await loop.toItsEnd();
      } catch (error) {
        // A card that was put to sleep comes back; one that is lost again before the next checkpoint will stay lost.
        const newest = directory.checkpoints().at(-1) ?? 0;
        if (!isLoss(error) || newest <= reached) throw error;
        reached = newest;
        journal.log(`${(error as Error).message}; going on from step ${newest} on a new device`);
        await batches?.stop();
        engine.dispose();
        engine = await begin();
      }
    }
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

function isLoss(error: unknown): boolean {
  return error instanceof SubtextError && error.reason === 'device-lost';
}
