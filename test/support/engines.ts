// The engines that tests run on. An engine that cannot be used here is skipped with its reason, never passed over.
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor } from '../../src/backend/engine/executor';
import type { EngineName } from '../../src/protocol/types';

export const TESTED_ENGINES: EngineName[] = ['cpu', 'wasm'];

const started = new Map<EngineName, Promise<Executor | string>>();

/** The engine's executor, started once per test file, or the reason why it cannot be used. */
export function tryEngine(name: EngineName): Promise<Executor | string> {
  let executor = started.get(name);
  if (!executor) {
    executor = startEngine(name, { threads: 2 }).then(
      (engine) => engine.executor,
      (error: unknown) => String(error),
    );
    started.set(name, executor);
  }
  return executor;
}
