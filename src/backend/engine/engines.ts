// Which engines this machine has, and how to start one.
import type { EngineName, EngineStatus } from '../../protocol/types';
import { SubtextError } from '../errors';
import { totalMemory } from './availableMemory';
import type { Executor } from './executor';
import { GuardedExecutor } from './guarded/executor';
import { adapterOf, hindranceOf, thisMachine, type Purpose } from './hindrances';
import { MAX_THREADS, startHere, type EngineOptions } from './here';
import { unavailable } from './unavailable';

export { MAX_THREADS, type EngineOptions };

/** `auto` takes the first of these that can be used. */
const PREFERENCE: EngineName[] = ['cuda', 'webgpu', 'cpu', 'wasm'];

/** Those whose drivers may end the process that they run in: each gets one of its own. */
const GUARDED: ReadonlySet<EngineName> = new Set(['webgpu', 'cuda']);

export const ENGINE_NAMES: EngineName[] = ['cpu', 'webgpu', 'cuda', 'wasm', 'reference'];

export interface StartedEngine {
  executor: Executor;
  /** Why it is another engine than the best one that `auto` looks for, when that is worth saying. */
  note?: string;
}

/**
 * Starts the engine of that name.
 * @throws SubtextError `engine-unavailable` with the reason, `precision-unavailable`; `auto` only when no engine at all can be used
 */
export async function startEngine(name: EngineName | 'auto', options: EngineOptions): Promise<StartedEngine> {
  if (name !== 'auto') return { executor: await start(name, options, 'name') };
  const reasons: string[] = [];
  let inFloat32: SubtextError | undefined;
  for (const candidate of PREFERENCE) {
    try {
      const executor = await start(candidate, options, 'auto');
      const fallback = candidate === 'wasm';
      return fallback ? { executor, note: `Slow fallback: ${reasons.at(-1) ?? ''}` } : { executor };
    } catch (error) {
      reasons.push((error as Error).message);
      if (error instanceof SubtextError && error.reason === 'precision-unavailable') inFloat32 ??= error;
    }
  }
  // Then it is the precision that has to change.
  if (inFloat32) {
    throw new SubtextError(
      inFloat32.reason,
      `No engine computes in float16 here: ${reasons.join('; ')}`,
      inFloat32.remedy,
    );
  }
  throw unavailable('No engine can be used', reasons.join('; '));
}

/** Every engine with what it runs on, or why it cannot. */
export async function listEngines(options: EngineOptions): Promise<EngineStatus[]> {
  // A driver may have been installed meanwhile.
  await thisMachine(true);
  return Promise.all(
    ENGINE_NAMES.filter((name) => name !== 'reference').map(async (engine): Promise<EngineStatus> => {
      try {
        const executor = await start(engine, { ...options, precision: 'float32' }, 'list');
        executor.dispose();
        const { detail, ownMemory, features = [] } = executor;
        const { adapter, memory } = (await adapterOf(engine)) ?? {
          adapter: detail,
          memory: ownMemory ? null : totalMemory(),
        };
        return { engine, usable: true, reason: null, adapter, features: [...features], memory };
      } catch (error) {
        const reason = error instanceof SubtextError ? error.line : String(error);
        return { engine, usable: false, reason, adapter: null, features: [], memory: null };
      }
    }),
  );
}

async function start(engine: EngineName, options: EngineOptions, purpose: Purpose): Promise<Executor> {
  const hindrance = await hindranceOf(engine, purpose);
  if (hindrance) throw hindrance;
  const { threads, precision } = options;
  const listed = purpose === 'list';
  const describe = options.describe || listed;
  if (!GUARDED.has(engine)) return startHere(engine, options);
  const memory = (await adapterOf(engine))?.limit;
  return GuardedExecutor.start({ engine, threads, precision, describe, verbose: listed, memory });
}
