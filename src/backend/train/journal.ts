// What a run writes down as it goes: its status, its metrics, its log.
import { hostname } from 'node:os';
import type { MetricsLine, RunControl, RunState, RunStatus } from '../../protocol/runs';
import type { EngineName } from '../../protocol/types';
import { SubtextError } from '../errors';
import type { RunDirectory } from '../run/runDirectory';
import type { Progress } from './trainState';

/** Milliseconds between two writings: watchers see a run move, and writing costs it nothing. */
const WRITE_EVERY = 250;

export class Journal {
  private status: RunStatus;
  private lines: MetricsLine[] = [];
  private written = 0;
  /** Of the process before. */
  private readonly before: RunStatus | undefined;

  constructor(
    private readonly directory: RunDirectory,
    steps: number,
    threads: number,
  ) {
    const before = (this.before = directory.readStatus());
    const now = new Date().toISOString();
    this.status = {
      state: 'starting',
      pid: process.pid,
      host: hostname(),
      step: before?.step ?? 0,
      steps,
      tokens: before?.tokens ?? 0,
      parameters: before?.parameters ?? 0,
      threads,
      started: before?.started ?? now,
      updated: now,
      seconds: before?.seconds ?? 0,
      checkpoints: directory.checkpoints(),
    };
    this.flush();
  }

  /** What does not change from step to step. */
  know(
    facts: Partial<Pick<RunStatus, 'engine' | 'precision' | 'threads' | 'parameters' | 'checkpoints'>>,
  ): void {
    this.status = { ...this.status, ...facts };
    this.flush();
  }

  /** Another engine, or another number of threads, adds the same numbers in another order. */
  compareEngine(engine: EngineName, threads: number): void {
    const { before } = this;
    if (!before?.engine || (before.engine === engine && before.threads === threads)) return;
    const [was, is] = [before, { engine, threads }].map((each) => `${each.engine}, threads: ${each.threads}`);
    this.log(`${was} before, ${is} now: losses may differ in the last bits from those of an unbroken run`);
  }

  metrics(line: MetricsLine): void {
    this.lines.push(line);
  }

  /** To be called after each step. */
  at({ step, tokens, seconds }: Progress): void {
    this.status = { ...this.status, step, tokens, seconds, state: 'running' };
    if (Date.now() - this.written >= WRITE_EVERY) this.flush();
  }

  log(message: string): void {
    this.directory.log(message);
  }

  /** @param ending why it ended before its last step, or the error that ended it */
  end(state: RunState, ending: Partial<Pick<RunStatus, 'note' | 'error'>> = {}): void {
    const ended = new Date().toISOString();
    this.status = { ...this.status, ...ending, state, ...(state !== 'paused' && { ended }) };
    this.log(
      `${state}${ending.note ? `: ${ending.note}` : ''}${ending.error ? `: ${ending.error.message}` : ''}`,
    );
    this.flush();
  }

  /** Ends the run because somebody asked for it. */
  stop(request: RunControl['request']): 'paused' | 'cancelled' {
    const state = request === 'pause' ? 'paused' : 'cancelled';
    this.end(state);
    return state;
  }

  /** Never throws: what cannot be written on a full disk must not hide why the run ended. */
  fail(error: unknown): void {
    const known = error instanceof SubtextError;
    const message = error instanceof Error ? error.message : String(error);
    const now = new Date().toISOString();
    const status: RunStatus = {
      ...this.status,
      state: 'failed',
      updated: now,
      ended: now,
      error: {
        reason: known ? error.reason : 'internal',
        message,
        remedy: known ? error.remedy : 'This is a fault of Subtext: please report it with the log.',
      },
    };
    // The status first: without it the run seems to be at work.
    attempt(() => this.directory.writeStatus(status));
    attempt(() => this.directory.appendMetrics(this.lines));
    this.lines = [];
    if (!known && error instanceof Error) attempt(() => this.log(error.stack ?? message));
    attempt(() => this.log(`failed: ${message}`));
  }

  flush(): void {
    this.directory.appendMetrics(this.lines);
    this.lines = [];
    this.status.updated = new Date().toISOString();
    this.directory.writeStatus(this.status);
    this.written = Date.now();
  }
}

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // There is nowhere left to say so.
  }
}
