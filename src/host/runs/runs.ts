// All runs that are known: those of the workspace's folders and those opened from elsewhere. Their directories are
// the truth; this watches them, and looks by itself where the operating system tells nothing.
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RUNS_FOLDER, RUN_FILES } from '../../protocol/runs';
import type { RunSnapshot } from '../../protocol/runViews';
import { type Disposable, DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import { watchDirectory } from './directoryWatch';
import { oneAtATime } from './oneAtATime';
import { type Machine, thisMachine } from './process';
import { type ChangedRows, RunRecord } from './record';
import { RunDirectory } from './runDirectory';

export interface RunsOptions {
  /** Milliseconds between two looks at live runs; the others are looked at every tenth time. */
  interval?: number;
  /** Milliseconds in which changes are gathered. */
  delay?: number;
  machine?: Machine;
}

interface Known {
  readonly run: RunDirectory;
  readonly store: DisposableStore;
  isFromElsewhere: boolean;
  /** While somebody follows the run. */
  record?: RunRecord;
  followers: number;
  /** Whether it was read: before that there is nothing to show. */
  isRead: boolean;
  read(): Promise<void>;
  timer?: NodeJS.Timeout;
}

const IDLE_TURNS = 10;

export class Runs implements Disposable {
  private readonly changed = new Emitter<RunDirectory>();
  private readonly listChanged = new Emitter<void>();
  private readonly grew = new Emitter<{ run: RunDirectory; rows: ChangedRows }>();
  /** A run's state, progress or losses changed. */
  readonly onDidChange = this.changed.event;
  /** Runs came or went. */
  readonly onDidChangeList = this.listChanged.event;
  /** A followed run was read; its rows from these on are new. */
  readonly onDidGrow = this.grew.event;

  private readonly known = new Map<string, Known>();
  private folders: string[] = [];
  private folderWatches = new DisposableStore();
  private readonly watchedFolders = new Map<string, Disposable>();
  private readonly ticking: NodeJS.Timeout;
  private readonly machine: Machine;
  private readonly delay: number;
  private turn = 0;
  private isDisposed = false;

  constructor({ interval = 1000, delay = 150, machine = thisMachine }: RunsOptions = {}) {
    this.machine = machine;
    this.delay = delay;
    this.ticking = setInterval(() => this.look(), interval);
  }

  /** Newest first; those without a status are about to start. */
  get all(): RunDirectory[] {
    const started = ({ status }: RunDirectory) => status?.started ?? '~';
    return [...this.known.values()]
      .filter(({ isRead }) => isRead)
      .map(({ run }) => run)
      .sort((a, b) => compare(started(b), started(a)) || compare(a.name, b.name));
  }

  get(path: string): RunDirectory | undefined {
    return this.known.get(path)?.run;
  }

  /** Watches the runs of these workspace folders (absolute paths), and of no others. */
  async setFolders(folders: readonly string[]): Promise<void> {
    this.folders = folders.map((folder) => join(folder, RUNS_FOLDER));
    this.folderWatches.dispose();
    this.folderWatches = new DisposableStore();
    this.watchedFolders.clear();
    await this.list();
  }

  /** Takes in a run directory from anywhere; undefined where nothing there looks like a run. */
  async open(path: string): Promise<RunDirectory | undefined> {
    const place = resolve(path);
    if (!(await isRunDirectory(place))) return undefined;
    const held = this.known.get(place);
    const opened = held ?? this.add(place, true);
    await opened.read();
    if (!held) this.listChanged.fire();
    return opened.run;
  }

  /** Reads everything that a run measured, and goes on reading until it is disposed of. */
  follow(path: string): Disposable {
    const known = this.known.get(path);
    if (!known) return { dispose: () => undefined };
    known.followers++;
    known.record ??= new RunRecord(path);
    void known.read();
    return {
      dispose: () => {
        if (--known.followers === 0) known.record = undefined;
      },
    };
  }

  /** What a followed run measured. */
  record(path: string): RunRecord | undefined {
    return this.known.get(path)?.record;
  }

  snapshot(run: RunDirectory): RunSnapshot {
    const record = this.record(run.path);
    return {
      directory: run.path,
      name: run.name,
      state: run.state,
      ...(run.status && { status: run.status }),
      references: record?.references ?? [],
      ...(record?.samples && { samples: record.samples }),
      events: record?.events ?? [],
      title: run.title,
    };
  }

  /** Looks at everything again; resolves once it is read. */
  async refresh(): Promise<void> {
    await this.list();
    await Promise.all([...this.known.values()].map((known) => known.read()));
  }

  dispose(): void {
    this.isDisposed = true;
    clearInterval(this.ticking);
    this.folderWatches.dispose();
    for (const known of this.known.values()) this.drop(known);
    this.changed.dispose();
    this.listChanged.dispose();
    this.grew.dispose();
  }

  private look(): void {
    const isLong = this.turn++ % IDLE_TURNS === 0;
    void this.list();
    for (const known of this.known.values()) {
      if (isLong || known.run.isLive) void known.read();
    }
  }

  /** Finds which runs are there. */
  private readonly list = oneAtATime(() => this.listOnce());

  private async listOnce(): Promise<void> {
    const found = new Set<string>();
    for (const folder of this.folders) {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
      this.watchFolder(folder, entries !== undefined);
      for (const entry of entries ?? []) {
        const path = join(folder, entry.name);
        if (this.known.has(path) || (entry.isDirectory() && (await isRunDirectory(path)))) found.add(path);
      }
    }
    for (const { run, isFromElsewhere } of this.known.values()) {
      if (isFromElsewhere && (await isRunDirectory(run.path))) found.add(run.path);
    }
    if (this.isDisposed) return;
    const gone = [...this.known.values()].filter(({ run }) => !found.has(run.path));
    const fresh = [...found].filter((path) => !this.known.has(path)).map((path) => this.add(path, false));
    for (const known of gone) this.drop(known);
    await Promise.all(fresh.map((known) => known.read()));
    if (gone.length + fresh.length > 0) this.listChanged.fire();
  }

  private watchFolder(folder: string, isThere: boolean): void {
    const watched = this.watchedFolders.get(folder);
    if (watched && !isThere) {
      this.folderWatches.delete(watched);
      this.watchedFolders.delete(folder);
    } else if (!watched && isThere) {
      const made = this.folderWatches.add(watchDirectory(folder, () => void this.list()));
      this.watchedFolders.set(folder, made);
    }
  }

  private add(path: string, isFromElsewhere: boolean): Known {
    const run = new RunDirectory(path, this.machine);
    const known: Known = {
      run,
      store: new DisposableStore(),
      isFromElsewhere,
      followers: 0,
      isRead: false,
      read: oneAtATime(() => this.readOnce(known)),
    };
    this.known.set(path, known);
    known.store.add(watchDirectory(path, () => this.readSoon(known)));
    known.store.add({ dispose: () => clearTimeout(known.timer) });
    return known;
  }

  private drop(known: Known): void {
    this.known.delete(known.run.path);
    known.store.dispose();
  }

  private readSoon(known: Known): void {
    known.timer ??= setTimeout(() => {
      known.timer = undefined;
      void known.read();
    }, this.delay);
  }

  private async readOnce(known: Known): Promise<void> {
    if (this.known.get(known.run.path) !== known) return;
    const { run, record } = known;
    try {
      const isNews = await run.refresh();
      const rows = await record?.refresh();
      if (this.known.get(run.path) !== known) return;
      const isNew = !known.isRead;
      known.isRead = true;
      if (isNews && !isNew) this.changed.fire(run);
      if (rows) this.grew.fire({ run, rows });
    } catch {
      // Gone, or not to be read, at this moment: the next look tells.
    }
  }
}

async function isRunDirectory(path: string): Promise<boolean> {
  for (const name of [RUN_FILES.status, RUN_FILES.recipe, RUN_FILES.metrics]) {
    const info = await stat(join(path, name)).catch(() => undefined);
    if (info?.isFile()) return true;
  }
  return false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
