// Workspaces whose runs are watched, for tests.
import { after } from 'node:test';
import type { Event } from '../../src/host/emitter';
import { Runs } from '../../src/host/runs/runs';
import { temporaryWorkspace } from '../support/runDirectories';

const made: Runs[] = [];
after(() => made.forEach((runs) => runs.dispose()));

/** Runs that look by themselves, every 20 ms unless told otherwise, and a workspace for them. */
export function watching(often = { interval: 20, delay: 5 }) {
  const workspace = temporaryWorkspace();
  const runs = new Runs(often);
  made.push(runs);
  const names = () => runs.all.map(({ name }) => name);
  return { workspace, runs, names };
}

/** Resolves with the next value for which something holds. */
export function next<Value>(
  event: Event<Value>,
  holds: (value: Value) => boolean = () => true,
): Promise<Value> {
  return new Promise((resolve) => {
    const listening = event((value) => {
      if (!holds(value)) return;
      listening.dispose();
      resolve(value);
    });
  });
}
