// A run directory from the side of the process that runs it. Names and contents of its files: protocol/runs.ts.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
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
import { fileError, shown } from '../files';
import { replaceText } from './atomicFile';
import { cutLines, type Verdict } from './cutLines';
import { takeLock } from './lock';
import { clearLeftovers, namesInTheWay } from './ownFiles';

export class RunDirectory {
  readonly name: string;

  private constructor(
    readonly path: string,
    private readonly unlock: () => void,
  ) {
    this.name = basename(path);
  }

  /**
   * Takes a directory for a new run, and writes its recipe; it is made where it is missing.
   * @param recipe text of its recipe.json
   * @throws SubtextError `run` when a run is there already, or other files; `file-access`
   */
  static create(path: string, recipe: string): RunDirectory {
    const absolute = resolve(path);
    return RunDirectory.take(absolute, (directory) => {
      if (existsSync(join(absolute, RUN_FILES.status))) {
        throw new SubtextError(
          'run',
          `${absolute} holds a run already`,
          'Resume it (--resume), or name another directory.',
        );
      }
      const names = namesInTheWay(absolute, recipe);
      if (names.length > 0) {
        throw new SubtextError(
          'run',
          `A run needs a directory of its own, but ${absolute} holds ${shown(listed(names))}`,
          'Name a new directory, or an empty one.',
        );
      }
      if (directory && !existsSync(join(absolute, RUN_FILES.recipe))) {
        replaceText(join(absolute, RUN_FILES.recipe), recipe);
      }
    });
  }

  /**
   * Takes the directory of a run that is to go on.
   * @throws SubtextError `run` when there is none, or another process has it; `file-access`
   */
  static open(path: string): RunDirectory {
    const absolute = resolve(path);
    const has = (name: string) => existsSync(join(absolute, name));
    // A process that was killed before it had a status left nothing but its recipe.
    const isRun = has(RUN_FILES.recipe) && (has(RUN_FILES.status) || namesInTheWay(absolute).length === 0);
    if (!isRun)
      throw new SubtextError(
        'run',
        `${absolute} holds no run`,
        'Give the folder of a run; without --resume, train starts a new one.',
      );
    const directory = RunDirectory.take(absolute);
    directory.dropControlFromBefore();
    return directory;
  }

  /** @param check throws where the directory is not to be touched; called before it is, and again once nobody else can */
  private static take(absolute: string, check?: (directory?: RunDirectory) => void): RunDirectory {
    let directory: RunDirectory | undefined;
    try {
      mkdirSync(absolute, { recursive: true });
      check?.();
      directory = new RunDirectory(absolute, takeLock(join(absolute, RUN_FILES.lock)));
      check?.(directory);
      clearLeftovers(absolute);
      return directory;
    } catch (error) {
      directory?.release();
      throw fileError(error, absolute, 'write');
    }
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

  writeStatus(status: RunStatus): void {
    replaceText(this.file(RUN_FILES.status), `${JSON.stringify(status)}\n`);
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
    replaceText(this.file(RUN_FILES.references), `${JSON.stringify(references)}\n`);
  }

  appendMetrics(lines: readonly MetricsLine[]): void {
    this.append(RUN_FILES.metrics, lines);
  }

  appendSamples(line: SamplesLine): void {
    this.append(RUN_FILES.samples, [line]);
  }

  /**
   * Removes what was written of steps after `step`: a run that goes on from there writes it again. What happened stays
   * told, though the steps at which it did are gone.
   */
  cutAfter(step: number): void {
    for (const name of [RUN_FILES.metrics, RUN_FILES.samples]) {
      const path = this.file(name);
      if (existsSync(path)) cutLines(path, (line) => verdictOn(line, step));
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
      this.dropControl();
    }
  }

  /** Removes a request that was obeyed, or that nobody will obey any more. */
  dropControl(): void {
    try {
      rmSync(this.file(RUN_FILES.control), { force: true });
    } catch {
      // Where nothing can be removed any more, the run's own error says more.
    }
  }

  /** What was asked before this process was there was asked of the one before, which was killed. */
  private dropControlFromBefore(): void {
    const asked = statSync(this.file(RUN_FILES.control), { throwIfNoEntry: false })?.mtimeMs;
    if (asked !== undefined && asked < performance.timeOrigin) this.dropControl();
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

  /** Under another name first: what is removed by half is no checkpoint any more. */
  removeCheckpoint(step: number): void {
    const path = this.checkpoint(step);
    const temporary = `${path}.subtext-tmp`;
    try {
      rmSync(temporary, { recursive: true, force: true });
      renameSync(path, temporary);
      rmSync(temporary, { recursive: true, force: true });
    } catch (error) {
      throw fileError(error, path, 'write');
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

/** Of a line that was cut short nothing is known. */
function verdictOn(line: string, step: number): Verdict {
  try {
    const { step: at, event, loss } = JSON.parse(line) as MetricsLine;
    if (event !== undefined && loss === undefined) return 'stays';
    return at <= step ? 'end' : 'goes';
  } catch {
    return 'goes';
  }
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${some} and ${names.length - 3} more` : some;
}
