// Training probes for the editor: in a process of its own, so that questions are answered meanwhile, and one that ends with
// the backend, because what it has made so far is worth nothing.
import { spawn, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ProbeFolder } from '../../protocol/probes';
import type { BackendOptions, Params, Result } from '../../protocol/requests';
import type { ProgressNote } from '../../protocol/types';
import { CancelledError, SubtextError, type ErrorReason } from '../errors';
import { shown } from '../files';
import { openProbeFolder, placeOfProbes } from '../interpret/probes/openFolder';
import { parseProbeRecipe, resolvedProbeRecipe } from '../interpret/probes/recipe';
import type { ProbeRecipe } from '../interpret/probes/recipeSchema';
import { restoreFolder } from '../replace';
import { modelPathFrom } from '../sampleModels';

/** What `subtext probe` tells who started it: how far it is, or why it failed. */
export type ProbeChildMessage =
  { share: number; doing: string } | { reason: ErrorReason; message: string; remedy: string };

/** Of what a process wrote to its standard error: enough for the last lines of a failure. */
const KEPT_CHARACTERS = 2000;

export class ProbeTraining {
  private readonly running = new Map<string, ChildProcess>();

  /**
   * @param options what the backend was last told to compute on: probes are trained alike
   * @param tell gets how far a training is
   */
  constructor(
    private readonly options: () => Required<BackendOptions>,
    private readonly tell: (note: ProgressNote) => void,
  ) {}

  /** What a recipe comes to. @throws SubtextError `recipe`; `run`, `not-found` for models that are not there */
  check(given: Params<'subtext/checkProbeRecipe'>): Result<'subtext/checkProbeRecipe'> {
    const recipe = read(given);
    const fromFile = given.path && basename(given.path).replace(/(\.probe)?\.json$/, '');
    const name = fromFile || recipe.name?.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'probes';
    const place = placeOfProbes(recipe);
    return { name, folder: place === undefined ? null : join(place, name) };
  }

  /**
   * @throws SubtextError `recipe`, `file-access`; `probe` where another training writes to the folder; `run` where the
   * process ends by itself; `cancelled`; what `runProbes` throws. Then there is no new folder.
   */
  async train(
    { recipe, path, folder: given, stream }: Params<'subtext/trainProbes'>,
    onCancel: (cancel: () => void) => void,
  ): Promise<ProbeFolder> {
    const complete = read({ recipe, path });
    const folder = resolve(given);
    if (this.running.has(folder)) {
      throw new SubtextError(
        'probe',
        `Probes are being trained for ${shown(folder)} already`,
        'Wait for them, cancel them, or name another folder.',
      );
    }
    const child = this.start(folder);
    this.running.set(folder, child);
    const cancellation = { cancelled: false };
    onCancel(() => {
      cancellation.cancelled = true;
      child.kill('SIGKILL');
    });
    try {
      await this.finished(child, complete, (share, doing) => this.tell({ stream, share, doing }));
    } catch (error) {
      throw cancellation.cancelled ? new CancelledError() : error;
    } finally {
      this.running.delete(folder);
      // What a process that was killed may leave.
      await restoreFolder(folder).catch(() => undefined);
      await rm(`${folder}.subtext-tmp`, { recursive: true, force: true }).catch(() => undefined);
    }
    return openProbeFolder(folder);
  }

  /** Ends all trainings. */
  stop(): void {
    for (const child of this.running.values()) child.kill('SIGKILL');
  }

  private start(folder: string): ChildProcess {
    const { engine, threads, precision } = this.options();
    return spawn(
      process.execPath,
      [
        join(__dirname, 'cli.js'),
        'probe',
        '-',
        ...['--out', folder, '--engine', engine, '--precision', precision, '--threads', String(threads)],
      ],
      // Over the channel it tells how far it is, and learns that the backend is gone.
      { stdio: ['pipe', 'ignore', 'pipe', 'ipc'], windowsHide: true },
    );
  }

  /** Hands the recipe over and waits for the end. */
  private finished(
    child: ChildProcess,
    recipe: ProbeRecipe,
    progress: (share: number, doing: string) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      let failure: SubtextError | undefined;
      let said = '';
      child.on('message', (message: ProbeChildMessage) => {
        if ('share' in message) progress(message.share, message.doing);
        else failure = new SubtextError(message.reason, message.message, message.remedy);
      });
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-KEPT_CHARACTERS);
      });
      child.on('error', (error) => reject(processError(error.message)));
      child.on('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(failure ?? processError(lastLine(said) ?? `it ended with ${signal ?? code}`));
      });
      // One that has ended already reads nothing.
      child.stdin!.on('error', () => undefined);
      child.stdin!.end(JSON.stringify(recipe));
    });
  }
}

function processError(what: string): SubtextError {
  return new SubtextError(
    'run',
    `The process that trains the probes failed: ${shown(what)}`,
    'Try again with fewer documents or activations; `subtext probe` shows more.',
  );
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}

function read({ recipe, path }: { recipe: string; path?: string }): ProbeRecipe {
  const parsed = parseProbeRecipe(recipe, path === undefined ? 'The recipe' : basename(path));
  const folder = path === undefined ? '/' : dirname(path);
  return resolvedProbeRecipe(parsed, folder, (given) => modelPathFrom(folder, given));
}
