// The engines that tests run on. One that does not start fails the tests, but where SUBTEXT_MISSING_ENGINES names it (a
// platform without a binary): then they are skipped with its reason. So are those of an adapter that no machine must have.
import { startEngine } from '../../src/backend/engine/engines';
import type { Executor } from '../../src/backend/engine/executor';
import { SubtextError } from '../../src/backend/errors';
import type { EngineName } from '../../src/protocol/types';
import { softwareAdapter } from './softwareAdapter';

/** All, unless the environment asks for some: a machine with a card may be there for its engine alone. */
export const TESTED_ENGINES = (process.env.SUBTEXT_TESTED_ENGINES?.split(',') ?? [
  'cpu',
  'wasm',
  'webgpu',
]) as EngineName[];

const MISSING = (process.env.SUBTEXT_MISSING_ENGINES ?? '').split(',');

/** Those that need more of a machine than its processor. */
const OPTIONAL: EngineName[] = ['webgpu', 'cuda'];

// Engines with a process of their own start it with this environment.
Object.assign(process.env, softwareAdapter());

const started = new Map<EngineName, Promise<Executor | string>>();

/** The engine's executor, started once per test file, or the reason why it cannot be used. */
export function tryEngine(name: EngineName): Promise<Executor | string> {
  let executor = started.get(name);
  if (!executor) {
    executor = startEngine(name, { threads: 2 }).then(
      (engine) => engine.executor,
      (error: unknown) => {
        const missing = OPTIONAL.includes(name) && isUnavailable(error);
        if (missing || MISSING.includes(name)) return `${name}: ${String(error)}`;
        throw error;
      },
    );
    started.set(name, executor);
  }
  return executor;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof SubtextError && error.reason === 'engine-unavailable';
}
