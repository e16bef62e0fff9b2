// What a run writes down as it goes: its status, its metrics, its log.
import { hostname } from 'node:os';
import type { MetricsLine, RunState, RunStatus } from '../../protocol/runs';
import { SubtextError } from '../errors';
import type { RunDirectory } from '../run/runDirectory';
import type { Progress } from './trainState';

/** Milliseconds between two writings: watchers see a run move, and writing costs it nothing. */
const WRITE_EVERY = 250;

export class Journal {
  private status: RunStatus;
  private lines: MetricsLine[] = [];
  private written = 0;

  constructor(
    private readonly directory: RunDirectory,
    steps: number,
    threads: number,
  ) {
    const before = directory.readStatus();
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
  know(facts: Partial<Pick<RunStatus, 'engine' | 'parameters' | 'checkpoints'>>): void {
    this.status = { ...this.status, ...facts };
    this.flush();
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

  fail(error: unknown): void {
    const known = error instanceof SubtextError;
    if (!known) this.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    this.end('failed', {
      error: {
        reason: known ? error.reason : 'internal',
        message: known ? error.message : error instanceof Error ? error.message : String(error),
        remedy: known ? error.remedy : 'This is a fault of Subtext: please report it with the log.',
      },
    });
  }

  flush(): void {
    this.directory.appendMetrics(this.lines);
    this.lines = [];
    this.status.updated = new Date().toISOString();
    this.directory.writeStatus(this.status);
    this.written = Date.now();
  }
}
