// Which models are open, which of them is asked, and which were opened before. The backend is the truth about what
// is open; this remembers what a person wanted, so that a restarted backend gets it again.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Health, ModelSummary } from '../protocol/types';
import { BackendFailure, toFailure } from './backend/failure';
import type { Requester } from './backend/requester';
import { Emitter } from './emitter';

/** The part of `vscode.Memento` that is used. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const recentKey = 'subtext.recentModels';
const MAXIMUM_RECENT = 10;

export class Models {
  private readonly changed = new Emitter<void>();
  private readonly closed = new Emitter<string>();
  private readonly notRestored = new Emitter<BackendFailure>();
  /** The list or the active model changed. */
  readonly onDidChange = this.changed.event;
  /** A person closed a model, or it could not be opened again. */
  readonly onDidClose = this.closed.event;
  /** A model that was open cannot be opened again after a restart. */
  readonly onDidNotRestore = this.notRestored.event;

  private open: ModelSummary[] = [];
  private activeId: string | undefined;
  /** Paths that the backend has to have open, oldest first. */
  private readonly wanted = new Set<string>();

  constructor(
    private readonly requester: Requester,
    private readonly memory: Memory,
  ) {}

  /** Open models, in the order of the backend. */
  get all(): readonly ModelSummary[] {
    return this.open;
  }

  /** The model that is asked when none is named. */
  get active(): ModelSummary | undefined {
    return this.open.find(({ id }) => id === this.activeId) ?? this.open[0];
  }

  /** Paths opened before, latest first. */
  get recent(): string[] {
    const saved = this.memory.get(recentKey);
    return Array.isArray(saved) ? saved.filter((path) => typeof path === 'string') : [];
  }

  get(id: string): ModelSummary | undefined {
    return this.open.find((model) => model.id === id);
  }

  /** Opens a checkpoint folder or file and makes it the active model. */
  async openPath(path: string, signal?: AbortSignal): Promise<ModelSummary> {
    const place = checkpointPath(path);
    let model: ModelSummary;
    try {
      model = await this.requester.request('subtext/openModel', { path: place }, signal);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.reason === 'not-found') await this.forget(place);
      throw failure;
    }
    this.wanted.add(model.id);
    this.activeId = model.id;
    this.put(model);
    await this.memory.update(
      recentKey,
      [model.id, ...this.recent.filter((other) => other !== model.id)].slice(0, MAXIMUM_RECENT),
    );
    return model;
  }

  async close(id: string): Promise<void> {
    this.wanted.delete(id);
    await this.requester.request('subtext/closeModel', { model: id });
    this.drop(id);
  }

  /** Makes an open model the active one, for hovers too. */
  async activate(id: string): Promise<void> {
    await this.requester.request('subtext/openModel', { path: id });
    this.activeId = id;
    this.changed.fire();
  }

  /**
   * Takes over what the backend says. A wanted model that a fresh backend does not have yet stays in the list:
   * requests about it wait until `restore` is done.
   */
  follow(health: Health | undefined): void {
    if (!health) return;
    const missing = this.open.filter(
      ({ id }) => this.wanted.has(id) && !health.models.some((model) => model.id === id),
    );
    this.open = [...missing, ...health.models];
    // The backend's word, so that hovers and status bar speak of one model; but not while that model is being reopened.
    if (!missing.some(({ id }) => id === this.activeId)) this.activeId = health.current ?? this.activeId;
    this.changed.fire();
  }

  /** Opens in a fresh backend what was open in the one before. */
  async restore(life: Requester): Promise<void> {
    // The active one last: the last one opened is what hovers are answered by.
    const active = this.activeId;
    const paths = [...this.wanted].sort((a, b) => Number(a === active) - Number(b === active));
    for (const path of paths) {
      try {
        this.put(await life.request('subtext/openModel', { path }));
      } catch (error) {
        const failure = toFailure(error);
        // Also when the process died: a model that kills the backend must not kill the next one too.
        this.wanted.delete(path);
        this.drop(path);
        this.notRestored.fire(
          new BackendFailure(failure.reason, `${basename(path)}: ${failure.message}`, failure.remedy),
        );
        if (failure.reason === 'backend-stopped') throw failure;
      }
    }
  }

  private put(model: ModelSummary): void {
    const known = this.open.some(({ id }) => id === model.id);
    this.open = known
      ? this.open.map((other) => (other.id === model.id ? model : other))
      : [...this.open, model];
    this.changed.fire();
  }

  private drop(id: string): void {
    this.open = this.open.filter((model) => model.id !== id);
    this.changed.fire();
    this.closed.fire(id);
  }

  private async forget(path: string): Promise<void> {
    const recent = this.recent.filter((other) => other !== path);
    if (recent.length !== this.recent.length) await this.memory.update(recentKey, recent);
  }
}

/** What to open when a person picked a file of a checkpoint folder: the folder. */
export function checkpointPath(path: string): string {
  const name = basename(path);
  const isPartOfFolder =
    name === 'config.json' || name === 'model.safetensors' || name.endsWith('.index.json');
  return isPartOfFolder ? dirname(path) : path;
}

/** Those of some paths under which no model is open; one that is reached over a link is the same model. */
export async function notOpen(paths: readonly string[], open: readonly ModelSummary[]): Promise<string[]> {
  const place = (path: string) => realpath(path).catch(() => path);
  const taken = new Set(await Promise.all(open.map(({ id }) => place(id))));
  const places = await Promise.all(paths.map(place));
  return paths.filter((_, index) => !taken.has(places[index]));
}
