// A run directory from the side of the process that runs it. Names and contents of its files: protocol/runs.ts.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import {
  checkpointFolder,
  RUN_FILES,
  type MetricsLine,
  type ReferenceLine,
  type RunControl,
  type RunStatus,
  type SamplesLine,
} from '../../protocol/runs';
import { SubtextError } from '../errors';
import { fileError } from '../files';
import { replaceFile } from './atomicFile';
import { takeLock } from './lock';

export class RunDirectory {
  readonly name: string;

  private constructor(
    readonly path: string,
    private readonly unlock: () => void,
  ) {
    this.name = basename(path);
  }

  /**
   * Takes a directory for a new run; it is made where it is missing.
   * @throws SubtextError `run` when a run is there already; `file-access`
   */
  static create(path: string): RunDirectory {
    const directory = RunDirectory.take(path);
    if (!existsSync(directory.file(RUN_FILES.status))) return directory;
    directory.release();
    throw new SubtextError(
      'run',
      `${directory.path} holds a run already`,
      'Resume it (--resume), or name another directory.',
    );
  }

  /**
   * Takes the directory of a run that is to go on.
   * @throws SubtextError `run` when there is none, or another process has it; `file-access`
   */
  static open(path: string): RunDirectory {
    if (!existsSync(join(path, RUN_FILES.recipe))) {
      throw new SubtextError('run', `${resolve(path)} holds no run`, 'Start it without --resume.');
    }
    return RunDirectory.take(path);
  }

  private static take(path: string): RunDirectory {
    const absolute = resolve(path);
    try {
      mkdirSync(absolute, { recursive: true });
    } catch (error) {
      throw fileError(error, absolute, 'write');
    }
    const directory = new RunDirectory(absolute, takeLock(join(absolute, RUN_FILES.lock)));
    directory.clearLeftovers();
    return directory;
  }

  /** Lets others have it. */
  release(): void {
    this.unlock();
  }

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string {
    try {
      return readFileSync(this.file(name), 'utf8');
    } catch (error) {
      throw fileError(error, this.file(name), 'read');
    }
  }

  writeRecipe(text: string): void {
    replaceFile(this.file(RUN_FILES.recipe), text);
  }

  writeStatus(status: RunStatus): void {
    replaceFile(this.file(RUN_FILES.status), `${JSON.stringify(status)}\n`);
  }

  /** The status of the process before; undefined where it wrote none that can be read. */
  readStatus(): RunStatus | undefined {
    try {
      return JSON.parse(readFileSync(this.file(RUN_FILES.status), 'utf8')) as RunStatus;
    } catch {
      return undefined;
    }
  }

  writeReferences(references: readonly ReferenceLine[]): void {
    replaceFile(this.file(RUN_FILES.references), `${JSON.stringify(references)}\n`);
  }

  appendMetrics(lines: readonly MetricsLine[]): void {
    this.append(RUN_FILES.metrics, lines);
  }

  appendSamples(line: SamplesLine): void {
    this.append(RUN_FILES.samples, [line]);
  }

  /** Removes what was written of steps after `step`: a run that goes on from there writes it again. */
  cutAfter(step: number): void {
    for (const name of [RUN_FILES.metrics, RUN_FILES.samples]) {
      const path = this.file(name);
      if (!existsSync(path)) continue;
      const lines = this.read(name).split('\n');
      const kept = lines.filter((line) => line !== '' && stepOf(line) <= step);
      replaceFile(path, kept.map((line) => `${line}\n`).join(''));
    }
  }

  log(message: string): void {
    this.write(RUN_FILES.log, `${new Date().toISOString()} ${message}\n`);
  }

  /** What somebody asks of the run; asked once. */
  takeControl(): RunControl['request'] | undefined {
    const path = this.file(RUN_FILES.control);
    if (!existsSync(path)) return undefined;
    try {
      const { request } = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunControl>;
      return request === 'pause' || request === 'cancel' ? request : undefined;
    } catch {
      return undefined;
    } finally {
      rmSync(path, { force: true });
    }
  }

  /** Steps of which a whole checkpoint is there, in order. */
  checkpoints(): number[] {
    const folder = this.file(RUN_FILES.checkpoints);
    if (!existsSync(folder)) return [];
    const steps = readdirSync(folder).map((name) => /^step-(\d+)$/.exec(name)?.[1]);
    return steps
      .filter((step) => step !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  }

  checkpoint(step: number): string {
    return this.file(checkpointFolder(step));
  }

  removeCheckpoint(step: number): void {
    rmSync(this.checkpoint(step), { recursive: true, force: true });
  }

  /** What a process that was killed left half written. */
  private clearLeftovers(): void {
    rmSync(this.file(RUN_FILES.control), { force: true });
    const folder = this.file(RUN_FILES.checkpoints);
    for (const [parent, names] of [
      [this.path, readdirSync(this.path)],
      [folder, existsSync(folder) ? readdirSync(folder) : []],
    ] as const) {
      for (const name of names) {
        if (LEFT_OVER.test(name)) clear(parent, name);
      }
    }
  }

  private append(name: string, lines: readonly object[]): void {
    if (lines.length > 0) this.write(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  private write(name: string, text: string): void {
    try {
      appendFileSync(this.file(name), text);
    } catch (error) {
      throw fileError(error, this.file(name), 'write');
    }
  }
}

function clear(parent: string, name: string): void {
  const path = join(parent, name);
  const folder = path.replace(OLD, '');
  // Killed between the two renames that replace a folder: the earlier one is all that is whole.
  if (OLD.test(name) && !existsSync(folder)) renameSync(path, folder);
  else rmSync(path, { recursive: true, force: true });
}

const OLD = /\.subtext-old$/;
/** Names of what is not whole yet, or was replaced (`replaceFile`, `replaceFolder`). */
const LEFT_OVER = /\.(tmp|subtext-tmp|subtext-old)$/;

/** Of a line that was cut short, a step that is never kept. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Infinity;
  }
}
