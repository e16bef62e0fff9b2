// The graphics cards of this machine, and what WebGPU would reach them through.
import { gigabytes } from '../availableMemory';
import type { GraphicsCard } from './card';
import { linuxCards } from './linux';
import { macosCards } from './macos';
import { nvidiaCards } from './nvidia';
import { SYSTEM_TOOLS, type MachineTools } from './tools';
import { vulkanOf, type Vulkan } from './vulkan';
import { windowsCards } from './windows';

export type GraphicsApi = 'Vulkan' | 'Metal' | 'Direct3D 12';

export interface Machine {
  platform: NodeJS.Platform;
  arch: string;
  /** The strongest first, as a program that asks for performance gets it. */
  cards: GraphicsCard[];
  api: GraphicsApi;
  /** Where the API is Vulkan: what of it is installed. */
  vulkan: Vulkan | null;
}

/** Asks the system; takes some hundred milliseconds, at most some ten seconds each where a driver hangs. */
export async function describeMachine(tools: MachineTools = SYSTEM_TOOLS): Promise<Machine> {
  const { platform, arch } = tools;
  const [nvidia, others, vulkan] = await Promise.all([
    nvidiaCards(tools),
    otherCards(tools),
    platform === 'darwin' || platform === 'win32' ? null : vulkanOf(tools),
  ]);
  // NVIDIA's own program knows more of its cards than the system.
  const unknown = nvidia.length === 0 ? others : others.filter(({ vendor }) => vendor !== 'nvidia');
  const api = platform === 'darwin' ? 'Metal' : platform === 'win32' ? 'Direct3D 12' : 'Vulkan';
  return { platform, arch, cards: [...nvidia, ...unknown].sort(byStrength), api, vulkan };
}

/** On one line: 'NVIDIA GeForce RTX 3090, 24 GB'. */
export function cardName({ name, memory }: GraphicsCard): string {
  return memory === null ? name : `${name}, ${gigabytes(memory)}`;
}

function otherCards(tools: MachineTools): Promise<GraphicsCard[]> {
  switch (tools.platform) {
    case 'darwin':
      return macosCards(tools);
    case 'win32':
      return windowsCards(tools);
    case 'linux':
      return linuxCards(tools);
    default:
      return Promise.resolve([]);
  }
}

/** A processor's own graphics by Intel are weaker than any other; else more memory is more strength. */
function byStrength(one: GraphicsCard, other: GraphicsCard): number {
  const intel = Number(one.vendor === 'intel') - Number(other.vendor === 'intel');
  return intel || (other.memory ?? 0) - (one.memory ?? 0);
}
