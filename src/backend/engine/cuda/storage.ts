// Where engines that were installed lie: what is there, and that it is whole.
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SubtextError } from '../../errors';
import { unavailable } from '../unavailable';
import type { FormName } from './forms';

/** The host sets it to a folder in its own storage, for the backend and everything that this starts. */
export const ENGINES_VARIABLE = 'SUBTEXT_ENGINES';

/** Written last into an engine's folder. */
export const RECORD = 'subtext-engine.json';

export interface InstalledEngine {
  form: FormName;
  title: string;
  version: string;
  /** Bytes by path below the folder. */
  files: Record<string, number>;
}

/** The folder of installed engines: the host's, or that of this system for the data of programs. */
export function enginesFolder(
  environment = process.env,
  platform = process.platform,
  home = homedir(),
): string {
  const given = environment[ENGINES_VARIABLE];
  if (given) return given;
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData/Local'), 'subtext/engines');
  if (platform === 'darwin') return join(home, 'Library/Application Support/subtext/engines');
  return join(environment.XDG_DATA_HOME ?? join(home, '.local/share'), 'subtext/engines');
}

export const INSTALL_REMEDY = 'Run Subtext: Install CUDA Engine…, or subtext engine install cuda.';

export function notInstalled(): SubtextError {
  return unavailable('The CUDA engine is not installed', INSTALL_REMEDY);
}

/** The folder that the `cuda` engine lies in. */
export function cudaFolder(engines = enginesFolder()): string {
  return join(engines, 'cuda');
}

/**
 * What is installed; undefined where nothing is.
 * @param runtime version of the ONNX Runtime of this Subtext
 * @throws SubtextError `engine-unavailable` where it is damaged, or was made for another version
 */
export async function installedCuda(folder: string, runtime: string): Promise<InstalledEngine | undefined> {
  const text = await readFile(join(folder, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let record: InstalledEngine;
  try {
    record = JSON.parse(text) as InstalledEngine;
    for (const [name, bytes] of Object.entries(record.files)) {
      const there = await stat(join(folder, name)).catch(() => undefined);
      if (there?.size !== bytes)
        throw unavailable(`The installed CUDA engine is damaged (${name})`, INSTALL_REMEDY);
    }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw unavailable('The installed CUDA engine is damaged', INSTALL_REMEDY);
    throw error;
  }
  if (record.form === 'onnxruntime' && record.version !== runtime) {
    throw unavailable(
      `The installed CUDA engine is for ONNX Runtime ${record.version}, and this is ${runtime}`,
      INSTALL_REMEDY,
    );
  }
  return record;
}
