// What can be said of an engine that needs a graphics card without starting it, and of the card that it computes on.
import type { EngineName } from '../../protocol/types';
import type { SubtextError } from '../errors';
import { totalMemory } from './availableMemory';
import { cudaFolder, installedCuda, notInstalled } from './cuda/storage';
import { runtimeVersion } from './cuda/runtime';
import type { GraphicsCard } from './machine/card';
import { cardName, describeMachine, type Machine } from './machine/cards';
import { cudaHindrance, nvidiaCard, onlySoftware, webgpuHindrance } from './machine/reasons';

let known: Promise<Machine> | undefined;

/** Asked once: an engine that is started must not wait for drivers each time. @param again asks once more */
export function thisMachine(again = false): Promise<Machine> {
  if (again) known = undefined;
  return (known ??= describeMachine());
}

/** Why an engine is started: as the best there may be, to list it, or because somebody named it. */
export type Purpose = 'auto' | 'list' | 'name';

/** Why an engine cannot be used here; undefined where that shows only when it is started. */
export async function hindranceOf(engine: EngineName, purpose: Purpose): Promise<SubtextError | undefined> {
  if (engine === 'webgpu') return webgpuHindrance(await thisMachine(), purpose === 'name');
  if (engine !== 'cuda') return undefined;
  const installed = (await stateOfCuda()) ?? notInstalled();
  const missing = installed instanceof Error ? installed : undefined;
  // Takes no time, and mostly decides.
  if (purpose === 'auto' && missing) return missing;
  return cudaHindrance(await thisMachine()) ?? missing;
}

async function stateOfCuda() {
  try {
    return await installedCuda(cudaFolder(), runtimeVersion());
  } catch (error) {
    return error as SubtextError;
  }
}

export interface Adapter {
  /** The name of the card, or of the software in its place. */
  card: string;
  /** With its memory, and how it is driven. */
  adapter: string;
  /** Bytes, as it says itself; null where it does not. */
  memory: number | null;
  /** Bytes that graphs can have at most. */
  limit: number;
}

/** What a usable engine computes on, where that is a card or stands in for one. */
export async function adapterOf(engine: EngineName): Promise<Adapter | undefined> {
  return adapterIn(await thisMachine(), engine);
}

export function adapterIn(machine: Machine, engine: EngineName): Adapter | undefined {
  if (engine === 'cuda') {
    const card = nvidiaCard(machine);
    return card && adapterFor(card, 'CUDA');
  }
  if (engine !== 'webgpu') return undefined;
  if (!onlySoftware(machine) && machine.cards.length > 0) return adapterFor(machine.cards[0], machine.api);
  const driver = machine.vulkan?.drivers.find(({ software }) => software);
  if (!driver) return undefined;
  const name = /swiftshader/i.test(driver.library) ? 'SwiftShader' : 'lavapipe';
  return { card: name, adapter: `${name} (Vulkan, in software)`, memory: null, limit: totalMemory() };
}

function adapterFor(card: GraphicsCard, api: string): Adapter {
  const { name, memory, vendor } = card;
  // Cards that share this machine's memory often say only how much of it is set aside for them.
  const limit = vendor === 'nvidia' ? (memory ?? Infinity) : Math.max(memory ?? 0, totalMemory());
  return { card: name, adapter: `${cardName(card)} (${api})`, memory, limit };
}
