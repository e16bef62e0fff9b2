// Why an engine that needs a graphics card cannot be used here, and what would help: a line for each cause.
import type { SubtextError } from '../../errors';
import { unavailable } from '../unavailable';
import type { GraphicsCard } from './card';
import { cardName, type Machine } from './cards';
import { newerThan } from './versions';

/** Drivers of a card that another system has: Windows below its Linux, or the host of a virtual machine. */
const REMOTE = /dzn|virtio/i;

/** Where onnxruntime-node has WebGPU inside. */
const WEBGPU_PLATFORMS = new Set(['linux-x64', 'win32-x64', 'win32-arm64', 'darwin-arm64']);

/** Oldest driver whose CUDA is new enough (NVIDIA, CUDA compatibility: minor version compatibility). */
export const CUDA_12_DRIVER = '525.60.13';
export const CUDA_11_DRIVER = '450.80.02';

/**
 * Why WebGPU has nothing to compute on here, as far as can be said without trying it; undefined where it may have.
 * @param byName whether somebody asked for it by name: then a software adapter will do
 */
export function webgpuHindrance(machine: Machine, byName: boolean): SubtextError | undefined {
  const { platform, arch, cards, vulkan } = machine;
  if (!WEBGPU_PLATFORMS.has(`${platform}-${arch}`)) {
    return unavailable(`ONNX Runtime has no WebGPU for ${platform}-${arch}`, 'Use the cpu engine.');
  }
  if (vulkan === null) {
    if (cards.length > 0) return undefined;
    return unavailable(
      'No graphics card was found',
      platform === 'win32' ? "Install the card's driver, or use the cpu engine." : 'Use the cpu engine.',
    );
  }
  if (vulkan.missing !== null) {
    return unavailable(
      `There is no Vulkan loader (${vulkan.missing})`,
      "Install libvulkan1 (Debian, Ubuntu), vulkan-loader (Fedora) or vulkan-icd-loader (Arch), and the card's driver.",
    );
  }
  if (vulkan.drivers.length === 0) {
    const remedy =
      cards.length > 0
        ? `Install the Vulkan driver of ${cardName(cards[0])}`
        : 'Install the driver of your card';
    return unavailable(
      vulkan.chosen
        ? 'VK_DRIVER_FILES or VK_ICD_FILENAMES names no Vulkan driver that there is'
        : 'There is no Vulkan driver',
      vulkan.chosen
        ? 'Correct it, or unset it.'
        : `${remedy}: mesa-vulkan-drivers for AMD and Intel, NVIDIA's own for NVIDIA.`,
    );
  }
  if (byName || !onlySoftware(machine)) return undefined;
  return unavailable(
    'Vulkan has only a software adapter here, which computes on the processor, more slowly than the cpu engine',
    "Install your card's driver; choose webgpu by name to use the software adapter all the same.",
  );
}

/** Whether Vulkan would compute on the processor. */
export function onlySoftware({ cards, vulkan }: Machine): boolean {
  if (vulkan === null) return false;
  // Mesa brings the drivers of cards that are not there: those count only with a card.
  const real = vulkan.drivers.filter(({ software }) => !software);
  return cards.length === 0 ? !real.some(({ library }) => REMOTE.test(library)) : real.length === 0;
}

/** Why nothing that could be installed would compute with CUDA here; undefined where something may. */
export function cudaHindrance(machine: Machine): SubtextError | undefined {
  const { platform, arch, cards } = machine;
  if (platform === 'darwin') return unavailable('macOS has no CUDA', 'Use the webgpu engine.');
  if (arch !== 'x64' || (platform !== 'linux' && platform !== 'win32')) {
    return unavailable(
      `There is no CUDA engine for ${platform}-${arch}`,
      'Use the webgpu engine where there is one, else the cpu engine.',
    );
  }
  const card = nvidiaCard(machine);
  if (!card) {
    return unavailable(
      cards.length === 0 ? 'No NVIDIA card or driver was found' : `${cardName(cards[0])} is no NVIDIA card`,
      cards.length === 0 ? "Install NVIDIA's driver, or use the cpu engine." : 'Use the webgpu engine.',
    );
  }
  if (!hasOwnDriver(card)) {
    return unavailable(
      `${card.name} has no driver by NVIDIA (${card.driver ?? 'none'})`,
      `Install NVIDIA's driver, ${CUDA_12_DRIVER} or newer.`,
    );
  }
  if (newerThan(card.driver!, CUDA_11_DRIVER)) return undefined;
  return unavailable(
    `The driver ${card.driver} of ${card.name} is too old`,
    `Install NVIDIA's driver ${CUDA_12_DRIVER} or newer.`,
  );
}

/** The one that CUDA computes on: with NVIDIA's driver if any has it. */
export function nvidiaCard({ cards }: Machine): GraphicsCard | undefined {
  const own = cards.filter(({ vendor }) => vendor === 'nvidia');
  return own.find(hasOwnDriver) ?? own.at(0);
}

/** Others, such as nouveau, are called by name. */
function hasOwnDriver({ driver }: GraphicsCard): boolean {
  return driver !== null && /^\d/.test(driver);
}
