// One run, as the small files of its directory tell it: its state, how far it is, what it trains.
import { access, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ShownRunState } from '../../protocol/runViews';
import {
  RUN_FILES,
  checkpointFolder,
  type MetricsLine,
  type RunControl,
  type RunStatus,
} from '../../protocol/runs';
import { findLast, readJson } from './files';
import { GrowingLines } from './growingLines';
import { readControl, readLock, readMetricsLine, readStatus } from './parse';
import { type Machine, thisMachine } from './process';
import { titleOf } from './title';

/** Of metrics that are there already, as much is read for the latest losses. */
const LATEST_BYTES = 1 << 16;

/** A run that has not even said that it starts after this time never will. */
const SILENT_MILLISECONDS = 60_000;

/** One on another machine is believed to be gone after this time; its lock still tells who would resume it otherwise. */
const FAR_SILENT_MILLISECONDS = 10 * 60_000;

/** A loss, and of which texts. */
export interface NamedLoss {
  of: 'training' | 'validation';
  /** Per token. */
  nats: number;
}

export class RunDirectory {
  readonly name: string;
  /** Undefined while the run has not written any. */
  status: RunStatus | undefined;
  title = '';
  /** The latest losses that stand in the metrics, nats per token. */
  trainLoss: number | undefined;
  validationLoss: number | undefined;
  /** Whether `final/` is there. */
  hasFinal = false;
  /** While a new process is started for it. */
  isResuming = false;
  private control: RunControl['request'] | undefined;
  private isInterrupted = false;
  private readonly lines: GrowingLines;
  private isFirstLook = true;
  /** As the last look found them. */
  private factsBefore = '';
  private latest: { train?: number; validation?: number } = {};

  /** @param path absolute; identifies the run */
  constructor(
    readonly path: string,
    private readonly machine: Machine = thisMachine,
  ) {
    this.name = basename(path);
    this.lines = new GrowingLines(this.file('metrics'), LATEST_BYTES);
  }

  get state(): ShownRunState {
    if (this.isResuming) return 'starting';
    if (this.isInterrupted) return 'interrupted';
    const state = this.status?.state ?? 'starting';
    if (!isAtWork(state)) return state;
    if (this.control === 'cancel') return 'cancelling';
    return this.control === 'pause' ? 'pausing' : state;
  }

  /** A process works on it. */
  get isLive(): boolean {
    return isAtWork(this.status?.state ?? 'starting') && !this.isInterrupted;
  }

  /** It seems interrupted, but on another machine, of whose doings no file event may tell. */
  get isFar(): boolean {
    return this.isInterrupted && this.status !== undefined && this.status.host !== this.machine.host;
  }

  /** Whether it can go on from its last checkpoint. */
  get isResumable(): boolean {
    return resumable.has(this.state);
  }

  /** The loss to show in a line: the validation's, where there is any. */
  get loss(): NamedLoss | undefined {
    const { trainLoss, validationLoss } = this;
    if (validationLoss !== undefined) return { of: 'validation', nats: validationLoss };
    return trainLoss === undefined ? undefined : { of: 'training', nats: trainLoss };
  }

  /** Absolute path of a checkpoint, which opens like any other model. */
  checkpointPath(step: number | 'final'): string {
    return join(this.path, step === 'final' ? RUN_FILES.final : checkpointFolder(step));
  }

  file(name: keyof typeof RUN_FILES): string {
    return join(this.path, RUN_FILES[name]);
  }

  /** Reads the files again; resolves with whether anything is not as the last time. Two calls must not overlap. */
  async refresh(): Promise<boolean> {
    // A status that cannot be read for a moment is no news.
    const status = readStatus(await readJson(this.file('status'))) ?? this.status;
    const control = readControl(await readJson(this.file('control')));
    const title = this.title === '' ? titleOf(await readJson(this.file('recipe'))) : this.title;
    const hasFinal = await exists(this.file('final'));
    await this.readLosses();
    const isInterrupted = await this.isAbandoned(status);
    // All at once: nobody sees half of the news.
    Object.assign(this, { status, control, title, hasFinal, isInterrupted });
    this.trainLoss = this.latest.train;
    this.validationLoss = this.latest.validation;
    const before = this.factsBefore;
    this.factsBefore = this.facts();
    return this.factsBefore !== before;
  }

  /** Whether it is not over, but its process is gone, or on another machine and silent for long. */
  private async isAbandoned(status: RunStatus | undefined): Promise<boolean> {
    const { machine } = this;
    if (!status) return Date.now() - (await stat(this.path)).mtimeMs > SILENT_MILLISECONDS;
    if (!isAtWork(status.state)) return false;
    const { pid, host } = status;
    const seen = Date.parse(status.updated);
    if (host !== machine.host) return !(Date.now() - seen <= FAR_SILENT_MILLISECONDS);
    const lock = readLock(await readJson(this.file('lock')));
    const start = lock?.pid === pid && lock.host === host ? lock.start : undefined;
    return !machine.isRunning(pid, {
      ...(start !== undefined && { start }),
      ...(!Number.isNaN(seen) && { seen }),
    });
  }

  private async readLosses(): Promise<void> {
    let isAnew = this.isFirstLook;
    this.isFirstLook = false;
    const forget = () => {
      this.latest = {};
      isAnew = true;
    };
    await this.lines.read(forget, (line) => {
      const read = readMetricsLine(line);
      this.latest.train = read?.loss ?? this.latest.train;
      this.latest.validation = read?.validation_loss ?? this.latest.validation;
    });
    if (!isAnew || this.latest.validation !== undefined) return;
    // Of a file that was there already only the end was read, and the last evaluation may be long ago.
    const key: keyof MetricsLine = 'validation_loss';
    this.latest.validation = await findLast(this.file('metrics'), (line) =>
      line.includes(`"${key}"`) ? readMetricsLine(line)?.[key] : undefined,
    );
  }

  private facts(): string {
    const { state, status, title, trainLoss, validationLoss, hasFinal } = this;
    return JSON.stringify([state, status, title, trainLoss, validationLoss, hasFinal]);
  }
}

const resumable: ReadonlySet<ShownRunState> = new Set(['paused', 'interrupted', 'cancelled', 'failed']);

/** A paused run has no process: the next one goes on from its last checkpoint. */
function isAtWork(state: RunStatus['state']): boolean {
  return state === 'starting' || state === 'running';
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
