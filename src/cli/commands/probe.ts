// `subtext probe`: trains probes after a recipe, and scores them beside their controls.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { ProbeResult } from '../../protocol/probes';
import { NOT_CANCELLED } from '../../backend/cancellation';
import { MAX_THREADS, startEngine } from '../../backend/engine/engines';
import { fileError } from '../../backend/files';
import { checkProbeFolder, writeProbes } from '../../backend/interpret/probes/folder';
import { placeOfProbes } from '../../backend/interpret/probes/openFolder';
import { parseProbeRecipe, resolvedProbeRecipe } from '../../backend/interpret/probes/recipe';
import { runProbes } from '../../backend/interpret/probes/run';
import type { ProbeRecipe } from '../../backend/interpret/probes/recipeSchema';
import type { Command, Values } from '../command';
import { modelPathFrom } from '../../backend/sampleModels';
import { Parent } from '../parent';
import { engineOption, MODEL_OPTIONS, numberOption, precisionOption } from '../options';
import { table, type Output } from '../output';

/** Milliseconds between two lines of progress. */
const LINE_EVERY = { terminal: 200, file: 10_000, parent: 100 };

const { engine: engineHelp, precision: precisionHelp, threads: threadsHelp } = MODEL_OPTIONS;

export const probe: Command = {
  name: 'probe',
  summary: 'Trains probes after a recipe: what can be read from activations, beside controls.',
  argument: 'RECIPE.json',
  options: {
    out: {
      value: 'DIR',
      help: 'folder for the probes; default CHECKPOINT.probes/NAME, of a sample model .subtext/probes/NAME',
    },
    engine: engineHelp,
    precision: precisionHelp,
    threads: threadsHelp,
  },
  run: async (values, output) => {
    const parent = Parent.find();
    try {
      await trainProbes(values, output, parent);
    } catch (error) {
      parent?.failed(error);
      throw error;
    }
  },
};

async function trainProbes(values: Values, output: Output, parent: Parent | undefined): Promise<void> {
  const path = String(values.argument);
  const threads = numberOption(values, 'threads', 0, { min: 0, max: MAX_THREADS });
  const engine = engineOption(values);
  const precision = precisionOption(values);
  const text = await recipeText(path);
  const folder = path === '-' ? process.cwd() : dirname(resolve(path));
  const parsed = parseProbeRecipe(text, path === '-' ? 'The recipe' : basename(path));
  const recipe = resolvedProbeRecipe(parsed, folder, (given) => modelPathFrom(folder, given));
  const target = resolve(values.out === undefined ? usualFolder(recipe, path) : String(values.out));
  await checkProbeFolder(target);
  // Nothing but the probes runs here.
  const { executor, note } = await startEngine(engine, { threads, precision });
  if (note !== undefined) output.note(note);
  const progress = new Progress(output, parent);
  const made = await runProbes(executor, recipe, NOT_CANCELLED, (share, doing) =>
    progress.show(share, doing),
  ).finally(() => progress.end());
  await writeProbes(target, recipe, made);
  const results = made.probes.map(({ result }) => result);
  output.answer(
    () => ({ probes: results }),
    () => `${resultTable(results)}Written: ${target}\n`,
  );
}

async function recipeText(path: string): Promise<string> {
  if (path === '-') return readAll(process.stdin);
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
}

function usualFolder(recipe: ProbeRecipe, path: string): string {
  const name = path === '-' ? (recipe.name ?? 'probes') : basename(path).replace(/(\.probe)?\.json$/, '');
  return join(placeOfProbes(recipe) ?? join('.subtext', 'probes'), name);
}

function resultTable(results: readonly ProbeResult[]): string {
  const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
  const several = new Set(results.map(({ model }) => model)).size > 1;
  return table([
    [
      ...(several ? ['model'] : []),
      ...['target', 'level', 'activation', 'accuracy', '95 %', 'majority', 'untrained', 'shuffled', 'tokens'],
    ],
    ...results.map((each) => [
      ...(several ? [each.model] : []),
      each.target,
      String(each.level ?? ''),
      each.hook,
      percent(each.accuracy),
      each.ci.map((end) => (100 * end).toFixed(1)).join('–'),
      percent(each.majority),
      percent(each.random_init),
      percent(each.shuffled),
      String(each.n_test),
    ]),
  ]);
}

/** One line that is written over in a terminal, a line now and then in a file, or messages to who started the command. */
class Progress {
  private readonly terminal = process.stderr.isTTY;
  private shown: number;
  private width = 0;

  constructor(
    private readonly output: Output,
    private readonly parent: Parent | undefined,
  ) {
    // What is soon done or refused says nothing to a file.
    this.shown = this.terminal || parent ? 0 : Date.now();
  }

  show(share: number, doing: string): void {
    const every = this.parent ? 'parent' : this.terminal ? 'terminal' : 'file';
    if (Date.now() - this.shown < LINE_EVERY[every]) return;
    this.shown = Date.now();
    if (this.parent) {
      this.parent.progress(share, doing);
      return;
    }
    const line = `${(100 * share).toFixed(0)} % · ${doing}`;
    if (this.terminal) {
      process.stderr.write(`\r${line.padEnd(this.width)}`);
      this.width = line.length;
    } else this.output.note(line);
  }

  end(): void {
    if (this.width > 0) process.stderr.write('\n');
  }
}
