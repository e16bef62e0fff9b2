// What of Vulkan is installed: the loader, and the drivers that it would load.
// https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
import { join } from 'node:path';
import type { MachineTools } from './tools';

export interface VulkanDriver {
  /** The file that names the driver to the loader. */
  manifest: string;
  library: string;
  /** Whether it computes on the processor: SwiftShader, Mesa's lavapipe. */
  software: boolean;
}

export interface Vulkan {
  /** Why its loader cannot be loaded; null where it can. */
  missing: string | null;
  drivers: VulkanDriver[];
  /** Whether somebody named the drivers by an environment variable. */
  chosen: boolean;
}

const LOADER = 'libvulkan.so.1';

export async function vulkanOf(tools: MachineTools): Promise<Vulkan> {
  const [unloadable, manifests] = await Promise.all([tools.unloadable([LOADER]), manifestsOf(tools)]);
  const drivers = await Promise.all(
    manifests.map(async (manifest): Promise<VulkanDriver[]> => {
      const library = libraryOf((await tools.file(manifest)) ?? '');
      return library === undefined
        ? []
        : [{ manifest, library, software: /lvp|lavapipe|swiftshader/i.test(library) }];
    }),
  );
  return {
    missing: unloadable.get(LOADER) ?? null,
    drivers: drivers.flat(),
    chosen: named(tools) !== undefined,
  };
}

function libraryOf(manifest: string): string | undefined {
  try {
    const library = (JSON.parse(manifest) as { ICD?: { library_path?: unknown } } | null)?.ICD?.library_path;
    return typeof library === 'string' ? library : undefined;
  } catch {
    return undefined;
  }
}

/** The second is the older name of the first. */
function named({ environment }: MachineTools): string | undefined {
  return environment.VK_DRIVER_FILES ?? environment.VK_ICD_FILENAMES;
}

async function manifestsOf(tools: MachineTools): Promise<string[]> {
  const { environment, home } = tools;
  const chosen = named(tools);
  if (chosen !== undefined) return within(tools, pathsOf(chosen));
  const data = [
    environment.XDG_CONFIG_HOME ?? join(home, '.config'),
    ...pathsOf(environment.XDG_CONFIG_DIRS ?? '/etc/xdg'),
    '/usr/local/etc',
    '/etc',
    environment.XDG_DATA_HOME ?? join(home, '.local/share'),
    ...pathsOf(environment.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share'),
  ];
  const folders = data.map((folder) => join(folder, 'vulkan/icd.d'));
  return within(tools, [...pathsOf(environment.VK_ADD_DRIVER_FILES ?? ''), ...new Set(folders)]);
}

function pathsOf(list: string): string[] {
  return list.split(':').filter((path) => path !== '');
}

/** Files as they are, folders as the manifests in them. */
async function within({ folder }: MachineTools, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) =>
      path.endsWith('.json')
        ? [path]
        : (await folder(path)).filter((name) => name.endsWith('.json')).map((name) => join(path, name)),
    ),
  );
  return found.flat();
}
