// How often a backend that dies is started again by itself.

/** More crashes than these in the window mean that starting again does not help. */
export const MAXIMUM_RESTARTS = 5;
export const RESTART_WINDOW_MILLISECONDS = 3 * 60 * 1000;

/** Counts restarts in a sliding window. */
export class RestartPolicy {
  private restarts: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether the backend may be started once more; counts it if so. */
  allow(): boolean {
    const now = this.now();
    this.restarts = this.restarts.filter((time) => now - time < RESTART_WINDOW_MILLISECONDS);
    if (this.restarts.length >= MAXIMUM_RESTARTS) return false;
    this.restarts.push(now);
    return true;
  }

  /** Restarts in the window so far. */
  get count(): number {
    return this.restarts.length;
  }

  /** A person asked for a fresh start. */
  reset(): void {
    this.restarts = [];
  }
}
