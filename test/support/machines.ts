// Machines that are not there: what their programs print, and the files that they have.
import { dirname, basename } from 'node:path';
import type { GraphicsCard } from '../../src/backend/engine/machine/card';
import type { Machine } from '../../src/backend/engine/machine/cards';
import type { MachineTools } from '../../src/backend/engine/machine/tools';

export const GIB = 2 ** 30;

interface Made {
  platform?: NodeJS.Platform;
  arch?: string;
  environment?: Record<string, string>;
  /** What each program prints, whatever it is asked. */
  programs?: Record<string, string>;
  files?: Record<string, string>;
  /** Libraries that its loader does not find. */
  missing?: string[];
}

export function toolsOf({ platform = 'linux', arch = 'x64', ...made }: Made): MachineTools {
  const { environment = {}, programs = {}, files = {}, missing = [] } = made;
  const paths = Object.keys(files);
  return {
    platform,
    arch,
    environment,
    home: '/home/somebody',
    run: (command) => Promise.resolve(programs[command]),
    file: (path) => Promise.resolve(files[path]),
    folder: (path) => {
      const inside = paths.filter((each) => each.startsWith(`${path}/`));
      return Promise.resolve(
        [...new Set(inside.map((each) => each.slice(path.length + 1).split('/')[0]))].sort(),
      );
    },
    unloadable: (libraries) =>
      Promise.resolve(
        new Map(
          libraries
            .filter((library) => missing.includes(library))
            .map((library) => [
              library,
              `${library}: cannot open shared object file: No such file or directory`,
            ]),
        ),
      ),
  };
}

/** A driver of Vulkan as its manifest names it. */
export function vulkanDriver(path: string, library: string): Record<string, string> {
  const manifest = { file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.3.255' } };
  return { [path]: JSON.stringify(manifest), [`${dirname(path)}/README-${basename(path)}`]: '' };
}

export function nvidia(changes: Partial<GraphicsCard> = {}): GraphicsCard {
  return {
    name: 'NVIDIA GeForce RTX 3090',
    vendor: 'nvidia',
    memory: 24 * GIB,
    driver: '535.129.03',
    computeCapability: 8.6,
    ...changes,
  };
}

export function machine(changes: Partial<Machine> = {}): Machine {
  const vulkan = {
    missing: null,
    drivers: [
      { manifest: '/etc/vulkan/icd.d/nvidia_icd.json', library: 'libGLX_nvidia.so.0', software: false },
    ],
    chosen: false,
  };
  return { platform: 'linux', arch: 'x64', cards: [nvidia()], api: 'Vulkan', vulkan, ...changes };
}
