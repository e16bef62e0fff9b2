// What the backend does about training: it offers recipes, says what they cost, and starts runs as processes that outlive it.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RUN_FILES, type RunEstimate, type TrainingAnswers } from '../../protocol/runs';
import type { Params, Result } from '../../protocol/requests';
import type { EngineName } from '../../protocol/types';
import { SubtextError } from '../errors';
import { RunDirectory } from '../run/runDirectory';
import { completed, recipeText } from '../train/completed';
import { estimateMemory, estimateTime } from '../train/estimate';
import { composed, runName, trainingChoices } from '../train/presets';
import { parseRecipe, type Recipe } from '../train/recipe';
import { configurationToTrain } from '../train/startingModel';
import type { MeasuredEngine } from '../workbench';

export interface TrainingParts {
  /** What runs will compute on. @throws SubtextError `engine-unavailable`, `precision-unavailable` */
  engine: () => Promise<MeasuredEngine>;
  /** What the backend was last told to compute on: runs are started alike. */
  options: () => { engine: EngineName | 'auto'; threads: number };
}

export class Training {
  constructor(private readonly parts: TrainingParts) {}

  async choices({ answers }: Params<'subtext/trainingChoices'>): Promise<Result<'subtext/trainingChoices'>> {
    return trainingChoices(answers, (await this.parts.engine()).speed);
  }

  async compose({ answers }: { answers: TrainingAnswers }): Promise<Result<'subtext/composeRecipe'>> {
    const recipe = `${JSON.stringify(composed(answers), undefined, 2)}\n`;
    return { name: runName(answers), recipe, estimate: await this.estimate({ recipe }) };
  }

  async estimate(given: RecipeText): Promise<RunEstimate> {
    const recipe = read(given);
    const configuration = await configurationToTrain(recipe);
    const { engine, speed } = await this.parts.engine();
    return {
      ...estimateTime(configuration, recipe, speed),
      bytes: estimateMemory(configuration, recipe),
      engine,
    };
  }

  /** @throws SubtextError `recipe`, `run`, `file-access` */
  start({ directory, recipe, path }: Params<'subtext/startRun'>): { pid: number } {
    if (recipe !== undefined) {
      // A recipe that is wrong leaves no directory.
      const text = recipeText(read({ recipe, path }));
      RunDirectory.create(directory, text).release();
    }
    return { pid: this.spawn(directory, recipe === undefined) };
  }

  /** In a process group of its own, so that the end of the backend or of the window is not its end. */
  private spawn(directory: string, resume: boolean): number {
    const { engine, threads } = this.parts.options();
    mkdirSync(directory, { recursive: true });
    const log = openSync(join(directory, RUN_FILES.log), 'a');
    try {
      const child = spawn(
        process.execPath,
        [
          join(__dirname, 'cli.js'),
          'train',
          join(directory, RUN_FILES.recipe),
          ...['--out', directory, '--engine', engine, '--threads', String(threads)],
          ...(resume ? ['--resume'] : []),
        ],
        { detached: true, stdio: ['ignore', log, log], windowsHide: true, cwd: directory },
      );
      // Failures are told by the run's own status; one to start at all leaves no pid.
      child.on('error', () => undefined);
      child.unref();
      if (child.pid !== undefined) return child.pid;
    } finally {
      closeSync(log);
    }
    throw new SubtextError(
      'run',
      `${process.execPath} could not be started`,
      'Set subtext.backend.nodePath to a Node 20.',
    );
  }
}

interface RecipeText {
  recipe: string;
  /** Where it stands, or would be saved. */
  path?: string;
}

function read({ recipe, path }: RecipeText): Recipe {
  if (path === undefined) return completed(parseRecipe(recipe, 'The recipe'), '/');
  return completed(parseRecipe(recipe, basename(path)), dirname(path));
}
