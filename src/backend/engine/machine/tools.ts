// How the machine is asked about its graphics cards: programs and files of the system, never native code in this process.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';

/** What the readers of this folder ask; tests give their own. */
export interface MachineTools {
  platform: NodeJS.Platform;
  arch: string;
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  /** What a program prints; undefined where there is none, it fails, or it takes too long. */
  run: (command: string, parameters: readonly string[]) => Promise<string | undefined>;
  /** A text file; undefined where it cannot be read. */
  file: (path: string) => Promise<string | undefined>;
  /** Names in a folder, sorted; none where there is no such folder. */
  folder: (path: string) => Promise<string[]>;
  /** For each library that the system's loader does not load: why not. */
  unloadable: (libraries: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** A driver that hangs must not hang the list of engines. `nvidia-smi` takes up to three seconds on a cold card. */
const TOOL_MILLISECONDS = 10_000;
/** More than any of these programs has to say. */
const MAXIMUM_CHARACTERS = 2 ** 20;

export const SYSTEM_TOOLS: MachineTools = {
  platform: process.platform,
  arch: process.arch,
  environment: process.env,
  home: homedir(),
  run: (command, parameters) => runTool(command, parameters),
  file: (path) => readFile(path, 'utf8').catch(() => undefined),
  folder: async (path) => (await readdir(path).catch(() => [])).sort(),
  unloadable,
};

/** As `MachineTools.run`, with a time limit in milliseconds. */
export function runTool(
  command: string,
  parameters: readonly string[],
  timeout = TOOL_MILLISECONDS,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = {
      timeout,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MAXIMUM_CHARACTERS,
      windowsHide: true,
    };
    const child = execFile(command, parameters, options, (error, output) =>
      resolve(error ? undefined : output),
    );
    // A program whose own children keep its output open would be waited for after it was killed.
    setTimeout(() => resolve(undefined), timeout + 500).unref();
    child.on('error', () => resolve(undefined));
  });
}

/**
 * Loads each library as an addon, which finds it as the system does and then fails because it is none; what else fails
 * is why it cannot be loaded.
 */
const LOADING = `
const failures = {};
for (const library of process.argv.slice(1)) {
  try {
    process.dlopen({ exports: {} }, library);
  } catch (error) {
    if (!/did not self-register|not a valid (NAPI|Node)|module's NODE_MODULE/i.test(error.message)) failures[library] = error.message;
  }
}
process.stdout.write(JSON.stringify(failures));
process.exit(0);`;

/** In a process of its own: a driver that is broken may take it down. */
async function unloadable(libraries: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const printed = await runTool(process.execPath, ['-e', LOADING, '--', ...libraries]);
  try {
    return new Map(Object.entries(JSON.parse(printed ?? '') as Record<string, string>));
  } catch {
    return new Map(libraries.map((library) => [library, 'the process that loads it ends']));
  }
}
