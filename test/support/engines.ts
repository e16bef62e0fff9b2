// The engines that tests run on. One that does not start fails the tests, but where SUBTEXT_MISSING_ENGINES names it (a
// platform without a binary): then they are skipped with its reason.
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor } from '../../src/backend/engine/executor';
import type { EngineName } from '../../src/protocol/types';

export const TESTED_ENGINES: EngineName[] = ['cpu', 'wasm'];

const MISSING = (process.env.SUBTEXT_MISSING_ENGINES ?? '').split(',');

const started = new Map<EngineName, Promise<Executor | string>>();

/** The engine's executor, started once per test file, or the reason why it cannot be used. */
export function tryEngine(name: EngineName): Promise<Executor | string> {
  let executor = started.get(name);
  if (!executor) {
    executor = startEngine(name, { threads: 2 }).then(
      (engine) => engine.executor,
      (error: unknown) => {
        if (MISSING.includes(name)) return String(error);
        throw error;
      },
    );
    started.set(name, executor);
  }
  return executor;
}
