// Where the driver of a card is, for a Vulkan loader that does not find it by itself, as in containers.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** Where a loader looks without being told. */
const USUAL = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
/** Where container runtimes mount NVIDIA's driver. */
const MOUNTED = ['/usr/local/nvidia/share/vulkan/icd.d', '/usr/local/nvidia/vulkan/icd.d'];

/** @returns the environment of a process that computes on the card */
export function vulkanEnvironment(environment = process.env) {
  const library = [join(here, 'lib'), environment.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const found = { ...environment, LD_LIBRARY_PATH: library };
  found.XDG_RUNTIME_DIR ??= '/tmp';
  if (!found.VK_DRIVER_FILES && driversIn(USUAL).length === 0) {
    const mounted = driversIn(MOUNTED);
    if (mounted.length > 0) found.VK_DRIVER_FILES = mounted.join(':');
  }
  return found;
}

function driversIn(folders) {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((name) => name.endsWith('.json'));
}
