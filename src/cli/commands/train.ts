// `subtext train`: runs a recipe in a run directory, in this process.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { RUN_FILES, RUNS_FOLDER, type MetricsLine } from '../../protocol/runs';
import { MAX_THREADS } from '../../backend/engine/engines';
import { SubtextError } from '../../backend/errors';
import { fileError } from '../../backend/files';
import { RunDirectory } from '../../backend/run/runDirectory';
import { freeRunName } from '../../backend/run/names';
import { changedKeys, completed, recipeText } from '../../backend/train/completed';
import { Prefetch } from '../../backend/train/prefetch';
import { duration, shortCount } from '../../backend/train/words';
import { parseRecipe, type Recipe } from '../../backend/train/recipe';
import { train as trainRecipe } from '../../backend/train/trainer';
import type { RunEnd } from '../../backend/train/trainingLoop';
import { EXIT_INTERRUPTED, type Command } from '../command';
import { engineOption, numberOption, precisionOption } from '../options';
import { short, type Output } from '../output';

/** Milliseconds between two looks at what somebody asks of the run, and between two lines of progress. */
const LOOK_EVERY = 200;
const LINE_EVERY = { terminal: 200, file: 10_000 };

export const train: Command = {
  name: 'train',
  summary: 'Trains a model after a recipe.',
  argument: 'RECIPE.json',
  options: {
    out: { value: 'DIR', help: `run directory; default a new one in ${RUNS_FOLDER}` },
    resume: { help: 'go on from the last checkpoint in DIR' },
    engine: { value: 'NAME', help: 'what to compute on; default auto' },
    precision: { value: 'NAME', help: 'float32 or float16, instead of train.precision of the recipe' },
    threads: { value: 'N', help: 'threads of the engine; default one per physical core' },
  },
  run: async (values, output) => {
    const path = String(values.argument);
    const threads = numberOption(values, 'threads', 0, { min: 0, max: MAX_THREADS });
    const engine = engineOption(values);
    const resume = values.resume === true;
    const read = await readRecipe(path);
    const precision = precisionOption(values) ?? read.train.precision;
    const recipe = completed({ ...read, train: { ...read.train, precision } }, dirname(resolve(path)));
    const out = values.out as string | undefined;
    if (resume && out === undefined) {
      throw new SubtextError('usage', '--resume needs --out', 'Name the run directory with --out.');
    }
    const target = out ?? freeRunName(RUNS_FOLDER, basename(path).replace(/(\.subtext)?\.json$/, ''));
    const directory = resume ? RunDirectory.open(target) : RunDirectory.create(target, recipeText(recipe));
    try {
      if (resume) checkUnchanged(directory, recipe);
      const progress = new ProgressLine(recipe, output);
      const asked = new Requests(directory, () =>
        progress.say('stops at the next step; once more, and it ends at once, back at its last checkpoint'),
      );
      const end = await trainRecipe(directory, recipe, {
        engine,
        threads,
        resume,
        stream: (plan) => new Prefetch(plan),
        request: () => asked.look(),
        onStep: ({ step, tokens, seconds }, loss) => progress.show(step, tokens, seconds, loss),
      }).finally(() => progress.end());
      output.answer(
        () => ({ directory: directory.path, state: end, ...(progress.last ?? lastOf(directory)) }),
        () => `${sentences[end]} ${end === 'finished' ? directory.file(RUN_FILES.final) : directory.path}\n`,
      );
      return asked.interrupted ? EXIT_INTERRUPTED : 0;
    } finally {
      directory.release();
    }
  },
};

const sentences: Record<RunEnd, string> = {
  finished: 'Finished:',
  paused: 'Paused; --resume goes on:',
  cancelled: 'Cancelled:',
};

async function readRecipe(path: string): Promise<Recipe> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  return parseRecipe(text, basename(path));
}

/** @throws SubtextError `recipe` that names the keys in which the recipe is not that of the run */
function checkUnchanged(directory: RunDirectory, recipe: Recipe): void {
  const before = parseRecipe(directory.read(RUN_FILES.recipe), directory.file(RUN_FILES.recipe));
  const changed = changedKeys(before, recipe);
  if (changed.length === 0) return;
  throw new SubtextError(
    'recipe',
    `The recipe is not the one that this run was started with: ${changed.join(', ')} changed`,
    `Resume with ${directory.file(RUN_FILES.recipe)}, or start a new run.`,
  );
}

/** How far a run is that had nothing left to do; the loss is that of the last step of which one was written. */
function lastOf(directory: RunDirectory): { step: number; loss: number | null } {
  const step = directory.readStatus()?.step ?? 0;
  const lines = existsSync(directory.file(RUN_FILES.metrics))
    ? directory.read(RUN_FILES.metrics).split('\n')
    : [];
  const losses = lines.flatMap((line) => (line === '' ? [] : ((JSON.parse(line) as MetricsLine).loss ?? [])));
  return { step, loss: losses.at(-1) ?? null };
}

/** What is asked of the run: by a signal, or in its directory. */
class Requests {
  interrupted = false;
  private looked = 0;

  /** @param onSignal called at the first signal: an evaluation may still take its time */
  constructor(
    private readonly directory: RunDirectory,
    onSignal: () => void,
  ) {
    process.removeAllListeners('SIGINT');
    const stop = () => {
      // Twice means now.
      if (this.interrupted) process.exit(EXIT_INTERRUPTED);
      this.interrupted = true;
      onSignal();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  }

  look(): 'pause' | 'cancel' | undefined {
    if (this.interrupted) return 'pause';
    if (Date.now() - this.looked < LOOK_EVERY) return undefined;
    this.looked = Date.now();
    return this.directory.takeControl();
  }
}

/** One line that is written over in a terminal, and a line now and then in a file. */
class ProgressLine {
  /** Undefined where no step was made. */
  last: { step: number; loss: number } | undefined;
  private first: { step: number; seconds: number } | undefined;
  private shown = 0;
  private width = 0;
  private readonly terminal = process.stderr.isTTY;

  constructor(
    private readonly recipe: Recipe,
    private readonly output: Output,
  ) {}

  show(step: number, tokens: number, seconds: number, loss: number): void {
    this.last = { step, loss };
    this.first ??= { step: step - 1, seconds };
    const { steps } = this.recipe.train;
    const every = this.terminal ? LINE_EVERY.terminal : LINE_EVERY.file;
    if (Date.now() - this.shown < every && step < steps) return;
    this.shown = Date.now();
    const taken = (seconds - this.first.seconds) / Math.max(step - 1 - this.first.step, 1);
    const left = taken > 0 && step < steps ? ` · ${duration(taken * (steps - step))} left` : '';
    const line = `step ${step}/${steps} · loss ${short(loss)} nats · ${shortCount(tokens)} tokens${left}`;
    if (this.terminal) {
      process.stderr.write(`\r${line.padEnd(this.width)}`);
      this.width = line.length;
    } else this.output.note(line);
  }

  /** Something else than progress, on a line of its own. */
  say(text: string): void {
    this.end();
    this.width = 0;
    this.output.note(text);
  }

  end(): void {
    if (this.width > 0) process.stderr.write('\n');
  }
}
