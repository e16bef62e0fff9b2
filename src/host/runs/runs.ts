// All runs that are known: those of the workspace's folders and those opened from elsewhere. Their directories are
// the truth; this watches them, and looks by itself where the operating system tells nothing.
import { dirname, join, resolve } from 'node:path';
import { RUNS_FOLDER } from '../../protocol/runs';
import type { RunSnapshot } from '../../protocol/runViews';
import { type Disposable, DisposableStore } from '../disposables';
import { Emitter } from '../emitter';
import { atMost, orAfter } from './atMost';
import { watchDirectory } from './directoryWatch';
import { entriesOf, isRunDirectory } from './find';
import { oneAtATime } from './oneAtATime';
import { type Machine, thisMachine } from './process';
import { type ChangedRows, RunRecord } from './record';
import { RunDirectory } from './runDirectory';
import { snapshotOf } from './snapshot';

export interface RunsOptions {
  /** Milliseconds between two looks at live runs; of the others, shown ones are looked at every tenth time. */
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
  /** Whether the list was told without waiting for it any longer. */
  isLate: boolean;
  /** Reads the small files, and begins to read the record. */
  read(): Promise<void>;
  /** Reads the record, which may take its time. */
  measure(): Promise<void>;
  timer?: NodeJS.Timeout;
}

const IDLE_TURNS = 10;
/** Thousands of runs must not take all file handles and threads at once. */
const MOST_READ_AT_ONCE = 8;
/** The list waits no longer for runs that are new: those that are read by then are shown. */
const PATIENCE_MILLISECONDS = 1000;

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
  private readonly sparingly = atMost(MOST_READ_AT_ONCE);
  private listTimer: NodeJS.Timeout | undefined;
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
    if (!held) this.tellList([opened]);
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
    return snapshotOf(run, this.record(run.path));
  }

  /** Looks at everything again; resolves once it is read. */
  async refresh(): Promise<void> {
    await this.list();
    await Promise.all([...this.known.values()].map((known) => known.read()));
    await Promise.all([...this.known.values()].map((known) => known.measure()));
  }

  /** Looks at the small files of one run again; resolves once they are read. */
  async refreshRun(path: string): Promise<void> {
    await this.known.get(path)?.read();
  }

  dispose(): void {
    this.isDisposed = true;
    clearInterval(this.ticking);
    clearTimeout(this.listTimer);
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
      // What is over changes only with its files, and that is seen; what a person looks at is looked at anyway.
      const isDue = isLong && (known.followers > 0 || !known.isRead || known.run.isFar);
      if (isDue || known.run.isLive) void known.read();
    }
  }

  /** Finds which runs are there. */
  private readonly list = oneAtATime(() => this.listOnce());

  private async listOnce(): Promise<void> {
    const found = new Set<string>();
    for (const folder of this.folders) {
      const entries = await entriesOf(folder);
      if (entries === undefined) {
        for (const path of this.known.keys()) if (dirname(path) === folder) found.add(path);
        continue;
      }
      this.watchFolder(folder, entries !== 'missing');
      for (const entry of entries === 'missing' ? [] : entries) {
        const path = join(folder, entry.name);
        if (this.known.has(path) || (entry.isDirectory() && (await isRunDirectory(path)))) found.add(path);
      }
    }
    for (const { run, isFromElsewhere } of this.known.values()) {
      if (isFromElsewhere && (await isRunDirectory(run.path)) !== false) found.add(run.path);
    }
    if (this.isDisposed) return;
    const gone = [...this.known.values()].filter(({ run }) => !found.has(run.path));
    const fresh = [...found].filter((path) => !this.known.has(path)).map((path) => this.add(path, false));
    for (const known of gone) this.drop(known);
    await orAfter(PATIENCE_MILLISECONDS, Promise.all(fresh.map((known) => known.read())));
    if (gone.length + fresh.length > 0) this.tellList(fresh);
  }

  /** Says that the list is another one; new runs that are not read yet come to it later. */
  private tellList(fresh: readonly Known[]): void {
    for (const known of fresh) known.isLate = !known.isRead;
    this.listChanged.fire();
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
      isLate: false,
      read: oneAtATime(() => this.readOnce(known)),
      measure: oneAtATime(() => this.measureOnce(known)),
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
    const { run } = known;
    if (!this.isHeld(known)) return;
    try {
      const isNews = await this.sparingly(() => run.refresh());
      if (!this.isHeld(known)) return;
      const isNew = !known.isRead;
      known.isRead = true;
      if (known.isLate) this.tellListSoon(known);
      else if (isNews && !isNew) this.changed.fire(run);
    } catch {
      // Gone, or not to be read, at this moment: the next look tells.
    }
    // Not waited for: while hundreds of megabytes are read, the state of the run goes on changing.
    if (known.record) void known.measure();
  }

  private async measureOnce(known: Known): Promise<void> {
    const { run, record } = known;
    if (!record) return;
    const { isRead } = record;
    const tell = (rows: ChangedRows) => {
      const isWanted = this.isHeld(known) && known.record === record;
      if (isWanted) this.grew.fire({ run, rows });
      return isWanted;
    };
    try {
      const rows = await record.refresh(tell);
      if (rows) tell(rows);
    } catch {
      // As above; but nobody is to wait for it.
      if (!isRead && this.isHeld(known)) this.changed.fire(run);
    }
  }

  /** One after the other would draw the list anew for each of thousands. */
  private tellListSoon(known: Known): void {
    known.isLate = false;
    this.listTimer ??= setTimeout(() => {
      this.listTimer = undefined;
      this.listChanged.fire();
    }, this.delay);
  }

  private isHeld(known: Known): boolean {
    return this.known.get(known.run.path) === known;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
