// A graphics card in software, for machines without one: SwiftShader, which comes with Debian's chromium package.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['/usr/lib/chromium', '/usr/lib64/chromium-browser', '/opt/google/chrome'];

/**
 * What a process needs in its environment to compute on it; nothing where SUBTEXT_TEST_GPU is set, so that tests run on
 * this machine's own card.
 */
export function softwareAdapter(): Record<string, string> {
  if (process.env.SUBTEXT_TEST_GPU) return {};
  const folder = FOLDERS.find((each) => existsSync(join(each, 'vk_swiftshader_icd.json')));
  if (!folder) return {};
  return {
    VK_DRIVER_FILES: join(folder, 'vk_swiftshader_icd.json'),
    // The Vulkan loader lies beside it.
    LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? '/tmp',
  };
}
